"""The shape that shows what happens to a message: who imports whom, and a map that is true."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import bot

ROOT = Path(__file__).parent.parent
PACKAGE = Path(bot.__file__).parent
FILES = {
    path.stem: path
    for path in sorted([*PACKAGE.glob("*.py"), *PACKAGE.glob("*/*.py")])
    if path.stem != "__init__" and path.parent.name != "sandbox"
}
"""Every module by its name: no two share one, so the rules below need no folders."""
MODULES = sorted(FILES)

VALUES = {"conversation", "doubt", "incoming", "effects", "errand", "reader", "vitals"}
WORDS = {"customer_words", "desk_words", "doubt_words", "order_words", "store_words", "when"}
WORDS |= {"bare_words", "because", "thanks"}
TERMS = {
    "config",
    "health_settings",
    "hours",
    "later",
    "order",
    "tact_settings",
    "telegram_settings",
    "terms",
    "wait",
}
PLAIN = {"answers", "canned", "clock", "crash_points", "errors", "house", "parts", "personal"}
PLAIN |= {"marked_text", "risk", "safe_text", "typeset"}
NOUNS = VALUES | WORDS | TERMS | PLAIN
"""Values, words and the clock: everyone may know them."""

STEPS = {
    "decide": VALUES | {"bare_words", "because"},
    "understand": NOUNS,
    "reply": VALUES | {"customer_words", "hours", "wait", "when"},
    "brief": NOUNS,
    "hand_over": NOUNS | {"brief"},
    "relay": NOUNS,
    "unsend": NOUNS | {"relay"},
    "commands": NOUNS,
    "overview": NOUNS | {"commands"},
    "tact": NOUNS,
    "snooze": NOUNS,
    "holding": NOUNS,
    "acts": NOUNS | {"holding", "reply", "snooze"},  # the buttons under its words
    "promise": NOUNS | {"overview"},
    "closing": NOUNS,
    "similar": VALUES,
}
"""What happens to a message, step by step; each is handed what it needs as a small Protocol."""

SIDES = {
    "voice": NOUNS | {"records"},
    "gathered": NOUNS | {"brief", "overview", "voice"},
    "ledger": NOUNS
    | {"brief", "gathered", "hand_over", "overview", "records", "transcript", "voice"},
    "life": NOUNS | {"ledger"},
    "board": NOUNS | {"ledger", "life", "overview"},
    "overdue": NOUNS | {"ledger", "life", "overview"},
    "lists": NOUNS | {"ledger", "life", "listed", "overdue"},
    "listed": NOUNS | {"ledger"},
    "place": NOUNS | {"brief", "hand_over", "ledger", "lists", "records"},
    "reach": NOUNS | {"brief", "ledger"},
    "own_rights": NOUNS | {"barring", "ledger", "records"},
    "barring": NOUNS | {"ledger", "relay"},
    "prepared": NOUNS | {"records"},
    "drafting": NOUNS | {"holding", "ledger", "prepared", "second_look"},
    "second_look": NOUNS | {"asking", "holding", "ledger", "relay", "tact"},
    "asking": NOUNS | {"ledger"},
    "staff": NOUNS
    | {"commands", "acts", "drafting", "ledger", "orders", "records", "relay", "second_look"}
    | {"asking", "place", "prepared", "private", "snooze", "unsend"},
    "private": NOUNS | {"commands", "ledger", "records"},
    "orders": NOUNS | {"barring", "commands", "acts", "ledger", "overview"},
    "customer": NOUNS
    | {"barring", "buttons", "carry_out", "comeback", "decide", "ledger", "pass_on", "promise"}
    | {"relay", "snooze"},
    "buttons": NOUNS | {"carry_out", "comeback", "ledger", "reply"},
    "carry_out": NOUNS | {"barring", "hand_over", "ledger", "pass_on", "reply"},
    "comeback": NOUNS | {"closing", "ledger", "pass_on", "relay", "reply"},
    "pass_on": NOUNS | {"hand_over", "ledger", "lists", "promise", "reply", "similar"},
    "awake": NOUNS,
    "joined": {"effects", "errand", "parts", "records", "safe_text"},
    "leftovers": NOUNS | {"ledger", "life", "overview"},
    "detour": NOUNS | {"carry_out", "joined", "ledger", "life", "place", "reach"},
    "delivery": NOUNS
    | {"board", "detour", "hand_over", "joined", "ledger", "leftovers", "life", "lists"}
    | {"overdue", "place", "reach", "records", "voice"},
    "turns": NOUNS,
    "poison": NOUNS | {"customer", "desk_words", "engine", "inbox", "ledger", "records"},
}
"""They join steps inside one transaction."""

STORE = {
    "held_replies": VALUES,
    "inbox": VALUES,
    "fairness": VALUES | {"rows"},
    "written": VALUES,
    "errands": VALUES | {"fairness", "written"},
    "transcript": NOUNS,
    "group": NOUNS,
    "kept": VALUES | {"wait"},
    "team": NOUNS,
    "listings": VALUES | {"rows"},
    "own_data": NOUNS | {"transcript", "whose"},
    "whose": VALUES,
    "keeping": NOUNS | {"whose"},
    "presence": NOUNS,
    "backlog": VALUES,
    "pages": NOUNS,
    "records": NOUNS
    | {
        "backlog",
        "copies",
        "drafts",
        "errands",
        "group",
        "held_replies",
        "inbox",
        "keeping",
        "kept",
        "listings",
        "own_data",
        "pages",
    }
    | {"customers", "keyboards", "presence", "ratings", "rows", "team", "timers", "transcript"},
    "rows": VALUES,
    "customers": VALUES,
    "keyboards": VALUES,
    "timers": VALUES,
    "ratings": NOUNS,
    "drafts": VALUES,
    "copies": NOUNS,
    "opening": NOUNS,
    "commits": NOUNS | {"records"},
    "engine": NOUNS | {"commits", "copies", "opening", "records"},
}
ENGINES = {
    "receive": NOUNS | {"records", "engine"},
    "webhook": NOUNS,
    "outbox": NOUNS | {"records", "engine"},
    "upkeep": NOUNS | {"records", "engine"},
    "away": NOUNS | {"ledger", "records", "engine"},
    "aloud": NOUNS | {"engine", "records", "voice"},
    "outage": NOUNS | {"aloud", "engine", "ledger", "records", "voice"},
    "restored": NOUNS | {"engine", "inbox", "ledger", "records"},
    "ringing": NOUNS | {"engine", "ledger", "overview", "records"},
    "budget": NOUNS,
    "health": NOUNS,
    "metrics": NOUNS,
    "endpoint": NOUNS | {"engine", "health", "metrics"},
    "introductions": NOUNS | {"overview", "engine"},
}
"""They run by themselves and know rows, not what they mean."""

TELEGRAM = {
    "transport": NOUNS,
    "checked": NOUNS,
    "attachment": NOUNS | {"checked"},
    "parse": NOUNS | {"attachment", "checked"},
    "rights": NOUNS | {"client"},
    "outcome": NOUNS | {"transport"},
    "markup": NOUNS | {"outcome"},
    "client": NOUNS | {"parse"},
    "carry": NOUNS | {"markup", "outcome"},
    "edge": NOUNS | {"carry", "client", "markup", "outcome", "parse", "rights", "transport"},
}
JOINED_IN = {"respond", "route", "burst", "app"}
"""Where the path comes together."""

PATH = {**STEPS, **SIDES, **STORE, **ENGINES, **TELEGRAM}


def tree(module: str) -> ast.Module:
    return ast.parse(FILES[module].read_text("utf-8"))


def imports(module: str) -> set[str]:
    """The modules of ours that a module imports; a package (`sandbox`) by its own name."""
    here = FILES[module].relative_to(PACKAGE.parent).with_suffix("").parts
    found: set[str] = set()
    for node in ast.walk(tree(module)):
        if not isinstance(node, ast.ImportFrom):
            continue
        start = here[: -node.level] if node.level else ()
        base = (*start, *(node.module or "").split(".")) if node.module else start
        if not base or base[0] != "bot":
            continue
        inside = PACKAGE.parent.joinpath(*base).is_dir() and base[-1] != "sandbox"
        found |= {alias.name for alias in node.names} if inside else {base[-1]}
    return found


def outside(module: str) -> set[str]:
    """The packages of others that a module imports."""
    found: set[str] = set()
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            found.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            found.add(node.module.partition(".")[0])
    return found


def test_no_two_modules_share_a_name() -> None:
    files = [path for path in PACKAGE.rglob("*.py") if path.parent.name != "sandbox"]
    assert len([path for path in files if path.stem != "__init__"]) == len(FILES)


@pytest.mark.parametrize("module", PATH)
def test_a_module_of_the_path_knows_only_what_it_must(module: str) -> None:
    assert imports(module) <= PATH[module] - {module}


@pytest.mark.parametrize("module", sorted(set(MODULES) - JOINED_IN - set(PATH)))
def test_steps_and_sides_are_joined_in_one_place(module: str) -> None:
    """Commands may know nouns and the app, the model nouns; the path's insides are not theirs.

    Words (`reply`, `hand_over`) may be shown by a command; `dry_run` runs the path without a store,
    `by_hand` works on a store without the path.
    """
    shown = {"reply", "hand_over"} | ASK.get(module, set())
    assert not imports(module) & ((set(STEPS) | set(SIDES) | set(STORE)) - shown)


ASK = {
    "ask": {"customer"},
    "dry_run": {"decide", "understand"},
    "by_hand": {"own_rights", "engine"},
}


def test_nobody_imports_respond_or_the_commands_but_app_and_main() -> None:
    commands = {"demo", "run", "check"}
    assert {m for m in MODULES if "respond" in imports(m)} == {"app"}
    assert {m for m in MODULES if imports(m) & commands} <= {"__main__"} | commands


def test_only_commands_know_the_app() -> None:
    """The model least of all: who reads a sentence needs no store and no server."""
    commands = {m for m in MODULES if FILES[m].parent.name == "cli"}
    assert {m for m in MODULES if "app" in imports(m)} <= {"__main__"} | commands


@pytest.mark.parametrize(
    ("package", "homes"),
    [
        ("telegram", set(TELEGRAM)),
        ("sqlite3", set(STORE)),
        ("sqlite_utils", {"opening"}),
        ("prometheus_client", {"metrics"}),
    ],
)
def test_each_edge_has_its_homes_and_nobody_else_knows_it(package: str, homes: set[str]) -> None:
    assert {module for module in MODULES if package in outside(module)} <= homes


def test_decide_is_values_only() -> None:
    nodes = list(ast.walk(tree("decide")))
    assert outside("decide") <= {"__future__", "collections"}
    assert not [n for n in nodes if isinstance(n, ast.AsyncFunctionDef | ast.Await)]
    called = {ast.unparse(n.func) for n in nodes if isinstance(n, ast.Call)}
    assert not called & {"open", "print", "input", "exec", "eval"}


@pytest.mark.parametrize("module", MODULES)
def test_nothing_in_the_package_changes_a_global(module: str) -> None:
    assert not [n for n in ast.walk(tree(module)) if isinstance(n, ast.Global)]


# ------------------------------------------------------------------------------------ the map


def first_line(module: str) -> str:
    said = ast.get_docstring(tree(module)) or ""
    return said.partition("\n")[0]


def mapped() -> dict[str, str]:
    """File -> what the map says of it, folded lines joined."""
    entries: dict[str, str] = {}
    name = ""
    for line in (bot.__doc__ or "").splitlines():
        if found := re.match(r"    (\w+\.py) +(.+)", line):
            name = found[1]
            entries[name] = found[2]
        elif name and re.match(r" {20,}\S", line):
            entries[name] += " " + line.strip()
        else:
            name = ""
    return entries


def test_the_map_names_every_file_with_its_first_line() -> None:
    assert mapped() == {f"{module}.py": first_line(module) for module in MODULES}


def test_the_map_names_every_folder_with_what_it_is_for() -> None:
    folders = {
        p.parent.name: p for p in PACKAGE.glob("*/__init__.py") if p.parent.name != "sandbox"
    }
    said = dict(re.findall(r"^`(\w+)/`  (.+(?:\n\S.+)*)", bot.__doc__ or "", re.M))
    assert {name: " ".join(words.split("\n")) for name, words in said.items()} == {
        name: (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "")
        for name, path in folders.items()
    }


def test_no_merge_was_left_half_done() -> None:
    """Inside a string nothing else would see it."""
    marks = re.compile(r"^\s*(<{7}|>{7}) ", re.M)
    files = [f for end in ("py", "md", "toml", "js", "sql") for f in ROOT.glob(f"[!.]*/**/*.{end}")]
    assert len(files) > 300
    assert not [f.name for f in (*files, *ROOT.glob("*.md")) if marks.search(f.read_text("utf-8"))]
