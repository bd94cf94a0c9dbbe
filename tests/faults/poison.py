"""No update harms more than itself: whatever comes gets an outcome, and the chat goes on.

What cannot be read is quarantined after five tries and shown to staff. Updates of every kind and
messages with every field that the client library knows, most with something wrong in them, go
through the running path between ordinary words of the same people.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from random import Random
from string import Template

from bot.desk.desk_words import words
from bot.telegram.checked import Unparsable
from bot.telegram.parse import HEARD, parse

from . import Report, Scale
from .updates import every_kind, message_fields, spoiled
from .updates import kinds as update_kinds
from .world import AGENT, AT, GROUP, Json, World, in_topic, open_world, private, scratch, user

CORPUS = Path(__file__).with_name("hostile_updates.txt")
LEA = 71
A_BATCH, A_WORLD = 200, 4000
TRIES = 5


@dataclass
class Tally:
    """What became of the updates of one kind."""

    sent: Counter[str] = field(default_factory=Counter)
    poison: Counter[str] = field(default_factory=Counter)


async def run(scale: Scale, seed: int, out: Report) -> None:
    wanted = scale.count("updates", short=300, long=100_000)
    tally, started = Tally(), 0
    await known(scale, seed, out)
    while started < wanted:
        world_seed = seed * 1_000_000 + started
        some = min(A_WORLD, wanted - started)
        with scratch() as folder:
            async with open_world(folder) as world:
                await generated(world, some, world_seed, tally, out)
        started += some
    out.figure("updates", started)
    out.figure("kinds_of_update", len(update_kinds()))
    out.figure("fields_of_a_message", len(message_fields()))
    out.figure("quarantined", tally.poison.total())
    out.table(
        ("kind of update", "sent", "quarantined"),
        [(kind, count, tally.poison[kind]) for kind, count in tally.sent.most_common()],
    )


# --------------------------------------------------------------------------------- the corpus


@dataclass(frozen=True, slots=True)
class Known:
    """A line of the corpus: what is wrong with it, and what must become of it."""

    what: str
    is_poison: bool
    update: Json


def corpus(number: int = 1) -> Iterator[Known]:
    filled = {
        "lea": json.dumps(user(LEA)),
        "chat": json.dumps(private(LEA)),
        "agent": json.dumps(user(AGENT)),
        "group": json.dumps(GROUP),
        "m": f'"message_id": 5, "date": {AT}',
        "long": "x" * 5000,
    }
    lines = [line for line in CORPUS.read_text("utf-8").splitlines() if line.strip()]
    for what, line in pairwise(lines):
        if what.startswith("# ") and line.startswith("{"):
            number += 1
            kind, _, said = what.removeprefix("# ").partition(": ")
            update = json.loads(Template(line).substitute(filled))
            yield Known(said, kind == "poison", {"update_id": 10**9 + number} | update)


async def known(_scale: Scale, _seed: int, out: Report) -> None:
    """Each of the corpus, one after the other in one chat; each gets what stands above it."""
    rows = Counter[str]()
    with scratch() as folder:
        async with open_world(folder) as world:
            for one in corpus():
                _parsed(one.update, out, one.what)
                await world.gets([one.update])
                if not _all_have_an_outcome(world, out, one.what):
                    return
                state = _state(world, one.update)
                if state != ("poison" if one.is_poison else "done"):
                    out.violation(f"{one.what}: {state}", CORPUS.name)
                rows[state] += 1
                _shown_to_staff(world, out, one.what)
            await _goes_on(world, [LEA], out, CORPUS.name)
    out.table(("corpus", "updates"), sorted(rows.items()))


# ------------------------------------------------------------------------------- made at random


async def generated(world: World, count: int, seed: int, tally: Tally, out: Report) -> None:
    dice = Random(seed)
    pool: dict[str, list[Json]] = {}
    for one in every_kind(dice):
        pool.setdefault(_kind(one), []).append(one)
    threads: list[int] = []
    for start in range(0, count, A_BATCH):
        people = [20_000 + start + one for one in range(A_BATCH // 4)]
        places: list[tuple[Json, int, int | None]] = [(private(who), who, None) for who in people]
        places += [(GROUP, AGENT, thread) for thread in (*threads[-4:], None)]
        where = f"--seed {seed}, batch {start // A_BATCH}"
        batch = []
        for _ in range(min(A_BATCH, count - start)):
            kind = dice.choice(HEARD if dice.random() < 0.8 else list(pool))
            whole = deepcopy(dice.choice(pool[kind]))
            whole["update_id"] = world.number()
            whole = spoiled(_placed(whole, world, dice, *dice.choice(places)), dice, _times(dice))
            tally.sent[_kind(whole)] += 1
            _parsed(whole, out, where)
            batch.append(whole)
        await world.gets(batch)
        if not _all_have_an_outcome(world, out, where):
            return
        await _goes_on(world, people, out, where)
        _shown_to_staff(world, out, where)
        threads = [row[0] for row in world.rows(_TOPICS)]
    for (body,) in world.rows("SELECT body FROM inbox WHERE state = 'poison'"):
        tally.poison[_kind(json.loads(body or "{}"))] += 1


_TOPICS = "SELECT thread_id FROM cases WHERE thread_id IS NOT NULL ORDER BY id"


def _times(dice: Random) -> int:
    return dice.choice((0, 1, 1, 1, 2, 3))


def _kind(whole: Json) -> str:
    return next((key[:30] for key in whole if key != "update_id"), "none")


def _placed(
    whole: Json, world: World, dice: Random, chat: Json, who: int, thread: int | None
) -> Json:
    """The update as if it came from this person in this chat."""
    kind = _kind(whole)
    content = whole[kind]
    if kind == "callback_query":
        buttons = world.rows("SELECT token FROM keyboards ORDER BY made_at DESC LIMIT 20")
        token = dice.choice(buttons)[0] if buttons else "x"
        content |= {"data": f"{token}.{dice.randrange(3)}", "from": user(who)}
        content["message"] = {"message_id": dice.randrange(2000), "date": AT, "chat": chat}
    elif "chat" in content:
        content |= {"chat": chat, **in_topic(thread)}
        content |= {"user": user(who)} if kind == "message_reaction" else {"from": user(who)}
        if dice.random() < 0.9:
            content.pop("sender_chat", None)
        if kind in ("message", "edited_message"):
            content["message_id"] = dice.randrange(2000)
    return whole


def _parsed(whole: Json, out: Report, where: str) -> None:
    """The parser says what it is, or raises its own error: nothing else."""
    try:
        parse(json.dumps(whole), received_at=float(AT))
    except Unparsable:
        pass
    except BaseException as error:
        out.violation(f"the parser raised {type(error).__name__}", where)


# ------------------------------------------------------------------------------- what must hold


def _state(world: World, whole: Json) -> str:
    found = world.rows("SELECT state FROM inbox WHERE update_id = ?", whole["update_id"])
    return str(found[0][0]) if found else "lost"


def _all_have_an_outcome(world: World, out: Report, where: str) -> bool:
    blocked = sorted(set(world.blocked()))
    for chat in blocked:
        out.violation(f"the chat {chat} is blocked", where)
    return not blocked


async def _goes_on(world: World, people: Sequence[int], out: Report, where: str) -> None:
    """Everybody writes once more, and is heard."""
    words = [world.says(who, "vous êtes ouvert le dimanche?") for who in people]
    await world.gets(words)
    for said in words:
        if (state := _state(world, said)) != "done":
            out.violation(f"an ordinary message is {state}", f"{where}, update {said['update_id']}")


def _shown_to_staff(world: World, out: Report, where: str) -> None:
    """What stands in quarantine of a chat that we serve was tried five times, and told."""
    told = "\n".join(row[0] for row in world.rows(_TOLD))
    for number, conversation, tries in world.rows(_POISON):
        here = f"{where}, update {number} of {conversation}"
        if tries + 1 != TRIES:
            out.violation(f"quarantined after {tries + 1} tries", here)
        ways = (words("fr", key, n=number) for key in ("staff_poison", "customer_poison"))
        if not conversation.startswith("x:") and not any(way in told for way in ways):
            out.violation("staff were not told of a quarantined update", here)


_POISON = "SELECT update_id, conversation, tries FROM inbox WHERE state = 'poison'"
_TOLD = "SELECT why FROM decisions UNION ALL SELECT payload FROM outbox WHERE purpose = 'tell'"
