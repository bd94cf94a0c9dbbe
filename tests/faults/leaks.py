"""Nothing that is logged, at DEBUG too, or told to a monitor carries the token or anybody's words,
whatever goes wrong; and nobody's export tells of somebody else.

People whose every message carries a mark live through errors of all kinds on the loopback Telegram:
updates that nobody can read, a model that raises with their words, refusals, cut lines, steps and a
store that fail. What was logged, tracebacks included, what /metrics and /healthz answered
meanwhile, and the exports of others are searched.
"""

from __future__ import annotations

import io
import logging
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

from bot.redact import TALKATIVE, Redact, configure_logging
from bot.sandbox import Fault, Person

from ..shop import Shop
from ..test_health import Monitor, watched
from . import Report, Scale
from .erasure import MARK, mark

FIRST = 300_000
AT_ONCE = 6
FAILED = re.compile("^first_responder_model_failures_total [1-9]", re.MULTILINE)
"""A figure that is there, and not 0, once a pass of the model has failed."""


async def run(scale: Scale, seed: int, out: Report) -> None:
    people, dice, told = scale.count("people", short=12, long=240), Random(seed), ""
    with logged() as written, tempfile.TemporaryDirectory(prefix="leaks-") as folder:
        async with watched(Path(folder)) as (shop, monitor):
            configure_logging("DEBUG", [shop.sandbox.token])
            for start in range(0, people, AT_ONCE):
                some = [_person(shop, FIRST + start + n) for n in range(AT_ONCE)]
                for person in some:
                    await _meets_trouble(shop, person, dice)
                told += await _told_to(monitor)  # while their words are on the way
                await shop.quiet()
            told += await _told_to(monitor)
            exports = await _exports(shop, out)
            token = shop.sandbox.token
    text = written.getvalue()
    _search("a log line", text, token, out)
    _search("what a monitor is told", told, token, out)
    if "ZeroDivisionError" not in text or "could not be processed" not in text:
        out.violation("nothing went wrong: the logs prove nothing", f"--seed {seed}")
    if not FAILED.search(told):
        out.violation("nothing went wrong: the figures prove nothing", f"--seed {seed}")
    out.figure("people", people)
    out.figure("log_lines", text.count("\n"))
    out.figure("lines_told_to_a_monitor", told.count("\n"))
    out.figure("exports", exports)


async def _told_to(monitor: Monitor) -> str:
    return "".join([(await monitor.get(path))[1] + "\n" for path in ("/metrics", "/healthz")])


def _search(what: str, text: str, token: str, out: Report) -> None:
    for line in text.splitlines():
        if MARK.search(line.lower().encode()):
            out.violation(f"{what} carries somebody's words", line[:60])
        if token in line or token.partition(":")[2] in line:
            out.violation(f"{what} carries the token", line.partition(token)[0][:60])


@contextmanager
def logged() -> Iterator[io.StringIO]:
    """Everything that any logger writes, at DEBUG, through the filter that the program sets up."""
    written, root = io.StringIO(), logging.getLogger()
    handler = logging.StreamHandler(written)
    level, before = root.level, [(one, list(one.filters)) for one in root.handlers]
    root.addHandler(handler)
    try:
        yield written
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
        for name in TALKATIVE:
            logging.getLogger(name).setLevel(logging.NOTSET)
        for one, filters in before:
            one.filters[:] = [f for f in filters if not isinstance(f, Redact)]


def _person(shop: Shop, number: int) -> Person:
    return shop.customer(f"N {mark(number)}")


async def _meets_trouble(shop: Shop, person: Person, dice: Random) -> None:
    """One thing goes wrong while they write."""
    word = person.user.first_name.removeprefix("N ")
    match dice.randrange(6):
        case 0:
            whole = {"message_id": 9, "date": 1, "chat": {"id": person.id, "type": "private"}}
            shop.sandbox.feed({"message": whole | {"from": person.user.wire, "text": [word]}})
        case 1:
            shop.reader.breaks = ZeroDivisionError(f"cannot read: {word}")
            await person.says(f"mes piquets sont tordus {word}")
            await shop.case_of(person)
            shop.reader.breaks = None
        case 2:
            told = f"Bad Request: can't parse entities: <{word}>"
            shop.sandbox.faults.add(Fault("sendMessage", person.id, code=400, description=told))
        case 3:
            shop.sandbox.faults.add(Fault("sendMessage", person.id, code=502))
        case 4:
            shop.sandbox.faults.add(
                Fault("sendMessage", person.id, code=403, description=f"Forbidden: {word}")
            )
        case _:
            shop.sandbox.faults.add(Fault("sendMessage", person.id, cut=True, after_effect=True))
    await person.says(f"vous êtes ouvert le dimanche? {word}")


async def _exports(shop: Shop, out: Report) -> int:
    """What each person gets of themselves tells of nobody else."""
    ids = [row[0] for row in shop.rows("SELECT id FROM customers")]
    for who in ids:
        known = await shop.app.store.read(
            lambda records, who=who: str(records.own_data.export(who, notes=True))  # type: ignore[misc]
        )
        if len(set(MARK.findall(known.encode()))) > 1:
            out.violation("an export tells of somebody else", str(who))
    return len(ids)
