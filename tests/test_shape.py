"""The shape that shows what happens to a message: who imports whom, and a map that is true."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import bot

PACKAGE = Path(bot.__file__).parent
MODULES = sorted(path.stem for path in PACKAGE.glob("*.py") if path.stem != "__init__")

VALUES = {"conversation", "doubt", "incoming", "effects"}
WORDS = {"customer_words", "desk_words", "doubt_words", "order_words", "when"}
TERMS = {"config", "hours", "later", "order", "tact_settings", "terms", "wait"}
PLAIN = {"answers", "canned", "clock", "errors", "house", "parts", "personal", "safe_text"}
NOUNS = VALUES | WORDS | TERMS | PLAIN
"""Values, words and the clock: everyone may know them."""

STEPS = {
    "decide": VALUES,
    "understand": NOUNS,
    "reply": VALUES | {"customer_words", "hours", "wait", "when"},
    "brief": NOUNS,
    "hand_over": NOUNS | {"brief"},
    "relay": NOUNS,
    "commands": NOUNS,
    "overview": NOUNS | {"commands"},
    "tact": NOUNS,
    "snooze": NOUNS,
    "desk": NOUNS | {"reply", "snooze"},  # the buttons under its words
    "promise": NOUNS | {"overview"},
    "closing": NOUNS,
    "similar": VALUES,
}
"""What happens to a message, step by step; each is handed what it needs as a small Protocol."""

SIDES = {
    "ledger": NOUNS | {"brief", "hand_over", "overview", "records"},
    "board": NOUNS | {"ledger"},
    "lists": NOUNS | {"ledger"},
    "place": NOUNS | {"brief", "hand_over", "ledger", "lists", "records"},
    "own_rights": NOUNS | {"ledger", "records"},
    "barring": NOUNS | {"ledger", "relay"},
    "prepared": NOUNS | {"records"},
    "drafting": NOUNS | {"desk", "ledger", "prepared", "second_look"},
    "second_look": NOUNS | {"desk", "ledger", "relay", "tact"},
    "staff": NOUNS
    | {"commands", "desk", "drafting", "ledger", "orders", "records", "relay", "second_look"}
    | {"prepared", "snooze"},
    "orders": NOUNS | {"barring", "commands", "desk", "ledger", "overview"},
    "customer": NOUNS
    | {
        "barring",
        "comeback",
        "decide",
        "hand_over",
        "ledger",
        "pass_on",
        "promise",
        "relay",
        "reply",
        "snooze",
    },
    "comeback": NOUNS | {"closing", "ledger", "pass_on", "relay", "reply"},
    "pass_on": NOUNS | {"hand_over", "ledger", "lists", "promise", "reply", "similar"},
    "awake": NOUNS,
    "detour": NOUNS | {"board", "brief", "ledger", "lists", "place"},
    "delivery": NOUNS | {"board", "detour", "hand_over", "ledger", "lists", "place", "records"},
    "turns": NOUNS,
    "poison": NOUNS | {"customer", "ledger", "queues", "records"},
}
"""They join steps inside one transaction."""

STORE = {
    "held_replies": VALUES,
    "queues": VALUES,
    "transcript": NOUNS,
    "group": NOUNS,
    "kept": VALUES | {"wait"},
    "team": NOUNS,
    "listings": VALUES,
    "own_data": NOUNS,
    "keeping": NOUNS | {"own_data"},
    "presence": NOUNS,
    "records": NOUNS
    | {"drafts", "group", "held_replies", "keeping", "kept", "listings", "own_data", "queues"}
    | {"presence", "ratings", "team", "transcript"},
    "ratings": NOUNS,
    "drafts": VALUES,
    "store": NOUNS | {"records"},
}
ENGINES = {
    "receive": NOUNS | {"records", "store"},
    "outbox": NOUNS | {"records", "store"},
    "upkeep": NOUNS | {"records", "store"},
    "away": NOUNS | {"ledger", "records", "store"},
    "budget": NOUNS,
    "introductions": NOUNS | {"overview", "store"},
}
"""They run by themselves and know rows, not what they mean."""

TELEGRAM = {
    "transport": NOUNS,
    "checked": NOUNS,
    "attachment": NOUNS | {"checked"},
    "parse": NOUNS | {"attachment", "checked"},
    "rights": NOUNS,
    "outcome": NOUNS | {"transport"},
    "markup": NOUNS | {"outcome"},
    "client": NOUNS | {"parse"},
    "carry": NOUNS | {"markup", "outcome"},
    "telegram": NOUNS | {"carry", "client", "markup", "outcome", "parse", "rights", "transport"},
}
JOINED_IN = {"respond", "app"}
"""Where the path comes together."""

PATH = {**STEPS, **SIDES, **STORE, **ENGINES, **TELEGRAM}


def imports(module: str) -> set[str]:
    """The modules of ours that a module imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse((PACKAGE / f"{module}.py").read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.level or node.module == "bot"):
            names = [node.module] if node.module and node.level else [a.name for a in node.names]
            found.update(name.partition(".")[0] for name in names if name)
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("bot."):
            found.add(node.module.split(".")[1])
    return found


def outside(module: str) -> set[str]:
    """The packages of others that a module imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse((PACKAGE / f"{module}.py").read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            found.add(node.module.partition(".")[0])
    return found


@pytest.mark.parametrize("module", PATH)
def test_a_module_of_the_path_knows_only_what_it_must(module: str) -> None:
    assert imports(module) <= PATH[module] - {module}


@pytest.mark.parametrize("module", sorted(set(MODULES) - JOINED_IN - set(PATH)))
def test_steps_and_sides_are_joined_in_one_place(module: str) -> None:
    """Commands and the model may know nouns and the app; the path's insides are not theirs.

    Words (`reply`, `hand_over`) may be shown by a command; `dry_run` runs the path without a store,
    `by_hand` works on a store without the path.
    """
    shown = {"reply", "hand_over"} | ASK.get(module, set())
    assert not imports(module) & ((set(STEPS) | set(SIDES) | set(STORE)) - shown)


ASK = {
    "ask": {"customer"},
    "dry_run": {"decide", "understand"},
    "by_hand": {"own_rights", "store"},
}


def test_nobody_imports_respond_or_the_commands_but_app_and_main() -> None:
    commands = {"demo", "run", "check"}
    assert {m for m in MODULES if "respond" in imports(m)} == {"app"}
    assert {m for m in MODULES if imports(m) & commands} <= {"__main__"} | commands


@pytest.mark.parametrize(
    ("package", "homes"),
    [
        ("telegram", set(TELEGRAM)),
        ("sqlite3", set(STORE)),
        ("sqlite_utils", {"store"}),
    ],
)
def test_each_edge_has_its_homes_and_nobody_else_knows_it(package: str, homes: set[str]) -> None:
    assert {module for module in MODULES if package in outside(module)} <= homes


@pytest.mark.parametrize("module", sorted(set(PATH) | JOINED_IN))
def test_the_path_asks_nobody_but_the_clock_for_the_time_and_never_sleeps(module: str) -> None:
    """`asyncio.sleep(0)` gives way to others and takes no time; `settle` is for replays."""
    text = (PACKAGE / f"{module}.py").read_text("utf-8")
    calls = [ast.unparse(n) for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Call)]
    clocks = ("time.", "datetime.now", "datetime.utcnow", "datetime.today")
    assert not [call for call in calls if call.startswith(clocks)]
    sleeps = [call for call in calls if call.startswith("asyncio.sleep(")]
    assert module == "app" or not sleeps


def test_decide_is_values_only() -> None:
    tree = ast.parse((PACKAGE / "decide.py").read_text("utf-8"))
    assert outside("decide") <= {"__future__", "collections"}
    assert not [n for n in ast.walk(tree) if isinstance(n, ast.AsyncFunctionDef | ast.Await)]
    called = {ast.unparse(n.func) for n in ast.walk(tree) if isinstance(n, ast.Call)}
    assert not called & {"open", "print", "input", "exec", "eval"}


@pytest.mark.parametrize("module", MODULES)
def test_nothing_in_the_package_changes_a_global(module: str) -> None:
    tree = ast.parse((PACKAGE / f"{module}.py").read_text("utf-8"))
    assert not [n for n in ast.walk(tree) if isinstance(n, ast.Global)]


# ------------------------------------------------------------------------------------ the map


def first_line(module: str) -> str:
    text = (PACKAGE / f"{module}.py").read_text("utf-8")
    said = ast.get_docstring(ast.parse(text)) or ""
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
