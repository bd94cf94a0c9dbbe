"""Softmax regression on vectors: fitted, cross-validated and calibrated in seconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Labels = NDArray[np.int64]

STRENGTHS = (1e-5, 3e-5, 1e-4, 3e-4)
"""L2 penalties tried; the right one depends on how many examples there are."""
STEPS = 60
"""Steps of LBFGS; the loss is convex and hardly moves after this many."""
TEMPERATURES = np.geomspace(0.2, 5.0, 81, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Softmax:
    """``weight`` (classes, width), ``bias`` (classes,), ``centre`` (width,): float32."""

    weight: Floats
    bias: Floats
    centre: Floats

    def logits(self, vectors: Floats) -> Floats:
        """(texts, width) -> (texts, classes)."""
        # Not one product for all rows: BLAS rounds differently for different numbers of rows.
        rows = [self.weight @ (vector - self.centre) + self.bias for vector in vectors]
        return np.array(rows, dtype=np.float32).reshape(len(vectors), len(self.bias))

    def probabilities(self, vectors: Floats) -> Floats:
        return softmax(self.logits(vectors))

    def cooled(self, temperature: float) -> Softmax:
        """The same choices, surer below a temperature of 1, less sure above."""
        warm = np.float32(temperature)
        return Softmax(self.weight / warm, self.bias / warm, self.centre)


@dataclass(frozen=True, slots=True)
class Tuned:
    """A calibrated head, and what it said of each example when it had not seen it."""

    head: Softmax
    strength: float
    temperature: float
    unseen_logits: Floats


def softmax(logits: Floats) -> Floats:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: Floats = powers / powers.sum(axis=1, keepdims=True)
    return shares


def balanced(labels: Labels, classes: int) -> Floats:
    """Weights under which every class counts the same, 1 on average."""
    counts = np.maximum(np.bincount(labels, minlength=classes), 1)
    weights: Floats = (len(labels) / (np.count_nonzero(counts) * counts[labels])).astype(np.float32)
    return weights


def fit(vectors: Floats, labels: Labels, classes: int, strength: float) -> Softmax:
    """Cross-entropy with an L2 penalty; every class counts the same."""
    import torch

    centre = vectors.mean(axis=0, dtype=np.float32)
    inputs, targets = torch.from_numpy(vectors - centre), torch.from_numpy(labels)
    given = torch.from_numpy(balanced(labels, classes))
    weight = torch.zeros(classes, vectors.shape[1], requires_grad=True)
    bias = torch.zeros(classes, requires_grad=True)
    optimiser = torch.optim.LBFGS([weight, bias], max_iter=STEPS, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        logits = inputs @ weight.T + bias
        each = torch.nn.functional.cross_entropy(logits, targets, reduction="none")
        total = (given * each).mean() + strength / 2 * (weight * weight).sum()
        total.backward()  # type: ignore[no-untyped-call]
        return total

    optimiser.step(loss)  # type: ignore[no-untyped-call]
    return Softmax(weight.detach().numpy(), bias.detach().numpy(), centre)


def folds(labels: Labels, count: int) -> Labels:
    """The fold of each example, 0 to count - 1; every class is spread evenly over the folds."""
    order = np.random.default_rng(0).permutation(len(labels))
    fold = np.empty(len(labels), dtype=np.int64)
    for label in np.unique(labels):
        members = order[labels[order] == label]
        fold[members] = (np.arange(len(members)) + label) % count
    return fold


def unseen(vectors: Floats, labels: Labels, classes: int, strength: float, fold: Labels) -> Floats:
    """The logits of each example by a head fitted on the other folds."""
    logits = np.empty((len(labels), classes), dtype=np.float32)
    for held in np.unique(fold):
        rest = fold != held
        head = fit(vectors[rest], labels[rest], classes, strength)
        logits[~rest] = (vectors[~rest] - head.centre) @ head.weight.T + head.bias
    return logits


def loss_of(logits: Floats, labels: Labels, weights: Floats) -> float:
    """Weighted mean of minus the log of the probability given to the right class."""
    chosen = softmax(logits)[np.arange(len(labels)), labels]
    return float(-(weights * np.log(np.maximum(chosen, 1e-12))).mean())


def temperature_of(logits: Floats, labels: Labels, weights: Floats) -> float:
    """The temperature under which unseen logits are least surprised by the labels."""
    losses = [loss_of(logits / warm, labels, weights) for warm in TEMPERATURES]
    return float(TEMPERATURES[int(np.argmin(losses))])


def tune(
    vectors: Floats,
    labels: Labels,
    classes: int,
    fold: Labels,
    strengths: Sequence[float] = STRENGTHS,
) -> Tuned:
    """Choose the penalty and the temperature by cross-validation, then fit on everything."""
    weights = balanced(labels, classes)
    best: tuple[float, float, float, Floats] | None = None
    for strength in strengths:
        logits = unseen(vectors, labels, classes, strength, fold)
        warm = temperature_of(logits, labels, weights)
        loss = loss_of(logits / np.float32(warm), labels, weights)
        if best is None or loss < best[0]:
            best = (loss, strength, warm, logits / np.float32(warm))
    assert best is not None, "no strengths to try"
    _, strength, warm, logits = best
    return Tuned(fit(vectors, labels, classes, strength).cooled(warm), strength, warm, logits)
