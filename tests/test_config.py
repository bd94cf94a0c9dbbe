"""config.toml: what is right becomes Settings, what is wrong is told with its line and mend."""

from __future__ import annotations

import dataclasses
import itertools
import tomllib
from pathlib import Path

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from bot import config, toml_file
from bot.config import Settings
from bot.errors import ConfigError, Problem

EXAMPLE = Path(__file__).parent.parent / "config.example.toml"
TOKEN = "123456789:AAH-abcdefghijklmnopqrstuvwxyz_01234"
RESOLVED = {"token", "webhook_secret"}


def settings(
    tmp_path: Path, text: str, env: dict[str, str] | None = None, *, to_run: bool = False
) -> Settings:
    file = tmp_path / "config.toml"
    file.write_text(text, encoding="utf-8")
    return config.load(file, env or {}, to_run=to_run)


def problems(
    tmp_path: Path, text: str, env: dict[str, str] | None = None, *, to_run: bool = False
) -> list[Problem]:
    with pytest.raises(ConfigError) as caught:
        settings(tmp_path, text, env, to_run=to_run)
    return caught.value.problems


def lines(found: list[Problem]) -> list[int]:
    return [int(problem.place.rpartition(":")[2]) for problem in found]


# ----------------------------------------------------------------------- the example file


def test_the_example_file_says_exactly_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(EXAMPLE.parent)
    assert config.load(Path(EXAMPLE.name), {}) == Settings()


def test_the_example_file_has_every_key_of_the_settings_and_no_other() -> None:
    written = {
        (section, key)
        for section, keys in tomllib.loads(EXAMPLE.read_text("utf-8")).items()
        for key in keys
    }
    known = {
        (section.name, key.name)
        for section in dataclasses.fields(Settings)
        for key in dataclasses.fields(getattr(Settings(), section.name))
        if key.name not in RESOLVED
    }
    assert written == known


def test_a_sentence_stands_above_each_key_of_the_example_file() -> None:
    text = EXAMPLE.read_text("utf-8").splitlines()
    for before, line in itertools.pairwise(text):
        if " = " in line and not line.startswith("#"):
            assert before.startswith("# ") and before.endswith("."), line


# --------------------------------------------------------------------------- what is right


def test_an_empty_file_gives_the_defaults_beside_it(tmp_path: Path) -> None:
    found = settings(tmp_path, "")
    assert found.store.path == tmp_path / "data" / "first-responder.sqlite3"
    assert found.answers == Settings().answers
    assert found.brand.knowledge == config.EXAMPLE_BRAND


def test_heads_lie_beside_the_store_unless_told_otherwise(tmp_path: Path) -> None:
    assert settings(tmp_path, '[store]\npath = "x/y.db"').brand.heads == tmp_path / "x" / "heads"
    text = '[brand]\nheads = "z"\n[store]\npath = "x/y.db"'
    assert settings(tmp_path, text).brand.heads == tmp_path / "z"


def test_a_whole_number_serves_where_a_number_is_asked(tmp_path: Path) -> None:
    assert settings(tmp_path, "[promise]\nurgent_minutes = 3").promise.urgent_minutes == 3.0


def test_a_file_saved_by_notepad_is_read(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(b'\xef\xbb\xbf[log]\r\nlevel = "DEBUG"\r\n')
    assert config.load(file, {}).log.level == "DEBUG"


@pytest.mark.parametrize(
    ("address", "expected"),
    [("127.0.0.1:8443", ("127.0.0.1", 8443)), ("[::1]:80", ("::1", 80))],
)
def test_the_webhook_listens_on_a_host_and_a_port(
    tmp_path: Path, address: str, expected: tuple[str, int]
) -> None:
    found = settings(tmp_path, f'[telegram]\nwebhook_listen = "{address}"')
    assert found.telegram.listen == expected


# --------------------------------------------------------------------------- what is wrong


@pytest.mark.parametrize("key", ["knowledge", "heads"])
def test_the_home_of_nobody_is_told_with_its_line(tmp_path: Path, key: str) -> None:
    (problem,) = problems(tmp_path, f'[brand]\n{key} = "~nobody-has-this-name/brand"')
    assert problem.place.endswith("config.toml:2") and "~" in problem.mend


def test_all_problems_are_told_at_once_by_line(tmp_path: Path) -> None:
    text = """\
[brand]
knowledge = "nowhere"
[telegram]
mod = "polling"
[answers]
quiet_seconds = nan
max_wrong_answers = 2
close_after_hours = "12"
[bran]
"""
    found = problems(tmp_path, text)
    assert lines(found) == [2, 4, 6, 7, 8, 9]
    assert all(problem.mend for problem in found)


@pytest.mark.parametrize(
    ("line", "near"),
    [
        ("[telegram]\nmod = 'x'", "mode"),
        ("[stafff]", "staff"),
        ("[answers]\nquiet_second = 1", "quiet_seconds"),
    ],
)
def test_an_unknown_key_is_refused_with_the_nearest_known_one(
    tmp_path: Path, line: str, near: str
) -> None:
    (problem,) = problems(tmp_path, line)
    assert problem.mend == f"Did you mean {near}?"


WRONG = [
    ("telegram", 'mode = "pull"', '"polling" or "webhook"'),
    ("telegram", 'base_url = "http://example.org"', "https://"),
    ("telegram", 'base_url = "http://127.0.0.1.example.org"', "https://"),
    ("telegram", 'base_url = "https://me:word@example.org"', "https://"),
    ("telegram", 'base_url = "https://["', "https://"),
    ("telegram", 'token_env = "not a name"', "TELEGRAM_TOKEN"),
    ("telegram", 'webhook_listen = "8443"', "127.0.0.1:8443"),
    ("telegram", 'webhook_listen = "here:99999"', "127.0.0.1:8443"),
    ("health", 'listen = "9464"', "127.0.0.1:9464"),
    ("health", "silent_seconds = 30", "from 90 to 86400"),
    ("telegram", 'webhook_url = "http://bot.example.org"', "https://"),
    ("telegram", 'webhook_url = "https://bot.example.org:444"', "8443"),
    ("telegram", 'mode = "webhook"', "https://"),
    ("staff", "chat_id = 123", "minus"),
    ("staff", "agents = [777000]", "person"),
    ("staff", "agents = [1087968824]", "person"),
    ("staff", "leads = [136817688]", "person"),
    ("staff", "agents = [-5]", "person"),
    ("staff", "agents = [1, 1]", "once"),
    ("staff", "agents = [true]", "whole number"),
    ("staff", "agents = 5", "square brackets"),
    ("answers", "max_wrong_answers = 0", "0.001"),
    ("answers", "max_wrong_answers = 0.11", "to 0.1."),
    ("answers", "quiet_seconds = -1", "from 0"),
    ("answers", "quiet_seconds = 9", "larger"),
    ("answers", "quiet_seconds = true", "number"),
    ("promise", "urgent_minutes = inf", "from 1"),
    ("promise", "urgent_minutes = 16", "larger"),
    ("promise", "normal_minutes = 14", "larger"),
    ("promise", 'round_the_clock = ["soon"]', "urgent, high, normal"),
    ("ladder", "duty_percent = 49", "larger"),
    ("ladder", "lead_percent = 60", "larger"),
    ("ladder", "repeat_minutes = -1", "from 0"),
    ("hours", 'time_zone = "Québec"', "America/Toronto"),
    ("hours", 'time_zone = "../etc/passwd"', "America/Toronto"),
    ("hours", 'monday = ["09:00-12:00"]', "time zone"),
    ("hours", 'monday = ["9-12"]', "09:00-12:00"),
    ("hours", 'monday = ["09:60-12:00"]', "09:00-12:00"),
    ("hours", 'monday = ["09:00-24:01"]', "24:00"),
    ("hours", 'monday = ["22:00-06:00"]', "two windows"),
    ("hours", 'time_zone = "UTC"\nmonday = ["09:00-12:00", "11:00-14:00"]', "in order"),
    ("hours", 'holidays = ["Christmas"]', "2026-12-25"),
    ("hours", 'holidays = ["2026-02-30"]', "2026-12-25"),
    ("hours", 'holidays = ["2026-12-25"]', "hours of the week"),
    (
        "hours",
        'time_zone = "UTC"\nmonday = ["09:00-12:00"]\nholidays = ["2026-12-25", "2026-12-25"]',
        "one date",
    ),
    (
        "hours",
        'time_zone = "UTC"\nmonday = ["09:00-12:00"]\nholidays = ["2026-12-24 noon"]',
        "09:00-12:00",
    ),
    ("log", 'level = "LOUD"', '"DEBUG"'),
    ("store", "path = 5", "text"),
]


@pytest.mark.parametrize(("section", "line", "mend"), WRONG)
def test_a_wrong_value_is_told_with_its_mend(
    tmp_path: Path, section: str, line: str, mend: str
) -> None:
    (problem,) = problems(tmp_path, f"[{section}]\n{line}")
    assert section in problem.what and mend in problem.mend


def test_nobody_stands_in_both_roles(tmp_path: Path) -> None:
    text = "[staff]\nagents = [\n  10,\n  20,\n]\nleads = [\n  30,\n\n  20,\n]"
    (problem,) = problems(tmp_path, text)
    assert problem.place.endswith(":9") and "20 a second time" in problem.what


def test_a_section_that_is_not_a_table_is_told(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, "staff = 3")
    assert "staff is not a table" in problem.what and problem.place.endswith(":1")
    assert "[staff], and a line for each below it" in problem.mend


def test_a_number_between_quotes_is_told_once(tmp_path: Path) -> None:
    """Not as well that it is missing."""
    text = '[staff]\nchat_id = "-100123"\nagents = ["5"]'
    found = problems(tmp_path, text, {"TELEGRAM_TOKEN": TOKEN}, to_run=True)
    assert lines(found) == [2, 3]
    assert {problem.mend for problem in found} == {"Write a whole number, without quotes."}


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"[log]\nlevel = INFO\n", 2),
        (b"[log]\nlevel = 'INFO'\nlevel = 'INFO'\n", 3),
        (b"# a\n# \xff\n", 2),
        (b"[staff]\nagents = [\n  1,\n  2,\n", 2),
    ],
)
def test_a_file_that_cannot_be_read_is_told_with_its_line(
    tmp_path: Path, content: bytes, line: int
) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        config.load(file, {})
    assert lines(caught.value.problems) == [line]


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"config\.toml: cannot be read"):
        config.load(tmp_path / "config.toml", {})


# -------------------------------------------------------------------------------- secrets


@pytest.mark.parametrize(
    "line",
    [
        f'token = "{TOKEN}"',
        f'token_env = "{TOKEN}"',
        f'base_url = "https://api.telegram.org/bot{TOKEN}"',
        f"# the old one: {TOKEN}",
        'token = "short"',
        'webhook_secret = "hush"',
    ],
)
def test_a_secret_in_the_file_is_refused_and_never_repeated(tmp_path: Path, line: str) -> None:
    found = problems(tmp_path, f"[telegram]\n{line}", to_run=True)
    told = "\n".join(map(str, found))
    assert "revoke it with @BotFather" in told
    assert TOKEN not in told and "hush" not in told and "short" not in told


def test_the_token_comes_from_the_environment(tmp_path: Path) -> None:
    found = settings(tmp_path, '[telegram]\ntoken_env = "T"', {"T": f" {TOKEN}\n"})
    assert found.telegram.token == TOKEN


def test_secrets_are_not_shown_when_settings_are_printed(tmp_path: Path) -> None:
    env = {"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_WEBHOOK_SECRET": "s" * 20}
    found = settings(tmp_path, "", env)
    assert TOKEN not in repr(found) and "ssss" not in repr(found)
    assert found.telegram.webhook_secret == "s" * 20


def test_the_token_comes_from_a_private_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(TOKEN + "\n")
    (tmp_path / "token").chmod(0o600)
    found = settings(tmp_path, '[telegram]\ntoken_file = "token"')
    assert found.telegram.token == TOKEN


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_a_token_file_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    (tmp_path / "token").write_text(TOKEN)
    (tmp_path / "token").chmod(mode)
    (problem,) = problems(tmp_path, '[telegram]\ntoken_file = "token"')
    assert "chmod 600" in problem.mend and problem.place.endswith(":2")


def test_what_is_not_a_token_is_told_without_repeating_it(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, "", {"TELEGRAM_TOKEN": "hunter2"})
    assert "not a token" in problem.what and "hunter2" not in str(problem)


@pytest.mark.parametrize("secret", ["short", "é" * 20, "a" * 257, "with a space in it"])
def test_a_webhook_secret_that_telegram_would_not_take_is_told(tmp_path: Path, secret: str) -> None:
    (problem,) = problems(tmp_path, "", {"TELEGRAM_WEBHOOK_SECRET": secret})
    assert secret not in str(problem)


def test_only_a_bot_about_to_run_needs_token_group_and_staff(tmp_path: Path) -> None:
    assert settings(tmp_path, "").telegram.token == ""
    found = problems(tmp_path, "", to_run=True)
    assert [p.what.split()[0] for p in found] == [
        "telegram.token_env",
        "staff.chat_id",
        "staff.agents",
    ]
    text = "[staff]\nchat_id = -1001\nleads = [5]"
    assert settings(tmp_path, text, {"TELEGRAM_TOKEN": TOKEN}, to_run=True).staff.leads == (5,)


def test_a_webhook_about_to_run_needs_its_secret(tmp_path: Path) -> None:
    text = (
        '[telegram]\nmode = "webhook"\nwebhook_url = "https://a.example/x"\n'
        "[staff]\nchat_id = -1\nagents = [5]"
    )
    (problem,) = problems(tmp_path, text, {"TELEGRAM_TOKEN": TOKEN}, to_run=True)
    assert "TELEGRAM_WEBHOOK_SECRET" in problem.what


# ---------------------------------------------------------------------- the line of a key

AWKWARD = '''\
# comment = 1
top = 1

[a]  # a table
"quoted key" = """
b = 2
[a.c]
"""
list = [ "x", "y",
  # comment with ] and """
  "z]",

  "last" ]
inline = { deep = { er = 1 } }
dotted.fr = "un"
dotted.en = "one"
[[many]]
k = 1
[a.sub]
list = [1]
'''


@pytest.mark.parametrize(
    ("keys", "item", "line"),
    [
        (("top",), None, 2),
        (("a",), None, 4),
        (("a", "quoted key"), None, 5),
        (("a", "list"), None, 9),
        (("a", "list"), 1, 9),
        (("a", "list"), 2, 11),
        (("a", "list"), 3, 13),
        (("a", "inline", "deep", "er"), None, 14),
        (("a", "dotted", "en"), None, 16),
        (("a", "dotted", "missing"), None, 15),
        (("many",), None, 17),
        (("a", "sub", "list"), None, 20),
        (("a", "nowhere"), None, 4),
    ],
)
def test_the_line_of_a_key_is_found_in_any_layout(
    keys: tuple[str, ...], item: int | None, line: int
) -> None:
    source = toml_file.Source(Path("f"), AWKWARD)
    assert source.place(keys, item) == f"f:{line}"


@given(st.lists(st.lists(st.text(max_size=8), max_size=4), min_size=1, max_size=6))
def test_each_list_is_found_where_it_was_written(lists: list[list[str]]) -> None:
    """Whatever its texts hold: brackets, quotes, line ends, equals signs."""

    written: list[str] = []
    expected = {}
    for number, texts in enumerate(lists):
        expected[f"k{number}"] = sum(text.count("\n") for text in written) + 1
        written.append(tomli_w.dumps({f"k{number}": texts}, multiline_strings=True))
    source = toml_file.Source(Path("f"), "".join(written).replace("\r\n", "\n"))
    for key, line in expected.items():
        assert source.place((key,)) == f"f:{line}"
