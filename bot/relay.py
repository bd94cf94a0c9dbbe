"""Carries words both ways while staff hold the case: text, media, albums, edits, reactions."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Protocol

from .conversation import Author, Case, Line
from .effects import Copy, EditText, Effect, Purpose, React
from .incoming import Media, Reacted, Turn, Wrote
from .safe_text import shown

NOTE_MARK = "//"
EDITED = "✏️"


class Pen(Protocol):
    """What this step may do with a case, inside the transaction."""

    @property
    def now(self) -> float: ...
    @property
    def staff_chat_id(self) -> int: ...
    def hear(self, case: Case, line: Line, message: Wrote) -> int:
        """Write down a message somebody wrote; returns its row."""

    def send(
        self, effect: Effect, purpose: Purpose, case: Case, ref: int | None = None
    ) -> None: ...
    def tell(
        self, case: Case, html: str, *, purpose: Purpose = ..., reply_to: int | None = None
    ) -> None: ...
    def counterpart(self, chat_id: int, message_id: int) -> tuple[int, int] | None: ...
    def rewrite(self, message: Wrote) -> bool:
        """Keep the new words of an edited message; False when it was never heard."""


def write_down(pen: Pen, case: Case, turn: Turn) -> None:
    """Keep a customer's turn in the transcript; an edit takes the place of what it changes."""
    for message in turn.messages:
        if not (turn.edit_of_answered and pen.rewrite(message)):
            pen.hear(case, line_of(Author.CUSTOMER, message, pen.now), message)


def to_staff(pen: Pen, case: Case, messages: Sequence[Wrote]) -> None:
    """A customer's words arrive in the topic, albums together, replies where they belong."""
    for group in albums(messages):
        refs = [pen.hear(case, line_of(Author.CUSTOMER, m, pen.now), m) for m in group]
        first = group[0]
        copy = Copy(
            pen.staff_chat_id,
            first.chat_id,
            tuple(m.message_id for m in group),
            thread_id=case.thread_id,
            reply_to=_reply_to(pen, first, pen.staff_chat_id),
        )
        pen.send(copy, Purpose.RELAY, case, refs[0])


def to_customer(pen: Pen, case: Case, messages: Sequence[Wrote], agent: str) -> None:
    """An agent's words go to the customer, except internal notes, which stay in the record."""
    for group in albums(messages):
        first = group[0]
        if any(map(is_note, group)):
            for message in group:
                pen.hear(case, line_of(Author.NOTE, message, pen.now, agent), message)
            continue
        refs = [pen.hear(case, line_of(Author.AGENT, m, pen.now, agent), m) for m in group]
        copy = Copy(
            case.customer_id,
            first.chat_id,
            tuple(m.message_id for m in group),
            reply_to=_reply_to(pen, first, case.customer_id),
        )
        pen.send(copy, Purpose.WORDS, case, refs[0])


def edit_to_staff(pen: Pen, case: Case, message: Wrote) -> None:
    """A customer changed their words: staff see the new ones below the original."""
    if not pen.rewrite(message):
        to_staff(pen, case, [message])
        return
    there = pen.counterpart(message.chat_id, message.message_id)
    text = f"{EDITED} {escape(shown(message.text))}"
    pen.tell(case, text, purpose=Purpose.RELAY, reply_to=there[1] if there else None)


def edit_to_customer(pen: Pen, case: Case, message: Wrote) -> None:
    """An agent changed their words: the customer's copy changes too."""
    there = pen.counterpart(message.chat_id, message.message_id)
    if there is None or not pen.rewrite(message) or is_note(message):
        return
    pen.send(EditText(there[0], there[1], message.text), Purpose.MARK, case)


def reaction(pen: Pen, case: Case, reacted: Reacted) -> None:
    """A reaction on one side shows on the other."""
    there = pen.counterpart(reacted.chat_id, reacted.message_id)
    if there is not None:
        emoji = reacted.emoji[0] if reacted.emoji else None
        pen.send(React(there[0], there[1], emoji), Purpose.MARK, case)


def is_note(message: Wrote) -> bool:
    return message.text.lstrip().startswith(NOTE_MARK)


def albums(messages: Sequence[Wrote]) -> list[list[Wrote]]:
    """Neighbours of one album belong together; everything else stands alone."""
    groups: list[list[Wrote]] = []
    for message in messages:
        if message.album is not None and groups and groups[-1][0].album == message.album:
            groups[-1].append(message)
        else:
            groups.append([message])
    return groups


def line_of(author: Author, message: Wrote, at: float, name: str | None = None) -> Line:
    """A message as a line of the transcript."""
    return Line(author, message.text, at, media_word(message.media), name=name)


def media_word(media: Media | None) -> str | None:
    if media is None:
        return None
    return f"{media.kind} {media.emoji}" if media.emoji else media.kind


def _reply_to(pen: Pen, message: Wrote, chat_id: int) -> int | None:
    if message.reply_to is None:
        return None
    there = pen.counterpart(message.chat_id, message.reply_to)
    return there[1] if there is not None and there[0] == chat_id else None
