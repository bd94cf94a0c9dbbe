"""Learns the tone from wording: which groups of letters and words go with which tone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import torch

from bot.model.softmax import Floats, Labels, balanced
from bot.model.wording import Wording, features, row

FEWEST = 5
"""Texts that a feature must stand in to be learned from."""
PENALTY = 1e-5
STEPS = 100


def learn_wording(
    texts: Sequence[str], labels: Labels, classes: int, telling: int | None = None
) -> Wording:
    """Softmax regression with an L2 penalty; classes count the same. Features are those of the
    first ``telling`` texts (None: of all)."""
    found = [features(text) for text in texts]
    counts = Counter(one for text in found for one in text)
    known = Counter(one for text in found[:telling] for one in text)
    ids = np.array(sorted(one for one, n in known.items() if n >= FEWEST), dtype=np.uint32)
    stands = np.array([counts[int(one)] for one in ids])
    rarity = (np.log((1 + len(texts)) / (1 + stands)) + 1).astype(np.float32)
    weight, bias = _fitted([row(one, ids, rarity) for one in found], labels, len(ids), classes)
    return Wording(ids, rarity, weight.astype(np.float16), bias)


def _fitted(
    rows: Sequence[tuple[Labels, Floats]], labels: Labels, width: int, classes: int
) -> tuple[Floats, Floats]:
    starts = torch.tensor(np.cumsum([0, *(len(place) for place, _ in rows[:-1])]))
    places = torch.from_numpy(np.concatenate([place for place, _ in rows]))
    values = torch.from_numpy(np.concatenate([value for _, value in rows]))
    targets = torch.from_numpy(labels)
    given = torch.from_numpy(balanced(labels, classes))
    weight = torch.zeros(width, classes, requires_grad=True)
    bias = torch.zeros(classes, requires_grad=True)
    optimiser = torch.optim.LBFGS([weight, bias], max_iter=STEPS, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        summed = torch.nn.functional.embedding_bag(
            places, weight, starts, mode="sum", per_sample_weights=values
        )
        each = torch.nn.functional.cross_entropy(summed + bias, targets, reduction="none")
        total = (each * given).mean() + PENALTY * (weight * weight).sum()
        total.backward()  # type: ignore[no-untyped-call]
        return total

    optimiser.step(loss)  # type: ignore[no-untyped-call]
    return weight.detach().numpy(), bias.detach().numpy()
