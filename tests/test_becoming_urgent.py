"""A case that waits for a person, or has one, and becomes urgent by what its customer writes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.answers import load_knowledge
from bot.config import EXAMPLE_BRAND, Settings
from bot.conversation import Policy, Priority, Reading, Tone
from bot.customer import CustomerSide
from bot.incoming import Side
from bot.model import brain
from bot.reader import Brain
from bot.risk import RiskRule
from bot.route import Route
from bot.sandbox import Person
from bot.store.inbox import Inbox
from bot.understand import LONGEST_READ, Understand

from .reader import DESPAIR
from .shop import QUICK, RESOLVE, Shop, open_shop, reader_of_the_shop
from .twins import Story, goes_red, nothing, replaced

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
    assert shop.events("made_urgent") == 1
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
    def at_a_glance_and_later(patch: pytest.MonkeyPatch) -> None:
        patch.setattr(Understand, "at_a_glance", lambda *_: Reading())
        patch.setattr(CustomerSide, "listened", nothing)

    await goes_red(who_waits_is_hurt, at_a_glance_and_later, tmp_path, monkeypatch)


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
    assert shop.events("made_urgent") == 2


async def who_was_angry_is_hurt(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.with_staff(camille, INSULT)
    assert (await shop.case_of(camille, "waiting")).reason == "angry"
    for _ in range(2):  # the second time nothing new is told
        await camille.says(RISK)
        await shop.case_where(camille, lambda case: case.reason == "risk")
        await shop.quiet()
    told = [m.text or "" for m in shop.topic(thread) if "Urgent maintenant" in (m.text or "")]
    assert len(told) == 1 and "blessé" in told[0]


async def test_danger_is_told_though_the_case_is_urgent_for_anger(shop: Shop) -> None:
    await who_was_angry_is_hurt(shop)


# ------------------------------------------------------- danger that only the model hears


async def is_urgent_by_the_model(shop: Shop, person: Person) -> None:
    """The case, its topic and its card say so; the customer, who has a person, is told nothing."""
    case = await shop.case_where(person, lambda case: case.priority is Priority.URGENT)
    assert case.reason == "risk" and case.state.with_staff
    assert case.thread_id is not None
    told = "Urgent maintenant. À risque, selon le modèle"
    await shop.until(lambda: any(told in (m.text or "") for m in shop.topic(case.thread_id or 0)))
    brief = await shop.brief_of(person)
    await shop.until(lambda: "URGENT" in (brief.text or "") and DESPAIR in (brief.text or ""))
    await shop.quiet()
    assert shop.events("made_urgent") == 1


async def who_waits_despairs(shop: Shop) -> None:
    camille = shop.customer()
    await shop.with_staff(camille)
    said = len(shop.heard(camille))
    await camille.says(f"bon, {DESPAIR}")
    await is_urgent_by_the_model(shop, camille)
    await camille.says(DESPAIR)
    await shop.quiet()
    assert shop.events("made_urgent") == 1
    assert len(shop.heard(camille)) == said


async def who_is_talked_to_despairs(shop: Shop) -> None:
    camille = shop.customer()
    await shop.claimed(camille)
    await camille.says(DESPAIR)
    await is_urgent_by_the_model(shop, camille)


async def words_are_changed_to_despair(shop: Shop) -> None:
    camille = shop.customer()
    await shop.claimed(camille)
    words = await camille.says("tout va bien")
    await shop.staff_see("tout va bien")
    await camille.edits(words, DESPAIR)
    await is_urgent_by_the_model(shop, camille)


HEARD_BY_THE_MODEL = [who_waits_despairs, who_is_talked_to_despairs, words_are_changed_to_despair]


@pytest.mark.parametrize("story", HEARD_BY_THE_MODEL)
async def test_danger_that_no_list_knows_is_heard_whoever_has_the_case(
    shop: Shop, story: Story
) -> None:
    await story(shop)


@pytest.mark.parametrize("story", HEARD_BY_THE_MODEL)
async def test_where_only_lists_listen_danger_rings_no_bell(
    story: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await goes_red(story, replaced(CustomerSide, "listened", nothing), tmp_path, monkeypatch)


async def words_arrive_while_the_model_hears_them(slow_shop: Shop) -> None:
    """They are with people at once, and so are the next ones; the alarm comes when it has heard."""
    shop, camille = slow_shop, slow_shop.customer()
    await shop.claimed(camille)
    shop.reader.go.clear()
    asked = len(shop.reader.asked)
    await camille.says(DESPAIR)
    await shop.staff_see(DESPAIR)
    await shop.until(lambda: len(shop.reader.asked) > asked)
    await camille.says("vous êtes là?")
    await shop.staff_see("vous êtes là?")
    assert (await shop.case_of(camille)).priority is Priority.NORMAL
    shop.reader.go.set()
    await is_urgent_by_the_model(shop, camille)


async def test_words_arrive_while_the_model_hears_them(slow_shop: Shop) -> None:
    await words_arrive_while_the_model_hears_them(slow_shop)


async def test_words_that_wait_for_the_model_would_come_late(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: they are read first, as words that the bot may answer."""

    def nobody(*_: object) -> bool:
        return False

    story = words_arrive_while_the_model_hears_them
    stayed = replaced(Route, "held", nobody)
    await goes_red(story, stayed, tmp_path, monkeypatch, "staff_see")


async def the_program_dies_before_it_has_heard(slow_shop: Shop, folder: Path) -> None:
    shop, camille = slow_shop, slow_shop.customer()
    await shop.claimed(camille)
    shop.reader.go.clear()
    asked = len(shop.reader.asked)
    await camille.says(DESPAIR)
    carried = "SELECT 1 FROM outbox WHERE purpose = 'relay' AND state = 'sent'"
    await shop.until(lambda: shop.rows(carried) and len(shop.reader.asked) > asked)
    await shop.dies()
    shop.reader.go.set()
    settings = replace(shop.settings, answers=QUICK)
    async with open_shop(folder, sandbox=shop.sandbox, settings=settings) as again:
        again.patience = shop.patience
        await is_urgent_by_the_model(again, camille)
        seen = [m for m in again.in_topics() if m.text == DESPAIR]
        assert len(seen) == 1, "its words were carried twice"


async def test_danger_is_heard_by_the_next_run_if_this_one_dies(
    slow_shop: Shop, tmp_path: Path
) -> None:
    await the_program_dies_before_it_has_heard(slow_shop, tmp_path)


async def test_danger_that_is_not_kept_until_it_is_heard_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: what people have is done with, whether the model has heard it or not."""
    whole = Inbox.open_conversations

    def of_the_bot(inbox: Inbox) -> list[str]:
        return [one for one in whole(inbox) if not one.startswith(Side.LISTENED)]

    sabotage = replaced(Inbox, "open_conversations", of_the_bot)
    story = the_program_dies_before_it_has_heard
    await goes_red(story, sabotage, tmp_path, monkeypatch, "is_urgent_by_the_model")


async def test_without_a_model_words_arrive_and_lists_listen(tmp_path: Path) -> None:
    async with open_shop(tmp_path, brain=Brain(None, Policy(), "no model")) as shop:
        camille = shop.customer()
        await shop.claimed(camille)
        await camille.says(DESPAIR)
        await shop.staff_see(DESPAIR)
        await shop.quiet()
        assert (await shop.case_of(camille)).priority is Priority.NORMAL
        await camille.says(RISK)
        case = await shop.case_where(camille, lambda case: case.priority is Priority.URGENT)
        told = "Urgent maintenant. At risk: "
        await shop.until(
            lambda: any(told in (m.text or "") for m in shop.topic(case.thread_id or 0))
        )


async def test_anger_that_only_the_model_hears_is_for_people_to_read(shop: Shop) -> None:
    camille = shop.customer()
    await shop.with_staff(camille)
    await camille.says("grr, toujours rien")
    await shop.quiet()
    assert any("grr, toujours rien" in text for text in shop.reader.asked)
    assert (await shop.case_of(camille)).priority is Priority.NORMAL
    assert not shop.rows("SELECT 1 FROM inbox WHERE body <> '' OR conversation LIKE 'h:%'")


async def test_a_case_that_is_closed_before_danger_is_heard_stays_closed(slow_shop: Shop) -> None:
    """Who closed it had the words before them."""
    shop, camille = slow_shop, slow_shop.customer()
    await shop.claimed(camille)
    brief = await shop.brief_of(camille)
    shop.reader.go.clear()
    await camille.says(DESPAIR)
    await shop.staff_see(DESPAIR)
    await shop.agent.presses(brief, RESOLVE)
    await shop.case_of(camille, "closed")
    shop.reader.go.set()
    await shop.quiet()
    assert (await shop.case_of(camille)).state == "closed"
    assert not shop.events("made_urgent")


async def test_what_cannot_be_heard_is_set_aside_and_the_chat_goes_on(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(CustomerSide, "listened", fails)
    camille = shop.customer()
    await shop.claimed(camille)
    await camille.says(DESPAIR)
    await shop.until(lambda: shop.rows("SELECT 1 FROM inbox WHERE state = 'poison'"))
    await camille.says("vous êtes là?")
    await shop.staff_see("vous êtes là?")


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
