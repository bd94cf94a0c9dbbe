"""The people of the staff group: their names as last seen, and who is on duty."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable

from ..conversation import Person


class Team:
    """The rows of `staff`. Who may act is in the config; whoever never said /off is on duty."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._do = connection.execute

    def seen(self, who: Person) -> None:
        """Keep the name of somebody who acted in the staff group."""
        self._do(
            "INSERT INTO staff (id, name, username) VALUES (?, ?, ?) ON CONFLICT (id) "
            "DO UPDATE SET name = excluded.name, username = excluded.username",
            (who.id, who.name, who.username),
        )

    def started(self, who: Person, at: float | None) -> None:
        """They have started the bot in private, or (None) it may not write to them any more."""
        self.seen(who)
        self._do("UPDATE staff SET started_at = ? WHERE id = ?", (at, who.id))

    def leaves(self, who: int) -> None:
        """Telegram takes nothing for them in private any more."""
        self._do("UPDATE staff SET started_at = NULL WHERE id = ?", (who,))

    def has_started(self, who: int) -> bool:
        row = self._do("SELECT 1 FROM staff WHERE id = ? AND started_at IS NOT NULL", (who,))
        return row.fetchone() is not None

    def knows(self, who: int) -> bool:
        return self._do("SELECT 1 FROM staff WHERE id = ?", (who,)).fetchone() is not None

    def go_on(self, who: Person) -> None:
        self.seen(who)
        self._do("UPDATE staff SET off_since = NULL WHERE id = ?", (who.id,))

    def go_off(self, who: Person, now: float) -> None:
        """Off duty from now on, or since the first time it was said."""
        self.seen(who)
        self._do("UPDATE staff SET off_since = coalesce(off_since, ?) WHERE id = ?", (now, who.id))

    def on_duty(self, ids: Iterable[int]) -> list[Person]:
        """Who of these is on duty, in the order given; one never seen is called by their id."""
        rows = self._do(
            "SELECT j.value, s.name, s.username FROM json_each(?) j LEFT JOIN staff s "
            "ON s.id = j.value WHERE s.off_since IS NULL ORDER BY j.key",
            (json.dumps(list(ids)),),
        )
        return [Person(who, name or str(who), username) for who, name, username in rows]

    def called(self, words: str, ids: Iterable[int]) -> list[Person]:
        """Who of these is meant by an @username, an id, or the beginning of a name."""
        people = [self.person(who) for who in ids]
        wanted = words.strip().removeprefix("@").casefold()
        exact = [p for p in people if wanted in (str(p.id), (p.username or "").casefold())]
        named = [p for p in people if wanted and p.name.casefold().startswith(wanted)]
        return exact or named

    def names(self) -> frozenset[str]:
        """What people write after an @ to mean one of them: first name or username, lower case."""
        rows = self._do("SELECT name, username FROM staff").fetchall()
        names = {name.split()[0] for name, _ in rows if name.split()}
        return frozenset(word.casefold() for word in names | {u for _, u in rows if u})

    def person(self, who: int) -> Person:
        """One of them by id, by their name as last seen."""
        row = self._do("SELECT name, username FROM staff WHERE id = ?", (who,)).fetchone()
        return Person(who, str(who)) if row is None else Person(who, *row)
