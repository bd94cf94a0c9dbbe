"""Telegram answers 429, 5xx or not at all; connections are cut before a request is forwarded, after
it, in the middle of the answer; topics are deleted and closed, the bot is removed and loses its
rights. Automatic replies and the words of staff arrive at most once, and what nobody knows is
shown to staff; every case that needs a person is before staff under one number; what Telegram asks
to wait for is waited for.

A TCP proxy on loopback stands between the bot and the loopback Telegram and spoils what its die
says. Time is virtual. The oracle is what the loopback Telegram saw and shows.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from bot.desk.desk_words import words
from bot.sandbox import Call
from tests.load.evidence import BRIEF, CASE, UNCONFIRMED

from . import Report, Scale
from .weather import Customer, Sky, clears, lives, open_sky

SHARES = (0.3, 0.0, 0.1)
"""Of the requests that are spoilt."""
COUNTED = ("sendMessage", "copyMessage", "copyMessages", "forwardMessage", "createForumTopic")
REPEATED = f"{words('fr', 'repeated')} "


@dataclass
class Found:
    """Counts over all hours; ``wrong`` says what, for the report."""

    replies: int = 0
    agents_words: int = 0
    doubled: int = 0
    lost: int = 0
    uncertain: int = 0
    told: int = 0
    escalations: int = 0
    delivered: int = 0
    listed: int = 0
    """Delivered in a list, and nobody has claimed them yet."""
    repeated_marked: int = 0
    disordered: int = 0
    refused_429: int = 0
    too_soon: int = 0
    unsettled: int = 0
    wrong: list[str] = field(default_factory=list)

    def is_wrong(self, name: str, what: str) -> None:
        setattr(self, name, getattr(self, name) + 1)
        self.wrong.append(f"{name}: {what}")


# --------------------------------------------------------------------------------- the oracle


def judge(sky: Sky, found: Found) -> None:
    """Hold what Telegram saw in an hour that came to rest against what is promised."""
    shop = sky.shop
    staff = [
        c for c in shop.sandbox.calls_of("sendMessage") if c.params["chat_id"] == shop.staff.id
    ]
    briefs, later = _briefs(staff), _with_a_claim(sky)
    _uncertain(sky, staff, later, found)
    for one in sky.customers:
        _replies(sky, one, found)
        _agents_words(sky, one, staff, found)
        if one.escalated:
            _escalation(sky, one, staff, briefs, later, found)
    if not sky.proxy.met:  # else some 429 were never heard
        _waited(sky, found)
    open_rows = (
        "SELECT purpose, state, result FROM outbox "
        "WHERE state IN ('new', 'claimed') AND purpose <> 'board' "  # drawn while anybody waits
        "AND not_before <= ? AND coalesce(case_id, 0) NOT IN (SELECT value FROM json_each(?))"
    )
    for row in shop.rows(open_rows, sky.truth.now(), json.dumps(sorted(later))):
        found.is_wrong("unsettled", str(row))
    for row in shop.rows("SELECT seq, tries FROM inbox WHERE state IN ('new', 'poison')"):
        found.is_wrong("unsettled", f"inbox {row}")


def _briefs(staff: list[Call]) -> dict[int, list[Call]]:
    """Case -> the briefs of it that staff were sent."""
    found: defaultdict[int, list[Call]] = defaultdict(list)
    for call in staff:
        text = call.params["text"]
        if BRIEF.search(text) and (case := CASE.search(text)):
            found[int(case[1])].append(call)
    return found


def _with_a_claim(sky: Sky) -> set[int]:
    """Cases that stand in a list; their topic, and all that belongs there, comes with a claim."""
    rows = sky.shop.rows(
        "SELECT o.case_id FROM outbox o JOIN listed l ON l.case_id = o.case_id "
        "JOIN lists ON lists.id = l.list_id AND lists.message_id IS NOT NULL "
        "WHERE o.purpose = 'topic' AND o.state = 'new' AND o.parked = 1"
    )
    return {int(str(case)) for (case,) in rows}


def _uncertain(sky: Sky, staff: list[Call], later: set[int], found: Found) -> None:
    """Each effect of which nobody knows is told to staff, with a button of its own."""
    asked = (
        "SELECT count(*) FROM outbox WHERE state = 'uncertain' AND purpose <> 'topic' "
        "AND coalesce(case_id, 0) NOT IN (SELECT value FROM json_each(?))"
    )
    every, now = (
        int(str(sky.shop.rows(asked, json.dumps(sorted(cases)))[0][0])) for cases in ((), later)
    )
    told = {str(c.params.get("reply_markup")) for c in staff if UNCONFIRMED.match(c.params["text"])}
    found.uncertain += every
    found.told += len(told)
    if not now <= len(told) <= every:
        found.is_wrong("lost", f"{every} effects are uncertain, staff were told of {len(told)}")


def _replies(sky: Sky, one: Customer, found: Found) -> None:
    """What the bot said by itself: nothing twice; what did not arrive is uncertain or refused."""
    calls = sky.shop.sandbox.calls_of("sendMessage")
    heard = [c.params["text"] for c in calls if c.params["chat_id"] == one.person.id]
    texts = Counter(text for text in heard if text not in one.agents_words)
    found.replies += texts.total()
    for text, times in texts.items():
        if times > 1:
            found.is_wrong("doubled", f"{times} times to {one.person}: {text[:50]!r}")
    rows = sky.shop.rows(
        "SELECT state, json_extract(payload, '$.text') FROM outbox "
        "WHERE chat_id = ? AND kind = 'SendText' AND purpose <> 'words'",
        one.person.id,
    )
    for state, text in rows:
        if state == "sent" and not texts[str(text)]:
            found.is_wrong("lost", f"recorded as sent to {one.person}: {str(text)[:50]!r}")
    said = sum(texts.values()) + sum(state == "uncertain" for state, _ in rows)
    if one.wrote and not said:
        found.is_wrong("lost", f"{one.person} wrote and nothing was said")


def _agents_words(sky: Sky, one: Customer, staff: list[Call], found: Found) -> None:
    """At most once; what did not arrive is known to staff."""
    arrived = Counter(message.text for message in sky.shop.from_bot(one.person))
    for text, times in Counter(one.agents_words).items():
        found.agents_words += arrived[text]
        if arrived[text] > times:
            found.is_wrong("doubled", f"{text!r}: written {times}, arrived {arrived[text]}")
        notes = [c for c in staff if text in c.params["text"]]
        if arrived[text] < times and len(notes) < times - arrived[text]:
            found.is_wrong("lost", f"{text!r} did not arrive, and staff were not told")


def _escalation(
    sky: Sky,
    one: Customer,
    staff: list[Call],
    briefs: dict[int, list[Call]],
    later: set[int],
    found: Found,
) -> None:
    """Before staff, under one number, and what came after it behind it and in order."""
    found.escalations += 1
    cases = [
        int(str(id))
        for (id,) in sky.shop.rows("SELECT id FROM cases WHERE customer_id = ?", one.person.id)
    ]
    if any(
        case in later and f"#{case} " in call.params["text"] for case in cases for call in staff
    ):
        found.delivered += 1
        found.listed += 1
        return
    shown = [case for case in cases if briefs.get(case)]
    if not shown:
        found.is_wrong("lost", f"no brief of {one.person}")
        return
    if len(shown) > 1:
        found.is_wrong("doubled", f"{one.person} is before staff as {shown}")
    found.delivered += 1
    first, *more = briefs[shown[0]]
    found.repeated_marked += sum(call.params["text"].startswith(REPEATED) for call in more)
    carried = [
        c
        for c in sky.shop.sandbox.calls_of("copyMessage")
        if c.params["from_chat_id"] == one.person.id
    ]
    order = list(dict.fromkeys(c.params["message_id"] for c in carried))
    if order != sorted(order) or any(c.number < first.number for c in carried):
        found.is_wrong("disordered", f"{one.person}: {order}, brief {first.number}")
    for message in one.wrote[3:]:
        if message.id not in order and not any(message.text in c.params["text"] for c in staff):
            found.is_wrong("lost", f"{one.person} wrote {message.text!r}, and staff never saw it")


def _waited(sky: Sky, found: Found) -> None:
    """After a 429 nothing that counts is tried in that chat before its time."""
    until: dict[object, tuple[float, float]] = {}
    for call in sky.shop.sandbox.calls:
        chat = call.params.get("chat_id")
        if call.method not in COUNTED:
            continue
        since, end = until.get(chat, (0.0, 0.0))
        if since < call.at < end:  # what was on its way at that moment could not know
            found.is_wrong("too_soon", f"{call.method} to {chat} at {call.at:.1f}")
        if call.error is not None and call.error.code == 429:
            found.refused_429 += 1
            wait = (call.error.parameters or {}).get("retry_after", 0)
            until[chat] = (call.at, max(end, call.at + wait))


# ---------------------------------------------------------------------------------- the theme


async def one_hour(
    seed: int, share: float, people: int, found: Found, *, storms: bool = True, places: bool = True
) -> Sky:
    with tempfile.TemporaryDirectory(prefix="weather-") as folder:
        async with open_sky(Path(folder), seed, share, people) as sky:
            await lives(sky, storms=storms, places=places)
            await clears(sky)
            judge(sky, found)
            return sky


async def run(scale: Scale, seed: int, out: Report) -> None:
    found, met, befell = Found(), Counter[str](), Counter[str]()
    hours = scale.count("hours", short=1, long=30)
    people = scale.count("people", short=3, long=10)
    for number in range(hours):
        one, before = seed * 1000 + number, len(found.wrong)
        share = SHARES[number % len(SHARES)]
        sky = await one_hour(one, share, people, found, places=number % 4 < 3)
        met.update(sky.proxy.met)
        befell.update(sky.befell)
        for what in found.wrong[before:]:
            out.violation(what, f"hour {one}, share {share}")
    out.table(("what became of requests", "times"), sorted(met.items()))
    out.table(("what befell the group", "times"), sorted(befell.items()))
    _figures(found, hours, out)


def _figures(found: Found, hours: int, out: Report) -> None:
    out.figure("hours", hours)
    for name in (
        "replies",
        "agents_words",
        "doubled",
        "lost",
        "uncertain",
        "told",
        "escalations",
        "listed",
    ):
        out.figure(name, getattr(found, name))
    share = 100.0 * found.delivered / max(1, found.escalations)
    out.figure("escalations_delivered_percent", share)
    for name in ("repeated_marked", "disordered", "refused_429", "too_soon", "unsettled"):
        out.figure(name, getattr(found, name))
