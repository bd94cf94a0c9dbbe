"""BertModel without padding and with int8 matrices: the same answer whatever is read beside it.

The tokens of all texts of a batch lie one after the other in one row, ``(1, tokens, width)``.
Everything in BERT works on each token by itself, except attention, which here is done text by
text. Matrices are int8 with one scale per output; what comes in is made int8 with one scale per
token. Products of int8 are exact, so a text's vector does not depend on its neighbours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers.models.bert.configuration_bert import BertConfig
from transformers.models.bert.modeling_bert import BertModel

LARGEST = 127
"""Largest int8 code used, on both sides of zero."""
SMALLEST_SCALE = 1e-12
"""A token of nothing but zeros still has a scale."""


def has_fast_int8() -> bool:
    """True where the processor multiplies int8 in hardware (AVX-512 VNNI); it is slow elsewhere."""
    return bool(torch.cpu._is_vnni_supported())


def build(config: Mapping[str, Any], tensors: Mapping[str, Tensor], *, int8: bool) -> BertModel:
    """The model of ``config`` with the weights of models/encoder.safetensors.

    ``int8`` False keeps its matrices in float32, exactly as stored. Raises KeyError, TypeError
    or RuntimeError when the weights do not fit the configuration.
    """
    words = "embeddings.word_embeddings"
    with torch.device("meta"):
        model = BertModel(BertConfig(**config), add_pooling_layer=False)
    rows = StoredRows(tensors[f"{words}.codes"], tensors[f"{words}.scales"])
    model.embeddings.word_embeddings = rows
    weights = {}
    for name, tensor in tensors.items():
        stem, _, kind = name.rpartition(".")
        if stem == words or kind not in {"codes", "scales", "int8", "scale"}:
            weights[name] = tensor
        elif kind == "codes":
            weights[f"{stem}.weight"] = unpacked(tensor, tensors[f"{stem}.scales"])
        elif kind == "int8":
            weights[f"{stem}.weight"] = tensor.float() * tensors[f"{stem}.scale"][:, None]
    model.load_state_dict(weights, strict=True, assign=True)
    matrix = Int8Linear if int8 else nn.Identity
    for layer in model.encoder.layer:
        attention = layer.attention
        attention.self = TextByText(attention.self, matrix)
        for owner in (attention.output, layer.intermediate, layer.output):
            owner.dense = matrix(owner.dense) if int8 else owner.dense
    return model.eval()


def means(rows: Tensor, lengths: Sequence[int]) -> Tensor:
    """(tokens, width), text after text -> the mean of each text, (texts, width)."""
    return torch.cat([block.mean(dim=1) for block in of_equal_length(rows, lengths)])


def hidden(model: BertModel, texts: Sequence[Sequence[int]]) -> Tensor:
    """The last hidden state of every token, text after text: (tokens, width). ``texts``: token ids.

    Texts of equal length must lie side by side. Through BertModel, as tuning needs it: with its
    dropout and gradients.
    """
    lengths = [len(text) for text in texts]
    ids = torch.tensor([[token for text in texts for token in text]])
    positions = torch.cat([torch.arange(length) for length in lengths])[None]
    states: Tensor = model(
        input_ids=ids,
        position_ids=positions,
        token_type_ids=torch.zeros_like(ids),
        lengths=lengths,
    ).last_hidden_state
    return states[0]


def read(model: BertModel, texts: Sequence[Sequence[int]]) -> Tensor:
    """What ``hidden`` gives, to the last bit, without the steps that only learning needs.

    BertModel's own way from layer to layer costs a fifth of the time of a short text. Call it in
    ``torch.inference_mode`` on a model in ``eval`` mode.
    """
    lengths = [len(text) for text in texts]
    hidden: Tensor = _embedded(model.embeddings, texts)
    for layer in model.encoder.layer:
        attention, out = layer.attention, layer.output
        mixed = attention.output.dense(attention.self.mixed(hidden, lengths))
        hidden = attention.output.LayerNorm(mixed.add_(hidden))
        inner = functional.gelu(layer.intermediate.dense(hidden))
        hidden = out.LayerNorm(out.dense(inner).add_(hidden))
    return hidden


def _embedded(embeddings: Any, texts: Sequence[Sequence[int]]) -> Tensor:
    """What the first layer reads, (tokens, width)."""
    words = embeddings.word_embeddings(torch.tensor([token for text in texts for token in text]))
    places = embeddings.position_embeddings.weight
    beside = torch.cat([places[: len(text)] for text in texts])
    summed = words + embeddings.token_type_embeddings.weight[0] + beside
    rows: Tensor = embeddings.LayerNorm(summed)
    return rows


def of_equal_length(rows: Tensor, lengths: Sequence[int]) -> list[Tensor]:
    """Cut (tokens, width) into blocks (texts, length, width), one per run of equal lengths."""
    if len(set(lengths)) == 1:
        return [rows.view(len(lengths), lengths[0], -1)]
    runs = [(length, len(list(run))) for length, run in groupby(lengths)]
    blocks = torch.split(rows, [length * count for length, count in runs])
    return [
        block.view(count, length, -1) for block, (length, count) in zip(blocks, runs, strict=True)
    ]


def unpacked(codes: Tensor, scales: Tensor) -> Tensor:
    """4-bit codes (rows, blocks, 16) and float16 scales (rows, blocks) -> float32 (rows, width).

    Byte j of a block holds weight j in its low nibble and weight j + 16 in its high nibble.
    """
    nibbles = torch.cat([codes & 15, codes >> 4], dim=-1)
    return ((nibbles.float() - 8) * scales.float()[..., None]).flatten(1)


def int8_rows(weight: Tensor) -> tuple[Tensor, Tensor]:
    """float32 (outputs, inputs) -> int8 codes of that shape, and a scale per output."""
    scale = weight.abs().amax(dim=1).clamp_min(SMALLEST_SCALE) / LARGEST
    return (weight / scale[:, None]).round().to(torch.int8), scale


class StoredRows(nn.Module):
    """An embedding that stays 4-bit in memory: only the rows looked up are unpacked."""

    codes: Tensor
    scales: Tensor

    def __init__(self, codes: Tensor, scales: Tensor) -> None:
        super().__init__()
        self.register_buffer("codes", codes)
        self.register_buffer("scales", scales)

    def forward(self, ids: Tensor) -> Tensor:
        flat = ids.flatten()
        return unpacked(self.codes[flat], self.scales[flat]).view(*ids.shape, -1)


class Int8Linear(nn.Module):
    """A Linear in int8: one scale per output, and one per row of what comes in."""

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        weight, bias = linear.weight.detach(), linear.bias.detach()
        codes, self.scale = int8_rows(weight)
        self.codes, self.bias = codes.t(), bias

    def forward(self, rows: Tensor) -> Tensor:
        flat = rows.flatten(0, -2)
        scale = flat.abs().amax(dim=1, keepdim=True).clamp_min_(SMALLEST_SCALE).div_(LARGEST)
        codes = (flat / scale).round_().to(torch.int8)
        product = torch._int_mm(codes, self.codes).float()
        return product.mul_(scale).mul_(self.scale).add_(self.bias).view(*rows.shape[:-1], -1)


class TextByText(nn.Module):
    """BERT's attention within each text of a packed row; query, key and value in one product."""

    def __init__(self, attention: Any, matrix: type[nn.Module]) -> None:
        super().__init__()
        parts = (attention.query, attention.key, attention.value)
        joined = nn.Linear(1, 1)
        joined.weight = nn.Parameter(torch.cat([part.weight for part in parts]).detach())
        joined.bias = nn.Parameter(torch.cat([part.bias for part in parts]).detach())
        self.joined = joined if matrix is nn.Identity else matrix(joined)
        self.heads: int = attention.num_attention_heads

    def forward(
        self, hidden_states: Tensor, *_: Any, lengths: Sequence[int], **__: Any
    ) -> tuple[Tensor, None]:
        return self.mixed(hidden_states[0], lengths)[None], None

    def mixed(self, rows: Tensor, lengths: Sequence[int]) -> Tensor:
        """(tokens, width) -> the same shape: each token as the tokens of its text make it."""
        seen = []
        for block in of_equal_length(self.joined(rows), lengths):
            texts, length, _width = block.shape
            split = block.view(texts, length, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
            query, key, value = split.unbind()
            mixed = functional.scaled_dot_product_attention(query, key, value)
            seen.append(mixed.transpose(1, 2).reshape(texts * length, -1))
        return seen[0] if len(seen) == 1 else torch.cat(seen)
