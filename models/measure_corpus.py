"""Counts the corpus, and says how far two readers agree on it: the tables of its README.

    python models/measure_corpus.py

The messages of the brands that measure were labelled a second time by readers who saw the brand's
subjects and answers, and the texts in another order, but not the authors' labels.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from corpus import Brand, Label, Message, brands
from measure_teaching import distinct_three_grams


def sizes(every: Sequence[Brand]) -> str:
    """The Markdown table of what there is."""
    messages = [message for brand in every for message in brand.messages]
    split, lang, tone, kind = (
        Counter(values)
        for values in (
            (brand.split for brand in every),
            (message.lang for message in messages),
            (message.tone for message in messages),
            (message.kind for message in messages),
        )
    )
    examples = [texts for brand in every for texts in brand.examples.values()]
    uncovered = sum(message.intent is None for message in messages)
    variety = distinct_three_grams([message.text for message in messages])
    rows = [
        ("brands: train / dev / test", f"{split['train']} / {split['dev']} / {split['test']}"),
        ("subjects", f"{len(examples):,}"),
        ("teaching examples", f"{sum(map(len, examples)):,}"),
        ("messages", f"{len(messages):,}"),
        ("of these French / English / mixed", _several(lang, "fr", "en", "mixed")),
        ("calm / annoyed / angry", _several(tone, "calm", "annoyed", "angry")),
        (
            "not covered by their brand",
            f"{uncovered:,}, of which near misses {kind['near_miss']:,}",
        ),
        ("distinct 3-grams of words in the messages", f"{variety:.2f}"),
    ]
    return "\n".join(["| | |", "| --- | --: |", *(f"| {name} | {value} |" for name, value in rows)])


def agreement(every: Sequence[Brand]) -> str:
    """The Markdown table of how often the second reader says what the author said."""
    rows = [
        "| read twice | messages | subject, covered | not covered | tone | angry |",
        "| --- | --: | --: | --: | --: | --: |",
    ]
    for split in ("dev", "test"):
        pairs = [
            (message, message.again)
            for brand in every
            if brand.split == split
            for message in brand.messages
            if message.again is not None
        ]
        if pairs:
            rows.append(f"| {split} | {len(pairs):,} | {_agreed(pairs)} |")
    return "\n".join(rows)


def _agreed(pairs: Sequence[tuple[Message, Label]]) -> str:
    covered = [m.intent == again.intent for m, again in pairs if m.intent is not None]
    foreign = [m.intent == again.intent for m, again in pairs if m.intent is None]
    tone = [m.tone == again.tone for m, again in pairs]
    angry = [again.tone == "angry" for m, again in pairs if m.tone == "angry"]
    return " | ".join(f"{sum(one) / len(one):.3f}" for one in (covered, foreign, tone, angry))


def _several(counted: Counter[str], *names: str) -> str:
    return " / ".join(f"{counted[name]:,}" for name in names)


def main() -> None:
    every = brands()
    print(sizes(every))
    print()
    print(agreement(every))


if __name__ == "__main__":
    main()
