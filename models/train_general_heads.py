"""Trains the heads every brand shares from models/teaching, and prints how good they are.

    python models/train_general_heads.py [--to models]

Danger, and from where on a plea is believed: plea_heads.py. Tone and asking for a person are
learned from the teaching texts and the corpus's training brands. The encoder learned from those
too, so limits and figures come from what neither has seen: the teaching texts held back, and the
messages of the dev brands; "agreed": of these, the messages that are angry to both of their
readers. Small talk and language are measured by 5-fold cross-validation. Limits: at most
CALM_FLAGGED of calm turns are taken for angry, and so on. The public sets tried beside (GoEmotions,
MLMA hate speech) made tone worse.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from dataclasses import replace
from functools import reduce
from itertools import product
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from corpus import brands
from experience import learn_experience, learn_usage, seen
from plea_heads import believed, learn_person, learn_risk, marked
from retyped import MANNERS, retyped
from teaching_texts import (
    Texts,
    example_questions,
    learn,
    limit,
    read,
    read_messages,
    read_needs,
    taught_texts,
    teaching_messages,
    typed,
)
from wording_head import learn_wording

from bot.conversation import SmallTalk
from bot.model.encoder import Encoder, record
from bot.model.general import (
    LANGUAGES,
    META,
    SMALL_TALK,
    TONES,
    WEIGHTS,
    GeneralHeads,
    Limits,
    anger,
)
from bot.model.softmax import Softmax, balanced, softmax, temperature_of
from bot.model.wording import Wording

CALM_FLAGGED = 0.05
"""Share of calm turns that may be taken for angry, in each language."""
CALM_ANNOYED = 0.10
"""Share of calm turns that may be taken for annoyed or angry."""
WRONGLY_SMALL = 0.03
"""Share of real needs that may be taken for small talk."""
POLITE = 0.7
"""Least probability of a greeting or of thanks by itself; below, swearing and sarcasm were among
what was greeted ("criss", "merci pour rien")."""
NEEDLESS = 0.98
"""Or least probability that it is a greeting, thanks or a remark, whichever: "bonne journée" may be
two of them. (At 0.95 oaths and jeers were among them.)"""


def train(encoder: Encoder) -> tuple[GeneralHeads, dict[str, float]]:
    talk = read(encoder, "small_talk", "kind", [kind.value for kind in SMALL_TALK])
    person = read(encoder, "person", "asks_person", [False, True])
    tone = read(encoder, "tone", "tone", [tone.value for tone in TONES])
    every = talk.and_all(person).and_all(tone)
    dev = [message for brand in brands("dev") for message in brand.messages]
    messages = {
        "train": read_messages(encoder, teaching_messages(), retyped),
        "dev": read_messages(encoder, dev),
    }
    needs = read_needs(encoder, example_questions())
    rejection = SMALL_TALK.index(SmallTalk.REJECTION)
    figures: dict[str, float] = {}
    calm_talk = talk.where(talk.labels != rejection)
    texts = typed(encoder, tone.where(~tone.held).and_all(calm_talk, label=0), retyped)
    unseen = tone.where(tone.held).and_all(messages["dev"].tone)
    tone_head, wording, angry, annoyed = _tone(
        texts.and_all(messages["train"].tone),
        {name: typed(encoder, unseen, manner) for name, manner in MANNERS.items()},
        figures,
    )
    danger = [one.text for one in marked("risk")]
    needless = talk.where((talk.labels != 0) & (talk.labels != rejection))
    around = messages["train"].person.and_all(tone.where(~tone.held)).and_all(needless)
    risk_head, risk_wording = learn_risk(encoder, around)
    person_head = learn_person(
        encoder,
        person.where(~person.held)
        .and_all(messages["train"].person)
        .and_all(talk, label=0)
        .and_all(needs, label=0),
    )
    needs = needs.and_all(read_needs(encoder, danger))
    talk_head, small = _small_talk(talk.and_all(person, label=0).and_all(needs, label=0), figures)
    usage = learn_usage(encoder, taught_texts())
    heads = GeneralHeads(
        tone=tone_head,
        wording=wording,
        risk=risk_head,
        risk_wording=risk_wording,
        person=person_head,
        small_talk=talk_head,
        language=_language(every, figures),
        experience=learn_experience(usage, [seen(encoder, usage, b) for b in brands("dev")]),
        limits=Limits(angry, annoyed, 1.0, 1.0, small, POLITE, 1.0, NEEDLESS),
    )
    asked = person.where(person.held).and_all(messages["dev"].person)
    return believed(heads, encoder, asked, figures), figures


def _tone(
    learned: Texts, manners: Mapping[str, Texts], figures: dict[str, float]
) -> tuple[Softmax, Wording, dict[str, float], float]:
    """``manners``: the same unseen texts, typed in each manner."""
    head = learn(learned, len(TONES))[0].head
    wording = learn_wording([str(text) for text in learned.texts], learned.labels, len(TONES))
    unseen = reduce(Texts.and_all, manners.values())
    logits = head.logits(unseen.vectors) + wording.logits([str(text) for text in unseen.texts])
    warm = temperature_of(logits, unseen.labels, balanced(unseen.labels, len(TONES)))
    shares = softmax(logits / np.float32(warm))
    calm, angry = unseen.labels == 0, unseen.labels == len(TONES) - 1
    how_angry = anger(shares)
    at = {
        language: limit(how_angry[calm & (unseen.languages == language)], CALM_FLAGGED)
        for language in LANGUAGES
    }
    annoyed = limit(1 - shares[calm, 0], CALM_ANNOYED)
    manner = np.repeat(list(manners), len(unseen.labels) // len(manners))
    for name, language in product(manners, LANGUAGES):
        here = (manner == name) & (unseen.languages == language)
        flagged, of = how_angry >= at[language], f"{name}.{language}"
        figures[f"tone.angry_found.{of}"] = float(flagged[here & angry].mean())
        agreed = here & angry & unseen.agreed
        figures[f"tone.angry_found_agreed.{of}"] = float(flagged[agreed].mean())
        figures[f"tone.calm_flagged_angry.{of}"] = float(flagged[here & calm].mean())
    right = shares.argmax(axis=1) == unseen.labels
    figures["tone.accuracy"] = float(right[manner == next(iter(manners))].mean())
    figures["tone.texts"] = len(unseen.labels) / len(manners)
    return head.cooled(warm), wording.cooled(warm), at, annoyed


def _small_talk(texts: Texts, figures: dict[str, float]) -> tuple[Softmax, float]:
    tuned, shares = learn(texts, len(SMALL_TALK))
    need = texts.labels == 0
    at = limit(1 - shares[need, 0], WRONGLY_SMALL)
    found = 1 - shares[:, 0] >= at
    for label, kind in enumerate(SMALL_TALK[1:], start=1):
        right = found & (shares[:, 1:].argmax(axis=1) + 1 == label)
        if kind is not SmallTalk.REJECTION:
            needy = shares[:, 0] + shares[:, SMALL_TALK.index(SmallTalk.REJECTION)]
            right &= (shares.max(axis=1) >= POLITE) | (1 - needy >= NEEDLESS)
        figures[f"small_talk.found.{kind}"] = float(right[texts.labels == label].mean())
    figures["small_talk.wrongly"] = float(found[need].mean())
    figures["small_talk.texts"] = len(texts.labels)
    return tuned.head, at


def _language(texts: Texts, figures: dict[str, float]) -> Softmax:
    pure = np.isin(texts.languages, LANGUAGES)
    labels = (texts.languages[pure] == LANGUAGES[1]).astype(np.int64)
    tuned, shares = learn(replace(texts.where(pure), labels=labels), 2)
    figures["language.accuracy"] = float((shares.argmax(axis=1) == labels).mean())
    return tuned.head


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--to", type=Path, default=Path(__file__).parent)
    options = parser.parse_args()
    encoder = Encoder.load(options.to)
    heads, figures = train(encoder)
    heads.save(options.to, encoder.fingerprint, {k: round(v, 4) for k, v in figures.items()})
    record(options.to, (WEIGHTS, META))
    print(heads.limits)
    for name, value in figures.items():
        print(f"{name:34} {value:.3f}" if value <= 1 else f"{name:34} {value:.0f}")


if __name__ == "__main__":
    main()
