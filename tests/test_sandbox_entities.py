"""Formatted text on the loopback Telegram: HTML, MarkdownV2, given and detected entities."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import Chat, Message, MessageEntity, User
from telegram.error import BadRequest

from bot.sandbox.entities import Formatted, formatted, plain
from bot.sandbox.params import Params, Refused

from .loopback import Town, refused


def read(text: str, mode: str) -> Formatted:
    return formatted(Params({"text": text, "parse_mode": mode}), "text")


def marks(said: Formatted) -> list[tuple[str, str]]:
    """Each entity with the words it covers, cut out in UTF-16 as a client would."""
    units = said.text.encode("utf-16-le")
    found = []
    for entity in said.entities:
        start, end = entity["offset"], entity["offset"] + entity["length"]
        found.append((entity["type"], units[2 * start : 2 * end].decode("utf-16-le")))
    return found


def test_html_tags_become_entities_in_utf16_units() -> None:
    said = read(
        '😀 <b>gras <i>et é😀</i></b> &lt;b&gt; <a href="https://x.ca/a?b=1&amp;c">ici</a>', "HTML"
    )
    assert said.text == "😀 gras et é😀 <b> ici"
    assert marks(said) == [("bold", "gras et é😀"), ("italic", "et é😀"), ("text_link", "ici")]
    assert said.entities[0]["offset"] == 3
    assert said.entities[2]["url"] == "https://x.ca/a?b=1&c"


def test_html_knows_code_with_a_language_quotes_spoilers_and_people() -> None:
    said = read(
        '<pre><code class="language-python">x = 1</code></pre><blockquote expandable>q</blockquote>'
        '<span class="tg-spoiler">s</span><tg-spoiler>t</tg-spoiler><a href="tg://user?id=42">A</a>',
        "html",
    )
    kinds = [entity["type"] for entity in said.entities]
    assert kinds == ["pre", "expandable_blockquote", "spoiler", "spoiler", "text_mention"]
    assert said.entities[0]["language"] == "python" and said.entities[4]["user"]["id"] == 42


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<b>open", 'Can\'t find end tag corresponding to start tag "b"'),
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("é <img src=x>", 'Unsupported start tag "img" at byte offset 3'),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<a href>x</a>", 'Expected equal sign in declaration of an attribute of the tag "a"'),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
def test_broken_html_is_refused_in_tdlibs_words(text: str, words: str) -> None:
    with pytest.raises(Refused) as refusal:
        read(text, "HTML")
    assert refusal.value.code == 400
    assert refusal.value.description.startswith(f"Bad Request: can't parse entities: {words}")


def test_markdown_v2_marks_become_entities() -> None:
    said = read(
        "*gras _et_* __sous__ ~non~ ||secret|| `code` [ici](https://x.ca/\\)) \\*5\\*", "MarkdownV2"
    )
    assert said.text == "gras et sous non secret code ici *5*"
    assert marks(said) == [
        ("bold", "gras et"),
        ("italic", "et"),
        ("underline", "sous"),
        ("strikethrough", "non"),
        ("spoiler", "secret"),
        ("code", "code"),
        ("text_link", "ici"),
    ]
    assert said.entities[-1]["url"] == "https://x.ca/)"


def test_markdown_v2_knows_blocks() -> None:
    said = read("```python\nx = 1```\n>cité\n>encore\naprès", "MarkdownV2")
    assert said.text == "x = 1\ncité\nencore\naprès"
    assert marks(said) == [("pre", "x = 1"), ("blockquote", "cité\nencore\n")]
    assert said.entities[0]["language"] == "python"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("5.5", "Character '.' is reserved and must be escaped with the preceding '\\'"),
        ("oui!", "Character '!' is reserved and must be escaped with the preceding '\\'"),
        ("a-b", "Character '-' is reserved and must be escaped with the preceding '\\'"),
        ("é *open", "Can't find end of Bold entity at byte offset 3"),
        ("_open", "Can't find end of Italic entity at byte offset 0"),
        ("`open", "Can't find end of Code entity at byte offset 0"),
        ("[x](https://x", "Can't find end of a URL at byte offset 4"),
    ],
)
def test_broken_markdown_v2_is_refused_in_tdlibs_words(text: str, words: str) -> None:
    with pytest.raises(Refused) as refusal:
        read(text, "MarkdownV2")
    assert refusal.value.description == f"Bad Request: can't parse entities: {words}"


def test_the_older_markdown_knows_four_marks_and_leaves_the_rest() -> None:
    said = read("*bold* _it_ `code` [x](https://x.ca/) 5.5 a-b!", "Markdown")
    assert said.text == "bold it code x 5.5 a-b!"
    assert [kind for kind, _ in marks(said)] == ["bold", "italic", "code", "text_link"]
    with pytest.raises(Refused, match="Can't find end of the entity starting at byte offset 2"):
        read("a *b", "Markdown")


def test_what_people_type_is_marked_as_telegram_marks_it() -> None:
    said = plain(
        "/start@sandbox_bot voir https://x.ca/a?b. ou a@b.ca, @alice_b #promo 5/10 </b> é.ca"
    )
    assert marks(said) == [
        ("bot_command", "/start@sandbox_bot"),
        ("url", "https://x.ca/a?b"),
        ("email", "a@b.ca"),
        ("mention", "@alice_b"),
        ("hashtag", "#promo"),
    ]


def test_a_text_is_trimmed_and_its_entities_move_along() -> None:
    said = read("  \n<b>gras</b> \n", "HTML")
    assert said.text == "gras" and marks(said) == [("bold", "gras")]


async def test_a_broken_text_is_refused_to_the_client(town: Town) -> None:
    async with refused("Can't parse entities: can't find end tag", kind=BadRequest):
        await town.bot.send_message(town.alice.id, "<b>x", parse_mode="HTML")
    async with refused("unsupported parse_mode", kind=BadRequest):
        await town.bot.send_message(town.alice.id, "x", parse_mode="BBCode")
    assert town.sandbox.history(town.alice)[-1].text == "/start"


async def test_given_entities_are_kept_and_must_lie_in_the_text(town: Town) -> None:
    bold = MessageEntity(MessageEntity.BOLD, 3, 4)
    sent = await town.bot.send_message(town.alice.id, "😀 gras", entities=[bold])
    assert sent.entities == (bold,)
    async with refused("ends after the end of text", kind=BadRequest):
        await town.bot.send_message(town.alice.id, "x", entities=[bold])


async def test_a_mention_by_id_names_the_person_and_a_strangers_is_dropped(town: Town) -> None:
    text = f'<a href="tg://user?id={town.bob.id}">B</a> <a href="tg://user?id=5">S</a>'
    sent = await town.bot.send_message(town.alice.id, text, parse_mode="HTML")
    (mention,) = sent.entities
    assert mention.user and (mention.user.id, mention.user.first_name) == (town.bob.id, "Bob")


STYLES = ("bold", "italic", "underline", "strikethrough", "spoiler")
WORDS = st.text(st.sampled_from("abé😀\u200d&<>*_[]()~`|#+-=.!{}\\ 9"), min_size=1, max_size=6).map(
    lambda word: f"x{word}x"
)


@given(
    st.lists(st.tuples(WORDS, st.sampled_from([None, *STYLES, "code", "text_link"])), max_size=6)
)
def test_what_the_client_writes_back_as_html_or_markdown_reads_the_same(
    parts: list[tuple[str, str | None]],
) -> None:
    text, entities = "", []
    for number, (word, kind) in enumerate(parts):
        text += " " if number else ""
        if kind is not None:
            start = len(text.encode("utf-16-le")) // 2
            length = len(word.encode("utf-16-le")) // 2
            url = "https://x.ca/(a)" if kind == "text_link" else None
            entities.append(MessageEntity(kind, start, length, url=url))
        text += word
    if not text:
        return
    message = Message(
        1,
        datetime.now(UTC),
        Chat(1, "private"),
        User(1, "A", False),
        text=text,
        entities=entities,
    )
    for source, mode in ((message.text_html, "HTML"), (message.text_markdown_v2, "MarkdownV2")):
        said = read(source, mode)
        assert said.text == text
        given_back = [MessageEntity.de_json(dict(entity), None) for entity in said.entities]
        assert [e for e in given_back if e.type in {*STYLES, "code", "text_link"}] == entities
