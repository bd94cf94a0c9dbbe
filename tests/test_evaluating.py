"""An evaluation says what the bot would do with labelled messages, and how right that is."""

from __future__ import annotations

import asyncio
import json
import re
import stat
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import sync_playwright

from bot import decide
from bot.__main__ import main
from bot.answers import Knowledge, load_knowledge
from bot.config import EXAMPLE_BRAND, Settings
from bot.conversation import Clarify, Decision, Policy, Tone
from bot.errors import ConfigError, ModelMissing
from bot.evaluation import evaluate as step
from bot.evaluation import labelled
from bot.evaluation.labelled import Labelled, read_labelled
from bot.evaluation.measures import Point
from bot.evaluation.page import page
from bot.evaluation.report import told
from bot.evaluation.results import Confusion, Evaluation, Few
from bot.evaluation.words import mends, percent
from bot.reader import Brain

from .reader import ScriptedReader
from .shop import reader_of_the_shop
from .test_sandbox_page import QUIET, chromium

SHOP = load_knowledge(EXAMPLE_BRAND)

MESSAGES = [
    Labelled("right", "vous êtes ouvert?", "store-hours", "fr", Tone.CALM, "answer"),
    Labelled("also right", "how long does it take", "delivery-delay", "en", Tone.CALM, "answer"),
    Labelled("wrong", "la livraison est lente", "delivery-delay", "fr", Tone.ANNOYED, "answer"),
    Labelled("torn", "un retour, ou la livraison?", "return-policy", "fr", None, "either"),
    Labelled("angry", "grr le délai", "delivery-delay", "fr", Tone.ANGRY, "human"),
    Labelled(
        "cold anger", "votre délai est une honte", "delivery-delay", "fr", Tone.ANGRY, "human"
    ),
    Labelled("foreign", "mon chien", None, "fr", Tone.CALM, "human"),
    Labelled("near miss", "is your heart open", None, "en", Tone.CALM, "human"),
    Labelled("hello", "bonjour", None, "fr", None, "clarify"),
]
"""Scripted: 0.96 for one known word, 0.48 each for two, nothing otherwise."""


async def evaluated(
    messages: Sequence[Labelled] = MESSAGES,
    reader: ScriptedReader | None = None,
    knowledge: Knowledge = SHOP,
) -> Evaluation:
    policy = Policy(reply_at=0.9, answerable=frozenset(knowledge.subjects), desk_language="fr")
    mind = Brain(reader or reader_of_the_shop(), policy)
    return await step.evaluate(Settings(), knowledge, mind, messages)


async def test_each_message_gets_the_action_that_the_bot_would_take() -> None:
    found = await evaluated()
    assert {str(r.message.id): r.action for r in found.results} == {
        "right": "answer",
        "also right": "answer",
        "wrong": "answer",
        "torn": "clarify",
        "angry": "human",
        "cold anger": "answer",
        "foreign": "human",
        "near miss": "answer",
        "hello": "clarify",
    }
    assert all(r.why for r in found.results)


async def test_the_figures_are_those_worked_out_by_hand() -> None:
    every = (await evaluated()).summary.all
    assert (every.messages, every.covered) == (9, 6)
    # "torn" is as near to delivery-cost, which comes first by name: not right. Nor is "wrong".
    assert every.accuracy == pytest.approx(4 / 6)
    assert every.coverage == pytest.approx(4 / 6)
    assert every.wrong_share == pytest.approx(2 / 5)
    # Covered at 0.96 five times and 0.48 once; uncovered at 0.96, 0 and 0:
    # 5 x (0.5 + 1 + 1) + 1 x (0 + 1 + 1), of 18 pairs.
    assert every.auroc == pytest.approx((5 * 2.5 + 2) / 18)
    assert every.actions == {"answer": 5 / 9, "clarify": 2 / 9, "human": 2 / 9}
    # F1: store-hours 1, delivery-delay 2 x 3 / (4 + 3), return-policy 0, delivery-cost 0.
    assert every.macro_f1 == pytest.approx((1 + 6 / 7) / 4)
    assert every.possible == 0.0


async def test_who_is_asked_back_finds_their_subject_among_the_buttons() -> None:
    found = await evaluated()
    offered = {str(r.message.id): r.choices for r in found.results if r.choices}
    assert offered == {"torn": ("delivery-cost", "return-policy")}
    assert found.summary.all.offered == 1.0


async def test_who_does_not_find_it_there_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: one button less."""
    given = decide._near_subjects

    def near(*asked: Any) -> Decision | None:
        found = given(*asked)
        return replace(found, subjects=found.subjects[:1]) if isinstance(found, Clarify) else found

    monkeypatch.setattr(decide, "_near_subjects", near)
    assert (await evaluated()).summary.all.offered == 0.0


async def test_the_curve_the_rule_and_the_calibration_are_those_worked_out_by_hand() -> None:
    summary = (await evaluated()).summary
    # From 0.96: six messages, four right. From 0.48: seven. From 0: all nine.
    assert summary.curve == [
        Point(0.96, 5 / 6, 2 / 6),
        Point(0.48, 1.0, 3 / 7),
        Point(0.0, 1.0, 5 / 9),
    ]
    assert summary.at_threshold.covered_right == pytest.approx(4 / 6)
    assert summary.at_threshold.uncovered_found == pytest.approx(2 / 3)
    assert summary.calibration_error == pytest.approx((6 * (0.96 - 4 / 6) + 0.48) / 9)


async def test_languages_and_tones_are_counted_apart() -> None:
    summary = (await evaluated()).summary
    assert {lang: one.messages for lang, one in summary.languages.items()} == {"en": 2, "fr": 7}
    assert summary.languages["en"].accuracy == 1.0
    assert set(summary.tone) == {"all", "en", "fr"}
    assert summary.tone["fr"].angry_found == 0.5
    assert summary.tone["fr"].calm_flagged == 0.0
    assert summary.tone["all"].read["angry"] == {"calm": 1, "annoyed": 0, "angry": 1}
    assert summary.tone["en"].angry_found is None


async def test_what_must_be_done_is_compared_with_what_was() -> None:
    must = (await evaluated()).summary.must
    assert must.agreed == pytest.approx(7 / 9)
    assert [broken.id for broken in must.broken] == ["cold anger", "near miss"]
    assert must.done["human"] == {"answer": 2, "clarify": 0, "human": 2}


async def test_confused_subjects_come_with_their_sentences_and_a_mend() -> None:
    [delay, returns] = (await evaluated()).summary.confusions
    assert delay.subjects == ("delivery-cost", "delivery-delay")
    assert [(way.subject, way.times, way.of) for way in delay.misread] == [("delivery-delay", 1, 4)]
    assert delay.misread[0].texts[0].text == "la livraison est lente"
    assert (delay.advice, delay.add_to) == ("add", ["delivery-delay"])
    assert returns.subjects == ("delivery-cost", "return-policy")


async def test_subjects_with_one_answer_are_better_joined() -> None:
    subjects = dict(SHOP.subjects)
    answers = subjects["delivery-cost"].answers
    subjects["delivery-delay"] = replace(subjects["delivery-delay"], answers=answers)
    found = await evaluated(knowledge=replace(SHOP, subjects=subjects))
    assert found.summary.confusions[0].advice == "merge"


async def test_subjects_torn_both_ways_need_contrast() -> None:
    both = [
        Labelled(n, "la livraison", subject) for n, subject in enumerate(["delivery-delay"] * 3)
    ] + [Labelled(n, "le délai", "delivery-cost") for n in range(3)]
    [pair] = (await evaluated(both)).summary.confusions
    assert (pair.advice, pair.times) == ("contrast", 6)
    assert sorted(pair.add_to) == ["delivery-cost", "delivery-delay"]


@pytest.mark.parametrize(
    ("desk", "told"),
    [
        ("fr", "hours\N{NO-BREAK SPACE}: exemples en français, 1 seulement."),
        ("en", "hours: examples in French, only 1."),
    ],
)
def test_a_subject_with_one_example_is_told_so_in_words(desk: str, told: str) -> None:
    pair = Confusion(("hours", "cost"), 1, [], "add", ["hours"], [Few("hours", "fr", 1)])
    assert mends(desk, pair)[-1] == told


def test_a_share_is_written_as_its_language_writes_it() -> None:
    assert percent("en", 0.9231) == "92.3%"
    assert percent("fr", 0.9231) == "92,3\N{NO-BREAK SPACE}%"


async def test_near_misses_that_were_answered_are_shown_with_the_subject_that_drew_them() -> None:
    [stray] = (await evaluated()).summary.strays
    assert (stray.subject, stray.answered) == ("store-hours", 1)
    assert stray.texts[0].id == "near miss"


async def test_one_shuffled_label_lowers_the_accuracy() -> None:
    """The twin: the same messages, with the labels of two of them exchanged."""
    first, second, *rest = MESSAGES
    shuffled = [replace(first, intent=second.intent), replace(second, intent=first.intent), *rest]
    straight, crooked = await evaluated(), await evaluated(shuffled)
    assert straight.summary.all.accuracy == pytest.approx(4 / 6)
    assert crooked.summary.all.accuracy == pytest.approx(2 / 6)


async def test_the_order_of_the_file_changes_no_figure() -> None:
    there, back = await evaluated(), await evaluated(MESSAGES[::-1])
    assert there.summary.all == back.summary.all
    assert there.summary.curve == back.summary.curve
    assert [r.line() for r in there.results] == [r.line() for r in back.results[::-1]]


async def test_every_figure_can_be_had_again_from_the_results() -> None:
    """What is written is what was counted: nothing is measured on numbers nobody sees."""
    found = json.loads((await evaluated()).as_json())
    lines = {line["id"]: line for line in found["results"]}
    answered = [m for m in MESSAGES if lines[m.id]["action"] == "answer"]
    wrong = [m for m in answered if lines[m.id]["subject"] != m.intent]
    assert found["summary"]["all"]["wrong_share"] == pytest.approx(len(wrong) / len(answered))


async def test_texts_that_break_others_are_handled() -> None:
    """Empty, half a surrogate pair, bidi, zalgo, markup, gibberish: a result, never an answer."""
    texts = ["", " \n ", "\ud800", "\u202eabc", "Z\u0351\u036b\u0343" * 50, "<b>&", "x" * 9000]
    odd = [Labelled(f"{n}\ud800", text, None) for n, text in enumerate(texts)]
    found = await evaluated(odd)
    assert {r.action for r in found.results} <= {"clarify", "human"}
    as_json = found.as_json()
    assert len(json.loads(as_json)["results"]) == len(texts)
    as_json.encode("utf-8")
    page(found.summary, "fr").encode("utf-8")


async def test_at_a_terminal_a_message_is_only_its_words() -> None:
    """Half a surrogate pair, and what would move the cursor or change the colours."""
    odd = [Labelled(1, "vous êtes ouvert? \ud83d\x1b[31m\u202e", None)]
    at_terminal = told((await evaluated(odd)).summary)
    assert "“vous êtes ouvert? [31m”" in at_terminal
    at_terminal.encode("utf-8")


async def test_at_a_terminal_the_figures_fit_in_eighty_columns() -> None:
    languages = [replace(MESSAGES[0], lang=code) for code in ("de", "es", "it", "pt", "nl", "da")]
    lines = told((await evaluated([*MESSAGES, *languages])).summary).splitlines()
    assert max(map(len, lines)) <= 80
    heads = [line.split() for line in lines if line.startswith(" " * 18)]
    assert heads == [["all", "da", "de", "en", "es", "fr"], ["it", "nl", "pt"]]
    assert any(line.split() == ["right", "subject", *["100.0%"] * 3] for line in lines)


async def test_what_cannot_be_measured_is_not_said_to_be_a_dash() -> None:
    uncovered = [one for one in MESSAGES if one.intent is None]
    summary = (await evaluated(uncovered)).summary
    assert "–." not in told(summary) and "– of" not in told(summary)
    for desk, nothing in (("fr", "rien ici ne permet"), ("en", "nothing here to measure")):
        html = re.sub("<[^>]+>", " ", page(summary, desk))
        assert not re.search("– +(des|du|of|messages)|: –", html)
        assert html.count(nothing) == 3  # of four tiles


async def test_a_share_of_comparisons_is_not_also_times_in_a_hundred() -> None:
    html = page((await evaluated()).summary, "fr")
    assert "fois sur 100, un message" not in html and "des comparaisons\xa0: le message" in html


def test_the_page_fits_a_small_window_and_its_pictures_are_read_on_a_phone(
    tmp_path: Path,
) -> None:
    file = tmp_path / "page.html"
    file.write_text(page(asyncio.run(evaluated()).summary, "fr"), "utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=QUIET)
        window = browser.new_page(viewport={"width": 1200, "height": 800})
        window.goto(file.as_uri())
        fits = "tables => tables.every(one => one.scrollWidth <= one.clientWidth)"
        assert window.locator(".scroll").evaluate_all(fits)
        window.set_viewport_size({"width": 390, "height": 844})
        drawn = "labels => labels.map(one => one.getBoundingClientRect().height)"
        assert min(window.locator("svg text").evaluate_all(drawn)) >= 10
        stays = """table => { table.parentNode.scrollLeft = 200;
          return table.querySelector("tbody th").getBoundingClientRect().left >= 0; }"""
        assert window.locator("table").nth(2).evaluate(stays)
        inside = """labels => labels.every(one => {
          const [text, picture] = [one, one.closest("svg")].map(n => n.getBoundingClientRect());
          return text.left >= picture.left - 1 && text.right <= picture.right + 1;
        })"""
        assert window.locator("svg text").evaluate_all(inside)
        browser.close()


async def test_without_a_model_nothing_is_measured() -> None:
    mind = Brain(None, Policy(), "encoder.safetensors: the file is missing.")
    with pytest.raises(ModelMissing, match="the file is missing"):
        await step.evaluate(Settings(), SHOP, mind, MESSAGES)


# ------------------------------------------------------------------------------- the file


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("not json", "is not JSON"),
        ("[1]", "is not an object"),
        ('{"text": "a", "intent": null}', '"id"'),
        ('{"id": true, "text": "a", "intent": null}', '"id"'),
        ('{"id": 1, "text": 5, "intent": null}', '"text"'),
        ('{"id": 1, "text": "a"}', '"intent"'),
        ('{"id": 1, "text": "a", "intent": 5}', '"intent"'),
        ('{"id": 1, "text": "a", "intent": "store-hour"}', "Did you mean “store-hours”?"),
        ('{"id": 1, "text": "a", "intent": null, "tone": "furious"}', "calm, annoyed, angry"),
        ('{"id": 1, "text": "a", "intent": null, "must": "reply"}', "answer, clarify, human"),
        ('{"id": 1, "text": "a", "intent": null, "lang": 3}', '"lang"'),
    ],
)
def test_a_bad_line_is_named_with_its_number_and_its_mend(
    line: str, says: str, tmp_path: Path
) -> None:
    file = tmp_path / "messages.jsonl"
    file.write_text('{"id": 1, "text": "a", "intent": null}\n\n' + line, "utf-8")
    with pytest.raises(ConfigError) as caught:
        read_labelled(file, SHOP.subjects)
    [problem] = caught.value.problems
    assert problem.place == f"{file}:3"
    assert says in str(problem)
    assert problem.mend


def test_a_file_of_a_thousand_bad_lines_is_told_in_a_few(tmp_path: Path) -> None:
    file = tmp_path / "messages.jsonl"
    file.write_text("nothing\n" * 1000, "utf-8")
    with pytest.raises(ConfigError) as caught:
        read_labelled(file, SHOP.subjects)
    assert len(caught.value.problems) == 21
    assert "980 more" in str(caught.value.problems[-1])


@pytest.mark.parametrize("content", ["", "\n\n"])
def test_a_file_without_messages_is_told(content: str, tmp_path: Path) -> None:
    file = tmp_path / "messages.jsonl"
    file.write_text(content, "utf-8")
    with pytest.raises(ConfigError, match="holds no message"):
        read_labelled(file, SHOP.subjects)
    with pytest.raises(ConfigError, match="Name a JSONL file"):
        read_labelled(tmp_path / "nowhere.jsonl", SHOP.subjects)


def test_a_subject_is_found_under_the_name_it_had_before_it_was_brought_in(tmp_path: Path) -> None:
    file = tmp_path / "messages.jsonl"
    file.write_text('\ufeff{"id": 1, "text": "a", "intent": "Store Hours", "kind": "x"}', "utf-8")
    assert read_labelled(file, SHOP.subjects)[0].intent == "store-hours"


def a_name_that_two_subjects_may_have_had_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "messages.jsonl"
    file.write_text('{"id": 1, "text": "a", "intent": "Store hours!"}', "utf-8")
    subjects = ["store-hours", "store-hours-2", "store-hours-and-more"]
    with pytest.raises(ConfigError) as caught:
        read_labelled(file, subjects)
    [problem] = caught.value.problems
    assert problem.mend == "Write store-hours or store-hours-2: import-knowledge said which it is."
    file.write_text('{"id": 1, "text": "a", "intent": "store-hours"}', "utf-8")
    assert read_labelled(file, subjects)[0].intent == "store-hours"


def test_a_name_that_two_subjects_may_have_had_is_refused(tmp_path: Path) -> None:
    """Counted under the wrong one, the figures would be wrong and nobody would know."""
    a_name_that_two_subjects_may_have_had_is_refused(tmp_path)


def test_without_looking_for_siblings_the_first_of_them_would_be_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin."""
    monkeypatch.setattr(labelled, "siblings", lambda *_: [])
    with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"):
        a_name_that_two_subjects_may_have_had_is_refused(tmp_path)


# ------------------------------------------------------------------------------ the command


BRAND = 'name = "Nord"\nlanguages = ["fr", "en"]\n'
SUBJECTS = {
    "hours": ["quelles sont vos heures", "when do you open", "ouvert dimanche?", "open late?"],
    "parking": ["où se stationner", "where can I park", "le parking est payant?", "free parking?"],
    "refund": ["je veux être remboursé", "I want my money back", "un remboursement svp", "refund?"],
}


@pytest.fixture
def brand(tmp_path: Path) -> Path:
    """A small brand's folder, and messages.jsonl beside it."""
    folder = tmp_path / "nord"
    (folder / "subjects").mkdir(parents=True)
    (folder / "brand.toml").write_text(BRAND, "utf-8")
    for name, (one, two, three, four) in SUBJECTS.items():
        text = f'name = "{name}"\n[examples]\nfr = ["{one}", "{three}"]\nen = ["{two}", "{four}"]\n'
        text += f'[answer]\nfr = "À propos : {name}."\nen = "About {name}."\n'
        (folder / "subjects" / f"{name}.toml").write_text(text, "utf-8")
    lines: list[dict[str, Any]] = [
        {"id": "a", "text": "vous ouvrez à quelle heure", "lang": "fr", "intent": "hours"},
        {"id": "b", "text": "is there a parking lot", "lang": "en", "intent": "parking"},
        {"id": "c", "text": "qui a gagné le match hier", "lang": "fr", "intent": None},
        {"id": 4, "text": "bande de voleurs, remboursez-moi", "intent": "refund", "tone": "angry"},
    ]
    text = "\n".join(json.dumps(line) for line in lines)
    (tmp_path / "messages.jsonl").write_text(text, "utf-8")
    return folder


def test_json_is_one_document_with_a_result_for_each_message(
    brand: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """And the same, to the last byte, when it is asked again."""
    monkeypatch.chdir(tmp_path)
    typed = ["evaluate", str(brand), "--messages", "messages.jsonl", "--json"]
    assert main(typed) == 0
    once = capsys.readouterr().out
    found = json.loads(once)
    assert set(found) == {"results", "summary"}
    assert [line["id"] for line in found["results"]] == ["a", "b", "c", 4]
    for line in found["results"]:
        assert line["action"] in ("answer", "clarify", "human")
        assert line["subject"] in SUBJECTS
        assert set(line["tone_probability"]) == {"calm", "annoyed", "angry"}
        assert sum(line["tone_probability"].values()) == pytest.approx(1, abs=1e-4)
        assert isinstance(line["asks_human"], bool)
        assert line["why"]
    assert main(typed) == 0
    assert capsys.readouterr().out == once


def test_at_a_terminal_it_reads_as_a_page_and_html_is_written_beside(
    brand: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "nord.html"
    typed = ["evaluate", str(brand), "--messages", "messages.jsonl", "--html", str(file)]
    assert main(typed) == 0
    assert "Nord · messages: 4 · covered: 3" in capsys.readouterr().out
    assert "<svg" in file.read_text("utf-8")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600  # it quotes what customers wrote


def test_a_bad_file_is_told_before_anything_is_learned(
    brand: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(step, "learned", lambda *_: pytest.fail("learned for nothing"))
    (tmp_path / "messages.jsonl").write_text('{"id": 1}', "utf-8")
    assert main(["evaluate", str(brand), "--messages", "messages.jsonl", "--json"]) == 1
    said = capsys.readouterr()
    assert (said.out, "messages.jsonl:1" in said.err) == ("", True)
