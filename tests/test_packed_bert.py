"""The packed encoder: the quick way gives what BertModel gives, whatever is read beside a text."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from bot.model import packed_bert
from bot.model.encoder import Encoder

MODELS = Path(__file__).parent.parent / "models"
sys.path.insert(0, str(MODELS))

from corpus import brands  # noqa: E402


@pytest.fixture(scope="module")
def texts() -> list[str]:
    return [message.text for message in brands("test")[0].messages[:64]]


@pytest.mark.parametrize("exact", [False, True])
def test_reading_gives_what_bert_gives_to_the_last_bit(texts: list[str], exact: bool) -> None:
    encoder = Encoder.load(MODELS, exact=exact)
    ids = sorted((encoder.tokens(text) for text in texts[:12]), key=len)
    for batch in (ids, ids[:1], [ids[-1]] * 3):
        with torch.inference_mode():
            quick = packed_bert.read(encoder._model, batch)
            through_bert = packed_bert.hidden(encoder._model, batch)
        assert torch.equal(quick, through_bert)


@pytest.mark.skipif(not packed_bert.has_fast_int8(), reason="float32 products are not exact")
@pytest.mark.parametrize("batch", [1, 2, 8, 32])
def test_a_vector_is_the_same_bits_however_many_are_read_at_a_time(
    texts: list[str], batch: int
) -> None:
    encoder = Encoder.load(MODELS)
    whole = encoder.encode(texts)
    parts = [encoder.encode(texts[at : at + batch]) for at in range(0, len(texts), batch)]
    assert np.array_equal(np.concatenate(parts), whole)
