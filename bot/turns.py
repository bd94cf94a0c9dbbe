"""Which inbox rows are one turn: the messages a customer sent in one burst, read together."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .incoming import Edited, InboxRow, Incoming, Turn, Wrote

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
            if old and messages:
                break
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
