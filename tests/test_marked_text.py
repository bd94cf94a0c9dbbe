"""Words with their formatting: hidden addresses written out, nobody rung, marks in their place."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation import Person
from bot.incoming import Mark, Wrote
from bot.marked_text import MOST_LINKS, for_staff, headed, inserted, opened
from bot.parts import units
from bot.safe_text import rings_nobody

CAMILLE = Person(1, "Camille")


def wrote(text: str, *marks: Mark) -> Wrote:
    return Wrote(1, CAMILLE, 1, 1, 0.0, text, marks=marks)


def under(said: Wrote, kind: str) -> str:
    """The words under the mark of this kind."""
    mark = next(mark for mark in said.marks if mark.kind == kind)
    raw = said.text.encode("utf-16-le")[2 * mark.offset :][: 2 * mark.length]
    return raw.decode("utf-16-le")


def test_a_hidden_address_stands_behind_its_words_and_other_marks_stay_on_theirs() -> None:
    said = wrote(
        "🙂 ma facture, vite",
        Mark("bold", 3, 10),
        Mark("text_link", 6, 7, url="https://evil.example/x"),
        Mark("italic", 15, 4),
    )
    now = opened(said)
    assert now.text == "🙂 ma facture (https://evil.example/x), vite"
    assert (under(now, "bold"), under(now, "italic")) == ("ma facture", "vite")
    assert opened(now) == now


@pytest.mark.parametrize("words", ["https://a.example", "https://a.example/"])
def test_an_address_that_is_written_is_not_written_twice(words: str) -> None:
    said = wrote(words, Mark("text_link", 0, len(words), url="https://a.example/"))
    assert opened(said).text == words


def test_words_that_are_nearly_the_address_do_not_hide_another() -> None:
    words = "https://a.example.com"
    said = wrote(words, Mark("text_link", 0, len(words), url="https://a.example.co"))
    assert opened(said).text == f"{words} (https://a.example.co)"


def test_so_many_addresses_and_no_more() -> None:
    links = [Mark("text_link", 2 * n, 1, url=f"https://{n}.example/") for n in range(9)]
    now = opened(wrote(" ".join("x" * 9), *links))
    assert now.text.count("https://") == MOST_LINKS and now.text.count("(…)") == 9 - MOST_LINKS


def test_nobody_is_rung_and_what_names_nobody_stays_as_it_is() -> None:
    said = wrote("@noemie et /@sylvie, moi@ici.example", Mark("mention", 0, 7), Mark("bold", 8, 2))
    now = for_staff(replace(said, marks=(*said.marks, Mark("text_mention", 0, 7, user_id=5))))
    assert now.text == "@\u2060noemie et /@\u2060sylvie, moi@ici.example"
    assert [mark.kind for mark in now.marks] == ["bold"] and under(now, "bold") == "et"
    plain = wrote("ma tente, moi@ici.example", Mark("bold", 3, 5))
    assert for_staff(plain) == plain


@pytest.mark.parametrize("kind", ["code", "pre"])
def test_in_code_nothing_is_put_and_beside_it_nobody_is_rung(kind: str) -> None:
    said = wrote("@noemie: npm i @acme/x, ok @sylvie", Mark(kind, 9, 13), Mark("bold", 24, 2))
    now = for_staff(said)
    assert now.text == "@\u2060noemie: npm i @acme/x, ok @\u2060sylvie"
    assert (under(now, kind), under(now, "bold")) == ("npm i @acme/x", "ok")


@pytest.mark.parametrize(
    ("offset", "length", "rung"), [(0, 8, False), (1, 7, False), (2, 6, True), (0, 1, True)]
)
def test_only_an_at_that_is_in_the_code_is_left_as_it_is(
    offset: int, length: int, rung: bool
) -> None:
    now = for_staff(wrote("x@noemie".replace("x", " "), Mark("code", offset, length)))
    assert ("@\u2060noemie" in now.text) is rung


def test_code_that_is_bold_or_not_is_code() -> None:
    """Of several marks on the same words one is enough; any other kind is none."""
    twice = wrote("npm i @acme", Mark("bold", 0, 11), Mark("code", 0, 11))
    assert for_staff(twice) == twice
    assert for_staff(wrote("npm i @acme", Mark("bold", 0, 11))).text == "npm i @\u2060acme"


@pytest.mark.parametrize(
    ("text", "rung"),
    [
        ("https://blog.example/@noemie", False),
        ("(https://blog.example/a/@noemie)", False),
        ("http://@noemie", True),
        ("https://blog.example/ @noemie", True),
        ("xhttps://blog.example/@noemie", True),
        ("https://blog.example/(@noemie", True),
        ("https://blog.x/@noemie", True),
    ],
)
def test_only_in_an_address_may_an_at_stand_before_a_name(text: str, rung: bool) -> None:
    assert ("@\u2060" in rings_nobody(text)) is rung


def test_a_mark_in_front_moves_the_others() -> None:
    assert under(headed(wrote("ma tente", Mark("bold", 3, 5)), "✏️ "), "bold") == "tente"


@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
    st.lists(st.tuples(st.integers(0, 30), st.text("ab🙂", max_size=3)), max_size=4),
    st.integers(0, 30),
    st.integers(0, 30),
)
def test_nothing_is_lost_and_no_mark_leaves_the_text(
    text: str, what: list[tuple[int, str]], offset: int, length: int
) -> None:
    whole = units(text)
    at = [(min(place, whole), words) for place, words in what]
    offset = min(offset, whole)
    now, marks = inserted(text, [Mark("bold", offset, min(length, whole - offset))], at)
    assert units(now) == whole + sum(units(words) for _, words in at)
    assert all(m.offset >= 0 and m.length >= 0 and m.offset + m.length <= units(now) for m in marks)
