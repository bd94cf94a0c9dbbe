"""Formatted text: what an HTML or MarkdownV2 text says, its entities, and what is detected in it.

The rules and the wordings are those of tdlib (td/telegram/MessageEntity.cpp); byte offsets in
the refusals are offsets in the UTF-8 text, entity offsets are UTF-16 code units.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .html import parse_html
from .markdown import parse_markdown, parse_markdown_v2
from .params import Params, bad_request
from .wire import Json, utf16_length

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
_ENTITY_LIMIT = 100

_DETECTED = re.compile(
    r"(?P<url>https?://[^\s<>\"]+[^\s<>\".,!?;:)])"
    r"|(?P<email>[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[a-zA-Z]{2,})"
    r"|(?P<mention>(?<!\w)@[A-Za-z]\w{3,31})\b"
    r"|(?P<hashtag>(?<![\w&])\#\w*[^\W\d]\w*)"
    r"|(?P<bot_command>(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@\w{3,32})?)(?![\w/<>])"
    r"|(?P<bare>(?<![\w@.])(?:[a-zA-Z0-9-]+\.)+(?:com|org|net|ca|fr|io|me|dev|info|quebec)\b(?:/\S*)?)"
)
_MIGHT_HOLD_ONE = re.compile(r"[/@#.]")
_MARKED = frozenset(
    {"bold", "italic", "underline", "strikethrough", "spoiler", "blockquote"}
    | {"expandable_blockquote", "code", "pre", "text_link", "text_mention", "custom_emoji"}
    | {"mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number"}
    | {"date_time"}
)


@dataclass(frozen=True, slots=True)
class Formatted:
    """A text without its marks, and the entities the marks stood for."""

    text: str
    entities: tuple[Json, ...] = ()

    def fields(self, name: str) -> Json:
        """As fields of a message: `name` is "text" or "caption"."""
        if not self.text:
            return {}
        content: Json = {name: self.text}
        if self.entities:
            content["entities" if name == "text" else "caption_entities"] = list(self.entities)
        return content


def formatted(params: Params, name: str) -> Formatted:
    """The text or caption of a call with its entities: parse_mode first, else explicit ones."""
    raw = params.text(name)
    mode = params.text("parse_mode").lower()
    entities: list[Json] = []
    if mode:
        parser = {
            "html": parse_html,
            "markdownv2": parse_markdown_v2,
            "markdown": parse_markdown,
        }.get(mode)
        if parser is None:
            raise bad_request("unsupported parse_mode")
        raw, entities = parser(raw)
    else:
        given = params.array("entities" if name == "text" else "caption_entities")
        if given:
            entities = [_checked(entity, utf16_length(raw)) for entity in given]
    return _finished(raw, entities)


def plain(text: str) -> Formatted:
    """A text as a person types it: only what Telegram detects by itself."""
    return _finished(text, [])


def parts(text: str) -> list[str]:
    """A text as the apps send it: in pieces that fit, each cut at a blank where there is one."""
    pieces = []
    while utf16_length(text) > TEXT_LIMIT:
        end = len(text.encode("utf-16-le")[: 2 * TEXT_LIMIT].decode("utf-16-le", "ignore"))
        blank = max(text.rfind(" ", 0, end), text.rfind("\n", 0, end))
        end = blank if blank > end // 2 else end
        pieces.append(text[:end])
        text = text[end:]
    return [*pieces, text]


def checked_text(params: Params) -> Formatted:
    """The text of sendMessage or editMessageText, within Telegram's limits."""
    if not params.text("text"):
        raise bad_request("message text is empty")
    said = formatted(params, "text")
    if not said.text:
        raise bad_request("text must be non-empty")
    if utf16_length(said.text) > TEXT_LIMIT:
        raise bad_request("message is too long")
    return said


def checked_caption(params: Params) -> Formatted:
    """The caption of a call, within Telegram's limits; may be empty."""
    said = formatted(params, "caption")
    if utf16_length(said.text) > CAPTION_LIMIT:
        raise bad_request("message caption is too long")
    return said


def _checked(entity: object, length: int) -> Json:
    if not isinstance(entity, dict) or entity.get("type") not in _MARKED:
        raise bad_request("can't parse MessageEntity: Unsupported type specified")
    start, extent = int(entity.get("offset", 0)), int(entity.get("length", 0))
    if start < 0 or extent < 0 or start + extent > length:
        raise bad_request(f"entity beginning at UTF-16 offset {start} ends after the end of text")
    return entity


def _finished(text: str, entities: list[Json]) -> Formatted:
    """Trims the text as Telegram does, shifts the entities and adds the detected ones."""
    stripped = text.strip()
    if stripped != text and entities:
        lead = utf16_length(text[: len(text) - len(text.lstrip())])
        end = utf16_length(stripped)
        entities = [one for e in entities if (one := _shifted(e, lead, end))["length"] > 0]
    if _MIGHT_HOLD_ONE.search(stripped):
        entities = entities + _detect(stripped, entities)
    entities.sort(key=lambda entity: (entity["offset"], -entity["length"]))
    return Formatted(stripped, tuple(entities[:_ENTITY_LIMIT]))


def _shifted(entity: Json, lead: int, end: int) -> Json:
    start = max(0, entity["offset"] - lead)
    stop = min(end, entity["offset"] + entity["length"] - lead)
    return {**entity, "offset": start, "length": stop - start}


def _detect(text: str, known: list[Json]) -> list[Json]:
    taken = [
        (entity["offset"], entity["offset"] + entity["length"])
        for entity in known
        if entity["type"] in ("code", "pre", "text_link", "text_mention", "url")
    ]
    found = []
    for match in _DETECTED.finditer(text):
        start = utf16_length(text[: match.start()])
        end = start + utf16_length(match.group())
        kind = "url" if match.lastgroup == "bare" else match.lastgroup
        if not any(start < stop and begin < end for begin, stop in taken):
            found.append({"type": kind, "offset": start, "length": end - start})
    return found
