"""Prints how fast the model reads on one core: ms a message, messages/s, seconds to load, size.

On a machine that is busy with other things the column per second of processor time is the one to
compare; the others say what a customer would have waited.

    python models/bench_model.py [--texts FILE] [--rounds 5]

``--texts``: one message a line; else the teaching texts. Only those of 8 to 20 tokens are used.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bot.classifier import Classifier
from bot.encoder import Encoder

MODELS = Path(__file__).parent
BATCHES = (1, 8, 32)
SHORTEST, LONGEST = 8, 20
MESSAGES = 256


def messages(classifier: Classifier, file: Path | None) -> list[str]:
    if file is not None:
        texts = file.read_text("utf-8").splitlines()
    else:
        lines = (MODELS / "teaching" / "tone.jsonl").read_text("utf-8").splitlines()
        texts = [json.loads(line)["text"] for line in lines]
    length = classifier.encoder.tokens
    return [text for text in texts if SHORTEST <= len(length(text)) <= LONGEST][:MESSAGES]


def seconds_per_batch(
    reader: Classifier | Encoder, texts: Sequence[str], batch: int, rounds: int
) -> list[float]:
    work = reader.read if isinstance(reader, Classifier) else reader.encode
    taken = []
    for _ in range(rounds):
        for start in range(0, len(texts) - batch + 1, batch):
            began = time.perf_counter()
            work(texts[start : start + batch])
            taken.append(time.perf_counter() - began)
    return taken


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--texts", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    began = time.perf_counter()
    classifier = Classifier.load(MODELS, None)
    loaded = time.perf_counter() - began
    texts = messages(classifier, options.texts)
    size = sum((MODELS / name).stat().st_size for name in json.loads(_manifest())) / 1e6
    tokens = np.mean([len(classifier.encoder.tokens(text)) for text in texts])
    print(f"loaded in {loaded:.1f} s, {size:.1f} MB; {len(texts)} texts of {tokens:.1f} tokens")
    print(f"machine load before: {os.getloadavg()[0]:.2f}")
    print("| what | batch | messages/s | per processor second | ms a batch: p50 | p99 |")
    print("| --- | --: | --: | --: | --: | --: |")
    exact = Encoder.load(MODELS, exact=True)
    readers = (
        ("reading", classifier),
        ("encoder", classifier.encoder),
        ("encoder, float32", exact),
    )
    for name, reader in readers:
        seconds_per_batch(reader, texts, BATCHES[-1], rounds=1)
        for batch in BATCHES:
            began = time.process_time()
            taken = np.array(seconds_per_batch(reader, texts, batch, options.rounds))
            of_processor = batch * len(taken) / (time.process_time() - began)
            p50, p99 = np.quantile(taken, (0.5, 0.99)) * 1e3
            rates = f"{batch / taken.mean():.0f} | {of_processor:.0f}"
            print(f"| {name} | {batch} | {rates} | {p50:.1f} | {p99:.1f} |")
    sums = (exact.encode(texts) * classifier.encoder.encode(texts)).sum(axis=1)
    print(f"cosine of int8 with float32: least {sums.min():.4f}, mean {sums.mean():.4f}")


def _manifest() -> str:
    return (MODELS / "manifest.json").read_text("utf-8")


if __name__ == "__main__":
    main()
