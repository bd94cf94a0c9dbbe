"""Telegram's MarkdownV2 (and the older Markdown): the text and the entities of its marks."""

from __future__ import annotations

from dataclasses import dataclass

from .html import add_link
from .params import Refused, bad_request
from .wire import Json, utf16_length

_RESERVED = frozenset("_*[]()~`>#+-=|{}.!\n")
_NAMES = {
    "bold": "Bold",
    "italic": "Italic",
    "underline": "Underline",
    "strikethrough": "Strikethrough",
    "spoiler": "Spoiler",
    "code": "Code",
    "pre": "Pre",
    "text_link": "TextUrl",
    "custom_emoji": "CustomEmoji",
    "blockquote": "BlockQuote",
}
_MARKS = {
    "bold": "*",
    "italic": "_",
    "underline": "__",
    "strikethrough": "~",
    "spoiler": "||",
    "code": "`",
    "pre": "```",
    "text_link": "]",
    "custom_emoji": "]",
}


def _cannot(what: str) -> Refused:
    return bad_request(f"can't parse entities: {what}")


@dataclass(slots=True)
class _Open:
    kind: str
    offset: int
    byte: int
    start: int
    language: str = ""


class _Reader:
    """One pass over the text, with a stack of what is open (tdlib's parse_markdown_v2)."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.out: list[str] = []
        self.offset = 0
        self.open: list[_Open] = []
        self.entities: list[Json] = []

    def read(self) -> tuple[str, list[Json]]:
        while self.at < len(self.source):
            char = self.source[self.at]
            if (
                char == "\\"
                and self.at + 1 < len(self.source)
                and self.source[self.at + 1] < "\x7f"
            ):
                self.say(self.source[self.at + 1])
                self.at += 2
            elif not self.is_reserved(char):
                self.say(char)
                self.at += 1
            elif char == "\n":
                self.line_end()
            elif self.open and self.closes():
                self.close()
            else:
                self.begin(char)
        if self.open and self.open[-1].kind == "blockquote":
            self.add(self.open.pop())
        if self.open:
            raise self.unended(self.open[-1])
        self.entities.sort(key=lambda entity: (entity["offset"], -entity["length"]))
        return "".join(self.out), self.entities

    def say(self, text: str) -> None:
        self.out.append(text)
        self.offset += utf16_length(text)

    def ahead(self, mark: str) -> bool:
        return self.source.startswith(mark, self.at)

    def byte(self) -> int:
        return len(self.source[: self.at].encode())

    def unended(self, opened: _Open) -> Refused:
        name = "PreCode" if opened.language else _NAMES[opened.kind]
        return _cannot(f"Can't find end of {name} entity at byte offset {opened.byte}")

    def is_reserved(self, char: str) -> bool:
        if self.open and self.open[-1].kind in ("code", "pre"):
            return char == "`"
        return char in _RESERVED

    def closes(self) -> bool:
        kind = self.open[-1].kind
        if kind == "italic":
            return self.ahead("_") and not self.ahead("__")
        return kind != "blockquote" and self.ahead(_MARKS[kind])

    def line_end(self) -> None:
        self.say("\n")
        self.at += 1
        quoted = any(opened.kind == "blockquote" for opened in self.open)
        if self.ahead(">"):
            if not quoted:
                self.push("blockquote", 1)
            else:
                self.at += 1
        elif quoted:
            if self.open[-1].kind != "blockquote":
                raise self.unended(self.open[-1])
            self.add(self.open.pop())

    def begin(self, char: str) -> None:
        if self.ahead("```"):
            self.begin_pre()
        elif self.ahead("__"):
            self.push("underline", 2)
        elif self.ahead("||"):
            self.push("spoiler", 2)
        elif self.ahead("!["):
            self.push("custom_emoji", 2)
        elif char == ">" and self.at == 0:
            self.push("blockquote", 1)
        elif char in "_*~[`":
            kinds = {"_": "italic", "*": "bold", "~": "strikethrough", "[": "text_link"}
            self.push(kinds.get(char, "code"), 1)
        else:
            raise _cannot(
                f"Character '{char}' is reserved and must be escaped with the preceding '\\'"
            )

    def push(self, kind: str, width: int, language: str = "") -> None:
        self.open.append(_Open(kind, self.offset, self.byte(), len(self.out), language))
        self.at += width

    def begin_pre(self) -> None:
        end = self.at + 3
        while end < len(self.source) and not self.source[end].isspace() and self.source[end] != "`":
            end += 1
        is_language = end < len(self.source) and self.source[end] != "`"
        language = self.source[self.at + 3 : end] if is_language else ""
        self.push("pre", 3 + len(language), language)
        if self.ahead("\r\n"):
            self.at += 2
        elif self.ahead("\n") or self.ahead("\r"):
            self.at += 1

    def close(self) -> None:
        opened = self.open.pop()
        self.at += len(_MARKS[opened.kind])
        if opened.kind in ("text_link", "custom_emoji"):
            self.close_link(opened)
        else:
            self.add(opened)

    def close_link(self, opened: _Open) -> None:
        emoji = opened.kind == "custom_emoji"
        target = "".join(self.out[opened.start :])
        if self.ahead("("):
            self.at += 1
            target = self.target("custom emoji URL" if emoji else "URL")
        elif emoji:
            raise _cannot("Custom emoji entity must contain a tg://emoji URL")
        more: Json = {}
        if emoji:
            more["custom_emoji_id"] = target.rpartition("id=")[2]
        elif not add_link(more, target):
            return
        self.add(opened, more)

    def target(self, what: str) -> str:
        begin, found = self.byte(), ""
        while self.at < len(self.source) and self.source[self.at] != ")":
            if self.source[self.at] == "\\":
                self.at += 1
            found += self.source[self.at : self.at + 1]
            self.at += 1
        if self.at >= len(self.source):
            raise _cannot(f"Can't find end of a {what} at byte offset {begin}")
        self.at += 1
        return found

    def add(self, opened: _Open, more: Json | None = None) -> None:
        if self.offset > opened.offset:
            entity: Json = {"type": opened.kind, "offset": opened.offset}
            entity["length"] = self.offset - opened.offset
            if opened.language:
                entity["language"] = opened.language
            self.entities.append(entity | (more or {}))


def parse_markdown_v2(source: str) -> tuple[str, list[Json]]:
    """The text and entities of a MarkdownV2 text; refuses what tdlib cannot parse, in its words."""
    return _Reader(source).read()


def parse_markdown(source: str) -> tuple[str, list[Json]]:
    """The older Markdown: `_*`[` only, no nesting, everything else is plain."""
    reader = _Reader(source)
    while reader.at < len(source):
        char = source[reader.at]
        if char == "\\" and source[reader.at + 1 : reader.at + 2] in tuple("_*`["):
            reader.say(source[reader.at + 1])
            reader.at += 2
        elif char not in "_*`[":
            reader.say(char)
            reader.at += 1
        else:
            _old_entity(reader)
    return "".join(reader.out), reader.entities


def _old_entity(reader: _Reader) -> None:
    begin = reader.byte()
    reader.begin(reader.source[reader.at])
    opened = reader.open.pop()
    if opened.kind == "underline":  # two single marks: an empty italic
        return
    mark = _MARKS[opened.kind]
    end = reader.source.find(mark, reader.at)
    if end < 0:
        raise _cannot(f"Can't find end of the entity starting at byte offset {begin}")
    reader.say(reader.source[reader.at : end])
    reader.at = end + len(mark)
    if opened.kind == "text_link":
        if reader.ahead("("):
            reader.close_link(opened)
    else:
        reader.add(opened)
