"""Who writes a lot at once leaves others their places: the words that wait go as one message."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import delivery, detour
from bot.budget import Budget
from bot.config import AnswerSettings
from bot.effects import Effect, Outcome, Refusal, Refused, SendText, Unsure
from bot.errand import OutboxRow
from bot.joined import joined
from bot.sandbox import Person
from bot.store.errands import Outbox
from bot.store.fairness import MANY, REST_S
from bot.store.records import Records

from .shop import Shop
from .test_sabotage import RED
from .virtual import Day, open_day

SAID = [f"et puis {number}" for number in range(12)]


def carried(shop: Shop) -> list[str]:
    """What staff see of the customer's words, in order."""
    return [
        m.text for m in shop.in_topics() if m.text and "et puis" in m.text and "#" not in m.text
    ]


async def twelve_in_a_row(day: Day) -> Person:
    shop, clock = day.shop, day.clock
    flo = shop.customer("Flo")
    await flo.says("mon chien a mangé la tente")
    await day.until(clock.now() + 120.0)
    for text in SAID:
        await flo.says(text)
    await day.until(clock.now() + REST_S + 5.0)
    return flo


async def what_waits_goes_together(folder: Path) -> None:
    """All of it within one rest, in order, and each of the words is found by its original."""
    async with open_day(folder, limits=Budget(), answers=AnswerSettings()) as day:
        shop, clock = day.shop, day.clock
        flo = await twelve_in_a_row(day)
        seen = carried(shop)
        assert "\n".join(seen).replace("• ", "").split("\n") == SAID
        assert MANY < len(seen) < len(SAID)
        together = next(m for m in shop.in_topics() if m.text == seen[-1])
        last = next(m for m in shop.sandbox.history(flo) if m.text == SAID[-1])
        await flo.edits(last, "et puis douze")
        await day.until(clock.now() + 2 * REST_S)
        edited = next(m for m in shop.in_topics() if m.text == "✏️ et puis douze")
        assert edited.reply_to == together.id
        await shop.agent.says("Merci!", shop.staff, reply_to=together)
        await day.until(clock.now() + 5.0)
        assert any(m.text == "Merci!" for m in shop.sandbox.history(flo))


async def test_what_waits_for_a_place_goes_together(tmp_path: Path) -> None:
    await what_waits_goes_together(tmp_path)


async def joined_words_survive_an_unknown_outcome(folder: Path) -> None:
    """The answer to the joined message never came: it goes again, whole and marked."""
    async with open_day(folder, limits=Budget(), answers=AnswerSettings()) as day:
        shop, clock = day.shop, day.clock
        real, cut = shop.app.sender._telegram, list[Effect]()

        class Cut:
            async def perform(self, effect: Effect) -> Outcome:
                if not cut and isinstance(effect, SendText) and "• et puis" in effect.text:
                    cut.append(effect)
                    return Unsure("cut")
                return await real.perform(effect)

        shop.app.sender._telegram = Cut()
        await twelve_in_a_row(day)
        await day.until(clock.now() + 3 * REST_S)
        assert cut
        everything = "\n".join(carried(shop))
        assert [text for text in SAID if text not in everything] == []
        assert sum("de nouveau" in text for text in carried(shop)) == 1


async def test_joined_words_survive_an_unknown_outcome(tmp_path: Path) -> None:
    await joined_words_survive_an_unknown_outcome(tmp_path)


async def joined_words_that_are_refused_go_one_by_one(folder: Path) -> None:
    """Telegram takes neither the joined message nor one of its words: its others arrive, in their
    order, and staff are told that one could not be shown."""
    async with open_day(folder, limits=Budget(), answers=AnswerSettings()) as day:
        shop, clock = day.shop, day.clock
        real, refused = shop.app.sender._telegram, list[str]()

        class Refusing:
            async def perform(self, effect: Effect) -> Outcome:
                sum_of_words = isinstance(effect, SendText) and "• et puis 11" in effect.text
                if sum_of_words and isinstance(effect, SendText):
                    refused.append(effect.text)
                    return Refused(Refusal.BAD_REQUEST, "Bad Request: strange <text>")
                return await real.perform(effect)

        shop.app.sender._telegram = Refusing()
        await twelve_in_a_row(day)
        await day.until(clock.now() + 4 * REST_S)
        assert len(refused) == 2 and "\n" in refused[0] and refused[1] == f"• {SAID[-1]}"
        seen = "\n".join(carried(shop)).replace("• ", "").split("\n")
        assert seen == SAID[:-1]
        assert [m for m in shop.in_topics() if m.text and "strange <text>" in m.text]


async def test_joined_words_that_are_refused_go_one_by_one(tmp_path: Path) -> None:
    await joined_words_that_are_refused_go_one_by_one(tmp_path)


# ------------------------------------------------------------------------------------- twins


def alone(_: Records, row: OutboxRow, __: float) -> Effect:
    return row.errand.effect


async def test_words_that_go_alone_make_each_other_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "joined", alone)
    with pytest.raises(RED):
        await what_waits_goes_together(tmp_path)


async def test_words_that_are_not_carried_along_are_missed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = joined
    monkeypatch.setattr(
        delivery,
        "joined",
        lambda records, row, now: (whole(records, row, now), row.errand.effect)[1],
    )
    with pytest.raises(RED):
        await joined_words_survive_an_unknown_outcome(tmp_path)


async def test_an_edit_of_words_whose_joined_copy_is_forgotten_stands_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Outbox, "carried_by", lambda *_: [])
    with pytest.raises(RED):
        await what_waits_goes_together(tmp_path)


async def test_refused_words_that_are_not_taken_apart_are_missed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(detour, "apart", lambda *_: [])
    with pytest.raises(RED):
        await joined_words_that_are_refused_go_one_by_one(tmp_path)
