"""Tunes the encoder on episodes: which subject of this brand, if any?

    python models/tune_encoder.py [--data FOLDER] [--steps 950] [--models build/base] [--to models]

Episodes (episodes.py) over the corpus's training brands and public sets (sources.py): a message
must be nearer to its subject than to any other, as a whole and word by word, and near to nothing
when the brand does not cover it. Beside it, its tone, its language and whether it asks for a person
must stay readable. Checkpoints lie in the work folder: run again after an interruption and it goes
on; with other steps, seed, weights or texts it refuses to. Writes encoder.safetensors: tuned
matrices in int8, embeddings 4-bit as they were.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional
from tqdm import tqdm

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from episodes import LANGUAGES, NOBODY_SAID, TONES, Asked, Episode, Source, episodes
from sources import own_sources, public_sources, toned, without_tests
from stored_encoder import store, unjoined

from bot.model import packed_bert
from bot.model.encoder import MARKS, Encoder

HERE = Path(__file__).parent
FROZEN_LAYERS = 3
RATE, WARM_UP, DECAY = 1e-4, 0.06, 0.01
CLIP = 1.0
TONE_WEIGHT, PERSON_WEIGHT, LANGUAGE_WEIGHT = 0.4, 0.2, 0.15
CHECKPOINT, CHECKPOINT_EVERY = "checkpoint.pt", 50


# -------------------------------------------------------------------------------- the student


class Read(NamedTuple):
    """``whole`` (texts, width), length 1. ``words`` (texts, longest, width), each of length 1 or
    zero; ``weight`` (texts, longest): how much each word matters, sums to 1."""

    whole: Tensor
    words: Tensor
    weight: Tensor


class Student(nn.Module):
    """The encoder, and the small heads that exist only while it learns.

    ``weigher``: how much a word of a message matters when its words are looked for in an example.
    """

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder
        self.bert = encoder._model
        self.scales = nn.Parameter(torch.tensor([2.3, 2.3, 2.3]))
        self.none_at = nn.Parameter(torch.tensor([0.85, 0.85]))
        self.weigher = nn.Linear(encoder.width, 1)
        nn.init.zeros_(self.weigher.weight)
        self.tone = nn.Linear(encoder.width, len(TONES))
        self.person = nn.Linear(encoder.width, 2)
        self.language = nn.Linear(encoder.width, len(LANGUAGES))

    def read(self, texts: Sequence[str]) -> Read:
        """In the order given."""
        ids = [self.encoder.tokens(text) for text in texts]
        order = sorted(range(len(ids)), key=lambda place: len(ids[place]))
        lengths = [len(ids[place]) for place in order]
        states = packed_bert.hidden(self.bert, [ids[place] for place in order]).float()
        back = torch.empty(len(order), dtype=torch.long)
        back[torch.tensor(order)] = torch.arange(len(order))
        each = torch.split(states, lengths)
        whole = functional.normalize(torch.stack([one.mean(0) for one in each]), dim=1)
        inner = [one[MARKS[0] : len(one) - MARKS[1]] for one in each]
        words = nn.utils.rnn.pad_sequence(inner, batch_first=True)
        there = words.abs().sum(-1) > 0
        weight = self.weigher(words)[..., 0].masked_fill(~there, -1e9).softmax(dim=1) * there
        return Read(whole[back], functional.normalize(words, dim=-1)[back], weight[back])

    def loss(self, episode: Episode) -> Tensor:
        asked = [one.text for one in episode.queries]
        every = self.read([*episode.support, *asked, *(one.text for one in episode.beside)])
        n, m = len(episode.support), len(episode.support) + len(asked)
        support, queries = (Read(*(part[a:b] for part in every)) for a, b in ((0, n), (n, m)))
        near, late = self._subjects(support, queries, episode)
        target = torch.tensor(episode.target)
        scale = self.scales.exp()
        none = [
            (at * by).expand(len(asked), 1)
            for at, by in zip(self.none_at, (scale[:2].sum(), scale.sum()), strict=True)
        ]
        lost = 0.5 * _surprise(near, none[0], target) + _surprise(near + late, none[1], target)
        return lost + self._beside(every.whole[n:], [*episode.queries, *episode.beside])

    def _subjects(self, support: Read, queries: Read, episode: Episode) -> tuple[Tensor, Tensor]:
        """(queries, subjects) twice: nearness as a whole (half to the middle of the examples, half
        to the nearest ones), and how well the words of a message are found in an example."""
        member = functional.one_hot(torch.tensor(episode.owner), episode.subjects).float()
        middle = functional.normalize(member.t() @ support.whole, dim=1)
        scale = self.scales.exp()
        alike = queries.whole @ support.whole.t()
        found = torch.einsum("qtw,snw->qtsn", queries.words, support.words).amax(-1)
        found = torch.einsum("qts,qt->qs", found, queries.weight)
        near = scale[0] * (queries.whole @ middle.t()) + _nearest(scale[1] * alike, member)
        return near, _nearest(scale[2] * found, member)

    def _beside(self, vectors: Tensor, asked: Sequence[Asked]) -> Tensor:
        """What must stay readable in the same vector: tone, asking for a person, language."""
        lost = torch.zeros(())
        for head, weight, labels in (
            (self.tone, TONE_WEIGHT, [one.tone for one in asked]),
            (self.person, PERSON_WEIGHT, [one.asks_person for one in asked]),
            (self.language, LANGUAGE_WEIGHT, [one.language for one in asked]),
        ):
            said = torch.tensor(labels)
            if (said != NOBODY_SAID).any():
                lost = lost + weight * functional.cross_entropy(
                    head(vectors) * 8, said, ignore_index=NOBODY_SAID
                )
        return lost


def _surprise(subjects: Tensor, none: Tensor, target: Tensor) -> Tensor:
    logits = torch.cat([subjects, none], dim=1)
    return functional.cross_entropy(logits, target, label_smoothing=0.02)


def _nearest(near: Tensor, member: Tensor) -> Tensor:
    """A soft maximum over the examples of each subject: (queries, subjects)."""
    apart = near[:, :, None].masked_fill(member[None] == 0, -1e9)
    return torch.logsumexp(apart, dim=1) - member.sum(0).log()


def student(models: Path) -> Student:
    encoder = Encoder.load(models, exact=True, threads=torch.get_num_threads())
    for parameter in encoder._model.parameters():
        parameter.requires_grad_(False)
    for layer in encoder._model.encoder.layer[FROZEN_LAYERS:]:
        for parameter in layer.parameters():
            parameter.requires_grad_(True)
    return Student(encoder)


def learn(
    pupil: Student, drawn: Callable[[int], Iterator[Episode]], steps: int, work: Path, run: str
) -> None:
    """Goes on from the checkpoint in ``work`` when there is one. ``drawn``: episodes from n on.

    ``run``: what tells this run from another. Raises SystemExit for a checkpoint of another one.
    """
    bert = [p for p in pupil.bert.parameters() if p.requires_grad]
    heads = [p for n, p in pupil.named_parameters() if not n.startswith("bert.")]
    groups = [{"params": bert, "lr": RATE}, {"params": heads, "lr": 3e-3, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, weight_decay=DECAY)
    warm = max(1, int(steps * WARM_UP))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda n: min((n + 1) / warm, max(0.02, (steps - n) / max(1, steps - warm)))
    )
    begun = _resume(pupil, optimizer, schedule, work, run)
    pupil.train()  # with dropout (in attention there is none): less is learned by heart
    every = drawn(begun)
    smooth = None
    bar = tqdm(range(begun, steps), initial=begun, total=steps, desc="tuning")
    for step in bar:
        with torch.autocast("cpu", dtype=torch.bfloat16):
            lost = pupil.loss(next(every))
        optimizer.zero_grad()
        lost.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_([*bert, *heads], CLIP)
        optimizer.step()
        schedule.step()
        smooth = lost.item() if smooth is None else 0.95 * smooth + 0.05 * lost.item()
        bar.set_postfix(loss=f"{smooth:.3f}")
        if (step + 1) % CHECKPOINT_EVERY == 0 or step + 1 == steps:
            _keep(pupil, optimizer, schedule, step + 1, work, run)


def run_of(given: argparse.Namespace, sources: Sequence[Source]) -> str:
    """Whatever else is learned from, or with, is another run."""
    weights = sha256((given.models / "encoder.safetensors").read_bytes()).hexdigest()
    return sha256(repr((given.steps, given.seed, weights, sources)).encode()).hexdigest()


def _keep(pupil: Student, optimizer: Any, schedule: Any, step: int, work: Path, run: str) -> None:
    work.mkdir(parents=True, exist_ok=True)
    state = {
        "run": run,
        "step": step,
        "pupil": pupil.state_dict(),
        "optimizer": optimizer.state_dict(),
        "schedule": schedule.state_dict(),
        "dice": torch.get_rng_state(),
    }
    torch.save(state, work / "checkpoint.part")
    (work / "checkpoint.part").replace(work / CHECKPOINT)


def _resume(pupil: Student, optimizer: Any, schedule: Any, work: Path, run: str) -> int:
    file = work / CHECKPOINT
    if not file.exists():
        return 0
    state = torch.load(file, weights_only=True)
    if state.get("run") != run:
        sys.exit(f"{file} is of a run with other steps, seed, weights or texts. Remove it.")
    pupil.load_state_dict(state["pupil"])
    optimizer.load_state_dict(state["optimizer"])
    schedule.load_state_dict(state["schedule"])
    torch.set_rng_state(state["dice"])
    return int(state["step"])


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    ask.add_argument("--data", type=Path, help="folder of the public sets (left out: own corpus)")
    ask.add_argument("--steps", type=int, default=950)
    ask.add_argument("--seed", type=int, default=7)
    ask.add_argument("--threads", type=int, default=2)
    ask.add_argument("--work", type=Path, default=Path("build/tune"))
    ask.add_argument("--models", type=Path, default=Path("build/base"), help="tuned from")
    ask.add_argument("--to", type=Path, default=HERE)
    given = ask.parse_args()
    torch.manual_seed(given.seed)
    torch.set_num_threads(given.threads)
    pupil = student(given.models)
    own = own_sources()
    public = public_sources(given.data) if given.data else []
    clean, beside, out = without_tests([*own, *public], toned(), given.data)
    own, public = clean[: len(own)], clean[len(own) :]
    print(f"{len(out)} texts left out: they repeat, or nearly, a test text")
    began = time.monotonic()
    run = run_of(given, [*own, *public])
    drawn = partial(episodes, own, public, beside, given.seed)
    learn(pupil, drawn, given.steps, given.work, run)
    store(unjoined(pupil.bert), given.models, given.to)
    (given.work / CHECKPOINT).unlink()  # it is finished: the next run begins anew
    print(f"written to {given.to} after {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
