"""The encoder as a file: float32 weights out of it, and tuned ones back into its shape."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path

from safetensors.torch import load_file, save_file
from torch import Tensor
from transformers.models.bert.modeling_bert import BertModel

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bot.model import packed_bert
from bot.model.encoder import WEIGHTS, record

BESIDE = ("config.json", "tokenizer.json")
EMBEDDINGS = "embeddings."
"""Never tuned: they stay as they are."""


def float_weights(models: Path) -> dict[str, Tensor]:
    """The matrices and biases of the layers in ``models``, float32, under BertModel's own names."""
    config = json.loads((models / "config.json").read_text("utf-8"))
    model = packed_bert.build(config, load_file(models / WEIGHTS), int8=False)
    weights = unjoined(model)
    return {name: weights[name] for name in weights if not name.startswith(EMBEDDINGS)}


def unjoined(model: BertModel) -> dict[str, Tensor]:
    """The float32 weights of a model built with ``int8`` False, under BertModel's own names."""
    weights: dict[str, Tensor] = {}
    for name, tensor in model.state_dict().items():
        if ".joined." not in name:
            weights[name] = tensor
            continue
        stem, kind = name.split(".joined.")
        for part, third in zip(("query", "key", "value"), tensor.chunk(3), strict=True):
            weights[f"{stem}.{part}.{kind}"] = third
    return weights


def store(weights: Mapping[str, Tensor], models: Path, to: Path) -> None:
    """Write ``weights`` into ``to``: matrices int8 with a scale per output. Embeddings, tokenizer
    and sizes stay as they are in ``models``."""
    kept: dict[str, Tensor] = {}
    for name, tensor in load_file(models / WEIGHTS).items():
        stem, _, kind = name.rpartition(".")
        if stem.startswith(EMBEDDINGS):
            kept[name] = tensor
        elif kind in {"codes", "int8"}:
            kept[f"{stem}.int8"], kept[f"{stem}.scale"] = packed_bert.int8_rows(
                weights[f"{stem}.weight"]
            )
        elif kind not in {"scales", "scale"}:
            kept[name] = weights[name]
    to.mkdir(parents=True, exist_ok=True)
    for other in BESIDE:
        if to != models:
            (to / other).write_bytes((models / other).read_bytes())
    save_file({n: t.contiguous() for n, t in kept.items()}, to / WEIGHTS)
    record(to, [WEIGHTS, *BESIDE])
