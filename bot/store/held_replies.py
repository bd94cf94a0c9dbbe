"""Replies of staff that are held back, as rows: asked about, or waiting behind such a one."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from ..conversation import Person
from ..desk.doubt import Doubt, Found, HeldReply
from ..incoming import Mark, Media, Wrote

_COLUMNS = "id, case_id, agent_id, agent_name, owner_id, messages, found, state, is_edit, asked_id"
_OPEN = "state IN ('asked', 'behind')"


class HeldReplies:
    """The rows of `held_replies`. The words are kept only as long as the reply is open."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._do = connection.execute

    def add(
        self,
        case_id: int,
        agent: Person,
        owner_id: int | None,
        messages: Sequence[Wrote],
        found: Sequence[Found],
        state: str,
        edit: bool = False,
    ) -> HeldReply:
        row = self._do(
            "INSERT INTO held_replies (case_id, agent_id, agent_name, owner_id, messages, found, "
            "state, is_edit) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (case_id, agent.id, agent.name, owner_id, *_json(messages, found), state, int(edit)),
        )
        held = self.get(int(row.lastrowid or 0))
        assert held is not None
        return held

    def get(self, held_id: int) -> HeldReply | None:
        rows = self._many("id = ?", held_id)
        return rows[0] if rows else None

    def open_in(self, case_id: int, agent_id: int | None = None) -> list[HeldReply]:
        """What waits in a case (of one agent), in the order it was written."""
        return self._many(
            f"{_OPEN} AND case_id = ? AND ?2 IN (agent_id, -1)",
            case_id,
            -1 if agent_id is None else agent_id,
        )

    def of_message(self, chat_id: int, message_id: int) -> HeldReply | None:
        """The open reply that this message is, or is a part of."""
        rows = self._many(
            f"{_OPEN} AND EXISTS (SELECT 1 FROM json_each(messages) WHERE "
            "json_extract(value, '$.chat_id') = ? AND json_extract(value, '$.message_id') = ?)",
            chat_id,
            message_id,
        )
        return rows[0] if rows else None

    def change(
        self,
        held: HeldReply,
        messages: Sequence[Wrote],
        found: Sequence[Found],
        owner_id: int | None,
        state: str,
    ) -> HeldReply:
        """Other words, other doubts, or the question asked again."""
        self._do(
            "UPDATE held_replies SET messages = ?, found = ?, owner_id = ?, state = ? WHERE id = ?",
            (*_json(messages, found), owner_id, state, held.id),
        )
        changed = self.get(held.id)
        assert changed is not None
        return changed

    def asked(self, held_id: int, message_id: int) -> HeldReply | None:
        """The question is there, as this message."""
        self._do("UPDATE held_replies SET asked_id = ? WHERE id = ?", (message_id, held_id))
        return self.get(held_id)

    def unask(self, cases: Iterable[int]) -> None:
        """These cases live in another group now: no question about them stands there."""
        self._do(
            f"UPDATE held_replies SET asked_id = NULL WHERE {_OPEN} "
            "AND case_id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(cases)),),
        )

    def settle(self, held_id: int, state: str) -> None:
        """Decided: what it said stands in the transcript, or nowhere."""
        self._do(
            "UPDATE held_replies SET state = ?, messages = '[]', found = '[]' WHERE id = ?",
            (state, held_id),
        )

    def confirmed(self, case_id: int, agent_id: int, owner_id: int) -> bool:
        """Did this agent, asked about it, choose to write in the case that ``owner_id`` holds?"""
        row = self._do(
            "SELECT 1 FROM held_replies WHERE case_id = ? AND agent_id = ? AND owner_id = ? "
            "AND state = 'sent' LIMIT 1",
            (case_id, agent_id, owner_id),
        ).fetchone()
        return row is not None

    def _many(self, where: str, *values: object) -> list[HeldReply]:
        rows = self._do(
            f"SELECT {_COLUMNS} FROM held_replies WHERE {where} ORDER BY id", values
        ).fetchall()
        return [_held(*row) for row in rows]


def _json(messages: Sequence[Wrote], found: Sequence[Found]) -> tuple[str, str]:
    return (
        json.dumps([asdict(message) for message in messages], ensure_ascii=False),
        json.dumps([[one.doubt, one.what] for one in found], ensure_ascii=False),
    )


def _held(
    held_id: int,
    case_id: int,
    agent_id: int,
    agent_name: str,
    owner_id: int | None,
    messages: str,
    found: str,
    state: str,
    edit: int,
    asked_id: int | None,
) -> HeldReply:
    return HeldReply(
        held_id,
        case_id,
        agent_id,
        agent_name,
        owner_id,
        tuple(map(_wrote, json.loads(messages))),
        tuple(Found(Doubt(doubt), what) for doubt, what in json.loads(found)),
        state,
        bool(edit),
        asked_id,
    )


def _wrote(value: dict[str, Any]) -> Wrote:
    media = value["media"]
    return Wrote(
        **value
        | {
            "who": Person(**value["who"]),
            "media": None if media is None else Media(**media),
            "marks": tuple(Mark(**mark) for mark in value.get("marks", ())),
        }
    )
