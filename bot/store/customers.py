"""Who writes to the brand, as rows: their name, their language, and whether they are blocked."""

from __future__ import annotations

import sqlite3
from dataclasses import fields
from typing import Any

from ..conversation import Customer, Person

_NAMES = tuple(f.name for f in fields(Customer))
_COLUMNS = ", ".join(_NAMES)


class Customers:
    """The rows of `customers`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._do = connection.execute

    def get(self, customer_id: int) -> Customer | None:
        row = self._do(f"SELECT {_COLUMNS} FROM customers WHERE id = ?", (customer_id,)).fetchone()
        return None if row is None else _customer(row)

    def remember(self, person: Person, language: str | None = None) -> Customer:
        """Write down who a customer is now; keeps the language when none is given."""
        (row,) = self._do(
            "INSERT INTO customers (id, name, username, language) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (id) DO UPDATE SET name = excluded.name, username = excluded.username, "
            f"language = coalesce(excluded.language, language) RETURNING {_COLUMNS}",
            (person.id, person.name, person.username, language),
        ).fetchall()
        return _customer(row)

    def choose_language(self, customer_id: int, language: str | None, now: float) -> None:
        """They asked for a language; None: for the one they write in."""
        self._do(
            "UPDATE customers SET chosen = ?, chosen_at = ? WHERE id = ?",
            (language, now, customer_id),
        )

    def introduces(self, customer_id: int, line: int) -> None:
        """This line of the transcript will tell them that a machine answers."""
        self._do("UPDATE customers SET intro_ref = ? WHERE id = ?", (line, customer_id))

    def introduction_is_under_way(self, customer_id: int) -> bool:
        row = self._do(
            "SELECT 1 FROM outbox o JOIN customers c ON c.intro_ref = o.ref WHERE c.id = ?1 "
            "AND o.queue = 'chat:' || ?1 AND o.state IN ('new', 'claimed')",
            (customer_id,),
        )
        return row.fetchone() is not None

    def introduced(self, customer_id: int, line: int, now: float) -> None:
        """This line has arrived: if it is the one that introduces the bot, they have met."""
        self._do(
            "UPDATE customers SET met_at = ? WHERE id = ? AND intro_ref = ? AND met_at IS NULL",
            (now, customer_id, line),
        )

    def set_blocked(self, customer_id: int, blocked: bool) -> None:
        self._do("UPDATE customers SET blocked = ? WHERE id = ?", (int(blocked), customer_id))

    def bar(self, customer_id: int, now: float, why: str, by: int) -> None:
        """Staff block them."""
        self._do(
            "UPDATE customers SET barred_at = ?, barred_why = ?, barred_by = ? WHERE id = ?",
            (now, why, by, customer_id),
        )

    def let_in(self, customer_id: int) -> None:
        """Staff block them no more."""
        self._do(
            "UPDATE customers SET barred_at = NULL, barred_why = NULL, barred_by = NULL "
            "WHERE id = ?",
            (customer_id,),
        )


def _customer(row: tuple[Any, ...]) -> Customer:
    values = dict(zip(_NAMES, row, strict=True))
    return Customer(**values | {"blocked": bool(values["blocked"])})
