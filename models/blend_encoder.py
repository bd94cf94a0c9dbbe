"""Pulls a tuned encoder part of the way back to another one, weight by weight.

    python models/blend_encoder.py --share 0.8 --to build/blend [--tuned …] [--other …]

What is tuned long learns its own brands by heart: between the tuned weights and those it came
from there often lies an encoder that reads brands it has never seen better than either (Wortsman
et al. 2022, "Robust fine-tuning of zero-shot models", arXiv:2109.01903). Which share is best is
chosen on dev. Tune on from there, or train heads for it (make heads).
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

from stored_encoder import float_weights, store
from torch import Tensor

HERE = Path(__file__).parent


def blended(
    tuned: Mapping[str, Tensor], other: Mapping[str, Tensor], share: float
) -> dict[str, Tensor]:
    """``share`` of the tuned weights and the rest of the other's. Raises ValueError when they are
    not weights of the same shape."""
    shapes = [{name: tuple(w.shape) for name, w in one.items()} for one in (tuned, other)]
    if shapes[0] != shapes[1]:
        raise ValueError("The two encoders differ in their layers or sizes.")
    return {name: share * weight + (1 - share) * other[name] for name, weight in tuned.items()}


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    ask.add_argument("--share", type=float, required=True, help="of the tuned weights")
    ask.add_argument("--tuned", type=Path, default=HERE)
    ask.add_argument("--other", type=Path, default=Path("build/base"))
    ask.add_argument("--to", type=Path, required=True, help="not where one of the two lies")
    given = ask.parse_args()
    weights = blended(float_weights(given.tuned), float_weights(given.other), given.share)
    store(weights, given.tuned, given.to)
    print(f"{given.share:g} of {given.tuned}, the rest of {given.other}: written to {given.to}")


if __name__ == "__main__":
    main()
