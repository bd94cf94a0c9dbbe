"""What an agent writes in a topic of ours, or below words of ours, is delivered or answered."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bot.conversation import Case
from bot.sandbox import Fault, Message
from bot.store.records import Records

from .shop import Shop, open_shop


async def words_in_a_topic_that_was_made_as_the_process_died(folder: Path) -> None:
    """Telegram has made the topic, and the process dies before it writes that down."""
    async with open_shop(folder) as shop:
        made = Fault("createForumTopic", delay=2.0, after_effect=True)
        shop.sandbox.faults.add(made)
        camille = shop.customer()
        await camille.says("mon chien a mangé la tente")
        await shop.until(lambda: shop.staff.topics)
        await shop.dies()
        async with open_shop(folder, sandbox=shop.sandbox, settings=shop.settings) as again:
            in_general = await again.brief_of(camille)
            assert in_general.thread is None
            (thread,) = shop.staff.topics
            said = await again.agent.says("Bonjour!", chat=again.staff, thread=thread)
            await again.hears(camille, "Bonjour!")
            await again.until(lambda: said.reactions)
            assert await again.topic_of(camille) == thread
            assert (await again.brief_of(camille)).thread == thread
            await again.until(lambda: not in_general.buttons)
            await camille.says("Merci, j'attends")
            assert (await again.staff_see("Merci, j'attends")).thread == thread
            assert list(shop.staff.topics) == [thread]


async def test_words_in_a_topic_that_was_made_as_the_process_died_find_their_case(
    tmp_path: Path,
) -> None:
    await words_in_a_topic_that_was_made_as_the_process_died(tmp_path)


async def words_in_a_topic_that_the_case_has_left(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    await shop.app.store.write(
        lambda records: records.save(replace(_open(records, camille.id), thread_id=None), 0.0, None)
    )
    said = await shop.agent.says("Bonjour!", chat=shop.staff, thread=thread)
    await shop.hears(camille, "Bonjour!")
    await shop.until(lambda: said.reactions)
    assert (await shop.case_of(camille)).thread_id is None


def _open(records: Records, customer_id: int) -> Case:
    case = records.open_case(customer_id)
    assert case is not None
    return case


async def test_words_in_a_topic_that_the_case_has_left_are_delivered(shop: Shop) -> None:
    await words_in_a_topic_that_the_case_has_left(shop)


async def words_for_no_case(shop: Shop) -> None:
    """As on an old copy of the store: topics of ours that it knows nothing of."""
    await shop.with_staff(shop.customer())
    world, bot = shop.sandbox.world, shop.sandbox.bot
    ours = world.open_topic(shop.staff, bot, "#57 Camille", None, None)
    own = world.open_topic(shop.staff, shop.agent.user, "#1 Camille", None, None)
    talk = await shop.agent.says("Qui mange à midi?", chat=shop.staff, thread=own.id)
    said = await shop.agent.says("On regarde ça.", chat=shop.staff, thread=ours.id)
    told = await shop.staff_see("Pas envoyé au client : je ne sais pas de quel cas il s’agit")
    assert (told.thread, told.reply_to) == (ours.id, said.id)
    below = await shop.agent.says("Bonjour!", chat=shop.staff, reply_to=post_of_no_case(shop))
    await shop.until(lambda: any(m.reply_to == below.id for m in shop.in_topics()))
    await shop.quiet()
    assert not any(m.reply_to == talk.id for m in shop.in_topics())


def post_of_no_case(shop: Shop) -> Message:
    """A message of ours in General whose number was never written down."""
    return shop.sandbox.world.post(shop.staff, shop.sandbox.bot, {"text": "#57 Camille"})


async def test_words_of_staff_for_no_case_that_is_known_are_answered(shop: Shop) -> None:
    await words_for_no_case(shop)
