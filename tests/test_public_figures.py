"""Public sets become a knowledge folder and labelled messages, and are measured like any brand."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "models"))

import public_figures
from public_sets import SETS, write

from bot.answers import load_knowledge
from bot.evaluation.labelled import read_labelled


def _written(file: Path, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8", newline="") as opened:
        csv.writer(opened).writerows([heads, *rows])


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A few lines of each set, in the shape in which the sets are published."""
    folder = tmp_path / "data"
    train = [["Where is my card?", "card_arrival"], ["no card yet", "card_arrival"]]
    train += [["refund, please", "Refund_not_showing_up"], ["my refund?", "Refund_not_showing_up"]]
    test = [["card where", "card_arrival"], ["refund where", "Refund_not_showing_up"]]
    for name in ("train.csv", "dnnc_train_10.csv"):
        _written(folder / "banking77" / name, ["text", "intent"], train)
    for name in ("test.csv", "dnnc_test.csv"):
        _written(folder / "banking77" / name, ["text", "intent"], test)
    clinc = [[*row, "train", "in"] for row in train] + [[*row, "test", "in"] for row in test]
    clinc += [["who are you", "oos", "train", "oos"], ["is it raining", "oos", "test", "oos"]]
    _written(folder / "clinc150" / "data_full.csv", ["text", "intent", "split", "scope"], clinc)
    tweets = [["superbe idée", "positive"], ["j'adore", "positive"], ["quelle horreur", "negative"]]
    tweets += [["c'est nul", "negative"], ["une réunion", "neutral"], ["un rapport", "neutral"]]
    french = [[*row, split] for split in ("train", "test") for row in tweets]
    _written(folder / "xlmt_sentiment" / "french.csv", ["text", "label", "split"], french)
    lines = [
        {"partition": split, "intent": intent, "utt": text}
        for split, rows in (("train", [*train, *train[:1]]), ("dev", train), ("test", test))
        for text, intent in rows
    ]
    (folder / "massive").mkdir()
    for locale in ("fr-FR", "en-US"):
        text = "\n".join(json.dumps(line) for line in lines)
        (folder / "massive" / f"{locale}.jsonl").write_text(text, "utf-8")
    return folder


@pytest.mark.parametrize("name", SETS)
def test_a_set_becomes_what_a_brand_would_bring(name: str, data: Path, tmp_path: Path) -> None:
    """Only training texts teach; every test text is a message, under a subject there is."""
    folder = tmp_path / "work" / name
    write(name, data, folder)
    knowledge = load_knowledge(folder / "knowledge")
    messages = read_labelled(folder / "messages.jsonl", knowledge.subjects)
    asked = SETS[name](data)
    assert [m.text for m in messages] == [text for text, _ in asked.test]
    taught = {t for s in knowledge.subjects.values() for ts in s.examples.values() for t in ts}
    assert taught == {text for text, _ in asked.train}
    assert {m.lang for m in messages} == {asked.language} == set(knowledge.brand.languages)


def test_out_of_scope_is_asked_and_never_taught(data: Path, tmp_path: Path) -> None:
    write("clinc150", data, tmp_path / "clinc")
    knowledge = load_knowledge(tmp_path / "clinc" / "knowledge")
    messages = read_labelled(tmp_path / "clinc" / "messages.jsonl", knowledge.subjects)
    assert "oos" not in knowledge.subjects
    assert [m.text for m in messages if not m.covered] == ["is it raining"]


def test_the_table_holds_what_the_command_found(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    work = tmp_path / "work"
    public_figures.main(["--data", str(data), "--work", str(work), "xlmt-fr"])
    found = json.loads((work / "xlmt-fr" / "found.json").read_text("utf-8"))
    here = f"{100 * found['summary']['all']['macro_f1']:.1f}"
    assert f"| xlmt-fr | macro F1 | {here} | XLM-T 72.0 |" in capsys.readouterr().out
    assert (work / "xlmt-fr" / "page.html").stat().st_size > 1000


def test_a_set_that_is_not_there_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        public_figures.main(["--data", "nowhere", "snips"])
    assert "banking77-full" in capsys.readouterr().err
