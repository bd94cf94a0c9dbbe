"""What buttons mean, as rows: Telegram carries an opaque token, and its meaning stays here."""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Sequence

from ..incoming import Meaning


class Keyboards:
    """The rows of `keyboards`: one a row of buttons, good in the chat it was made for."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._do = connection.execute

    def add(
        self, case_id: int | None, chat_id: int, role: str, acts: Sequence[str], now: float
    ) -> list[str]:
        """Store what a row of buttons means; returns the opaque data for each.

        Without a case they are about the person whose chat it is.
        """
        token = secrets.token_urlsafe(12)
        self._do(
            "INSERT INTO keyboards (token, case_id, chat_id, role, acts, made_at) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (token, case_id, chat_id, role, json.dumps(list(acts)), now),
        )
        return [f"{token}.{index}" for index in range(len(acts))]

    def meaning(self, data: str, chat_id: int) -> Meaning | None:
        """Of a pressed button; None when it was never ours, or not here."""
        case_id, role, act = self._pressed(data, chat_id) or (None, "", "")
        return None if case_id is None else Meaning(case_id, role, act)

    def spend(self, data: str) -> None:
        """The row of buttons means nothing any more."""
        self._do("DELETE FROM keyboards WHERE token = ?", (data.rpartition(".")[0],))

    def own_act_of(self, data: str, chat_id: int) -> str | None:
        """The act of a button about the person whose chat it is; None when it is no such."""
        case_id, _, act = self._pressed(data, chat_id) or (0, "", "")
        return act if case_id is None else None

    def _pressed(self, data: str, chat_id: int) -> tuple[int | None, str, str] | None:
        token, _, index = data.rpartition(".")
        row = self._do(
            "SELECT case_id, role, acts FROM keyboards WHERE token = ? AND chat_id = ?",
            (token, chat_id),
        ).fetchone()
        if row is None or not (index.isascii() and index.isdigit()):
            return None
        acts: list[str] = json.loads(row[2])
        return (row[0], row[1], acts[int(index)]) if int(index) < len(acts) else None
