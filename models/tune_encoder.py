"""Tunes the encoder on episodes: which subject of this brand, if any?

    python models/tune_encoder.py [--data FOLDER] [--steps 500] [--work build/tune]

An episode takes one brand: a few examples of each subject are laid out, its descriptions among
them, and messages must find their subject, or "none" (near misses, and subjects that were left
out). Beside it, the tone of the messages and whether they ask for a person must stay readable.
Public intent sets whose licence allows a shipped model (MASSIVE, CLINC150 and HWU64, train parts)
are further brands. Checkpoints lie in the work folder: run again after an interruption and it
goes on. Writes models/encoder.safetensors: tuned matrices in int8, embeddings 4-bit as they were.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from tqdm import tqdm

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from corpus import brands

from bot import packed_bert
from bot.encoder import Encoder, record

HERE = Path(__file__).parent
SUBJECTS, SUPPORT, QUERIES = 14, 3, 36
"""Of an episode: most subjects, examples of each, messages."""
PUBLIC_SHARE = 0.25
"""Share of the episodes that come from public sets."""
LEFT_OUT = 0.15
"""Share of the subjects that are left out of an episode; their messages have no subject then."""
FROZEN_LAYERS = 4
RATE, WARM_UP, DECAY = 1e-4, 0.08, 0.01
CLIP = 1.0
TONE_WEIGHT, PERSON_WEIGHT = 0.35, 0.15
CHECKPOINT_EVERY = 50
TONES = ("calm", "annoyed", "angry")
NO_TONE = -100


@dataclass(frozen=True, slots=True)
class Asked:
    """A message of an episode. ``tone``: place in TONES, NO_TONE when nobody said."""

    text: str
    subject: str | None
    tone: int = NO_TONE
    asks_person: int = NO_TONE


@dataclass(frozen=True, slots=True)
class Source:
    """What episodes are drawn from: examples by subject, and messages."""

    examples: Mapping[str, Sequence[str]]
    asked: Sequence[Asked]


@dataclass(frozen=True, slots=True)
class Episode:
    support: list[str]
    owner: list[int]
    queries: list[Asked]
    target: list[int]
    subjects: int


# ------------------------------------------------------------------------------- the sources


def own_sources() -> list[Source]:
    """The corpus's training brands; descriptions stand among the examples."""
    return [
        Source(
            {name: [*texts, brand.about[name]] for name, texts in brand.examples.items()},
            [
                Asked(m.text, m.intent, TONES.index(m.tone), int(m.kind == "asks_person"))
                for m in brand.messages
            ],
        )
        for brand in brands("train")
    ]


def public_sources(data: Path) -> list[Source]:
    """Public sets, training parts only: each is one large brand."""
    found: list[Source] = []
    by_intent: dict[str, list[str]] = {}
    for language in ("fr-FR", "en-US", "es-ES", "de-DE"):
        for line in (data / "massive" / f"{language}.jsonl").read_text("utf-8").splitlines():
            row = json.loads(line)
            if row["partition"] == "train":
                by_intent.setdefault(row["intent"], []).append(row["utt"])
    found.append(_split(by_intent))
    for name, text, label, part in (
        ("clinc150/data_full.csv", "text", "label_name", "split"),
        ("hwu64/dnnc_train.csv", "text", "label_name", None),
    ):
        by_intent = {}
        with (data / name).open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                intent = row.get(label) or row.get("intent") or row["label"]
                if (part is None or row[part] == "train") and intent != "oos":
                    by_intent.setdefault(intent, []).append(row[text])
        found.append(_split(by_intent))
    return found


def _split(by_intent: Mapping[str, Sequence[str]]) -> Source:
    """Half of the texts teach, half ask."""
    asked = [Asked(text, name) for name, texts in by_intent.items() for text in texts[1::2]]
    return Source({name: texts[::2] for name, texts in by_intent.items()}, asked)


def episodes(own: Sequence[Source], public: Sequence[Source], seed: int) -> Iterator[Episode]:
    """Without end; the same seed gives the same episodes."""
    rng = random.Random(seed)
    by_subject = {id(source): _by_subject(source.asked) for source in (*own, *public)}
    while True:
        source = rng.choice(public if public and rng.random() < PUBLIC_SHARE else own)
        yield _episode(source, by_subject[id(source)], rng)


def _by_subject(asked: Sequence[Asked]) -> dict[str | None, list[Asked]]:
    found: dict[str | None, list[Asked]] = {}
    for one in asked:
        found.setdefault(one.subject, []).append(one)
    return found


def _episode(
    source: Source, by_subject: Mapping[str | None, Sequence[Asked]], rng: random.Random
) -> Episode:
    names = rng.sample(sorted(source.examples), min(SUBJECTS, len(source.examples)))
    kept = [name for name in names if rng.random() >= LEFT_OUT] or names[:2]
    support, owner = [], []
    for place, name in enumerate(kept):
        texts = source.examples[name]
        for text in rng.sample(list(texts), min(SUPPORT, len(texts))):
            support.append(text)
            owner.append(place)
    pool = [one for name in names for one in by_subject.get(name, ())]
    queries = rng.sample(pool, min(QUERIES * 2 // 3, len(pool)))
    foreign = by_subject.get(None, ())
    queries += rng.sample(list(foreign), min(QUERIES - len(queries), len(foreign)))
    place_of = {name: place for place, name in enumerate(kept)}
    target = [place_of.get(one.subject or "", len(kept)) for one in queries]
    return Episode(support, owner, queries, target, len(kept))


# -------------------------------------------------------------------------------- the student


class Student(nn.Module):
    """The encoder, and the small heads that exist only while it learns."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder
        self.bert = encoder._model
        self.scale = nn.Parameter(torch.tensor(3.0))
        self.none_at = nn.Parameter(torch.tensor(0.85))
        self.tone = nn.Linear(encoder.width, len(TONES))
        self.person = nn.Linear(encoder.width, 2)

    def vectors(self, texts: Sequence[str]) -> Tensor:
        """(texts, width), length 1, in the order given."""
        ids = [self.encoder.tokens(text) for text in texts]
        order = sorted(range(len(ids)), key=lambda place: len(ids[place]))
        mean = packed_bert.forward(self.bert, [ids[place] for place in order])
        back = torch.empty(len(order), dtype=torch.long)
        back[torch.tensor(order)] = torch.arange(len(order))
        return functional.normalize(mean.float(), dim=1)[back]

    def loss(self, episode: Episode) -> Tensor:
        asked = [one.text for one in episode.queries]
        both = self.vectors([*episode.support, *asked])
        support, queries = both[: len(episode.support)], both[len(episode.support) :]
        logits = self._subjects(support, queries, episode)
        none = (self.none_at * self.scale.exp()).expand(len(queries), 1)
        target = torch.tensor(episode.target)
        lost = functional.cross_entropy(
            torch.cat([logits, none], dim=1), target, label_smoothing=0.02
        )
        return lost + self._beside(queries, episode.queries)

    def _subjects(self, support: Tensor, queries: Tensor, episode: Episode) -> Tensor:
        """Nearness to a subject: half to the middle of its examples, half to the nearest ones."""
        owner = torch.tensor(episode.owner)
        member = functional.one_hot(owner, episode.subjects).float()
        middle = functional.normalize(member.t() @ support, dim=1)
        scale = self.scale.exp()
        near = scale * (queries @ support.t())
        apart = near[:, :, None].masked_fill(member[None] == 0, -1e9)
        nearest = torch.logsumexp(apart, dim=1) - member.sum(0).log()
        return 0.5 * scale * (queries @ middle.t()) + 0.5 * nearest

    def _beside(self, queries: Tensor, asked: Sequence[Asked]) -> Tensor:
        """What must stay readable in the same vector: tone, and asking for a person."""
        tones = torch.tensor([one.tone for one in asked])
        persons = torch.tensor([one.asks_person for one in asked])
        if bool((tones == NO_TONE).all()):
            return torch.zeros(())
        tone = functional.cross_entropy(self.tone(queries) * 8, tones)
        person = functional.cross_entropy(self.person(queries) * 8, persons)
        return TONE_WEIGHT * tone + PERSON_WEIGHT * person


def student(models: Path) -> Student:
    encoder = Encoder.load(models, exact=True, threads=torch.get_num_threads())
    encoder._model.train()
    for module in encoder._model.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.1
    for parameter in encoder._model.parameters():
        parameter.requires_grad_(False)
    for layer in encoder._model.encoder.layer[FROZEN_LAYERS:]:
        for parameter in layer.parameters():
            parameter.requires_grad_(True)
    return Student(encoder)


def learn(pupil: Student, every: Iterator[Episode], steps: int, work: Path) -> None:
    """Goes on from the checkpoint in ``work`` when there is one."""
    bert = [p for p in pupil.bert.parameters() if p.requires_grad]
    heads = [p for n, p in pupil.named_parameters() if not n.startswith("bert.")]
    groups = [{"params": bert, "lr": RATE}, {"params": heads, "lr": 3e-3, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, weight_decay=DECAY)
    warm = max(1, int(steps * WARM_UP))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda n: min((n + 1) / warm, max(0.02, (steps - n) / max(1, steps - warm)))
    )
    begun = _resume(pupil, optimizer, schedule, work)
    for _ in range(begun):
        next(every)
    smooth = None
    bar = tqdm(range(begun, steps), initial=begun, total=steps, desc="tuning")
    for step in bar:
        lost = pupil.loss(next(every))
        optimizer.zero_grad()
        lost.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_([*bert, *heads], CLIP)
        optimizer.step()
        schedule.step()
        smooth = lost.item() if smooth is None else 0.95 * smooth + 0.05 * lost.item()
        bar.set_postfix(loss=f"{smooth:.3f}")
        if (step + 1) % CHECKPOINT_EVERY == 0 or step + 1 == steps:
            _keep(pupil, optimizer, schedule, step + 1, work)


def _keep(pupil: Student, optimizer: Any, schedule: Any, step: int, work: Path) -> None:
    work.mkdir(parents=True, exist_ok=True)
    state = {
        "step": step,
        "pupil": pupil.state_dict(),
        "optimizer": optimizer.state_dict(),
        "schedule": schedule.state_dict(),
    }
    torch.save(state, work / "checkpoint.part")
    (work / "checkpoint.part").replace(work / "checkpoint.pt")


def _resume(pupil: Student, optimizer: Any, schedule: Any, work: Path) -> int:
    file = work / "checkpoint.pt"
    if not file.exists():
        return 0
    state = torch.load(file, weights_only=True)
    pupil.load_state_dict(state["pupil"])
    optimizer.load_state_dict(state["optimizer"])
    schedule.load_state_dict(state["schedule"])
    return int(state["step"])


# ----------------------------------------------------------------------------------- writing


def write(pupil: Student, models: Path, to: Path) -> None:
    """The tuned encoder in ``to``: matrices int8 with a scale per output, the rest as it was."""
    from safetensors.torch import load_file, save_file

    stored = load_file(models / "encoder.safetensors")
    tuned = packed_bert.unjoined(pupil.bert)
    kept: dict[str, Tensor] = {}
    for name, tensor in stored.items():
        stem, _, kind = name.rpartition(".")
        if stem.startswith("embeddings."):
            kept[name] = tensor
        elif kind in {"codes", "int8"}:
            kept[f"{stem}.int8"], kept[f"{stem}.scale"] = packed_bert.int8_rows(
                tuned[f"{stem}.weight"]
            )
        elif kind not in {"scales", "scale"}:
            kept[name] = tuned[name]
    to.mkdir(parents=True, exist_ok=True)
    for other in ("config.json", "tokenizer.json"):
        if to != models:
            (to / other).write_bytes((models / other).read_bytes())
    save_file({n: t.contiguous() for n, t in kept.items()}, to / "encoder.safetensors")
    record(to, ["encoder.safetensors", "config.json", "tokenizer.json"])


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    ask.add_argument("--data", type=Path, help="folder of the public sets (left out: own corpus)")
    ask.add_argument("--steps", type=int, default=500)
    ask.add_argument("--seed", type=int, default=7)
    ask.add_argument("--threads", type=int, default=2)
    ask.add_argument("--work", type=Path, default=Path("build/tune"))
    ask.add_argument("--models", type=Path, default=HERE)
    ask.add_argument("--to", type=Path, help="default: the work folder")
    given = ask.parse_args()
    torch.manual_seed(given.seed)
    torch.set_num_threads(given.threads)
    pupil = student(given.models)
    public = public_sources(given.data) if given.data else []
    began = time.monotonic()
    learn(pupil, episodes(own_sources(), public, given.seed), given.steps, given.work)
    write(pupil, given.models, given.to or given.work)
    print(f"written to {given.to or given.work} after {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
