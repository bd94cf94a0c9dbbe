"""A process whose memory is limited for real (RLIMIT_AS): it makes the model ready, then reads.

Prints one JSON object a line: the fault, and what staff would be told. Never ends by an error.
"""

from __future__ import annotations

import asyncio
import json
import resource
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from bot.answers import load_knowledge
from bot.clock import SystemClock
from bot.config import EXAMPLE_BRAND, BrandSettings, Settings
from bot.conversation import Person
from bot.incoming import Turn, Wrote
from bot.model import brain, packed_bert
from bot.model.classifier import Classifier
from bot.understand import Understand

MIB = 2**20
SPARE_MIB = (5, 40, 80, 160)
"""Too little for the checksums, the file, the weights. With enough for those, training runs out of
memory inside OpenBLAS, which ends the process itself: nothing of ours can hold that back."""


@contextmanager
def only(mib: int) -> Iterator[None]:
    """No more than so much beside what the process has now."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = pages * resource.getpagesize() + mib * MIB
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (hard, hard))


def tell(fault: str, said: str) -> None:
    print(json.dumps({"fault": fault, "said": said}), flush=True)


def loads(mib: int, settings: Settings) -> None:
    knowledge = load_knowledge(EXAMPLE_BRAND)
    with only(mib):
        said = brain.load(settings, knowledge, lambda *_: None).missing
    tell(f"{mib} MiB to load in", said)


async def reads() -> None:
    """No memory for a pass nor for its thread; then there is, and it reads."""
    understand = Understand(Classifier.load(brain.MODELS, None), (), SystemClock(), 20.0)
    turn = Turn((Wrote(0, Person(1, "?"), 1, 1, 0.0, "où est ma commande? " * 100),))
    await understand.start()
    with only(0):
        starved = await understand.read(turn)
    fed = await understand.read(turn)
    await understand.stop()
    tell("no MiB to read in", starved.failed or "")
    if fed.failed:
        raise SystemExit(f"it does not read again: {fed.failed}")


def main() -> None:
    packed_bert.has_fast_int8()  # torch and transformers are there before the memory is short
    with tempfile.TemporaryDirectory() as folder:
        settings = replace(Settings(), brand=BrandSettings(heads=Path(folder) / "heads"))
        for mib in SPARE_MIB:
            loads(mib, settings)
    asyncio.run(reads())


if __name__ == "__main__":
    main()
