"""Case -> Brief -> staff: a person gets the case, everything needed to act, and a clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Protocol

from .conversation import Author, Case, Customer, Line, Priority, Reason, State, Tone
from .desk_words import CLAIM, HAND_BACK, RELEASE, RESOLVE, words
from .effects import CreateTopic, EditButtons, Effect, Purpose
from .safe_text import shown, shown_name

Rows = tuple[tuple[tuple[str, str], ...], ...]

LONGEST_LINE = 700
LONGEST_WANT = 280


@dataclass(frozen=True, slots=True)
class Brief:
    """What staff see at hand-over. ``at`` and ``due`` are local clock times, already in words."""

    case: Case
    customer: Customer
    cases: int
    lines: Sequence[Line]
    why: str
    since: str
    due: str
    draft: str | None = None


class Pen(Protocol):
    """What this step may do with a case, inside the transaction."""

    @property
    def now(self) -> float: ...
    @property
    def staff_chat_id(self) -> int: ...
    def save(self, case: Case) -> Case: ...
    def send(self, effect: Effect, purpose: Purpose, case: Case) -> None: ...
    def tell(self, case: Case, html: str, rows: Rows = (), purpose: Purpose = ...) -> None: ...
    def brief(self, case: Case, why: str) -> Brief: ...
    def set_timer(self, case_id: int, kind: str, due_at: float) -> None: ...
    def clear_timers(self, case_id: int) -> None: ...


def hand_over(
    pen: Pen,
    case: Case,
    reason: Reason,
    priority: Priority,
    why: str,
    promise_s: float,
    desk_language: str,
) -> Case:
    """State, topic, brief and clock, together; the customer's notice is written by the caller.

    ``promise_s``: seconds until a person will have replied. Returns the waiting case.
    """
    if case.card_id is not None and case.staff_chat_id is not None:
        pen.send(EditButtons(case.staff_chat_id, case.card_id), Purpose.MARK, case)
    case = pen.save(
        replace(
            case,
            state=State.WAITING,
            reason=reason,
            priority=priority,
            owner_id=None,
            owner_name=None,
            waiting_since=pen.now,
            due_at=pen.now + promise_s,
            staff_chat_id=pen.staff_chat_id,
            card_id=None,
        )
    )
    brief = pen.brief(case, why)
    if case.thread_id is None:
        pen.send(CreateTopic(pen.staff_chat_id, topic_name(brief)), Purpose.TOPIC, case)
    rows = desk_rows(case, desk_language)
    pen.tell(case, brief_html(brief, desk_language), rows, Purpose.BRIEF)
    pen.clear_timers(case.id)
    pen.set_timer(case.id, "half", pen.now + promise_s / 2)
    pen.set_timer(case.id, "due", pen.now + promise_s)
    return case


def topic_name(brief: Brief) -> str:
    """What staff see in the list of topics: number, who, and a mark when it presses."""
    mark = {Priority.URGENT: "🔴 ", Priority.HIGH: "🟠 "}.get(brief.case.priority, "")
    return f"{mark}#{brief.case.id} {shown_name(brief.customer.name)}"


def desk_rows(case: Case, language: str) -> Rows:
    """The buttons that make sense in this state."""
    acts: dict[State, tuple[str, ...]] = {
        State.WAITING: (CLAIM, RESOLVE, HAND_BACK),
        State.CLAIMED: (RELEASE, RESOLVE, HAND_BACK),
    }
    labelled = [(words(language, act), act) for act in acts.get(case.state, ())]
    return tuple((pair,) for pair in labelled[:1]) + ((tuple(labelled[1:]),) if labelled else ())


def brief_html(brief: Brief, language: str) -> str:
    """The brief as our own escaped HTML: what a person can act on in ten seconds."""
    case = brief.case
    parts = [
        f"<b>{_head(brief, language)}</b>",
        f"<b>{words(language, 'wants')}</b> : {_quote(_want(brief.lines), LONGEST_WANT)}",
        f"<b>{words(language, 'why')}</b> : {_why(brief, language)}",
        words(
            language,
            "tone",
            tone=words(language, case.tone),
            language=escape(case.language or "?"),
        ),
        words(language, "since", at=brief.since, due=brief.due),
        _status(case, language),
    ]
    lately = "\n".join(_line(line, language) for line in brief.lines)
    parts.append(f"\n<b>{words(language, 'lately')}</b>\n<blockquote>{lately}</blockquote>")
    if brief.draft:
        parts.append(
            f"<b>{words(language, 'draft')}</b>\n<blockquote>{escape(brief.draft)}</blockquote>"
        )
    return "\n".join(parts)


def _head(brief: Brief, language: str) -> str:
    cases = words(language, "first" if brief.cases <= 1 else "known", n=brief.cases)
    name = escape(shown_name(brief.customer.name))
    if brief.customer.username:
        name += f" @{escape(brief.customer.username)}"
    who = words(language, "who", name=name, cases=cases)
    return f"{words(language, brief.case.priority)} · #{brief.case.id} · {who}"


def _why(brief: Brief, language: str) -> str:
    reason = brief.case.reason
    if reason is None:
        return escape(brief.why)
    key = "reason_angry" if reason is Reason.ANGRY else reason.value
    return f"{words(language, key)}. <i>{escape(brief.why)}</i>"


def _status(case: Case, language: str) -> str:
    match case.state:
        case State.CLAIMED:
            owner = escape(shown_name(case.owner_name or str(case.owner_id)))
            return words(language, "claimed", owner=owner)
        case State.WAITING | State.CLOSED:
            return words(language, case.state)
        case _:
            return words(language, "with_bot")


def _want(lines: Sequence[Line]) -> str:
    """What the customer wrote last, in a row, as one line."""
    mine: list[str] = []
    for line in reversed(lines):
        if line.author is not Author.CUSTOMER:
            if mine:
                break
            continue
        mine.append(line.text or f"[{line.media}]")
    return " / ".join(reversed(mine))


def _line(line: Line, language: str) -> str:
    who = shown_name(line.name) if line.name else words(language, line.author)
    text = _quote(line.text, LONGEST_LINE)
    if line.media:
        text = f"{words(language, 'media_word', kind=escape(line.media))} {text}"
    marks = words(language, "edited") if line.edited else ""
    marks += words(language, "unconfirmed") if line.unconfirmed else ""
    return f"<b>{escape(who)}</b>{marks} : {text}"


def _quote(text: str, most: int) -> str:
    clean = shown(text)
    return escape(clean if len(clean) <= most else clean[: most - 1] + "…")


def tone_of(reading_tone: Tone, before: Tone) -> Tone:
    """The tone a case carries: a calm word later does not hide that it began in anger."""
    order = (Tone.CALM, Tone.ANNOYED, Tone.ANGRY)
    return max(reading_tone, before, key=order.index)
