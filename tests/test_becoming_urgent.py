"""A case that waits for a person, or has one, and becomes urgent by what its customer writes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.answers import load_knowledge
from bot.app import Brain
from bot.config import EXAMPLE_BRAND, Settings
from bot.conversation import Priority, Reading, Tone
from bot.model import brain
from bot.risk import RiskRule
from bot.understand import LONGEST_READ, Understand

from .shop import Shop, open_shop, reader_of_the_shop
from .twins import goes_red, replaced

RISK = "ma fille est blessée, j'appelle mon avocat"
INSULT = "vous êtes des voleurs"


async def who_waits_is_hurt(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.with_staff(camille)
    before = await shop.case_of(camille, "waiting")
    assert before.priority is Priority.NORMAL and before.due_at is not None
    await camille.says(RISK)
    case = await shop.case_where(camille, lambda case: case.priority is Priority.URGENT)
    assert case.reason == "risk" and case.state == "waiting"
    assert case.due_at is not None and case.due_at < before.due_at
    await shop.until(lambda: any("Urgent maintenant" in (m.text or "") for m in shop.topic(thread)))
    brief = await shop.brief_of(camille)
    await shop.until(lambda: "URGENT" in (brief.text or "") and "blessée" in (brief.text or ""))
    said = len(shop.heard(camille))
    await camille.says("répondez, je suis à l'hôpital")
    await shop.quiet()
    assert await shop.events("made_urgent") == 1
    assert len(shop.heard(camille)) == said


async def test_who_waits_and_writes_of_danger_is_urgent_at_once(shop: Shop) -> None:
    await who_waits_is_hurt(shop)


async def staff_read_what_the_words_mean(folder: Path) -> None:
    """In the language of the desk, with the sentence that the brand wrote for its own words."""
    knowledge = load_knowledge(EXAMPLE_BRAND)
    bears = RiskRule("bears", {"": "Un ours : appeler Zoé au 5555."}, {"fr": ("ours",)}, {})
    knowledge = replace(knowledge, risk=(*knowledge.risk, bears))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(brain, "MODELS", folder / "no model")
        policy = brain.load(Settings(), knowledge, lambda *_: None).policy
    mind = Brain(reader_of_the_shop(), replace(policy, reply_at=0.9))
    async with open_shop(folder, knowledge=knowledge, brain=mind) as shop:
        camille = shop.customer()
        await camille.says("un ours a mangé la tente, ma fille est blessée")
        brief = (await shop.brief_of(camille)).text or ""
        assert "Quelqu’un est peut-être blessé, malade ou en danger." in brief
        assert "Un ours : appeler Zoé au 5555." in brief
        assert "safety" not in brief and "bears" not in brief


async def test_staff_read_what_the_words_mean(tmp_path: Path) -> None:
    await staff_read_what_the_words_mean(tmp_path)


async def test_without_their_meaning_staff_would_read_names_of_rules(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin."""
    monkeypatch.setattr(RiskRule, "told", lambda rule, _language: rule.mark)
    with pytest.raises(AssertionError):
        await staff_read_what_the_words_mean(tmp_path)


async def test_words_that_nobody_reads_while_they_wait_make_nothing_urgent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await goes_red(
        who_waits_is_hurt,
        replaced(Understand, "at_a_glance", lambda *_: Reading()),
        tmp_path,
        monkeypatch,
    )


async def test_an_insult_makes_urgent_who_waits_and_not_who_is_talked_to(shop: Shop) -> None:
    camille, jack = shop.customer(), shop.customer("Jack")
    await shop.with_staff(camille)
    await camille.says(INSULT)
    case = await shop.case_where(camille, lambda case: case.priority is Priority.URGENT)
    assert (case.reason, case.tone) == ("angry", Tone.ANGRY)
    await shop.claimed(jack)
    await jack.says(INSULT)
    await jack.says(RISK)
    case = await shop.case_where(jack, lambda case: case.priority is Priority.URGENT)
    assert case.reason == "risk" and case.owner_id == shop.agent.id
    assert await shop.events("made_urgent") == 2


async def threats_stand_at_the_end(shop: Shop) -> None:
    """Telegram's client cuts a long letter in two; the model reads its beginning, the rules all."""
    camille = shop.customer()
    await camille.says("bla " * (LONGEST_READ // 4 - 1))
    await camille.says(RISK)
    case = await shop.case_of(camille, "waiting")
    assert (case.reason, case.priority) == ("risk", Priority.URGENT)


async def test_a_threat_at_the_end_of_a_long_letter_is_found(shop: Shop) -> None:
    await threats_stand_at_the_end(shop)


async def test_a_letter_of_which_only_the_beginning_is_searched_is_calm(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Understand._marked

    def beginning(self: Understand, reading: Reading, text: str) -> Reading:
        return whole(self, reading, text[:LONGEST_READ])

    monkeypatch.setattr(Understand, "_marked", beginning)
    with pytest.raises(AssertionError):
        await threats_stand_at_the_end(shop)


def test_a_file_that_cannot_be_written_is_told_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "log.jsonl"
    log.write_text('{"t": 0, "customer_id": 1, "text": "bonjour"}\n', "utf-8")
    out = tmp_path / "missing" / "out.jsonl"
    assert main(["replay", str(log), "--out", str(out)]) == 1
    told = capsys.readouterr().err.strip().splitlines()
    assert told[-1].startswith(f"✗ {out}: ") and told[-1].endswith("the rights to it.")
