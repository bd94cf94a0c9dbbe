"""Which inbox rows are one: the messages of a customer's burst, or of one reply of staff."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .incoming import Edited, InboxRow, Incoming, Turn, Wrote

MOST_ROWS = 50
"""So many rows of a conversation are looked at together."""

Heard = Sequence[tuple[InboxRow, Incoming]]


def turn_of(heard: Heard, known: Callable[[Wrote], object]) -> tuple[Turn, list[InboxRow]]:
    """The turn that begins with the first row, and the rows it takes.

    An edit of a message of the burst replaces its words. An edit of a message that is ``known``
    (written down before; anything but None) is a turn of its own kind: ``edit_of_answered``.
    """
    rows: list[InboxRow] = []
    messages: dict[int, Wrote] = {}
    edits: dict[int, Wrote] = {}
    for row, said in heard:
        if isinstance(said, Edited) and said.now.message_id not in messages:
            old = known(said.now) is not None
            if messages if old else edits:
                break  # a turn is one or the other: what is taken here would be lost
            (edits if old else messages)[said.now.message_id] = said.now
        elif isinstance(said, Edited):
            messages[said.now.message_id] = said.now
        elif isinstance(said, Wrote) and not edits:
            messages[said.message_id] = said
        else:
            break
        rows.append(row)
    if edits:
        return Turn(tuple(edits.values()), edit_of_answered=True), rows
    return Turn(tuple(messages.values())), rows


def reply_of(heard: Heard) -> Heard:
    """The rows of one reply of staff: a message, or as much of an album as is there, with what was
    edited in it since; or an edit of a message that was heard before."""
    first = heard[0][1]
    if not isinstance(first, Wrote):
        return heard[:1]
    words = [(row, as_it_is_now(said)) for row, said in heard]
    ids = {first.message_id}
    if first.album is not None:
        ids |= {said.message_id for _, said in words if said and said.album == first.album}
    taken = {row.seq for row, said in words if said and said.message_id in ids}
    return [(row, said) for row, said in heard if row.seq in taken]


def words_of(heard: Heard) -> list[Wrote]:
    """What these rows say now, each message once, as its last edit left it."""
    words = filter(None, (as_it_is_now(said) for _, said in heard))
    return list({said.message_id: said for said in words}.values())


def as_it_is_now(said: Incoming) -> Wrote | None:
    """The words of a message, as its last edit left them; None: it is no message."""
    now = said.now if isinstance(said, Edited) else said
    return now if isinstance(now, Wrote) else None
