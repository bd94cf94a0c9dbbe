"""A copy of the store made under load can be put back: the bot starts on it, says nothing twice,
and lacks only what came after the copy; staff are told from when it is.

A busy hour; a copy is made while it goes on; then the machine is lost and the copy takes the place
of the store. Whatever people asked while nothing ran is answered after the start.
"""

from __future__ import annotations

import asyncio
import random
import shutil
import sqlite3
import tempfile
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from bot.config import StoreSettings
from bot.sandbox import Person
from bot.sandbox.nouns import as_read

from ..shop import Shop, open_shop
from . import Report, Scale
from .busy_hour import busy

QUESTION = "vous êtes ouvert le dimanche?"
RESTORED = "repart d’une copie"
PEOPLE = 12


@dataclass
class Drill:
    """What it came to: seconds, bytes, and how many updates, sends and answers."""

    copy_s: float = 0.0
    copy_bytes: int = 0
    in_the_copy: int = 0
    after_the_copy: int = 0
    shown_to_staff: int = 0
    start_to_answer_s: float = 0.0
    doubled: int = 0
    unanswered: int = 0
    staff_told: bool = False


async def drill(folder: Path, messages: int, seed: int) -> Drill:
    """Work, copy, work on, lose the machine, put the copy back, and go on."""
    rng, result, copy = random.Random(seed), Drill(), folder / "copies" / "shop.sqlite3"
    async with open_shop(folder) as shop:
        people = [shop.customer(f"Client {number}") for number in range(PEOPLE)]
        await busy(shop, people, messages, rng)
        going_on = asyncio.create_task(busy(shop, people, messages, rng))
        await shop.until(lambda: shop.rows("SELECT 1 FROM outbox WHERE state = 'claimed'"))
        began = time.monotonic()
        await shop.app.store.backup(copy, shop.app.clock.now())
        result.copy_s, result.copy_bytes = time.monotonic() - began, _bytes(copy)
        await going_on
        result.in_the_copy = _updates(copy)
        result.after_the_copy = _updates(shop.settings.store.path) - result.in_the_copy
        await shop.closes()
        await _go_on(folder, shop, copy, people, result)
    return result


async def _go_on(folder: Path, shop: Shop, copy: Path, people: list[Person], result: Drill) -> None:
    answer = shop.answer_to("store-hours", "fr").strip()
    spoken = {person.id: _answers(shop, person) for person in people}
    newcomer = shop.customer("Nouvelle cliente")
    await newcomer.says(QUESTION)
    machine = StoreSettings(folder / "new-machine.sqlite3")
    shutil.copy(copy, machine.path)
    began = time.monotonic()
    settings = replace(shop.settings, store=machine)
    async with open_shop(folder, sandbox=shop.sandbox, settings=settings) as again:
        await again.hears(newcomer, answer)
        result.start_to_answer_s = time.monotonic() - began
        await again.quiet()
        unsure = again.rows("SELECT 1 FROM outbox WHERE state = 'uncertain'")
        result.shown_to_staff = len(unsure)
        result.unanswered = len(again.rows("SELECT 1 FROM inbox WHERE state = 'new'"))
        result.staff_told = any(RESTORED in (m.text or "") for m in again.in_topics())
        more = [_answers(again, person) - spoken[person.id] for person in people]
        result.doubled = sum(extra.total() for extra in more)


def _answers(shop: Shop, person: Person) -> Counter[str]:
    """The approved answers that a person has been given; nobody of them asks again."""
    approved = {
        as_read(text.strip())
        for subject in shop.knowledge.subjects.values()
        for text in subject.answers.values()
    }
    return Counter(a for text in shop.heard(person) for a in approved if a in text)


def _updates(store: Path) -> int:
    with closing(sqlite3.connect(store)) as db:
        return int(db.execute("SELECT count(*) FROM inbox").fetchone()[0])


def _bytes(file: Path) -> int:
    return file.stat().st_size


async def run(scale: Scale, seed: int, out: Report) -> None:
    with tempfile.TemporaryDirectory() as folder:
        messages = scale.count("messages_in_drill", short=20, long=400)
        seen = await drill(Path(folder), messages, seed)
    out.table(
        ("a copy made under load, and put back", "counted"),
        [
            ("seconds to make it", seen.copy_s),
            ("its size, MiB", seen.copy_bytes / 1024 / 1024),
            ("updates in it", seen.in_the_copy),
            ("updates that came after it, and are not there", seen.after_the_copy),
            ("sends open in it: shown to staff, not sent again", seen.shown_to_staff),
            ("seconds from the start to the first answer", seen.start_to_answer_s),
        ],
    )
    out.figure("doubled", seen.doubled)
    broken = {
        "an answer was given again": seen.doubled,
        "a turn stands open": seen.unanswered,
        "staff were not told that it is a copy": not seen.staff_told,
    }
    for what, found in broken.items():
        if found:
            out.violation(what, f"seed {seed}: {seen}")
