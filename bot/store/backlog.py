"""What waits, as a monitor counts it: turns, cases that staff have not been shown, the outbox."""

from __future__ import annotations

import sqlite3

from ..errand import Lane
from ..watch.vitals import Backlog as Seen
from ..watch.vitals import Waiting

_PRESSING = "(priority = 'urgent' OR tone = 'angry')"


class Backlog:
    """Only questions; each is answered from an index or from rows that are open."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._do = connection.execute

    def now(self) -> Seen:
        return Seen(
            turns=self._waiting(
                "received_at", "inbox WHERE state = 'new' AND conversation GLOB 'c:*'"
            ),
            pressing=self._unseen(_PRESSING),
            calm=self._unseen(f"NOT {_PRESSING}"),
            outbox=self._lanes(),
            uncertain=self._count("outbox WHERE state = 'uncertain'"),
            quarantined=self._count("inbox WHERE state = 'poison'"),
            heard_at=self._moment("SELECT max(at) FROM presence"),
            update_at=self._moment("SELECT received_at FROM inbox ORDER BY seq DESC LIMIT 1"),
        )

    def _unseen(self, which: str) -> Waiting:
        waiting = "cases WHERE state = 'waiting' AND seen_at IS NULL"
        return self._waiting("waiting_since", f"{waiting} AND {which}")

    def _lanes(self) -> dict[Lane, Waiting]:
        """What stands behind a topic that is not made before somebody claims waits for no one."""
        rows = self._do(
            "SELECT lane, count(*), min(created_at) FROM outbox WHERE state = 'new' "
            "AND queue NOT IN (SELECT queue FROM outbox WHERE state = 'new' AND purpose = 'topic' "
            "AND parked = 1) GROUP BY lane"
        )
        found = {Lane(lane): Waiting(count, since) for lane, count, since in rows}
        return {lane: found.get(lane, Waiting()) for lane in Lane}

    def _waiting(self, moment: str, of: str) -> Waiting:
        return Waiting(*self._do(f"SELECT count(*), min({moment}) FROM {of}").fetchone())

    def _count(self, of: str) -> int:
        return int(self._do(f"SELECT count(*) FROM {of}").fetchone()[0])

    def _moment(self, question: str) -> float | None:
        row = self._do(question).fetchone()
        return None if row is None or row[0] is None else float(row[0])
