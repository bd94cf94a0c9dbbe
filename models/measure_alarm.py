"""Measures from what probability of danger on a person should look, though no alarm rings.

    python models/measure_alarm.py

Found: texts of risk_unseen.jsonl, which teach nothing, by words of risk.toml or by the model from
that probability on. Taken for it: those among them that only come close; messages of the dev
brands, calm and covered; and remarks, which the bot would answer with a word. The last line is the
alarm's. Takes a minute.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from corpus import brands
from measure_teaching import read
from plea_heads import has_words, marked

from bot.conversation import SmallTalk, Tone
from bot.model.capitals import lowered
from bot.model.encoder import Encoder
from bot.model.general import RISKS, GeneralHeads
from bot.model.pleas import pleas
from bot.model.softmax import Floats

MODELS = Path(__file__).parent
FROM = (0.95, 0.98, 0.985, 0.99, 0.995)
BATCH = 64


def alarms(heads: GeneralHeads, encoder: Encoder, texts: Sequence[str]) -> Floats:
    """How probably each is of danger, as the bot hears it: surely, where a list knows its words."""
    said = [lowered(text) for text in texts]
    heard: list[float] = []
    for at in range(0, len(said), BATCH):
        some = said[at : at + BATCH]
        heard += [plea.alarm for plea in pleas(heads, encoder.encode, some, encoder.encode(some))]
    listed = [has_words(text) for text in said]
    return np.where(listed, 1.0, np.array(heard)).astype(np.float32)


def main() -> None:
    encoder = Encoder.load(MODELS)
    heads = GeneralHeads.load(MODELS, encoder.fingerprint)
    texts = {
        mark or "close": [one.text for one in marked("risk_unseen") if RISKS[one.label] == mark]
        for mark in RISKS
    }
    dev = [message for brand in brands("dev") for message in brand.messages]
    texts["calm, covered"] = [m.text for m in dev if m.tone == Tone.CALM and m.intent is not None]
    texts["remark"] = [one.text for one in read("small_talk") if one.label == SmallTalk.REMARK]
    found = {name: alarms(heads, encoder, some) for name, some in texts.items()}
    print("| from | " + " | ".join(f"{name} ({len(one)})" for name, one in found.items()) + " |")
    for at in (*FROM, heads.limits.risk):
        shares = (f"{100 * (one >= at).mean():.1f} %" for one in found.values())
        print(f"| {at} | " + " | ".join(shares) + " |")


if __name__ == "__main__":
    main()
