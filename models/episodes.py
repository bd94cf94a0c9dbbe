"""What the encoder learns from: episodes over one brand at a time, and texts with a tone.

An episode lays out a few examples of each subject of a brand, its description among them, and
asks messages for their subject, or for "none": near misses, and subjects that were left out.
Teaching examples that were not laid out ask as well. Some of what is asked is retyped as
customers type: with care or in haste (retyped.py), with a greeting or thanks around it
(courteous.py), no accents, no capitals, slips.
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from courteous import courteous
from retyped import retyped

SUBJECTS, SUPPORT, QUERIES = 20, 3, 44
"""Of an episode: most subjects, texts laid out for each, messages that ask."""
BESIDE = 14
"""Texts read beside each episode for their tone, or for asking for a person."""
PUBLIC_SHARE = 0.2
"""Share of the episodes that come from public sets."""
LEFT_OUT = 0.2
"""Share of the subjects that are left out of an episode; their messages have no subject then."""
EXAMPLES_SHARE = 0.25
"""Share of what asks that are teaching examples."""
NONE_SHARE = 0.3
"""Share of what asks that the brand does not cover."""
DESCRIBED = 0.5
"""How often a subject is laid out with its description."""
SLIPS, MANNERED, COURTEOUS = 0.3, 0.4, 0.3
"""Share of what asks, and of what is read beside, that is retyped so."""
HELD_BACK = 5
"""One in so many teaching texts of tone and asking is never learned from: it measures."""
TONES = ("calm", "annoyed", "angry")
LANGUAGES = ("fr", "en")
NOBODY_SAID = -100
TEACHING = Path(__file__).parent / "teaching"


@dataclass(frozen=True, slots=True)
class Asked:
    """A message of an episode. ``tone``, ``language``: places in TONES and LANGUAGES; NOBODY_SAID
    when nobody did."""

    text: str
    subject: str | None
    tone: int = NOBODY_SAID
    asks_person: int = NOBODY_SAID
    language: int = NOBODY_SAID


@dataclass(frozen=True, slots=True)
class Source:
    """What episodes are drawn from: examples and a description by subject, and messages."""

    examples: Mapping[str, Sequence[str]]
    about: Mapping[str, str]
    asked: Mapping[str | None, Sequence[Asked]]


@dataclass(frozen=True, slots=True)
class Episode:
    """``owner``: the place of each support text's subject. ``target``: of each query's subject,
    ``subjects`` when it has none here. ``beside``: texts that only have a tone."""

    support: list[str]
    owner: list[int]
    queries: list[Asked]
    target: list[int]
    subjects: int
    beside: list[Asked]


def language(code: str) -> int:
    """The place in LANGUAGES; a mixed text is neither."""
    return LANGUAGES.index(code) if code in LANGUAGES else NOBODY_SAID


def held_back(text: str) -> bool:
    """True for the teaching texts that only measure; the same ones on every machine."""
    return sha256(text.encode()).digest()[0] % HELD_BACK == 0


def episodes(
    own: Sequence[Source], public: Sequence[Source], beside: Sequence[Asked], seed: int, begun: int
) -> Iterator[Episode]:
    """Without end, from number ``begun`` on; the same seed gives the same episodes."""
    by_tone: dict[tuple[int, int], list[Asked]] = {}
    for one in beside:
        by_tone.setdefault((one.tone, one.asks_person), []).append(one)
    kinds = [by_tone[key] for key in sorted(by_tone)]
    size = [sum(map(len, source.asked.values())) for source in own]
    while True:
        rng = random.Random(f"{seed}:{begun}")
        begun += 1
        if public and rng.random() < PUBLIC_SHARE:
            source = rng.choice(public)
        else:  # a brand comes as often as it has messages
            [source] = rng.choices(own, weights=size)
        tones = [rng.choice(rng.choice(kinds)) for _ in range(BESIDE)]
        yield _episode(source, tones, rng)


def _episode(source: Source, beside: Sequence[Asked], rng: random.Random) -> Episode:
    names = rng.sample(sorted(source.examples), min(SUBJECTS, len(source.examples)))
    kept = [name for name in names if rng.random() >= LEFT_OUT] or names[:2]
    place_of = {name: place for place, name in enumerate(kept)}
    support, owner, spare = [], [], []
    for name in names:
        texts = rng.sample(list(source.examples[name]), len(source.examples[name]))
        if name in place_of:
            laid = texts[:SUPPORT]
            if name in source.about and rng.random() < DESCRIBED:
                laid[-1:] = [source.about[name]]
            support += laid
            owner += [place_of[name]] * len(laid)
        spare += [Asked(text, name) for text in texts[SUPPORT:]]
    queries = _queries(source, names, spare, rng)
    target = [place_of.get(one.subject or "", len(kept)) for one in queries]
    queries = [_typed(one, rng) for one in queries]
    return Episode(support, owner, queries, target, len(kept), [_typed(b, rng) for b in beside])


def _queries(
    source: Source, names: Sequence[str], spare: Sequence[Asked], rng: random.Random
) -> list[Asked]:
    foreign = list(source.asked.get(None, ()))
    uncovered = rng.sample(foreign, min(int(QUERIES * NONE_SHARE), len(foreign)))
    taught = rng.sample(list(spare), min(int(QUERIES * EXAMPLES_SHARE), len(spare)))
    pool = [one for name in names for one in source.asked.get(name, ())]
    room = QUERIES - len(uncovered) - len(taught)
    return uncovered + taught + rng.sample(pool, min(room, len(pool)))


def _typed(one: Asked, rng: random.Random) -> Asked:
    text = one.text
    if rng.random() < SLIPS:
        text = _with_slips(text, rng)
    if rng.random() < MANNERED:
        text = retyped(text)
    if rng.random() < COURTEOUS and one.language != NOBODY_SAID:
        text = courteous(text, LANGUAGES[one.language], rng)
    return replace(one, text=text or one.text)


def _with_slips(text: str, rng: random.Random) -> str:
    if rng.random() < 0.5:
        text = text.lower()
    if rng.random() < 0.5:
        bare = unicodedata.normalize("NFD", text)
        text = "".join(letter for letter in bare if not unicodedata.combining(letter))
    if rng.random() < 0.4:
        text = text.rstrip(".?!")
    if rng.random() < 0.4 and len(text) > 8:
        at = rng.randrange(1, len(text) - 2)
        slip = rng.choice(("", text[at] * 2, text[at + 1] + text[at]))
        text = text[:at] + slip + text[at + (2 if len(slip) == 2 and slip[0] != slip[1] else 1) :]
    return text
