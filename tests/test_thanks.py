"""Thanks to whoever holds the case start no clock; what asks for something beside them does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot import customer
from bot.conversation import Author, Line, Person
from bot.customers.thanks import ask_nothing
from bot.incoming import Media, Turn, Wrote
from bot.sandbox import Person as Human
from bot.store.transcript import Transcript

from .shop import NOT_HELPED
from .twins import Story, goes_red, replaced
from .virtual import Day, open_day

DONE = "Votre remboursement est parti hier."
ASKS = "Voulez-vous plutôt un échange?"
MORE = "C'est réglé. Puis-je vous aider pour autre chose?"


@pytest.fixture
async def day(tmp_path: Path) -> AsyncIterator[Day]:
    async with open_day(tmp_path) as opened:
        yield opened


async def answered(day: Day, words: str = DONE, name: str = "Camille") -> tuple[Human, int]:
    """A customer to whom Noémie, who holds the case, has just replied; nothing is owed."""
    shop, camille = day.shop, day.shop.customer(name)
    thread = await day.with_staff(camille)
    await shop.agent.says(words, chat=shop.staff, thread=thread)
    await day.calm()
    case = await shop.case_of(camille, "claimed")
    assert (case.owner_id, case.due_at) == (shop.agent.id, None)
    return camille, thread


async def owed(day: Day, who: Human) -> bool:
    await day.calm()
    return (await day.shop.case_of(who, "claimed")).due_at is not None


async def thanked(day: Day) -> None:
    shop = day.shop
    camille, thread = await answered(day)
    for words in ("Merci beaucoup!", "👍", "ok merci, bonne journée à vous 😊"):
        await camille.says(words)
        assert not await owed(day, camille)
        assert any(words in (m.text or "") for m in shop.topic(thread)), "it arrives all the same"
    brief = await shop.brief_of(camille)
    assert "rien n’est dû" in (brief.text or "")
    await day.passes(300)
    assert not day.rung("🔴") and not day.rung("⏰") and not shop.heard(shop.lead)
    assert not shop.rows("SELECT 1 FROM promises WHERE kept_at IS NULL")
    await camille.says("et le deuxième colis?")
    assert await owed(day, camille)


async def test_thanks_to_an_agent_start_no_clock(day: Day) -> None:
    await thanked(day)


async def while_the_reply_is_on_its_way(day: Day, *given: str, changed: str = "") -> bool:
    """What they say, and change, before Telegram takes a reply: is one still owed then?"""
    shop, camille = day.shop, day.shop.customer()
    await camille.says("vous êtes ouvert le dimanche?")
    await day.passes(0.05)
    answer = shop.from_bot(camille)[-1]
    thread = await day.with_staff(camille)
    with shop.silent(camille):
        await shop.agent.says(DONE, chat=shop.staff, thread=thread)
        await day.calm()
        for words in given:
            if words == NOT_HELPED:
                await camille.presses(answer, words)
            else:
                said = await camille.says(words)
            await day.passes(0.05)
        if changed:
            await camille.edits(said, changed)
            await day.calm()
        assert DONE not in shop.heard(camille) and await owed(day, camille)
    await day.passes(0.05)
    assert DONE in shop.heard(camille)
    return await owed(day, camille)


async def thanked_too_soon(day: Day) -> None:
    assert not await while_the_reply_is_on_its_way(day, "merci beaucoup!")


async def pressed_too_soon(day: Day) -> None:
    assert not await while_the_reply_is_on_its_way(day, NOT_HELPED)


@pytest.mark.parametrize("story", [thanked_too_soon, pressed_too_soon])
async def test_thanks_and_presses_start_none_when_the_reply_arrives_after_them(
    story: Story, day: Day
) -> None:
    await story(day)


@pytest.mark.parametrize("story", [thanked_too_soon, pressed_too_soon])
async def test_whatever_came_before_the_reply_would_start_one(
    story: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def anything(self: Transcript, case_id: int, ref: int) -> float | None:
        asked = "SELECT min(at) FROM messages WHERE case_id = ? AND id > ? AND author = 'customer'"
        row = self._do(asked, (case_id, ref)).fetchone()
        return None if row[0] is None else float(row[0])

    guard = replaced(Transcript, "customer_wrote_after", anything)
    await goes_red(story, guard, tmp_path, monkeypatch, "assert not await")


@pytest.mark.parametrize(
    ("given", "changed"),
    [
        (("et le deuxième colis?",), ""),
        (("merci beaucoup!", "et le deuxième colis?"), ""),
        (("merci beaucoup!",), "merci, mais rien sur mon compte"),
    ],
)
async def test_what_asks_before_the_reply_arrives_is_owed_one(
    day: Day, given: tuple[str, ...], changed: str
) -> None:
    assert await while_the_reply_is_on_its_way(day, *given, changed=changed)


async def changed_into_a_question(day: Day) -> None:
    """Thanks that say more afterwards are owed a reply; a typo mended in them is not."""
    camille, thread = await answered(day)
    words = await camille.says("c'est parti vers quelle crte?")
    assert await owed(day, camille)
    await day.shop.agent.says("La vôtre.", chat=day.shop.staff, thread=thread)
    assert not await owed(day, camille)
    await camille.edits(words, "c'est parti vers quelle carte?")
    assert not await owed(day, camille), "it was replied to"
    words = await camille.says("merci encore")
    await camille.edits(words, "Merci encore!")
    assert not await owed(day, camille)
    await camille.edits(words, "merci encore, mais rien sur mon compte")
    assert await owed(day, camille)


async def test_thanks_that_are_changed_into_a_question_start_one(day: Day) -> None:
    await changed_into_a_question(day)


@pytest.mark.parametrize(
    ("story", "place", "guard", "by"),
    [
        (thanked, customer, "ask_nothing", lambda *_: False),
        (changed_into_a_question, Transcript, "was_replied_to", lambda *_: True),
        (changed_into_a_question, Transcript, "was_replied_to", lambda *_: False),
    ],
)
async def test_without_knowing_thanks_from_a_question_it_would_be_the_other_way(
    story: Story,
    place: object,
    guard: str,
    by: object,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The twins."""
    await goes_red(story, replaced(place, guard, by), tmp_path, monkeypatch, "owed(day, camille)")


async def test_more_words_of_a_burst_start_the_clock(day: Day) -> None:
    camille, _ = await answered(day)
    await camille.says("merci!")
    await camille.says("mais rien sur mon compte")
    assert await owed(day, camille)
    jack, _ = await answered(day, name="Jack")
    await jack.says("rien sur mon compte")
    await jack.says("merci")
    assert await owed(day, jack)


@pytest.mark.parametrize(
    ("replied", "words"),
    [
        (DONE, "merci de vérifier"),
        (DONE, "oui merci"),
        (DONE, "merci, aide !"),
        (ASKS, "merci!"),
        (ASKS, "👍"),
    ],
)
async def test_what_asks_or_answers_something_starts_one(
    day: Day, replied: str, words: str
) -> None:
    camille, _ = await answered(day, replied)
    await camille.says(words)
    assert await owed(day, camille)


async def test_a_no_to_the_offer_of_more_starts_none(day: Day) -> None:
    camille, _ = await answered(day, MORE)
    await camille.says("non merci, bonne soirée!")
    assert not await owed(day, camille)


async def test_who_waits_for_a_person_waits_on_though_they_give_thanks(day: Day) -> None:
    camille = day.shop.customer()
    await day.with_staff(camille)
    await camille.says("merci beaucoup!")
    await day.passes(16)
    assert (await day.shop.case_of(camille, "waiting")).due_at is not None
    assert day.rung("personne ne le tient")


async def test_danger_where_nothing_was_owed_is_owed_a_reply_from_now_on(day: Day) -> None:
    """Not from when the wait began that ended with a reply."""
    camille = day.shop.customer()
    words = await camille.says("mon chien a mangé la tente")
    await day.passes(1)
    thread = await day.shop.topic_of(camille)
    await day.shop.agent.says(DONE, chat=day.shop.staff, thread=thread)
    await day.passes(3)
    await camille.edits(words, "ma fille est blessée, j'appelle mon avocat")
    assert await owed(day, camille)
    case = await day.shop.case_of(camille)
    assert case.due_at is not None and case.waiting_since is not None
    assert case.waiting_since > day.clock.now() - 60
    assert day.shop.rows("SELECT count(*) FROM promises") == [(2,)]


# ----------------------------------------------------------------------------------- by table


def wrote(text: str, media: Media | None = None, reply_to: int | None = None) -> Turn:
    return Turn((Wrote(1, Person(1, "C"), 1, 1, 0.0, text, media=media, reply_to=reply_to),))


@pytest.mark.parametrize(
    "text",
    [
        "Merci beaucoup!",
        "haha merci t’es fin",
        "ok merci :)",
        "MERCI INFINIMENT",
        "c’est beau, merci",
        "Bonne fin de semaine à vous aussi 🙂",
        "thanks so much, have a good one!",
        "perfect, thank you 👍🏽",
        "❤️",
        "merci\nbonne journée",
        "Merci pour l'aide et la réponse",
        "merci de votre réponse",
        "merci beaucoup pour votre super aide!",
        "thank you for the info and your help",
        "thanks for the great help",
    ],
)
def test_nothing_but_thanks_asks_for_nothing(text: str) -> None:
    assert ask_nothing(wrote(text), [])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ok",
        "parfait",
        "d'accord",
        "oui merci",
        "yes please, thanks",
        "non merci",
        "merci d'avance",
        "merci de me rappeler",
        "merci, et l'autre paire",
        "merci, c'est la bleue",
        "merci mais ça marche pas",
        "merci pour rien",
        "merci 12345",
        "merci?",
        "merci 😡",
        "merci :(",
        "good evening",
        "la semaine",
        "en soirée",
        "gracias",
        "merci, aide !",
        "Merci aide vous",
        "Merci, une info",
        "merci, une autre info",
        "merci pour tout, réponse",
        "merci pour l'aide et une info",
        "thank you help",
        "thanks for your time, info",
        "thank you for your help, info",
    ],
)
def test_whatever_stands_beside_thanks_may_ask(text: str) -> None:
    assert not ask_nothing(wrote(text), [])


def test_a_sticker_is_what_its_emoji_is() -> None:
    assert ask_nothing(wrote("", Media("sticker", emoji="👍")), [])
    assert not ask_nothing(wrote("", Media("sticker", emoji="😡")), [])
    assert not ask_nothing(wrote("", Media("animation", emoji="👍")), [])
    assert not ask_nothing(wrote("merci", Media("photo")), [])


def test_thanks_below_a_message_of_their_choice_may_answer_it() -> None:
    assert not ask_nothing(wrote("merci", reply_to=7), [])


@pytest.mark.parametrize(
    ("lines", "text", "nothing"),
    [
        ("c:allo a:Voulez-vous un échange? c:merci", "merci", False),
        ("a:Un échange? c:oui a:C'est fait. c:merci", "merci", True),
        ("a:Un échange? c:ok a:Fait. Autre chose? c:non merci", "non merci", True),
        ("a:Un échange? a:Autre chose? c:non merci", "non merci", False),
        ("a:Anything else? c:no thanks", "no thanks", True),
        ("a:On vous offre un échange. c:non merci", "non merci", False),
    ],
)
def test_what_staff_asked_last_is_what_thanks_may_answer(
    lines: str, text: str, nothing: bool
) -> None:
    said: list[Line] = []
    for one in lines.replace(" a:", "\na:").replace(" c:", "\nc:").splitlines():
        author = Author.AGENT if one.startswith("a:") else Author.CUSTOMER
        said.append(Line(author, one[2:], 0.0))
    assert ask_nothing(wrote(text), said) is nothing
