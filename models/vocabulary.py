"""Which pieces of the multilingual vocabulary stay: those that text in our six languages uses.

A piece stays when a frequent word (as written, Capitalised, without accents, after a hyphen or an
elision, in CAPITALS for the most frequent) is cut into it by the whole vocabulary; when it is
itself such a word in any writing; when it is short and Latin; or when it is a number, sign or
emoji. What is lost falls to smaller pieces; other scripts become <unk>.
"""

from __future__ import annotations

import gzip
import importlib
import json
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

LANGUAGES = ("fr", "en", "es", "de", "pt", "it")
ELIDING = ("fr", "it")
SPECIALS = 4
"""<s>, <pad>, </s> and <unk> come first and stay; <mask> is not needed."""
LONGEST_LATIN = 3
"""Latin pieces of at most this many letters stay: misspellings and short forms fall to them."""
LONGEST_SIGN = 4
"""Numbers and signs of at most this many characters stay."""

JsonTokenizer = dict[str, Any]


def read_words(source: Path, count: int) -> dict[str, list[str]]:
    """The ``count`` most frequent words of each language, from wordfreq's unpacked wheel."""
    sys.path.insert(0, str(source))
    unpack = importlib.import_module("msgpack").unpackb
    words = {}
    for language in LANGUAGES:
        path = source / "wordfreq" / "data" / f"large_{language}.msgpack.gz"
        _, *bins = unpack(gzip.decompress(path.read_bytes()), raw=False)
        words[language] = [word for equally_frequent in bins for word in equally_frequent][:count]
    return words


def cut(
    original: JsonTokenizer, words: Mapping[str, Sequence[str]]
) -> tuple[JsonTokenizer, list[int]]:
    """The tokenizer with fewer pieces, and the old id of each piece that stayed, in order."""
    pieces: list[tuple[str, float]] = original["model"]["vocab"]
    used = _used(Tokenizer.from_str(json.dumps(original)), words)
    known = {
        form.casefold()
        for of_language in words.values()
        for w in of_language
        for form in (w, plain(w))
    }
    kept = list(range(SPECIALS))
    for old, (piece, _) in enumerate(pieces[:-1]):
        body = piece.lstrip("▁")
        wanted = old in used or _short(body) or body.casefold() in known or len(set(body)) == 1
        if old >= SPECIALS and wanted and all(map(_our_script, piece)):
            kept.append(old)
    model = {**original["model"], "vocab": [pieces[old] for old in kept]}
    return {**original, "model": model, "added_tokens": original["added_tokens"][:SPECIALS]}, kept


def resegmented(whole: Tokenizer, ours: Tokenizer, texts: Sequence[str]) -> tuple[int, int, int]:
    """(pieces by the whole vocabulary, how many of them ours has not, texts cut differently)."""
    before = [e.tokens for e in whole.encode_batch(texts, add_special_tokens=False)]
    after = [e.tokens for e in ours.encode_batch(texts, add_special_tokens=False)]
    pairs = list(zip(before, after, strict=True))
    lost = sum((Counter(b) - Counter(a)).total() for b, a in pairs)
    return sum(map(len, before)), lost, sum(b != a for b, a in pairs)


def plain(word: str) -> str:
    """The word without accents, as many customers type it."""
    decomposed = unicodedata.normalize("NFD", word)
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def _used(tokenizer: Tokenizer, words: Mapping[str, Sequence[str]]) -> set[int]:
    used: set[int] = set()
    for language, of_language in words.items():
        forms = sorted(set(_forms(language, of_language)))
        for encoding in tokenizer.encode_batch(forms, add_special_tokens=False):
            used.update(encoding.ids)
    return used


def _forms(language: str, words: Iterable[str]) -> Iterator[str]:
    """The writings of each word that customers are likely to use; fewer for the rarer words."""
    frequent = list(words)
    for rank, word in enumerate(frequent):
        yield from (word, word.capitalize(), plain(word))
        if language in ELIDING and rank < len(frequent) // 2 and plain(word)[:1] in "aeiouh":
            yield f"l'{word}"
        if rank < len(frequent) // 4:
            yield f"-{word}"
        if rank < len(frequent) // 8:
            yield word.upper()


def _short(body: str) -> bool:
    longest = LONGEST_LATIN if any(c.isalpha() for c in body) else LONGEST_SIGN
    return len(body) <= longest


def _our_script(character: str) -> bool:
    if character == "▁" or character.isascii():
        return True
    if unicodedata.name(character, "").startswith("LATIN"):
        return True
    category = unicodedata.category(character)
    return category[0] in "PSZ" or category in {"Cf", "Mn"}
