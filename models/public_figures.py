"""Figures on public sets beside published ones: python models/public_figures.py --data DATA.

Each set becomes a knowledge folder and labelled messages in the work folder, which is never
committed, and `first-responder evaluate` measures it as it would any brand, in a process of its
own. What it found stays there as JSON and as a page. Name sets to measure only these.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from public_sets import SETS, write

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "data" / "public-figures"
CONFIG = "[answers]\nmax_wrong_answers = 0.02\n"

Summary = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table: what is taken from a set's summary, and what others published."""

    measured_on: str
    name: str
    of: Callable[[Summary], float | None]
    published: str = ""


FIGURES = (
    Figure("banking77-10shot", "right subject", lambda s: s["all"]["accuracy"], "ICDA 89.8"),
    Figure("banking77-full", "right subject", lambda s: s["all"]["accuracy"], "BERT 93.7"),
    Figure("clinc150", "in scope, nothing refused", lambda s: s["all"]["accuracy"]),
    Figure(
        "clinc150",
        "in scope, unknown as a class",
        lambda s: s["as_a_class"]["covered_right"],
        "BERT 96.2",
    ),
    Figure(
        "clinc150",
        "out of scope found, unknown as a class",
        lambda s: s["as_a_class"]["uncovered_found"],
        "BERT 52.3",
    ),
    Figure("clinc150", "in scope, at the threshold", lambda s: s["at_threshold"]["covered_right"]),
    Figure(
        "clinc150",
        "out of scope found, at the threshold",
        lambda s: s["at_threshold"]["uncovered_found"],
    ),
    Figure("clinc150", "AUROC in / out of scope", lambda s: s["all"]["auroc"]),
    Figure("massive-fr", "right subject", lambda s: s["all"]["accuracy"], "XLM-R 86.3"),
    Figure("massive-en", "right subject", lambda s: s["all"]["accuracy"], "XLM-R 88.3"),
    Figure("xlmt-fr", "macro F1", lambda s: s["all"]["macro_f1"], "XLM-T 72.0"),
)


def measure(name: str, data: Path, work: Path) -> Summary:
    """The summary of one set. Raises CalledProcessError when the command fails."""
    folder = work / name
    write(name, data, folder)
    config = folder / "config.toml"
    config.write_text(CONFIG, "utf-8")
    typed = [sys.executable, "-m", "bot", "evaluate", str(folder / "knowledge"), "--json"]
    typed += ["--messages", str(folder / "messages.jsonl"), "--config", str(config)]
    typed += ["--html", str(folder / "page.html")]
    with (folder / "found.json").open("wb") as found:
        subprocess.run(typed, check=True, stdout=found, cwd=ROOT)
    summary: Summary = json.loads((folder / "found.json").read_text("utf-8"))["summary"]
    return summary


def table(summaries: Mapping[str, Summary]) -> str:
    """The figures of the sets that were measured, in per cent, as a table in Markdown."""
    rows = ["| set | figure | here | published |", "| --- | --- | --: | --: |"]
    for figure in FIGURES:
        if figure.measured_on in summaries:
            value = figure.of(summaries[figure.measured_on])
            here = "–" if value is None else f"{100 * value:.1f}"
            rows.append(f"| {figure.measured_on} | {figure.name} | {here} | {figure.published} |")
    return "\n".join(rows)


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("sets", nargs="*", metavar="SET", help=f"of {', '.join(SETS)}")
    parser.add_argument("--data", type=Path, required=True, help="where the public sets are")
    parser.add_argument("--work", type=Path, default=WORK, help="default: data/public-figures")
    arguments = parser.parse_args(argv)
    if unknown := set(arguments.sets) - SETS.keys():
        parser.error(f"{', '.join(sorted(unknown))}: not one of {', '.join(SETS)}")
    summaries: dict[str, Summary] = {}
    for name in arguments.sets or SETS:
        began = time.monotonic()
        summaries[name] = measure(name, arguments.data, arguments.work)
        print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr)
    print(table(summaries))


if __name__ == "__main__":
    main()
