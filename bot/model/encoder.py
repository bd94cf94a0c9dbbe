"""Texts in, meanings out, of each whole and of its pieces: the small multilingual encoder.

torch and transformers are imported when an encoder is loaded, not before: they take seconds.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import ModelCorrupt, ModelFailed, ModelMissing, lacks_memory
from .found_words import Pieces

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from torch import Tensor
    from transformers.models.bert.modeling_bert import BertModel

Vectors = NDArray[np.float32]

WEIGHTS = "encoder.safetensors"
FILES = ("config.json", WEIGHTS, "tokenizer.json")
MORE_MEMORY = "There is too little memory to load it. Give the bot more and start it again."
MEND = "Take it again from the release or the repository, or build it: make encoder."
LONGEST = 128
"""Tokens read of one text, special ones included. Of a longer text its beginning and its end."""
BEGINNING = 80
LONGEST_CHARACTERS = 4096
"""What is cut into tokens at all; of a longer text its first and its last half of that."""
MARKS = (1, 1)
"""Tokens before and after the pieces of a text: <s> and </s>."""
MOST_TOKENS = 512
"""Tokens read in one pass: larger passes are not faster, and need more memory."""


class Encoder:
    """The encoder in memory. Call it from one thread at a time.

    ``fingerprint``: SHA-256 of the weights; heads trained on other weights do not fit.
    """

    def __init__(self, model: BertModel, tokenizer: Tokenizer, fingerprint: str) -> None:
        self._model = model
        self._tokenizer = tokenizer
        self.fingerprint = fingerprint

    @classmethod
    def load(cls, folder: Path, *, exact: bool = False, threads: int = 1) -> Encoder:
        """Check the files in ``folder`` against its manifest, then load them.

        ``exact``: float32 matrices as stored, instead of int8 where the processor has it.
        ``threads``: for torch, in this whole process; the rest of the bot needs the other cores.
        Raises ModelMissing, ModelCorrupt, or ModelFailed where there is too little memory.
        """
        sums = {name: check(folder, name) for name in FILES}
        import torch
        from safetensors.torch import load_file
        from tokenizers import Tokenizer

        from . import packed_bert

        torch.set_num_threads(threads)
        try:
            config = json.loads((folder / "config.json").read_text("utf-8"))
            tensors = load_file(folder / WEIGHTS)
            fast = packed_bert.has_fast_int8() and not exact
            model = packed_bert.build(config, tensors, int8=fast)
            tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        except Exception as error:
            if lacks_memory(error):
                raise ModelFailed(folder, MORE_MEMORY) from error
            why = f"The files do not make an encoder ({type(error).__name__}: {error})."
            raise ModelCorrupt(folder, f"{why} {MEND}") from error
        return cls(model, tokenizer, sums[WEIGHTS])

    def tokens(self, text: str) -> list[int]:
        """The token ids of a text as it is read, cut when too long."""
        if len(text) > LONGEST_CHARACTERS:
            half = LONGEST_CHARACTERS // 2
            text = f"{text[:half]} {text[-half:]}"
        # A lone surrogate cannot be written in UTF-8, which is what the tokenizer reads.
        text = text.encode("utf-8", "replace").decode("utf-8")
        ids: list[int] = self._tokenizer.encode(text).ids
        if len(ids) > LONGEST:
            ids = ids[:BEGINNING] + ids[BEGINNING - LONGEST :]
        return ids

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One vector per text, (texts, width), of length 1; close in meaning = close in angle.

        With int8 the vector of a text does not depend on the other texts, to the last bit.
        Raises ModelFailed when a vector is not finite.
        """
        vectors = np.zeros((len(texts), self.width), dtype=np.float32)
        for one in self._passes(texts):
            vectors[one.places] = one.vectors()
        return _finite(vectors)

    def read(self, texts: Sequence[str]) -> tuple[Vectors, list[Pieces]]:
        """The vectors that ``encode`` gives, and the pieces of each text beside them."""
        vectors = np.zeros((len(texts), self.width), dtype=np.float32)
        pieces: dict[int, Pieces] = {}
        for one in self._passes(texts):
            vectors[one.places] = one.vectors()
            pieces |= one.pieces()
        return _finite(vectors), [pieces[place] for place in range(len(texts))]

    def _passes(self, texts: Sequence[str]) -> Iterator[_Pass]:
        import torch

        from . import packed_bert

        ids = [self.tokens(text) for text in texts]
        for places in _batches(ids):
            read = [ids[place] for place in places]
            with torch.inference_mode():
                rows = packed_bert.read(self._model, read)
            yield _Pass(places, read, rows)

    @property
    def vocabulary(self) -> int:
        """Pieces that it knows."""
        return int(self._model.config.vocab_size)

    @property
    def width(self) -> int:
        """Numbers in a vector."""
        return int(self._model.config.hidden_size)


class _Pass(NamedTuple):
    """What is read at once: the places of its texts, their tokens, and the states of all tokens."""

    places: list[int]
    ids: list[list[int]]
    rows: Tensor

    def vectors(self) -> Vectors:
        from torch.nn.functional import normalize

        from . import packed_bert

        means = packed_bert.means(self.rows, [len(ids) for ids in self.ids])
        vectors: Vectors = normalize(means, dim=1).numpy()
        return vectors

    def pieces(self) -> dict[int, Pieces]:
        """Of each place. They are copies, so that one does not keep the whole pass in memory."""
        from torch.nn.functional import normalize

        from . import packed_bert

        codes, scale = (part.numpy() for part in packed_bert.int8_rows(normalize(self.rows, dim=1)))
        found, begin = {}, 0
        for place, ids in zip(self.places, self.ids, strict=True):
            inner = slice(begin + MARKS[0], begin + len(ids) - MARKS[1])
            inside = np.array(ids[MARKS[0] : len(ids) - MARKS[1]], dtype=np.int64)
            found[place] = Pieces(inside, codes[inner].copy(), scale[inner].copy())
            begin += len(ids)
        return found


def _finite(vectors: Vectors) -> Vectors:
    if not np.isfinite(vectors).all():
        raise ModelFailed("encoder", "A text gave a vector that is not a number.")
    return vectors


def _batches(ids: Sequence[Sequence[int]]) -> list[list[int]]:
    """The places of the texts, shortest first, in batches of at most MOST_TOKENS tokens."""
    batches: list[list[int]] = []
    room = 0
    for place in sorted(range(len(ids)), key=lambda place: len(ids[place])):
        if room < len(ids[place]):
            batches.append([])
            room = MOST_TOKENS
        batches[-1].append(place)
        room -= len(ids[place])
    return batches


def check(folder: Path, name: str) -> str:
    """The SHA-256 of a file of the model, which is the one in manifest.json, or an error."""
    file, manifest = folder / name, folder / "manifest.json"
    for needed in (manifest, file):
        if not needed.is_file():
            raise ModelMissing(needed, f"The file is missing. {MEND}")
    try:
        expected = json.loads(manifest.read_text("utf-8"))[name]
    except (ValueError, KeyError, TypeError) as error:
        raise ModelCorrupt(manifest, f"It does not name {name} and its SHA-256. {MEND}") from error
    with file.open("rb") as opened:
        found = hashlib.file_digest(opened, "sha256").hexdigest()
    if found != expected:
        what = f"The file is cut short or altered ({file.stat().st_size:,} bytes)."
        raise ModelCorrupt(file, f"{what} {MEND}")
    return found


def record(folder: Path, names: Sequence[str]) -> None:
    """Write the SHA-256 of these files of the model into manifest.json, beside what it names."""
    manifest = folder / "manifest.json"
    sums: dict[str, str] = json.loads(manifest.read_text("utf-8")) if manifest.exists() else {}
    for name in names:
        sums[name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    manifest.write_text(json.dumps(sums, indent=1, sort_keys=True) + "\n", "utf-8")
