"""Who is erased leaves no word behind: not in a row, an index, a free page or the write-ahead log.

Rows, indexes and the log hold nothing at once, free space nothing after the next daily upkeep.

People whose every message, name and file carries a mark of their own live through all that happens
to a customer, while others go on writing; then some ask for /delete_me, some are erased by command.
Every column, and the raw bytes of every file of the store, are searched for marks.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from random import Random

from bot.cli.by_hand import erase_by_hand
from bot.upkeep import RETENTION
from tests.shop import PATIENCE_S, while_patient

from . import Report, Scale
from .world import AGENT, AT, LEAD, Json, World, open_world, private, scratch, user

A_ROUND = 12
FIRST = 100_000
MARK = re.compile(rb"zq(\d{6})xj")
SHOUTED = "VOTRE COLIS EST EN ROUTE, ARRÊTEZ DE NOUS ÉCRIRE"


def mark(person: int) -> str:
    """A word that stands nowhere else, and survives every way a text is written down."""
    return f"zq{person:06d}xj"


async def run(scale: Scale, seed: int, out: Report) -> None:
    people, dice = scale.count("people", short=12, long=1200), Random(seed)
    seen = residue = 0
    left: list[int] = []
    erased: list[int] = []
    with scratch() as folder:
        async with open_world(folder, join_from=0) as world:
            for start in range(FIRST, FIRST + people, A_ROUND):
                newcomers = list(range(start, start + A_ROUND))
                await lived(world, newcomers, dice)
                seen += len(marks(world) & set(newcomers))
                left += newcomers
                gone = dice.sample(left, min(len(left), A_ROUND // 2))
                left = [one for one in left if one not in gone]
                erased += gone
                residue += await forgotten(world, gone, dice, out)
            await daily_upkeep(world)
            _nothing_is_left(world, erased, left, out)
    if seen != people:
        out.violation(f"marks of {seen} of {people} people were found before", f"--seed {seed}")
    out.figure("people", people)
    out.figure("erased", len(erased))
    out.figure("erased_with_a_copy_in_free_space_until_the_upkeep", residue)


# ------------------------------------------------------------------------------ what they lived


async def lived(world: World, people: Sequence[int], dice: Random) -> None:
    """Asked, answered, handed over, relayed both ways, noted, held back, edited, set aside."""
    first = [_says(world, one, _long(dice, "vous êtes ouvert?", one)) for one in people]
    await world.gets(first)
    second = [_says(world, one, _long(dice, "mes piquets sont tordus", one)) for one in people]
    await world.gets(second)
    await world.passes(5.0)
    await world.gets([_edited(one, world) for one in dice.sample(second, len(second) // 2)])
    for one in people:
        case = world.case_of(one)
        if not world.rows("SELECT 1 FROM cases WHERE id = ? AND thread_id IS NOT NULL", case):
            continue
        for words in dice.sample(STAFF_SAY, 3):
            await world.orders(AGENT, words.format(mark=mark(one)), case)
        if dice.random() < 0.2:
            await world.orders(LEAD, f"/block {mark(one)} spam", case)
    await world.gets([_says(world, one, f"encore {mark(one)}") for one in people])
    await world.gets([_unreadable(world, one) for one in people if dice.random() < 0.3])
    await world.gets([_photo(world, one) for one in people])


STAFF_SAY = (
    "/claim",
    "On regarde ça, {mark}.",
    "// {mark}, encore",
    SHOUTED + " {mark}",
    "/snooze 2h",
    "/assign {mark}",
    "/resolve",
    "/handback",
)


def _says(world: World, who: int, text: str) -> Json:
    return world.says(who, text, {**private(who), "first_name": mark(who)}, **{"from": _named(who)})


def _named(who: int) -> Json:
    return {**user(who), "first_name": f"N {mark(who)}", "username": f"u_{mark(who)}"}


def _long(dice: Random, text: str, who: int) -> str:
    """From some words to more than a page of the database takes."""
    return f"{text} " + f"{mark(who)} de la tente " * dice.choice((1, 1, 3, 12, 120))


def _edited(said: Json, world: World) -> Json:
    message = said["message"] | {"edit_date": AT + 5, "text": said["message"]["text"][:60] + " !!"}
    return {"update_id": world.number(), "edited_message": message}


def _unreadable(world: World, who: int) -> Json:
    whole = _says(world, who, "")
    whole["message"]["text"] = [mark(who)]
    return whole


def _photo(world: World, who: int) -> Json:
    whole = _says(world, who, "")
    del whole["message"]["text"]
    photo = {"file_id": f"F{mark(who)}", "file_unique_id": "U", "width": 9, "height": 9}
    whole["message"] |= {"photo": [photo], "caption": f"voici {mark(who)}"}
    return whole


# ------------------------------------------------------------------------------- and are erased


async def forgotten(world: World, people: Sequence[int], dice: Random, out: Report) -> int:
    """Erase these, by /delete_me or by command. Rows and log hold nothing of them at once.

    Returns of how many a copy is left in free space.
    """
    by_hand = {one for one in people if dice.random() < 0.3}
    for one in sorted(by_hand):
        await erase_by_hand(world.app.settings, one, "fr", world.clock)
    asking = [one for one in people if one not in by_hand]
    await world.gets([_says(world, one, "/delete_me") for one in asking])
    await world.gets([world.presses(one, _erase_button(world, one)) for one in asking])
    await world.passes(5.0)
    for one in people:
        if places := columns(world, one):
            out.violation(f"words of an erased person are in {', '.join(places)}", mark(one))
    for one in sorted(marks(world, "-wal") & set(people)):
        out.violation("words of an erased person are in the write-ahead log", mark(one))
    return len(marks(world) & set(people))


def _erase_button(world: World, who: int) -> str:
    rows = world.rows("SELECT token, acts FROM keyboards WHERE chat_id = ? ORDER BY made_at", who)
    return next(f"{token}.0" for token, acts in reversed(rows) if "erase" in acts)


def marks(world: World, of: str = "*") -> set[int]:
    """Whose marks stand in any byte of the store's files (``of``: those with this ending)."""
    found: set[int] = set()
    for file in world.path.parent.glob(f"{world.path.name}{of}"):
        found |= {int(number) for number in MARK.findall(file.read_bytes())}
    return found


def columns(world: World, who: int) -> list[str]:
    """The columns that hold a person's mark."""
    places = []
    for (table,) in world.rows("SELECT name FROM sqlite_master WHERE type = 'table'"):
        names = [row[0] for row in world.rows("SELECT name FROM pragma_table_info(?)", table)]
        holds = [f"instr(CAST({name} AS TEXT), ?1) > 0" for name in names]
        question = f"SELECT {', '.join(holds)} FROM {table} WHERE {' OR '.join(holds)}"
        for row in world.rows(question, mark(who)):
            places += [
                f"{table}.{name}" for name, is_there in zip(names, row, strict=True) if is_there
            ]
    return places


async def daily_upkeep(world: World) -> None:
    """Its hour comes: everything that it does, without the alarms of a whole day before it."""
    now = world.clock.now()
    await world.app.store.write(lambda records: records.keeping.chore(RETENTION, now))
    world.app.upkeep.changed.set()
    for _ in while_patient(PATIENCE_S):
        if not any(due <= now for (due,) in world.rows("SELECT due_at FROM chores")):
            return
        await asyncio.sleep(0.01)
    raise AssertionError("a chore of the day is not done")


def _nothing_is_left(world: World, erased: Sequence[int], left: Sequence[int], out: Report) -> None:
    """A day later: nothing of those who went, everything of those who stayed."""
    found = marks(world)
    for one in sorted(found & set(erased)):
        where = ", ".join(columns(world, one)) or "free space"
        out.violation(f"a day later words of an erased person are in {where}", mark(one))
    for one in sorted(set(left) - found):
        out.violation("words of somebody who stayed are gone", mark(one))
