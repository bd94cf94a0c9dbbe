"""The brief as staff read it: what a person can act on in ten seconds, in one message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from ..conversation import Author, Case, Customer, Draft, Line, Priority, Reason, State
from ..parts import MESSAGE_UNITS, parts, units, without_tags
from ..safe_text import rings_nobody, shortened, shown, shown_name
from .desk_words import language_name, media_name, words

LONGEST_LINE = 700
LONGEST_WANT = 280
LONGEST_WHY = 300
LONGEST_TELLING = 160
LONGEST_DRAFT = 1000
"""Visible UTF-16 units; whatever is left of one message goes to the last exchanges."""
_POINT_BACK = (Reason.ADDED, Reason.ASKED_AGAIN, Reason.NOT_HELPED, Reason.UNCLEAR)
"""Of words that mean something only after those that the bot answered, or asked back about."""


@dataclass(frozen=True, slots=True)
class Past:
    """An earlier case of the same customer: ``what`` about, ``when`` closed, ``by`` whom.

    ``when`` is in words. ``by`` is None when no person was needed; ``rated`` is the face the
    customer tapped, if any; ``barred``: staff blocked the customer in it.
    """

    what: str
    when: str
    by: str | None = None
    rated: str = ""
    barred: bool = False


@dataclass(frozen=True, slots=True)
class Brief:
    """What staff see at hand-over. ``since`` and ``due`` are local clock times, already in words.

    ``cases`` counts the customer's cases, this one included; ``past`` has the last of the others.
    ``barred``: who blocks the customer, since when and why, in words. ``told``: by when the
    customer was told to have a reply, where that is another moment than ``due``.
    """

    case: Case
    customer: Customer
    cases: int
    lines: Sequence[Line]
    why: str
    since: str
    due: str
    draft: Draft | None = None
    asleep_until: str | None = None
    barred: str | None = None
    told: str | None = None
    past: Sequence[Past] = ()


def topic_name(brief: Brief) -> str:
    """What staff see in the list of topics: number, who, and a mark when it presses.

    Not who holds it: a rename spends a message's place of the group's 20 a minute, and each one
    leaves a service message in the topic. The holder stands on the brief, which is edited, on the
    board, and in /queue.
    """
    mark = {Priority.URGENT: "🔴 ", Priority.HIGH: "🟠 "}.get(brief.case.priority, "")
    return f"{mark}#{brief.case.id} {shown_name(brief.customer.name)}"


def brief_html(brief: Brief, language: str) -> str:
    """The brief as our own escaped HTML, never longer than one message."""
    case = brief.case
    head = [
        f"<b>{_head(brief, language)}</b>",
        *(_past(past, language) for past in brief.past),
        _labelled("wants", _quote(_want(brief, language), LONGEST_WANT), language),
        _labelled("why", _why(brief, language), language),
        _tone(case, language),
        *([_owed(brief, language)] if case.state.with_staff else []),
        _status(case, language) + _asleep(brief, language),
    ]
    if brief.barred is not None:
        head.append(_quote(brief.barred, LONGEST_WHY))
    draft = []
    if brief.draft:
        text = f"<blockquote>{_quote(brief.draft.text, LONGEST_DRAFT)}</blockquote>"
        draft = [f"<b>{_source(brief.draft, language)}</b>", text]
    lately = f"\n<b>{words(language, 'lately')}</b>"
    room = MESSAGE_UNITS - units(without_tags("\n".join([*head, lately, "", *draft])))
    exchanges = f"<blockquote>{_lately(brief.lines, language, room)}</blockquote>"
    return "\n".join([*head, lately, exchanges, *draft])


def _asleep(brief: Brief, language: str) -> str:
    until = brief.asleep_until
    return "" if until is None else words(language, "asleep", until=until)


def _head(brief: Brief, language: str) -> str:
    cases = words(language, "first" if brief.cases <= 1 else "known", n=brief.cases)
    name = escape(shown_name(brief.customer.name))
    if brief.customer.username:
        name += f" @{escape(brief.customer.username)}"
    who = words(language, "who", name=name, cases=cases)
    return f"{words(language, brief.case.priority)} · #{brief.case.id} · {who}"


def _source(draft: Draft, language: str) -> str:
    """Whose words it would be: approved ones, or those that settled another case."""
    source = words(language, "draft_approved")
    if draft.source is not None:
        source = words(language, "draft_from", n=draft.source)
    return words(language, "draft", source=source)


def _labelled(key: str, html: str, language: str) -> str:
    return words(language, "labelled", label=f"<b>{words(language, key)}</b>", text=html)


def _past(past: Past, language: str) -> str:
    by = words(language, "by_bot")
    if past.by is not None:
        by = words(language, "by_person", owner=shown_name(past.by))
    barred = f" · {words(language, 'barred_once')}" if past.barred else ""
    rated = f" {past.rated}" if past.rated else ""
    return escape(f"↺ {past.when} · {shown_name(past.what, 60)} · {by}{rated}{barred}")


def _why(brief: Brief, language: str) -> str:
    """The reason and the sentence behind it; that alone where it names the reason itself."""
    why = _quote(brief.why, LONGEST_WHY)
    reason = brief.case.reason
    if reason is None:
        return why
    told = words(language, "reason_angry" if reason is Reason.ANGRY else reason.value)
    if told.casefold() in brief.why.casefold():
        return why[:1].lower() + why[1:]
    return f"{told}. <i>{why}</i>"


def _owed(brief: Brief, language: str) -> str:
    if brief.case.due_at is None:
        return words(language, "answered")
    told = "" if brief.told is None else words(language, "told", told=brief.told)
    return words(language, "since", at=brief.since, due=brief.due) + told


def _tone(case: Case, language: str) -> str:
    """The tone, and the customer's own words that show it."""
    tone, spoken = words(language, case.tone), escape(language_name(language, case.language))
    line = words(language, "tone", tone=tone, language=spoken)
    quoted = [_quoted(said, language) for said in case.telling[:2]]
    return f"{line} · {words(language, 'telling', quoted=', '.join(quoted))}" if quoted else line


def _status(case: Case, language: str) -> str:
    """Who has it; a brief that is posted for somebody rings them."""
    match case.state:
        case State.CLAIMED:
            name = escape(shown_name(case.owner_name or str(case.owner_id)))
            ringing = f'<a href="tg://user?id={case.owner_id}">{name}</a>'
            return words(language, "claimed", owner=ringing)
        case State.WAITING | State.CLOSED:
            return words(language, case.state)
        case _:
            return words(language, "with_bot")


def _want(brief: Brief, language: str) -> str:
    """What the customer wrote last, in a row, as one line; a press says little of what they want.

    Words that mean something only after others have the first of those before them. Buttons
    pressed stand in the transcript in brackets: they count only when there is nothing else.
    """
    runs: list[list[str]] = [[]]
    between, pressed, pressed_last = None, "", False
    for line in brief.lines:
        said = _flat(line.text) or media_name(language, line.media)
        if line.author is not Author.CUSTOMER:
            if between in (None, Author.BOT) and not _is_notice(line, brief.case):
                between = line.author
            continue
        pressed_last = line.media is None and said.startswith("[") and said.endswith("]")
        if pressed_last:
            pressed = said
            continue
        if between is not None:
            runs = [*runs, []] if between is Author.BOT else [[]]
        between = None
        runs[-1].append(said)
    wrote = runs[-1]
    if brief.case.reason in _POINT_BACK and not pressed_last:
        wrote = [said for run in runs[-2:-1] for said in run[:1]] + wrote
    most = LONGEST_WANT if len(wrote) == 1 else LONGEST_WANT // 2
    return " / ".join(shortened(said, most) for said in wrote) or pressed


def _is_notice(line: Line, case: Case) -> bool:
    """Is it what the bot says to who waits for a person, and no answer?"""
    waits = case.waiting_since is not None and line.at >= case.waiting_since
    return line.author is Author.BOT and waits


def _lately(lines: Sequence[Line], language: str, room: int) -> str:
    """As many of the last lines as there is room for, the newest in any case."""
    kept: list[str] = []
    for line in reversed(lines):
        html = _line(line, language)
        room -= units(without_tags(html)) + 1
        if room < 0 and kept:
            break
        kept.append(html)
    return "\n".join(reversed(kept))


def _line(line: Line, language: str) -> str:
    who = shown_name(line.name) if line.name else words(language, line.author)
    text = _quote(line.text, LONGEST_LINE)
    if line.media:
        text = f"{_quote(media_name(language, line.media), LONGEST_TELLING)} {text}"
    marks = words(language, "edited") if line.edited else ""
    if line.was:
        marks += f" {_quoted(line.was, language)}"
    marks += words(language, "taken_back") if line.taken_back else ""
    marks += words(language, "unconfirmed") if line.unconfirmed else ""
    return words(language, "labelled", label=f"<b>{escape(who)}</b>{marks}", text=text)


def _quoted(text: str, language: str) -> str:
    """A few of the customer's own words, between the quotes of the desk's language."""
    return words(language, "quoted", text=_quote(_flat(text), LONGEST_TELLING))


def _flat(text: str) -> str:
    return " ".join(text.split())


def _quote(text: str, most: int) -> str:
    """A person's words, harmless, of at most ``most`` units."""
    clean = rings_nobody(shown(text))
    return escape(clean if units(clean) <= most else parts(clean[:most], limit=most - 1)[0] + "…")
