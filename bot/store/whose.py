"""Whose data stands in which column, and what is left of it once its person is erased.

Every text column of the store is named here, in `HELD` or `NOBODYS`; a test walks the schema and
fails for one that is not, so that no table is forgotten when somebody wants to be.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

NOBODY = 0
"""The customer to whom a case belongs once its person is erased; nobody can be told apart."""


@dataclass(frozen=True, slots=True)
class Held:
    """What one table holds about a person.

    ``of``: SQL that finds their rows by ``:person`` (0: nobody's), ``:cases`` (JSON list) and
    ``:upto`` (the last inbox row that is meant). ``emptied``: column -> SQL for what is left of
    it; without any, the row goes. ``kept``: texts in a row that stays and tell of nobody, or of
    staff.
    """

    table: str
    of: str
    emptied: Mapping[str, str] = field(default_factory=dict)
    kept: tuple[str, ...] = ()


_AMONG = "IN (SELECT value FROM json_each(:cases))"
_THEIRS = f"case_id {_AMONG}"
_LOOSE = "case_id IS NULL AND state NOT IN ('new', 'claimed')"
_NOT_OF_STAFF = ":person NOT IN (SELECT id FROM staff)"
ACTS = f"actor_id = :person AND ({_THEIRS} OR kind LIKE 'asked%' OR {_NOT_OF_STAFF})"
"""What they did as a customer. What somebody of staff did with the cases of others is the brand's
audit, and what was said to them in private about those cases is the brand's too."""
TO_ERASE = "purpose = 'erase' AND state IN ('new', 'claimed')"
"""Orders in `outbox` to take words away in the staff group; nothing else knows where they lie."""

HELD = (
    Held(
        "inbox",
        "conversation IN ('c:' || :person, 'h:' || :person) AND seq <= :upto",
        {
            "conversation": "'erased'",
            "body": "''",
            "state": "CASE state WHEN 'poison' THEN state ELSE 'done' END",
            "outcome": "coalesce(outcome, 'erased')",
            "done_at": "coalesce(done_at, :now)",
        },
    ),
    # Words of staff that could not be processed: nobody knows whom they are about.
    Held("inbox", "state = 'poison' AND :person <> 0", {"body": "''"}),
    # Of no case and done: a list that staff asked for, a board; it may name anybody.
    Held(
        "outbox",
        f"({_THEIRS} OR (chat_id = :person AND (purpose = 'own' OR {_NOT_OF_STAFF})) "
        f"OR (:person <> 0 AND {_LOOSE})) AND NOT ({TO_ERASE})",
    ),
    # What was shown to staff of other cases may quote how theirs was settled, as a draft.
    Held(
        "outbox",
        "purpose IN ('brief', 'card') AND state NOT IN ('new', 'claimed') AND :person <> 0",
        {"payload": "json_set(payload, '$.text', '')"},
    ),
    Held("outbox", f"purpose = 'given' AND ref {_AMONG}"),
    Held("posts", f"{_THEIRS} OR quotes {_AMONG}"),
    Held("listed", _THEIRS),
    Held("pages", _THEIRS),
    Held("keyboards", f"{_THEIRS} OR (chat_id = :person AND role = 'customer')"),
    Held("timers", _THEIRS),
    Held("drafts", f"{_THEIRS} OR source {_AMONG}"),
    Held(
        "held_replies",
        _THEIRS,
        {
            "messages": "'[]'",
            "found": "'[]'",
            "asked_id": "NULL",
            "state": "CASE WHEN state IN ('asked', 'behind') THEN 'over' ELSE state END",
        },
        kept=("agent_name",),
    ),
    Held(
        "messages",
        _THEIRS,
        {
            "text": "''",
            "was": "NULL",
            "media": "NULL",
            "chat_id": "NULL",
            "message_id": "NULL",
            "copy_chat_id": "NULL",
            "copy_id": "NULL",
        },
        kept=("author", "name"),
    ),
    Held(
        "decisions",
        _THEIRS,
        {"why": "''", "reading": "'{}'"},
        kept=("kind", "subject", "reason"),
    ),
    Held(
        "events",
        f":person <> 0 AND ({_THEIRS} OR ({ACTS}))",
        {"actor_id": "nullif(actor_id, :person)", "detail": "NULL"},
        kept=("kind",),
    ),
    Held(
        "cases",
        f"id {_AMONG}",
        {
            "customer_id": f"CASE customer_id WHEN :person THEN {NOBODY} ELSE customer_id END",
            "telling": "'[]'",
            "thread_id": "NULL",
            "card_id": "NULL",
            "version": "version + 1",
            "emptied_at": ":now",
        },
        kept=(
            *("state", "language", "subject", "answered", "choices", "reason", "priority"),
            *("tone", "owner_name"),
        ),
    ),
    Held("customers", "id = :person AND id <> 0 AND barred_at IS NULL"),
    # An erasure is no way around a block: the number and since when stay, and nothing else.
    Held(
        "customers",
        "id = :person AND barred_at IS NOT NULL",
        {
            "name": "''",
            **dict.fromkeys(
                ("username", "language", "met_at", "intro_ref", "chosen", "chosen_at"), "NULL"
            ),
            **dict.fromkeys(("barred_why", "barred_by"), "NULL"),
            "blocked": "0",
        },
    ),
)
"""In this order: `cases` and `customers` come after whatever refers to them."""

NOBODYS: Mapping[str, str] = {
    "staff": "names of people who work for the brand",
    "lost_groups": "Telegram's words",
    "lists": "kinds of lists",
    "ratings": "scores; the words stand in messages",
    "promises": "how long cases waited",
    "chores": "names of chores",
    "tallies": "counts",
}
"""Tables with texts that tell of no customer."""
