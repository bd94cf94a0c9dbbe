"""An agent takes words back: deleted at the customer's, with their album, or never sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ..conversation import Author, Case
from ..effects import TakeBack
from ..errand import Purpose
from ..incoming import Wrote
from ..relay import CasePen, line_of
from .desk_words import words


class Pen(CasePen, Protocol):
    """What this step may do with a case, inside the transaction."""

    def last_pressed(self, case: Case) -> int | None:
        """The row of the last words that staff sent by a button under the case's card."""

    def copies(self, case: Case, refs: Sequence[int]) -> list[tuple[int, int]]:
        """Where lines that went together arrived, as far as they did: ``(chat, message)``."""

    def recall(self, refs: Sequence[int]) -> bool:
        """Take back lines that go together and have not left yet; False when they have."""

    def may_have_arrived(self, case: Case, refs: Sequence[int]) -> bool:
        """Are they on their way, or is their outcome unknown?"""


def unsend(pen: Pen, case: Case, command: Wrote) -> None:
    """The message a command answers is taken back, with its album: deleted at the customer's, or
    never sent."""
    ref = pen.hear(case, line_of(Author.NOTE, command, pen.now, command.who.name), command)
    refs = _meant(pen, case, command)
    if not refs:
        told = words(pen.desk_language, "unsend_what")
        pen.tell(case, told, reply_to=command.message_id)
        return
    there = pen.copies(case, refs)
    for place in there:  # the command is ticked when all of it is gone
        pen.send(TakeBack(*place), Purpose.UNSEND, case, ref if place == there[-1] else None)
    if there:
        return
    if pen.recall(refs):
        key = "unsent"
    else:
        key = "unsend_unsure" if pen.may_have_arrived(case, refs) else "unsend_late"
    pen.tell(case, words(pen.desk_language, key), reply_to=command.message_id)


def _meant(pen: Pen, case: Case, command: Wrote) -> Sequence[int]:
    """The lines that a command about words of staff answers, an album as a whole. The card stands
    for what was sent by a button under it: a draft has no message of its own."""
    answered = command.reply_to
    if answered is None:
        return ()
    found = pen.line_at(command.chat_id, answered)
    if found is None and answered == case.card_id:
        last = pen.last_pressed(case)
        return () if last is None else (last,)
    if found is None or found[1].author is not Author.AGENT:
        return ()
    album = pen.album_of(case, command.chat_id, answered)
    lines = [pen.line_at(command.chat_id, message) for message in album]
    return [line[0] for line in lines if line]
