"""After the closing: how it went, in one tap; and a case that is taken up again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot import delivery
from bot.clock import SystemClock
from bot.conversation import (
    UNKNOWN,
    Case,
    Failure,
    HandOver,
    Person,
    Policy,
    Priority,
    Rating,
    Reading,
    Reply,
    Score,
    SmallTalk,
    State,
    StayQuiet,
    Tone,
)
from bot.customers.closing import after_closing, is_comment
from bot.incoming import Media, Turn, Wrote
from bot.sandbox import Fault
from bot.sandbox import Person as Human

from .shop import HELPED, PERSON, QUICK, RELEASE, RESOLVE, Shop, afternoon, open_shop
from .twins import goes_red, replaced

GOOD, FAIR, BAD = "👍", "😐", "👎"
DAY = 86400.0


class Calendar(SystemClock):
    """The system's clock, moved on by as many seconds as a story needs."""

    def __init__(self) -> None:
        super().__init__(afternoon)
        self.later = 0.0

    def now(self) -> float:
        return super().now() + self.later

    async def sleep_until(self, moment: float) -> None:
        await super().sleep_until(moment - self.later)


async def resolved(shop: Shop, name: str = "Camille") -> tuple[Human, int]:
    """A customer whose case Noémie claimed and resolved; returns them and the topic."""
    camille = shop.customer(name)
    thread = await shop.claimed(camille)
    await shop.agent.presses(await shop.brief_of(camille), RESOLVE)
    await shop.hears(camille, "Comment ça s’est passé?")
    await shop.until(lambda: shop.staff.topics[thread].closed)
    return camille, thread


# ------------------------------------------------------------------------------- how it went


async def test_whoever_is_resolved_is_asked_how_it_went_in_one_tap(shop: Shop) -> None:
    camille, _ = await resolved(shop)
    asked = await shop.hears(camille, "Comment ça s’est passé?")
    assert "considère votre demande comme réglée" in (asked.text or "")
    assert asked.buttons == [GOOD, FAIR, BAD]
    await camille.presses(asked, GOOD)
    await shop.until(lambda: "Un mot à ajouter?" in (asked.text or "") and not asked.buttons)
    assert shop.rows("SELECT case_id, score, comment_ref FROM ratings") == [(1, "good", None)]
    await shop.recorded("rated", camille)


async def test_staff_see_the_rating_on_the_card(shop: Shop) -> None:
    camille, thread = await resolved(shop)
    brief = next(m for m in shop.topic(thread) if "#1 ·" in (m.text or ""))
    await camille.presses(await shop.hears(camille, "Comment"), FAIR)
    await shop.until(lambda: "Client : [😐]" in (brief.text or ""))


async def test_a_second_tap_changes_nothing(shop: Shop) -> None:
    camille, _ = await resolved(shop)
    asked = await shop.hears(camille, "Comment")
    good, bad = asked.keyboard[0][0]["callback_data"], asked.keyboard[0][2]["callback_data"]
    shop.sandbox.world.press(asked, camille.user, good)
    shop.sandbox.world.press(asked, camille.user, bad)
    await shop.until(lambda: any("déjà compté" in told for told in shop.toasts()))
    assert shop.rows("SELECT score FROM ratings") == [("good",)]


async def test_only_the_customer_of_the_case_rates_it(shop: Shop) -> None:
    camille, _ = await resolved(shop)
    asked = await shop.hears(camille, "Comment")
    jack = shop.customer("Jack", "en")
    shop.sandbox.world.press(asked, jack.user, asked.keyboard[0][2]["callback_data"])
    await shop.recorded("refused_press", jack)
    assert not shop.rows("SELECT 1 FROM ratings")


async def test_a_tap_days_later_still_counts_after_a_restart(tmp_path: Path) -> None:
    calendar = Calendar()
    async with open_shop(tmp_path, clock=calendar) as shop:
        camille, _ = await resolved(shop)
        await shop.closes()
        calendar.later = 9 * DAY
        async with open_shop(
            tmp_path, clock=calendar, sandbox=shop.sandbox, settings=shop.settings
        ) as again:
            await camille.presses(await again.hears(camille, "Comment"), BAD)
            await again.recorded("rated", camille)
            assert again.rows("SELECT score FROM ratings") == [("bad",)]


async def test_an_unhappy_tap_is_told_to_staff(shop: Shop) -> None:
    camille, thread = await resolved(shop)
    await camille.presses(await shop.hears(camille, "Comment"), BAD)
    told = await shop.staff_see("👎 Cas nº 1 : le client n’est pas satisfait.")
    assert told.thread == thread


async def test_words_after_the_tap_are_kept_with_it_and_open_nothing(shop: Shop) -> None:
    camille, thread = await resolved(shop)
    await camille.presses(await shop.hears(camille, "Comment"), GOOD)
    await camille.says("Noémie a été très gentille avec mon chien")
    await shop.hears(camille, "c’est noté pour l’équipe")
    assert shop.rows(
        "SELECT m.text, m.case_id FROM ratings JOIN messages m ON m.id = comment_ref"
    ) == [("Noémie a été très gentille avec mon chien", 1)]
    assert (await shop.case_of(camille)).id == 1
    assert (await shop.case_of(camille)).state is State.CLOSED
    brief = next(m for m in shop.topic(thread) if "#1 ·" in (m.text or ""))
    await shop.until(lambda: "très gentille" in (brief.text or ""))


async def test_a_question_after_the_tap_is_answered_as_a_question(shop: Shop) -> None:
    camille, _ = await resolved(shop)
    await camille.presses(await shop.hears(camille, "Comment"), GOOD)
    await camille.says("vous êtes ouvert le dimanche?")
    await shop.hears(camille, shop.answer_to("store-hours", "fr").strip())
    assert (await shop.case_of(camille)).id == 2
    assert shop.rows("SELECT comment_ref FROM ratings") == [(None,)]


async def said_what_would_have_been_better(shop: Shop) -> None:
    """As they were asked to: a critique sounds annoyed, and opens nothing all the same."""
    camille, _ = await resolved(shop)
    await camille.presses(await shop.hears(camille, "Comment"), FAIR)
    await camille.says("pfff c'est long, le service est lent")
    await shop.hears(camille, "c’est noté pour l’équipe")
    await shop.staff_see("💬 Cas nº 1")
    assert (await shop.case_of(camille)).state is State.CLOSED
    await camille.says("vous êtes ouvert le dimanche?")
    await shop.hears(camille, shop.answer_to("store-hours", "fr").strip())


async def test_what_would_have_been_better_may_be_said_with_annoyance(shop: Shop) -> None:
    await said_what_would_have_been_better(shop)


@pytest.mark.parametrize(
    ("face", "words"), [(BAD, "personne ne m'a rappelé"), (GOOD, "grr en fait c'est pire")]
)
async def test_an_unhappy_comment_reaches_the_person_who_closed_the_case(
    shop: Shop, face: str, words: str
) -> None:
    camille, thread = await resolved(shop)
    await camille.presses(await shop.hears(camille, "Comment"), face)
    await camille.says(words)
    case = await shop.case_of(camille, "claimed")
    assert (case.id, case.owner_id) == (1, shop.agent.id)
    brief = await shop.brief_of(camille)
    assert brief.thread == thread and words in (brief.text or "")
    assert shop.rows("SELECT comment_ref IS NOT NULL FROM ratings") == [(1,)]


async def test_who_has_said_how_it_went_is_not_asked_again(shop: Shop) -> None:
    camille, _ = await resolved(shop)
    await camille.presses(await shop.hears(camille, "Comment"), BAD)
    await camille.says("mon sac, rien n'est réglé")
    await shop.case_of(camille, "claimed")
    await shop.agent.presses(await shop.brief_of(camille), RESOLVE)
    await shop.case_of(camille, "closed")
    await shop.quiet()
    assert sum("considère votre demande comme réglée" in text for text in shop.heard(camille)) == 1
    assert not any("Comment ça" in text for text in shop.heard(camille))


async def test_the_next_brief_shows_how_the_last_case_went(tmp_path: Path) -> None:
    never = replace(QUICK, reopen_within_hours=0.0)
    async with open_shop(tmp_path, answers=never) as shop:
        camille, _ = await resolved(shop)
        await camille.presses(await shop.hears(camille, "Comment"), GOOD)
        await shop.recorded("rated", camille)
        await camille.says("mon chien a mangé les piquets, vous pouvez m'aider?")
        await shop.until(lambda: shop.rows("SELECT 1 FROM cases WHERE id = 2 AND card_id > 0"))
        assert "réglé par Noémie 👍" in ((await shop.brief_of(camille)).text or "")


# ----------------------------------------------------------------------------- taken up again


async def test_a_case_taken_up_again_goes_back_to_the_same_person_in_the_same_topic(
    shop: Shop,
) -> None:
    camille, thread = await resolved(shop)
    await camille.says("ça recommence avec mon chien")
    case = await shop.case_of(camille, "claimed")
    assert (case.id, case.owner_id, case.thread_id) == (1, shop.agent.id, thread)
    await shop.until(lambda: not shop.staff.topics[thread].closed)
    brief = await shop.brief_of(camille)
    text = brief.text or ""
    assert "🔵 Pris par Noémie" in text and "le client revient sur un cas fermé" in text
    assert "mon chien a mangé la tente" in text, "the history is there"
    assert "Demande : ça recommence avec mon chien" in text
    assert RELEASE in brief.buttons
    await shop.hears(camille, "Je passe votre message à une personne")
    assert shop.rows("SELECT kind FROM timers WHERE fired_at IS NULL ORDER BY kind")
    await shop.answers(camille, "Je regarde ça tout de suite.")


async def test_the_person_it_goes_back_to_is_rung(shop: Shop) -> None:
    camille, _ = await resolved(shop)
    await camille.says("ça recommence avec mon chien")
    await shop.case_of(camille, "claimed")
    brief = await shop.brief_of(camille)
    rung = [e["user"]["id"] for e in brief.wire["entities"] if e["type"] == "text_mention"]
    assert rung == [shop.agent.id]


async def test_it_waits_for_anybody_when_that_person_is_off_duty(shop: Shop) -> None:
    camille, _ = await resolved(shop)
    who = Person(shop.agent.id, "Noémie")
    await shop.app.store.write(lambda records: records.team.go_off(who, shop.app.clock.now()))
    await camille.says("ça recommence avec mon chien")
    case = await shop.case_of(camille, "waiting")
    assert (case.id, case.owner_id) == (1, None)


async def test_it_waits_for_anybody_when_that_person_is_no_longer_staff(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        camille, _ = await resolved(shop)
        await shop.closes()
        staff = replace(shop.settings.staff, agents=(shop.other_agent.id, shop.lead.id), leads=())
        staff = replace(staff, leads=(shop.sandbox.add_person("Zoé").id,))
        settings = replace(shop.settings, staff=staff)
        async with open_shop(tmp_path, sandbox=shop.sandbox, settings=settings) as again:
            await camille.says("ça recommence avec mon chien")
            assert (await again.case_of(camille, "waiting")).owner_id is None


async def test_after_the_window_it_is_a_case_of_its_own(tmp_path: Path) -> None:
    calendar = Calendar()
    async with open_shop(tmp_path, clock=calendar) as shop:
        camille, thread = await resolved(shop)
        calendar.later = 4 * DAY
        await camille.says("ça recommence avec mon chien")
        case = await shop.case_where(camille, lambda case: case.id == 2)
        assert await shop.topic_of(camille) != thread
        assert (case.owner_id, shop.staff.topics[thread].closed) == (None, True)


async def test_a_case_taken_up_again_finds_its_topic_lost_and_gets_another(shop: Shop) -> None:
    camille, thread = await resolved(shop)
    shop.staff.topics[thread].deleted = True
    await camille.says("ça recommence avec mon chien")
    case = await shop.case_where(camille, lambda c: c.thread_id not in (None, thread))
    assert (case.id, case.state) == (1, State.CLAIMED)
    assert "ça recommence" in ((await shop.brief_of(camille)).text or "")


async def test_thanks_after_the_closing_are_liked_and_open_nothing(shop: Shop) -> None:
    camille, thread = await resolved(shop)
    before = len(shop.heard(camille))
    thanks = await camille.says("merci beaucoup!")
    await shop.until(lambda: thanks.reactions)
    await shop.quiet()
    assert len(shop.heard(camille)) == before
    assert (await shop.case_of(camille)).id == 1 and shop.staff.topics[thread].closed


async def test_thanks_after_the_bot_has_settled_it_open_nothing_either(shop: Shop) -> None:
    camille = shop.customer()
    await camille.says("vous êtes ouvert le dimanche?")
    await camille.presses(await shop.next_from_bot(camille), HELPED)
    await shop.case_of(camille, "closed")
    thanks = await camille.says("merci!")
    await shop.until(lambda: thanks.reactions)
    assert (await shop.case_of(camille)).id == 1


async def test_a_hello_after_the_closing_is_answered_and_the_rest_goes_to_the_same_person(
    shop: Shop,
) -> None:
    camille, _ = await resolved(shop)
    await camille.says("bonjour")
    await shop.hears(camille, "Comment puis-je vous aider?")
    assert (await shop.case_of(camille)).state is State.CLOSED
    await camille.says("ça recommence avec mon chien")
    assert (await shop.case_of(camille, "claimed")).owner_id == shop.agent.id


async def test_another_question_that_the_bot_knows_is_answered_at_once(shop: Shop) -> None:
    camille, thread = await resolved(shop)
    await camille.says("vous êtes ouvert le dimanche?")
    await shop.hears(camille, shop.answer_to("store-hours", "fr").strip())
    assert (await shop.case_of(camille)).id == 2 and shop.staff.topics[thread].closed


async def test_a_plea_by_an_old_button_goes_back_to_the_same_person(shop: Shop) -> None:
    camille = shop.customer()
    await camille.says("vous êtes ouvert le dimanche?")
    answer = await shop.next_from_bot(camille)
    await camille.says("mon chien a mangé la tente")
    await shop.agent.presses(await shop.brief_of(camille), RESOLVE)
    await shop.case_of(camille, "closed")
    await camille.presses(answer, PERSON)
    case = await shop.case_of(camille, "claimed")
    assert (case.id, case.owner_id) == (1, shop.agent.id)


async def test_every_move_of_a_case_is_in_its_record_with_who_made_it(shop: Shop) -> None:
    camille, _ = await resolved(shop)
    await camille.presses(await shop.hears(camille, "Comment"), GOOD)
    await shop.recorded("rated", camille)
    await camille.says("ça recommence avec mon chien?")
    await shop.case_of(camille, "claimed")
    moves = shop.rows("SELECT detail, actor_id FROM events WHERE kind = 'moved' ORDER BY id")
    assert moves == [
        ("new > with_bot", camille.id),
        ("with_bot > waiting", camille.id),
        ("waiting > claimed", shop.agent.id),
        ("claimed > closed", shop.agent.id),
        ("closed > claimed", camille.id),
    ]
    assert shop.rows("SELECT count(*) FROM events WHERE at < 1e9") == [(0,)]


# ------------------------------------------------------------------------- what it means, by table

CLOSED = Case(1, 2, State.CLOSED, 0.0, 0.0, "fr", subject="returns", owner_id=7, closed_at=10.0)
KNOWS = Policy(answerable=frozenset({"hours", "returns"}))


def reads(subject: str = UNKNOWN, **more: object) -> Reading:
    return Reading(probabilities={subject: 1.0}, **more)  # type: ignore[arg-type]


def turn(text: str, *media: Media) -> Turn:
    who = Person(2, "Camille")
    messages = [Wrote(1, who, 2, 1, 0.0, text)]
    messages += [Wrote(2, who, 2, 2, 0.0, media=one) for one in media]
    return Turn(tuple(messages))


GOT = {score: Rating(1, score, 0.0) for score in Score}
NEAR = Reading(probabilities={"hours": 0.3, "returns": 0.3, UNKNOWN: 0.4})
NAMES = reads(asks_person=True, asks_person_probability=0.7)
CALMLY = reads(tone=Tone.ANGRY, tone_probabilities={Tone.CALM: 0.8, Tone.ANGRY: 0.2})


@pytest.mark.parametrize(
    ("text", "reading", "rating", "owner", "expected"),
    [
        ("merci", reads(small_talk=SmallTalk.THANKS), None, 7, StayQuiet),
        ("merci", reads(small_talk=SmallTalk.THANKS), None, None, StayQuiet),
        ("merci!!", reads(small_talk=SmallTalk.THANKS, tone=Tone.ANGRY), None, 7, HandOver),
        ("bonjour", reads(small_talk=SmallTalk.GREETING), None, 7, Reply),
        ("bonjour", reads(small_talk=SmallTalk.GREETING), None, None, None),
        ("toujours brisé", reads(), None, 7, HandOver),
        ("toujours brisé", reads(), None, None, None),
        ("et mon retour", reads("returns", tone=Tone.ANNOYED), None, None, HandOver),
        ("et mon retour", reads("returns"), None, None, None),
        ("c'est ouvert", reads("hours", tone=Tone.ANNOYED), None, None, None),
        ("mon retour brûle", reads("returns", tone=Tone.ANNOYED, risk=("x",)), None, None, None),
        ("c'est ouvert", reads("hours"), None, 7, None),
        ("et mon retour", reads("returns"), None, 7, HandOver),
        ("c'est ouvert", reads("hours", tone=Tone.ANNOYED), None, 7, HandOver),
        ("une personne", reads(asks_person=True), None, 7, HandOver),
        ("super", reads(), GOT[Score.GOOD], 7, StayQuiet),
        ("bof", reads(), GOT[Score.FAIR], 7, StayQuiet),
        ("bof", reads(), GOT[Score.BAD], 7, HandOver),
        ("c'est ouvert", reads("hours"), GOT[Score.GOOD], 7, None),
        ("super", reads(risk=("legal",)), GOT[Score.GOOD], 7, HandOver),
        ("où est-il?", reads(), GOT[Score.GOOD], 7, HandOver),
        ("trop long", reads(tone=Tone.ANNOYED), GOT[Score.FAIR], 7, StayQuiet),
        ("trop long", reads(tone=Tone.ANNOYED), GOT[Score.GOOD], 7, HandOver),
        ("pas clair", NEAR, GOT[Score.FAIR], 7, StayQuiet),
        ("pas clair", NEAR, GOT[Score.GOOD], 7, HandOver),
        ("l'attente de quelqu'un", NAMES, GOT[Score.FAIR], 7, StayQuiet),
        ("l'attente de quelqu'un", NAMES, GOT[Score.GOOD], 7, HandOver),
        ("une personne", reads(asks_person=True), GOT[Score.FAIR], 7, HandOver),
        ("menteurs", reads(tone=Tone.ANGRY), GOT[Score.FAIR], 7, HandOver),
        ("peut-être", CALMLY, GOT[Score.FAIR], 7, StayQuiet),
        ("blessé", reads(risk=("injury",)), GOT[Score.FAIR], 7, HandOver),
        ("pas reçu", reads("returns", tone=Tone.ANNOYED), GOT[Score.FAIR], 7, HandOver),
        ("merci", reads(small_talk=SmallTalk.THANKS, maybe_risk=True), None, 7, HandOver),
        ("pas lu", Reading(failed=Failure.BROKE), None, 7, HandOver),
    ],
)
def test_what_is_written_after_a_closing(
    text: str, reading: Reading, rating: Rating | None, owner: int | None, expected: type | None
) -> None:
    case = replace(CLOSED, owner_id=owner, answered=("returns",))
    said = turn(text)
    if rating is not None and not is_comment(said, reading, KNOWS, rating):
        rating = None
    decision = after_closing(said, reading, case, KNOWS, rating)
    assert decision is None if expected is None else isinstance(decision, expected)


def test_anger_and_risk_after_a_closing_are_urgent_the_rest_is_high() -> None:
    angry = after_closing(turn("quoi"), reads(tone=Tone.ANGRY), CLOSED, KNOWS)
    calm = after_closing(turn("quoi"), reads(), CLOSED, KNOWS)
    assert isinstance(angry, HandOver) and angry.priority is Priority.URGENT
    assert isinstance(calm, HandOver) and calm.priority is Priority.HIGH


def test_a_photo_without_words_is_no_comment_and_a_sticker_is_thanks() -> None:
    assert not is_comment(turn("", Media("photo")), reads(), KNOWS, GOT[Score.GOOD])
    sticker = after_closing(turn("", Media("sticker")), Reading(), CLOSED, KNOWS)
    photo = after_closing(turn("", Media("photo")), Reading(), CLOSED, KNOWS)
    assert isinstance(sticker, StayQuiet) and isinstance(photo, HandOver)


async def test_a_topic_whose_reopening_is_uncertain_is_reopened_again(shop: Shop) -> None:
    await an_uncertain_reopening(shop)


async def test_a_reopening_that_is_never_repeated_leaves_the_topic_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # so that nothing is one
    await goes_red(
        an_uncertain_reopening, replaced(delivery, "ReopenTopic", Fault), tmp_path, monkeypatch
    )


async def an_uncertain_reopening(shop: Shop) -> None:
    """Telegram did not answer; asking twice does no harm, a closed topic does."""
    camille, thread = await resolved(shop)
    await shop.quiet()
    shop.sandbox.faults.add(Fault("reopenForumTopic", code=502))
    await camille.says("ça coule encore")
    await shop.case_of(camille, "claimed")
    await shop.until(lambda: not shop.staff.topics[thread].closed)
    assert shop.rows("SELECT 1 FROM outbox WHERE state = 'uncertain'") == []
