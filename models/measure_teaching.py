"""Measure how varied the teaching texts are, and name the lines that say nearly the same thing.

    python models/measure_teaching.py             # the table of models/teaching/README.md
    python models/measure_teaching.py --doubles   # near duplicates, one pair a line; exit 1 if any

Measures, per file and label:

* distinct 3-grams: different word triples over all word triples (1.0 = no triple comes back);
* nearest overlap: for each text, the Jaccard overlap of its words with those of the text most like
  it in the same label, averaged (0 = nothing shared; templates score high);
* signs: percentage of texts with a question mark, an exclamation mark, a word in capitals; where it
  differs much between labels, a model may lean on the sign instead of the sense;
* near duplicate: two texts of a file whose character 4-grams overlap by more than NEAR (Jaccard).
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

TEACHING = Path(__file__).parent / "teaching"
LABELS = {
    "tone": "tone",
    "person": "asks_person",
    "small_talk": "kind",
    "risk": "risk",
    "risk_unseen": "risk",
}
"""Each file's stem and the key that carries its label."""
NEAR = 0.7
QUESTION, EXCLAMATION, CAPITALS = (
    re.compile(r"\?"),
    re.compile("!"),
    re.compile(r"\b[A-ZÀ-Ý]{4,}\b"),
)


@dataclass(frozen=True)
class Line:
    """One teaching text: what a customer might type, its language and its label as text."""

    text: str
    lang: str
    label: str


def read(name: str, folder: Path = TEACHING) -> list[Line]:
    """The lines of `folder/name.jsonl`, in file order; raises KeyError where a key is missing."""
    with (folder / f"{name}.jsonl").open(encoding="utf-8") as file:
        rows = [json.loads(row) for row in file]
    return [Line(row["text"], row["lang"], str(row[LABELS[name]]).lower()) for row in rows]


def plain(text: str) -> str:
    """`text` in small letters, without accents, punctuation or doubled spaces; emoji stay."""
    letters = unicodedata.normalize("NFD", text.lower())
    kept = (" " if unicodedata.category(c)[0] in "PZ" else c for c in letters)
    return re.sub(r"\s+", " ", "".join(c for c in kept if not unicodedata.combining(c))).strip()


def words(text: str) -> frozenset[str]:
    """The different words of `text`, plain."""
    return frozenset(plain(text).split())


def four_grams(text: str) -> frozenset[str]:
    """The runs of four characters of `text`, plain, with its edges marked so that "no" has some."""
    edged = f"  {plain(text)}  "
    return frozenset(edged[i : i + 4] for i in range(len(edged) - 3))


def _meetings(sets: Sequence[frozenset[str]]) -> Iterator[tuple[int, list[tuple[int, float]]]]:
    """For each set, the earlier ones it overlaps with at all, and by how much (Jaccard, 0 to 1)."""
    holders: dict[str, list[int]] = defaultdict(list)
    for i, members in enumerate(sets):
        shared = Counter(chain.from_iterable(holders[member] for member in members))
        size = len(members)
        yield i, [(j, n / (size + len(sets[j]) - n)) for j, n in sorted(shared.items())]
        for member in members:
            holders[member].append(i)


def near_duplicates(texts: Sequence[str]) -> list[tuple[str, str, float]]:
    """Pairs of texts whose character 4-grams overlap by more than NEAR, with the overlap."""
    sets = [four_grams(text) for text in texts]
    return [
        (texts[j], texts[i], shared)
        for i, earlier in _meetings(sets)
        for j, shared in earlier
        if shared > NEAR
    ]


def distinct_three_grams(texts: Sequence[str]) -> float:
    """Different word triples over all word triples; 1.0 where there is none."""
    triples = [
        tuple(parts[i : i + 3])
        for parts in (plain(text).split() for text in texts)
        for i in range(len(parts) - 2)
    ]
    return len(set(triples)) / len(triples) if triples else 1.0


def nearest_overlap(texts: Sequence[str]) -> float:
    """Mean, over the texts, of the word overlap with the most similar other text."""
    sets = [words(text) for text in texts]
    best = [0.0] * len(sets)
    for i, earlier in _meetings(sets):
        for j, shared in earlier:
            best[i], best[j] = max(best[i], shared), max(best[j], shared)
    return statistics.fmean(best) if best else 0.0


def table() -> str:
    """The Markdown table: one row per file and label, with counts, lengths and variety."""
    rows = [
        "| file | label | lines | fr | en | mixed | words (median, longest) "
        "| distinct 3-grams | nearest overlap | signs: ?, !, CAPS (%) |",
        "| --- | --- | --: | --: | --: | --: | --: | --: | --: | --: |",
    ]
    for name in LABELS:
        lines = read(name)
        rows += [
            _row(name, label, [line for line in lines if line.label == label])
            for label in sorted({line.label for line in lines})
        ]
    return "\n".join(rows)


def _row(name: str, label: str, lines: Sequence[Line]) -> str:
    texts = [line.text for line in lines]
    lengths = [len(text.split()) for text in texts]
    langs = Counter(line.lang for line in lines)
    return (
        f"| {name} | {label} | {len(lines)} | {langs['fr']} | {langs['en']} | {langs['mixed']} "
        f"| {statistics.median(lengths):.0f}, {max(lengths)} "
        f"| {distinct_three_grams(texts):.3f} | {nearest_overlap(texts):.3f} "
        f"| {_share(texts, QUESTION)}, {_share(texts, EXCLAMATION)}, {_share(texts, CAPITALS)} |"
    )


def _share(texts: Sequence[str], sign: re.Pattern[str]) -> str:
    return f"{100 * statistics.fmean(bool(sign.search(text)) for text in texts):.0f}"


def main() -> int:
    """Print the table, or with --doubles the near duplicates; 1 if there are any, else 0."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--doubles", action="store_true", help="list near duplicates instead")
    if not parser.parse_args().doubles:
        print(table())
        return 0
    doubles = [
        (name, *pair)
        for name in LABELS
        for pair in near_duplicates([line.text for line in read(name)])
    ]
    for name, first, second, shared in doubles:
        print(f"{name}: {shared:.2f}  {first!r}  {second!r}")
    return 1 if doubles else 0


if __name__ == "__main__":
    raise SystemExit(main())
