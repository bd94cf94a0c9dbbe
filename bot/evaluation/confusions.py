"""Which subjects are taken for each other, by which sentences, and what to do about it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from ..answers import ENOUGH_EXAMPLES, Knowledge
from ..risk import fold
from .results import Confusion, Few, Misread, Result, Sentence, Stray

OFTEN = 0.2
"""Of a subject's messages: from here on it is hard to tell from the other."""
AT_LEAST = 2
"""Fewer misread messages may be chance."""
SENTENCES = 5


def confusions(results: Sequence[Result], knowledge: Knowledge) -> list[Confusion]:
    """Every two subjects that were taken for each other, most often first."""
    of = Counter(r.message.intent for r in results if r.message.covered)
    wrong: dict[tuple[str, str], list[Result]] = defaultdict(list)
    for result in results:
        true, read = result.message.intent, result.subject
        if true is not None and read is not None and true != read:
            wrong[true, read].append(result)
    pairs = {tuple(sorted(pair)) for pair in wrong}
    found = []
    for one, other in pairs:
        ways = [(one, other), (other, one)]
        misread = [
            Misread(true, read, len(wrong[true, read]), of[true], _surest(wrong[true, read]))
            for true, read in ways
            if (true, read) in wrong
        ]
        found.append(_with_advice((one, other), misread, knowledge))
    return sorted(found, key=lambda pair: (-pair.times, pair.subjects))


def strays(results: Sequence[Result]) -> list[Stray]:
    """Uncovered messages that got an answer, or look more like a subject than like none."""
    found: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        looks_covered = result.action == "answer" or result.probability > result.unknown
        if not result.message.covered and result.subject is not None and looks_covered:
            found[result.subject].append(result)
    every = [
        Stray(name, len(some), sum(r.action == "answer" for r in some), _surest(some))
        for name, some in found.items()
    ]
    return sorted(every, key=lambda stray: (-stray.answered, -stray.times, stray.subject))


def _surest(results: Sequence[Result]) -> list[Sentence]:
    """The surest first: these are the mistakes that a threshold does not catch."""
    ordered = sorted(results, key=lambda r: -r.probability)
    return [Sentence(r.message.id, r.message.text, r.probability) for r in ordered[:SENTENCES]]


def _with_advice(
    subjects: tuple[str, str], misread: Sequence[Misread], knowledge: Knowledge
) -> Confusion:
    often = [way for way in misread if way.times >= max(AT_LEAST, OFTEN * way.of)]
    most = max(way.times for way in misread)
    if _same_answers(subjects, knowledge):
        advice, add_to = "merge", []
    elif len(often) == 2:
        advice, add_to = "contrast", [way.subject for way in misread]
    else:
        advice, add_to = "add", [way.subject for way in misread if way.times == most]
    return Confusion(
        subjects=subjects,
        times=sum(way.times for way in misread),
        misread=misread,
        advice=advice,
        add_to=add_to,
        few=[few for name in add_to for few in _few(name, knowledge)],
    )


def _same_answers(subjects: tuple[str, str], knowledge: Knowledge) -> bool:
    one, other = (knowledge.subjects[name].answers for name in subjects)
    return all(fold(one[code]) == fold(other[code]) for code in one)


def _few(name: str, knowledge: Knowledge) -> list[Few]:
    examples = knowledge.subjects[name].examples
    counts = {code: len(examples.get(code, ())) for code in knowledge.brand.languages}
    return [Few(name, code, count) for code, count in counts.items() if count < ENOUGH_EXAMPLES]
