"""What staff ask to see: the queue, their own cases, the commands. Rows in, our own HTML out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from ..conversation import Case, Priority
from ..safe_text import shown_name
from .commands import COMMANDS, word_of
from .desk_words import words
from .order_words import said, usage

MOST_LISTED = 25
"""Cases in one message; the others are counted."""

_MARKS = {Priority.URGENT: "🔴", Priority.HIGH: "🟠", Priority.NORMAL: "⚪"}


@dataclass(frozen=True, slots=True)
class Entry:
    """A case as a line of a list. ``what``: its subject or reason, in the desk's words."""

    case: Case
    customer: str
    what: str


def most_pressing_first(entries: Sequence[Entry]) -> list[Entry]:
    """By priority, then by how long they have waited."""
    order = list(Priority)
    return sorted(
        entries,
        key=lambda e: (order.index(e.case.priority), e.case.waiting_since or 0.0, e.case.id),
    )


def queue_html(entries: Sequence[Entry], now: float, language: str) -> str:
    """What nobody holds, then what somebody holds, then what was put off."""
    groups: dict[str, list[Entry]] = {"queue_waiting": [], "queue_held": [], "queue_asleep": []}
    for entry in entries:
        held = "queue_waiting" if entry.case.owner_id is None else "queue_held"
        groups["queue_asleep" if entry.case.snoozed_until is not None else held].append(entry)
    parts = []
    for title, group in groups.items():
        if group:
            parts += [f"<b>{said(language, title, n=len(group))}</b>"]
            parts += _lines(group, now, language)
    return "\n".join(parts) or said(language, "queue_empty")


def mine_html(entries: Sequence[Entry], now: float, language: str) -> str:
    """The cases of whoever asks."""
    lines = _lines(entries, now, language)
    return (
        "\n".join([f"<b>{said(language, 'mine')}</b>", *lines])
        if lines
        else said(language, "mine_none")
    )


def help_html(language: str) -> str:
    """Every command with what it does, and how to write to the customer and to each other."""
    lines = []
    for name in COMMANDS:
        written = f"/{word_of(name, language)} {usage(language, name)}".strip()
        lines.append(f"{escape(written)} · {said(language, f'menu_{name}')}")
    return "\n".join([said(language, "help_words"), "", *lines])


def menu(language: str) -> dict[str, str]:
    """Command -> what it does, as Telegram shows it to whoever types a slash."""
    return {word_of(name, language): said(language, f"menu_{name}") for name in COMMANDS}


def waited(seconds: float, language: str) -> str:
    """A length of time, short: 14 min, 2 h 05, 3 days."""
    minutes = int(max(0.0, seconds) // 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02}" if hours < 48 else said(language, "days", n=hours // 24)


def topic_link(case: Case) -> str | None:
    """Where the case is in the staff group; None when nothing leads there."""
    place = case.thread_id or case.card_id
    chat = case.staff_chat_id
    return None if place is None or chat is None else message_link(chat, place)


def message_link(chat_id: int, number: int) -> str | None:
    """The address of a group's message or topic; None: small groups have no addresses."""
    return f"https://t.me/c/{-chat_id - 10**12}/{number}" if chat_id <= -(10**12) else None


def link_html(case: Case, language: str) -> str:
    """To the case's topic, or its brief in General; nothing in a group that has no links."""
    address = topic_link(case)
    return f'<a href="{address}">{words(language, "open_case")}</a>' if address else ""


def lines_html(entries: Sequence[Entry], now: float, language: str) -> str:
    """Cases one below the other, the most pressing first."""
    return "\n".join(_lines(entries, now, language))


def _lines(entries: Sequence[Entry], now: float, language: str) -> list[str]:
    lines = [_line(entry, now, language) for entry in most_pressing_first(entries)[:MOST_LISTED]]
    if len(entries) > MOST_LISTED:
        lines.append(said(language, "queue_more", n=len(entries) - MOST_LISTED))
    return lines


def _line(entry: Entry, now: float, language: str) -> str:
    case = entry.case
    name = f"#{case.id} {escape(shown_name(entry.customer))}"
    link = topic_link(case)
    if link is not None:
        name = f'<a href="{link}">{name}</a>'
    since = case.waiting_since if case.waiting_since is not None else case.opened_at
    parts = [f"{_MARKS[case.priority]} {name}", waited(now - since, language), escape(entry.what)]
    if case.owner_id is not None:
        parts.append(f"🔵 {escape(shown_name(case.owner_name or str(case.owner_id)))}")
    return " · ".join(part for part in parts if part)
