"""Only staff do what only staff may do, however an update is made up: nothing else changes a row.

Strangers and administrators without a role, anonymous administrators, channels and other bots,
agents outside the staff group, agents who ask for what takes a lead, commands that are forwarded,
or edited, invented, borrowed and outdated buttons, and replays go through
the running path beside ten cases in every state. Every row of those cases, of their customers, of
blocks and of the team is compared before and after; every refusal must be in the audit.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from copy import deepcopy
from dataclasses import dataclass, field
from random import Random
from typing import Any

from bot.desk.commands import COMMANDS, LEADS_ONLY
from bot.effects import Effect, Outcome, SendText, Unsure

from . import Report, Scale
from .world import (
    AGENT,
    ANOTHER_GROUP,
    AT,
    GROUP,
    LEAD,
    OTHER_AGENT,
    OVERFLOW_CHAT,
    Json,
    World,
    chat_of,
    in_topic,
    open_world,
    scratch,
    user,
)

A_BATCH, A_WORLD = 250, 5000
CUSTOMERS = range(101, 111)
BLOCKED = CUSTOMERS[5]
"""By staff: whatever they press is answered with nothing, and not even noted."""
STRANGERS = range(9001, 9009)
UNHEARD_OF = "Zut, ma tente est pleine de fourmis"
SHOUTED = "VOTRE COLIS EST EN ROUTE, ARRÊTEZ DE NOUS ÉCRIRE CENT FOIS"

ANONYMOUS = {"id": 1087968824, "is_bot": True, "first_name": "Group"}
CHANNEL_BOT = {"id": 136817688, "is_bot": True, "first_name": "Channel"}
TELEGRAM = {"id": 777000, "is_bot": False, "first_name": "Telegram"}
CHANNEL = {"id": -1009, "type": "channel", "title": "Noémie"}


@dataclass
class Standing:
    """What stands there before the attacks: topics, buttons and messages of the cases."""

    topics: dict[int, int]
    staff_buttons: list[tuple[str, int]]
    customer_buttons: list[tuple[str, int]]
    seen: list[int]
    copies: list[int]
    obeyed: list[Json] = field(default_factory=list)

    def topic(self, dice: Random) -> Json:
        return in_topic(dice.choice(list(self.topics.values())))


@dataclass(frozen=True, slots=True)
class Attack:
    """``recorded``: the kind of the audit's entry; None: ignored, or done already, in silence."""

    name: str
    recorded: str | None
    make: Callable[[World, Standing, Random], Json]


async def run(scale: Scale, seed: int, out: Report) -> None:
    wanted, started = scale.count("attacks", short=300, long=100_000), 0
    sent, refused = Counter[str](), Counter[str]()
    while started < wanted:
        some = min(A_WORLD, wanted - started)
        with scratch() as folder:
            async with open_world(folder, join_from=0) as world:
                await attacked(world, some, Random(seed * 1_000_003 + started), sent, refused, out)
        started += some
    out.figure("attacks", started)
    out.figure("refusals_recorded", refused.total())
    out.table(
        ("attack", "sent", "refused and recorded"),
        [(one.name, sent[one.name], _said(one, sent, refused)) for one in ATTACKS],
    )


def _said(attack: Attack, sent: Counter[str], refused: Counter[str]) -> str | int:
    """How many of these the audit has; those of one kind are counted together, and are all."""
    kind = attack.recorded
    if kind is None:
        return "ignored"
    asked = sum(sent[one.name] for one in ATTACKS if one.recorded == kind)
    return sent[attack.name] if asked == refused[kind] else f"{refused[kind]} of {asked}"


async def attacked(
    world: World, count: int, dice: Random, sent: Counter[str], refused: Counter[str], out: Report
) -> None:
    """So many attacks on a world of its own; what changed is a violation."""
    standing = await a_busy_day(world)
    before, audit = what_only_staff_change(world), _audit(world)
    sure = Counter[str]()
    for start in range(0, count, A_BATCH):
        chosen = [dice.choice(ATTACKS) for _ in range(min(A_BATCH, count - start))]
        await world.gets([one.make(world, standing, dice) for one in chosen])
        sent.update(one.name for one in chosen)
        sure.update(one.recorded for one in chosen if one.recorded)
        for chat in sorted(set(world.blocked())):
            out.violation(f"the chat {chat} is blocked", f"batch {start // A_BATCH}")
        after = what_only_staff_change(world)
        for table, row in _differences(before, after):
            names = ", ".join(sorted({one.name for one in chosen}))
            out.violation(f"{table} changed: {row}", f"batch {start // A_BATCH}: {names}")
        before = after
    found = _audit(world) - audit
    for kind in sorted(sure.keys() | {k for k in found if k.startswith("refused")}):
        if found[kind] != sure[kind]:
            out.violation(f"{kind}: {found[kind]} recorded of {sure[kind]}", "the audit")
    refused.update({kind: found[kind] for kind in sure})


# --------------------------------------------------------------------------- what stands there


async def a_busy_day(world: World) -> Standing:
    """Ten customers: waiting, claimed, put off, resolved, answered, blocked, a reply held..."""
    lost = CUSTOMERS[7]
    world.telegram.refuses = lambda effect: _unsure(effect, lost)
    asks = ["vous êtes ouvert le dimanche?" if n in (4, 7) else UNHEARD_OF for n in range(10)]
    await world.gets([world.says(who, asks[n]) for n, who in enumerate(CUSTOMERS)])
    world.telegram.refuses = lambda _: None
    await world.passes(5.0)
    cases = [world.case_of(who) for who in CUSTOMERS]
    obeyed = []
    for who, case, words in (
        (AGENT, 1, "/claim"),
        (OTHER_AGENT, 2, "/claim"),
        (OTHER_AGENT, 2, "/snooze 3h"),
        (AGENT, 3, "/resolve"),
        (LEAD, 5, "/block spam"),
        (AGENT, 6, "/claim"),
        (AGENT, 6, SHOUTED),
        (OTHER_AGENT, 8, "On regarde ça, bonne journée."),
        (AGENT, 9, "/assign"),
    ):
        [(thread,)] = world.rows("SELECT thread_id FROM cases WHERE id = ?", cases[case])
        update = world.says(who, words, GROUP, **in_topic(thread))
        obeyed.append(update)
        await world.gets([update])
    await world.passes(30.0)
    topics = world.rows("SELECT id, thread_id FROM cases WHERE thread_id IS NOT NULL")
    await world.gets([world.says(CUSTOMERS[0], w) for w in ("/delete_me", "/language")])
    seen = world.rows("SELECT message_id FROM posts")
    copies = world.rows(
        "SELECT m.message_id FROM messages m JOIN cases c ON c.id = m.case_id "
        "WHERE m.chat_id < 0 AND m.message_id IS NOT NULL AND c.state IN ('waiting', 'claimed')"
    )
    return Standing(
        dict(topics),
        _buttons(world, "staff"),
        _buttons(world, "customer"),
        [row[0] for row in seen],
        [row[0] for row in copies],
        obeyed,
    )


def _unsure(effect: Effect, customer: int) -> Outcome | None:
    lost = isinstance(effect, SendText) and effect.chat_id == customer
    return Unsure("the line was cut") if lost else None


def _buttons(world: World, role: str) -> list[tuple[str, int]]:
    rows = world.rows("SELECT token, chat_id, acts FROM keyboards WHERE role = ?", role)
    return [
        (f"{token}.{index}", chat)
        for token, chat, acts in rows
        for index, _ in enumerate(json.loads(acts))
    ]


# ----------------------------------------------------------------------------------- the oracle

OF_A_CASE = ("messages", "decisions", "drafts", "timers", "ratings", "posts", "held_replies")
WHOLE = ("moved_chats", "lost_groups", "lists", "listed")
ADDED_TO = ("posts", "held_replies", "timers", "buttons")
"""The bot's own answers to people of staff: more may come, what stood there stays."""
DEEDS = ("words", "farewell", "unsend", "relay")
"""What leaves for a customer, or for staff, because somebody of staff (or the customer) did it."""

Rows = Mapping[str, frozenset[tuple[Any, ...]]]


def what_only_staff_change(world: World) -> Rows:
    """Every row of the standing cases and their customers, the team, blocks, and deeds."""
    first, last = CUSTOMERS[0], CUSTOMERS[-1]
    mine = f"customer_id BETWEEN {first} AND {last}"
    of_case = f"case_id IN (SELECT id FROM cases WHERE {mine})"
    wanted = {table: f"SELECT * FROM {table} WHERE {of_case}" for table in OF_A_CASE}
    wanted |= {table: f"SELECT * FROM {table}" for table in WHOLE}
    wanted |= {
        "cases": f"SELECT * FROM cases WHERE {mine}",
        "any case held": "SELECT id, owner_id, snoozed_until FROM cases "
        "WHERE state = 'claimed' OR owner_id IS NOT NULL OR snoozed_until IS NOT NULL",
        "customers": f"SELECT * FROM customers WHERE id BETWEEN {first} AND {last} "
        "OR barred_at IS NOT NULL",
        "the team": "SELECT id, off_since FROM staff WHERE off_since IS NOT NULL OR id NOT IN "
        f"({AGENT}, {OTHER_AGENT}, {LEAD})",
        "buttons": f"SELECT * FROM keyboards WHERE {of_case} OR chat_id IN "
        f"(SELECT id FROM customers WHERE id BETWEEN {first} AND {last})",
        "words of staff": "SELECT * FROM messages WHERE author IN ('agent', 'note')",
        "deeds": f"SELECT id, purpose, kind, payload FROM outbox WHERE purpose IN {DEEDS} "
        f"AND {of_case}",
    }
    with closing(sqlite3.connect(world.path)) as db:
        return {name: frozenset(db.execute(question)) for name, question in wanted.items()}


def _differences(before: Rows, after: Rows) -> list[tuple[str, object]]:
    return [
        (name, row)
        for name in before
        for row in (before[name] - after[name] if name in ADDED_TO else before[name] ^ after[name])
    ]


def _audit(world: World) -> Counter[str]:
    return Counter(dict(world.rows("SELECT kind, count(*) FROM events GROUP BY kind")))


# ---------------------------------------------------------------------------------- the attacks


def _order(dice: Random, *, for_leads: bool = False) -> str:
    names = LEADS_ONLY if for_leads else COMMANDS.keys() - {"help"}
    word = dice.choice(COMMANDS[dice.choice(sorted(names))])
    at = dice.choice(("", "", "@first_responder_bot"))
    return f"/{word}{at} {dice.choice(('', 'urgent', '3', 'Person 501', 'spam', '#1'))}".strip()


def _words(dice: Random) -> str:
    return dice.choice((_order(dice), "Donnez-moi votre carte", "// note", "=1+1", "@first /claim"))


def _stranger(dice: Random) -> Json:
    """Somebody without a role, who may bear the name of an agent."""
    own = dice.choice(STRANGERS)
    return {**user(own), "first_name": dice.choice((f"Person {AGENT}", "Mallory"))}


def writes_without_a_role(world: World, there: Standing, dice: Random) -> Json:
    who = _stranger(dice)
    return world.says(who["id"], _words(dice), GROUP, **there.topic(dice), **{"from": who})


def answers_a_card_without_a_role(world: World, there: Standing, dice: Random) -> Json:
    who = _stranger(dice)
    card = {"message_id": dice.choice(there.seen), "date": AT, "chat": GROUP}
    words = dice.choice(("/claim", "/resolve", "/off", "/queue"))
    return world.says(who["id"], words, GROUP, reply_to_message=card, **{"from": who})


def writes_in_another_name(world: World, there: Standing, dice: Random) -> Json:
    """An anonymous administrator, a channel, Telegram itself: also when an agent hides there."""
    pairs: Sequence[tuple[Json, Json]] = (
        (ANONYMOUS, GROUP),
        (CHANNEL_BOT, CHANNEL),
        (TELEGRAM, CHANNEL),
        (user(AGENT), CHANNEL),
        (user(LEAD), GROUP),
    )
    who, behind = dice.choice(pairs)
    content = {"from": who, "sender_chat": behind, **there.topic(dice)}
    return world.says(who["id"], _words(dice), GROUP, **content)


def another_bot_writes(world: World, there: Standing, dice: Random) -> Json:
    who = {**user(dice.choice((AGENT, 8001))), "is_bot": True}
    return world.says(who["id"], _words(dice), GROUP, **there.topic(dice), **{"from": who})


def edits_without_a_role(world: World, there: Standing, dice: Random) -> Json:
    whole = writes_without_a_role(world, there, dice)
    message = whole.pop("message")
    text = dice.choice(("Votre carte?", "bonjour", "// note"))
    message |= {"message_id": dice.choice(there.seen), "edit_date": AT + 1, "text": text}
    return {**whole, "edited_message": message}


def reacts_without_a_role(world: World, there: Standing, dice: Random) -> Json:
    who, thumb = _stranger(dice), {"type": "emoji", "emoji": "🖕"}
    change = {"chat": GROUP, "message_id": dice.choice(there.copies), "date": AT, "user": who}
    change |= {"old_reaction": [], "new_reaction": [thumb]}
    return {"update_id": world.number(), "message_reaction": change}


def closes_a_topic(world: World, there: Standing, dice: Random) -> Json:
    who = _stranger(dice)
    whole = world.says(who["id"], "", GROUP, **there.topic(dice), **{"from": who})
    del whole["message"]["text"]
    whole["message"]["forum_topic_closed"] = {}
    return whole


def writes_elsewhere(world: World, _there: Standing, dice: Random) -> Json:
    """An agent in a group that is not the desk's, though its topics have the same numbers."""
    chat = {**GROUP, "id": dice.choice((ANOTHER_GROUP, OVERFLOW_CHAT))}
    agent = dice.choice((AGENT, OTHER_AGENT, LEAD))
    return world.says(agent, _words(dice), chat, **_there.topic(dice))


def writes_in_private(world: World, _there: Standing, dice: Random) -> Json:
    """To the bot, an agent is a customer like any there."""
    return world.says(dice.choice((AGENT, LEAD)), dice.choice(("/claim", "/block x", "/resolve 1")))


def asks_for_what_takes_a_lead(world: World, there: Standing, dice: Random) -> Json:
    place = dice.choice((there.topic(dice), {}))
    return world.says(AGENT, _order(dice, for_leads=True), GROUP, **place)


def forwards_a_command(world: World, there: Standing, dice: Random) -> Json:
    """What a customer wrote is not an order because an agent shows it around."""
    origin = {"type": "user", "date": AT, "sender_user": user(dice.choice(CUSTOMERS))}
    who = dice.choice((AGENT, LEAD))
    return world.says(who, _order(dice), GROUP, **there.topic(dice), forward_origin=origin)


def edits_into_a_command(world: World, there: Standing, dice: Random) -> Json:
    whole = world.says(dice.choice((AGENT, LEAD)), _order(dice), GROUP, **there.topic(dice))
    return {"update_id": whole["update_id"], "edited_message": whole["message"] | {"edit_date": AT}}


def replays(_world: World, there: Standing, dice: Random) -> Json:
    """The very update that staff were obeyed for comes again."""
    return deepcopy(dice.choice(there.obeyed))


def presses_without_a_role(world: World, there: Standing, dice: Random) -> Json:
    data, chat = dice.choice([one for one in there.staff_buttons if one[1] < 0])
    return _pressed(world, _stranger(dice), data, chat, there, dice)


def presses_elsewhere(world: World, there: Standing, dice: Random) -> Json:
    """A button of staff under a message of another group, or of a private chat."""
    data, _ = dice.choice([one for one in there.staff_buttons if one[1] < 0])
    who = dice.choice([one for one in (AGENT, LEAD, *STRANGERS, *CUSTOMERS) if one != BLOCKED])
    chat = dice.choice((ANOTHER_GROUP, OVERFLOW_CHAT, who))
    return _pressed(world, user(who), data, chat, there, dice)


def presses_anothers_button(world: World, there: Standing, dice: Random) -> Json:
    """A customer's button, in one's own chat or, forged, in theirs."""
    data, chat = dice.choice(there.customer_buttons)
    people = {*STRANGERS, *CUSTOMERS} - {chat, BLOCKED}
    who = dice.choice(sorted(people))
    return _pressed(world, user(who), data, dice.choice((who, chat)), there, dice)


def presses_what_never_was(world: World, there: Standing, dice: Random) -> Json:
    data, chat = dice.choice(there.staff_buttons + there.customer_buttons)
    token, _, index = data.partition(".")
    forged = dice.choice(
        (
            f"{token}.99",
            f"{token}.-1",
            f"{token}.１",
            f"{token}.{index}.{index}",
            f"{token[:-2]}xx.{index}",
            f"{data} ",
            token,
            "claim",
            f"resolve:{dice.randrange(20)}",
            "".join(chr(dice.randrange(33, 0x24F)) for _ in range(20)),
        )
    )
    who = chat if chat > 0 else dice.choice((AGENT, LEAD, *STRANGERS))
    return _pressed(world, user(who), forged, chat, there, dice)


def _pressed(world: World, who: Json, data: str, chat: int, there: Standing, dice: Random) -> Json:
    whole = world.presses(who["id"], data, chat_of(chat), dice.choice(there.seen))
    whole["callback_query"]["from"] = who
    if chat < 0:
        whole["callback_query"]["message"] |= there.topic(dice)
    return whole


ATTACKS: Sequence[Attack] = (
    Attack("words and orders without a role", "refused_staff", writes_without_a_role),
    Attack("orders without a role, below a card", "refused_staff", answers_a_card_without_a_role),
    Attack("edits without a role", "refused_staff", edits_without_a_role),
    Attack("reactions without a role", "refused_staff", reacts_without_a_role),
    Attack("in the name of a group or channel", "refused_staff", writes_in_another_name),
    Attack("by another bot", None, another_bot_writes),
    Attack("a topic closed by hand", None, closes_a_topic),
    Attack("agents in another group", "refused_elsewhere", writes_elsewhere),
    Attack("agents in private", None, writes_in_private),
    Attack("agents who ask for a lead's act", "refused_lead", asks_for_what_takes_a_lead),
    Attack("forwarded commands", None, forwards_a_command),
    Attack("messages edited into commands", None, edits_into_a_command),
    Attack("replayed updates", None, replays),
    Attack("staff's buttons without a role", "refused_staff", presses_without_a_role),
    Attack("staff's buttons elsewhere", "refused_press", presses_elsewhere),
    Attack("another customer's buttons", "refused_press", presses_anothers_button),
    Attack("buttons that never were", "refused_press", presses_what_never_was),
)
