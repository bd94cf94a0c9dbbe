"""Why a person's reply is held back before it goes out, and the reply that waits: as nouns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from ..incoming import Wrote


class Doubt(StrEnum):
    """What its author is asked about; staff read it in words."""

    ANGRY = "angry"
    CAPITALS = "capitals"
    NOTE = "note"
    STAFF_LINK = "staff_link"
    PERSONAL = "personal"
    LANGUAGE = "language"
    COLLISION = "collision"
    COMMAND = "command"
    """It begins as commands do; only its author knows whether it was to be one."""


@dataclass(frozen=True, slots=True)
class Found:
    """A doubt, and ``what`` shows it: the words, the link, who holds the case; may be empty."""

    doubt: Doubt
    what: str = ""


@dataclass(frozen=True, slots=True)
class HeldReply:
    """A reply that did not go out yet; ``state`` is its row's (see schema.sql).

    ``edit``: its words are already with the customer, and these shall take their place.
    ``owner_id``: who held the case when its author was asked. ``asked_id``: the message with the
    question, once it is there.
    """

    id: int
    case_id: int
    agent_id: int
    agent_name: str
    owner_id: int | None
    messages: tuple[Wrote, ...]
    found: tuple[Found, ...]
    state: str
    edit: bool = False
    asked_id: int | None = None

    @property
    def open(self) -> bool:
        return self.state in ("asked", "behind")

    @property
    def draft(self) -> int | None:
        """The draft whose words these are."""
        return self.messages[0].draft

    def with_edit(self, edit: Wrote) -> tuple[Wrote, ...]:
        """Its messages as they are after an edit of one of them."""
        return tuple(edit if one.message_id == edit.message_id else one for one in self.messages)

    def place_in(self, chat_id: int) -> int | None:
        """The number of its message there; None if the group was upgraded since."""
        first = self.messages[0]
        return first.message_id if first.chat_id == chat_id else None


def others(found: Sequence[Found]) -> tuple[Found, ...]:
    """All doubts but that somebody else holds the case."""
    return tuple(one for one in found if one.doubt is not Doubt.COLLISION)
