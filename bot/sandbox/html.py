"""Telegram's HTML: the text without its tags, and the entities the tags stood for."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from .params import Refused, bad_request
from .wire import Json, utf16_length

_KINDS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "tg-emoji": "custom_emoji",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
_PIECE = re.compile(r"[^<&]+|&(?:#x[0-9a-fA-F]+|#\d+|lt|gt|amp|quot);?|[<&]")
_ATTRIBUTE = re.compile(
    r"""\s*(?P<name>[^\s=>]+)(?:\s*=\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[\w.-]*)))?"""
)
_USER_LINK = re.compile(r"tg://user\?id=(\d+)")


@dataclass(slots=True)
class _Open:
    tag: str
    attributes: dict[str, str]
    offset: int
    start: int


def _cannot(what: str) -> Refused:
    return bad_request(f"can't parse entities: {what}")


class _Reader:
    def __init__(self, source: str) -> None:
        self.source = source
        self.out: list[str] = []
        self.offset = 0
        self.open: list[_Open] = []
        self.entities: list[Json] = []

    def byte(self, position: int) -> int:
        return len(self.source[:position].encode())

    def read(self) -> tuple[str, list[Json]]:
        position = 0
        while position < len(self.source):
            piece = _PIECE.match(self.source, position)
            assert piece is not None
            if piece.group() != "<":
                self.say(html.unescape(piece.group()) if piece.group()[0] == "&" else piece.group())
                position = piece.end()
            elif self.source.startswith("/", position + 1):
                position = self.close_tag(position)
            else:
                position = self.open_tag(position)
        if self.open:
            raise _cannot(f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"')
        return "".join(self.out), self.entities

    def say(self, text: str) -> None:
        self.out.append(text)
        self.offset += utf16_length(text)

    def open_tag(self, begin: int) -> int:
        at = self.byte(begin)
        end = re.compile(r"[\s>]").search(self.source, begin + 1)
        if end is None:
            raise _cannot(f"Unclosed start tag at byte offset {at}")
        tag = self.source[begin + 1 : end.start()].lower()
        if tag not in _KINDS:
            raise _cannot(f'Unsupported start tag "{tag}" at byte offset {at}')
        attributes, position = self.attributes(tag, end.start(), at)
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            raise _cannot(f'Tag "span" must have class "tg-spoiler" at byte offset {at}')
        self.open.append(_Open(tag, attributes, self.offset, len(self.out)))
        return position

    def attributes(self, tag: str, position: int, at: int) -> tuple[dict[str, str], int]:
        found: dict[str, str] = {}
        while True:
            while self.source[position : position + 1].isspace():
                position += 1
            if position >= len(self.source):
                raise _cannot(f'Unclosed start tag "{tag}" at byte offset {at}')
            if self.source[position] == ">":
                return found, position + 1
            match = _ATTRIBUTE.match(self.source, position)
            if match is None:
                raise _cannot(f'Empty attribute name in the tag "{tag}" at byte offset {at}')
            values = [match[name] for name in ("double", "single", "bare")]
            value = next((one for one in values if one is not None), None)
            if value is None and tag != "blockquote":
                raise _cannot(
                    f'Expected equal sign in declaration of an attribute of the tag "{tag}" '
                    f"at byte offset {at}"
                )
            found[match["name"].lower()] = html.unescape(value or "")
            position = match.end()

    def close_tag(self, begin: int) -> int:
        at = self.byte(begin)
        if not self.open:
            raise _cannot(f"Unexpected end tag at byte offset {at}")
        end = self.source.find(">", begin)
        if end < 0:
            raise _cannot(f"Unclosed end tag at byte offset {at}")
        name = self.source[begin + 2 : end].strip().lower()
        opened = self.open.pop()
        if name and name != opened.tag:
            raise _cannot(
                f"Unmatched end tag at byte offset {at}, "
                f'expected "</{opened.tag}>", found "</{name}>"'
            )
        if self.offset > opened.offset:
            self.entity(opened)
        return end + 1

    def entity(self, opened: _Open) -> None:
        entity: Json = {"type": _KINDS[opened.tag], "offset": opened.offset}
        entity["length"] = self.offset - opened.offset
        language = opened.attributes.get("class", "")
        if opened.tag == "a":
            target = opened.attributes.get("href") or "".join(self.out[opened.start :])
            if not add_link(entity, target):
                return
        elif opened.tag == "tg-emoji":
            entity["custom_emoji_id"] = opened.attributes.get("emoji-id", "")
            if not entity["custom_emoji_id"].isdigit():
                raise _cannot("Invalid custom emoji identifier specified")
        elif opened.tag == "blockquote" and "expandable" in opened.attributes:
            entity["type"] = "expandable_blockquote"
        elif opened.tag == "code" and language.startswith("language-"):
            if self.open and self.open[-1].tag == "pre":
                self.open[-1].attributes["language"] = language.removeprefix("language-")
                return
        elif opened.tag == "pre" and opened.attributes.get("language"):
            entity["language"] = opened.attributes["language"]
        self.entities.append(entity)


def add_link(entity: Json, target: str) -> bool:
    """Makes the entity a link or a mention; False when the target is nothing one can follow."""
    if user := _USER_LINK.fullmatch(target):
        entity["type"] = "text_mention"
        entity["user"] = {"id": int(user[1]), "is_bot": False, "first_name": ""}
        return True
    if "." not in target and "://" not in target:
        return False
    entity["url"] = target if "://" in target else f"http://{target}"
    if re.fullmatch(r"https?://[^/]+", entity["url"]):
        entity["url"] += "/"
    return True


def parse_html(source: str) -> tuple[str, list[Json]]:
    """The text and entities of an HTML text; refuses what tdlib cannot parse, in its words."""
    return _Reader(source).read()
