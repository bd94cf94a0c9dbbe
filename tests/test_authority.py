"""Authority is a numeric id in the staff chat at the moment of the act; all else does nothing."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

from bot.sandbox import Message, Person

from .shop import CLAIM, HAND_BACK, Shop, open_shop


def a_stranger(shop: Shop, name: str = "Noémie") -> Person:
    """Somebody in the staff group without a role, who even bears an agent's name."""
    stranger = shop.sandbox.add_person(name)
    shop.staff.members[stranger.id] = type(shop.staff.members[shop.agent.id])("administrator")
    return stranger


async def untouched(shop: Shop, camille: Person, state: str, heard: int) -> None:
    await shop.quiet()
    case = await shop.case_of(camille)
    assert (case.state, len(shop.heard(camille))) == (state, heard)


async def a_stranger_presses_claim(shop: Shop) -> None:
    camille = shop.customer()
    await shop.with_staff(camille)
    stranger = a_stranger(shop)
    await shop.next_from_bot(camille)
    await stranger.presses(await shop.brief_of(camille), CLAIM)
    await shop.recorded("refused_staff", stranger)
    await untouched(shop, camille, "waiting", 1)


async def test_a_press_by_somebody_without_a_role_does_nothing_and_is_recorded(
    shop: Shop,
) -> None:
    await a_stranger_presses_claim(shop)
    assert any("Réservé" in (q.text or "") for q in shop.sandbox.world.queries.values())


async def a_stranger_writes_in_the_topic(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    stranger = a_stranger(shop)
    await shop.quiet()
    heard = len(shop.heard(camille))
    await stranger.says("Donnez-moi votre numéro de carte", chat=shop.staff, thread=thread)
    await shop.recorded("refused_staff", stranger)
    await untouched(shop, camille, "claimed", heard)


async def test_words_of_somebody_without_a_role_never_reach_the_customer(shop: Shop) -> None:
    await a_stranger_writes_in_the_topic(shop)


async def test_edits_and_reactions_of_somebody_without_a_role_do_nothing(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    asked = await camille.says("suite")
    await shop.staff_see("suite")
    await shop.quiet()
    copy = next(m for m in shop.topic(thread) if m.text == "suite")
    stranger = a_stranger(shop)
    await stranger.reacts(copy, "🖕")
    await shop.recorded("refused_staff", stranger)
    said = await stranger.says("bonjour", chat=shop.staff, thread=thread)
    await stranger.edits(said, "votre carte?")
    await shop.quiet()
    assert not asked.reactions
    assert not any("carte" in text for text in shop.heard(camille))


async def who_is_staff_no_more_edits(folder: Path) -> None:
    """Their words were delivered; by the time they change them, the config names others."""
    async with open_shop(folder) as shop:
        camille, agent = shop.customer(), shop.agent
        thread = await shop.claimed(camille)
        said = await agent.says("Votre colis est en route.", chat=shop.staff, thread=thread)
        there = await shop.hears(camille, "Votre colis est en route.")
        await shop.quiet()
        others = replace(shop.settings.staff, agents=(shop.other_agent.id, shop.lead.id))
        settings = replace(shop.settings, staff=others)
        await shop.closes()
        async with open_shop(folder, sandbox=shop.sandbox, settings=settings) as again:
            await agent.edits(said, "Votre colis est perdu.")
            await again.quiet()
            assert there.text == "Votre colis est en route."
            await again.recorded("refused_staff", agent)


async def test_an_edit_by_somebody_who_is_staff_no_more_reaches_nobody(tmp_path: Path) -> None:
    await who_is_staff_no_more_edits(tmp_path)


async def test_a_reply_to_the_brief_from_general_by_a_stranger_does_nothing(shop: Shop) -> None:
    camille = shop.customer()
    await shop.with_staff(camille)
    await shop.next_from_bot(camille)
    stranger = a_stranger(shop)
    await stranger.says("salut", chat=shop.staff, reply_to=await shop.brief_of(camille))
    await shop.recorded("refused_staff", stranger)
    await untouched(shop, camille, "waiting", 1)


async def test_an_anonymous_administrator_has_no_authority(shop: Shop) -> None:
    """Telegram does not say who it is: even the lead is refused behind the group's name."""
    camille = shop.customer()
    thread = await shop.with_staff(camille)
    await shop.next_from_bot(camille)
    await shop.lead.says("bonjour", chat=shop.staff, thread=thread, anonymous=True)
    await shop.recorded("refused_staff")
    assert shop.rows("SELECT actor_id FROM events WHERE kind = 'refused_staff'") == [(1087968824,)]
    await untouched(shop, camille, "waiting", 1)


async def words_without_a_say(shop: Shop) -> None:
    """Whoever thinks that they answered is told that they did not: once in a case, each."""
    camille = shop.customer()
    thread = await shop.with_staff(camille)
    await shop.next_from_bot(camille)
    colleague = a_stranger(shop, "Nouvelle")
    for words in ("bonjour", "je regarde"):
        said = await shop.lead.says(words, chat=shop.staff, thread=thread, anonymous=True)
        await colleague.says(words, chat=shop.staff, thread=thread)
    told = await shop.staff_see("ne me dit pas qui vous êtes")
    unlisted = await shop.staff_see("vous n’y êtes pas")
    assert {told.thread, unlisted.thread} == {thread} and told.reply_to != said.id
    assert str(colleague.id) in (unlisted.text or "")
    await untouched(shop, camille, "waiting", 1)
    assert sum("Pas envoyé" in (m.text or "") for m in shop.topic(thread)) == 2


async def test_who_writes_in_a_case_without_a_say_is_told_so_once(shop: Shop) -> None:
    await words_without_a_say(shop)


async def test_not_even_a_careless_configuration_gives_anonymous_administrators_authority(
    shop: Shop,
) -> None:
    camille = shop.customer()
    thread = await shop.with_staff(camille)
    await shop.next_from_bot(camille)
    object.__setattr__(shop.app._staff, "is_staff", lambda _: True)
    await shop.lead.says("bonjour", chat=shop.staff, thread=thread, anonymous=True)
    await shop.recorded("refused_staff")
    await untouched(shop, camille, "waiting", 1)


async def test_an_agent_has_no_authority_in_another_group(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.with_staff(camille)
    await shop.next_from_bot(camille)
    members = {shop.agent.id: "administrator"}
    other = shop.sandbox.add_group("Ailleurs", forum=True, members=members)
    other.topics[thread] = shop.staff.topics[thread]
    await shop.agent.says("bonjour", chat=other, thread=thread)
    await shop.recorded("refused_elsewhere", shop.agent)
    await untouched(shop, camille, "waiting", 1)


async def strangers_in_a_group_of_theirs(shop: Shop) -> None:
    """Anybody may add a bot to a group: of those who write there no number is kept."""
    people = [shop.customer(name) for name in ("Jack", "Jeanne")]
    members = {person.id: "administrator" for person in people}
    theirs = shop.sandbox.add_group("Chez eux", members=members)
    for person in people:
        await person.says("salut", chat=theirs)
        await person.says("ça va?", chat=theirs)
    await shop.recorded("refused_elsewhere")
    await shop.quiet()
    kept = shop.rows("SELECT actor_id, detail FROM events WHERE kind = 'refused_elsewhere'")
    assert kept == [(None, str(theirs.id))]
    assert not shop.rows("SELECT 1 FROM customers")


async def test_of_strangers_in_another_group_no_number_is_kept(shop: Shop) -> None:
    await strangers_in_a_group_of_theirs(shop)


async def test_a_staff_button_pressed_in_another_group_is_refused(shop: Shop) -> None:
    camille = shop.customer()
    await shop.with_staff(camille)
    await shop.next_from_bot(camille)
    data = (await shop.brief_of(camille)).keyboard[0][0]["callback_data"]
    other = shop.sandbox.add_group("Ailleurs", members={shop.agent.id: "administrator"})
    carrier = shop.sandbox.world.post(other, shop.sandbox.bot, {"text": "?"})
    shop.sandbox.world.press(carrier, shop.agent.user, data)
    await shop.recorded("refused_press", shop.agent)
    await untouched(shop, camille, "waiting", 1)


async def test_a_customer_who_learns_a_staff_buttons_data_gains_nothing(shop: Shop) -> None:
    camille = shop.customer()
    await shop.with_staff(camille)
    notice = await shop.next_from_bot(camille)
    hand_back = next(
        button["callback_data"]
        for row in (await shop.brief_of(camille)).keyboard
        for button in row
        if button["text"] == HAND_BACK
    )
    shop.sandbox.world.press(notice, camille.user, hand_back)
    await shop.recorded("refused_press", camille)
    await untouched(shop, camille, "waiting", 1)


async def answered(shop: Shop, camille: Person) -> Message:
    await camille.says("vous êtes ouvert le dimanche?")
    return await shop.next_from_bot(camille)


async def test_another_customers_button_is_refused_in_ones_own_chat(shop: Shop) -> None:
    camille, mallory = shop.customer(), shop.customer("Mallory")
    data = (await answered(shop, camille)).keyboard[0][1]["callback_data"]
    own = await answered(shop, mallory)
    shop.sandbox.world.press(own, mallory.user, data)
    await shop.recorded("refused_press", mallory)
    await untouched(shop, camille, "with_customer", 1)
    await untouched(shop, mallory, "with_customer", 1)


async def another_presses_in_the_customers_chat(shop: Shop) -> None:
    """A forged update: the right chat, message and data, but another person."""
    camille, mallory = shop.customer(), shop.customer("Mallory")
    answer = await answered(shop, camille)
    shop.sandbox.world.press(answer, mallory.user, answer.keyboard[0][1]["callback_data"])
    await shop.recorded("refused_press", mallory)
    await untouched(shop, camille, "with_customer", 1)


async def test_a_button_in_the_right_chat_pressed_by_another_person_is_refused(
    shop: Shop,
) -> None:
    await another_presses_in_the_customers_chat(shop)


async def test_forged_buttons_do_nothing_whatever_they_claim(shop: Shop) -> None:
    """Guesses, near misses, old formats, markup, huge and strange numbers."""
    camille = shop.customer()
    answer = await answered(shop, camille)
    data = answer.keyboard[0][1]["callback_data"]
    token = data.rpartition(".")[0]
    dice = random.Random(7)
    forged = ["claim", "claim:1", "person", ".", "", f"{token}.", f"{token}.9", f"{token}.-1"]
    forged += [f"{token}.１", f"{token}.1e0", token, f"{data}.1", f"{data} ", "' OR 1=1 --.0"]
    forged += [f"{token[:-1]}{char}.1" for char in "abcXYZ_-" if char != token[-1]]
    forged += ["".join(chr(dice.randrange(32, 0x24F)) for _ in range(24)) for _ in range(30)]
    for one in forged:
        shop.sandbox.world.press(answer, camille.user, one)
    await shop.until(lambda: len(shop.rows("SELECT 1 FROM events")) >= len(forged))
    await untouched(shop, camille, "with_customer", 1)
    assert shop.rows("SELECT DISTINCT kind FROM events WHERE kind <> 'moved'") == [
        ("refused_press",)
    ]
    assert all(query.answered for query in shop.sandbox.world.queries.values())
    shop.sandbox.world.press(answer, camille.user, data)
    await shop.case_of(camille, "waiting")


async def test_an_agent_who_writes_to_the_bot_in_private_is_a_customer_like_any(
    shop: Shop,
) -> None:
    await shop.agent.says("vous êtes ouvert le dimanche?")
    answer = await shop.next_from_bot(shop.agent)
    assert shop.answer_to("store-hours", "fr").strip() in (answer.text or "")


async def staff_start(shop: Shop) -> None:
    """Each is told what comes to them in private; nobody's case is opened, nobody is rung."""
    await shop.lead.starts()
    told = await shop.next_from_bot(shop.lead)
    assert "Bonjour Sylvie" in (told.text or "") and "est en retard" in (told.text or "")
    await shop.agent.starts("from_a_link")
    told = await shop.next_from_bot(shop.agent)
    assert "Bonjour Noémie" in (told.text or "") and "est en retard" not in (told.text or "")
    await shop.quiet()
    assert not shop.rows("SELECT 1 FROM cases") and not shop.rows("SELECT 1 FROM customers")


async def test_staff_who_press_start_are_greeted_as_staff_and_open_no_case(shop: Shop) -> None:
    await staff_start(shop)


async def test_the_bots_in_the_group_and_service_messages_are_not_words(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    await shop.quiet()
    heard = len(shop.heard(camille))
    newcomer = shop.sandbox.add_person("Nouveau")
    await newcomer.joins(shop.staff)
    topic = shop.staff.topics[thread]
    shop.sandbox.world.tell_topic(shop.staff, topic, shop.lead.user, {"forum_topic_closed": {}})
    await untouched(shop, camille, "claimed", heard)


async def test_the_audit_carries_ids_and_never_words(shop: Shop) -> None:
    camille = shop.customer("Xylophone")
    thread = await shop.claimed(camille)
    await camille.says("motsecret")
    await shop.answers(camille, "réponsesecrète")
    await a_stranger(shop, "Yéti").says("intrus", chat=shop.staff, thread=thread)
    await shop.recorded("refused_staff")
    words = str(shop.rows("SELECT kind, detail FROM events"))
    assert not any(w in words for w in ("secret", "Xylophone", "Yéti", "intrus", "tente"))


async def a_stranger_types_commands(shop: Shop) -> None:
    """In the topic and in General; the lead behind the group's name as well."""
    camille = shop.customer()
    thread = await shop.with_staff(camille)
    await shop.next_from_bot(camille)
    stranger = a_stranger(shop)
    for words in ("/claim", "/resolve", "/queue", "/off", "/nothing"):
        await stranger.says(words, chat=shop.staff, thread=thread)
        await stranger.says(words, chat=shop.staff)
        await shop.lead.says(words, chat=shop.staff, thread=thread, anonymous=True)
    refused = "SELECT 1 FROM events WHERE kind = 'refused_staff'"
    await shop.until(lambda: len(shop.rows(refused)) == 15)
    await untouched(shop, camille, "waiting", 1)
    answers = ("n’est pas une commande", "En attente (", "plus en service", "C’est à vous")
    assert not any(words in (m.text or "") for m in shop.in_topics() for words in answers)
    assert not shop.rows("SELECT 1 FROM staff WHERE off_since IS NOT NULL")


async def test_commands_of_somebody_without_a_role_do_nothing_and_are_recorded(
    shop: Shop,
) -> None:
    await a_stranger_types_commands(shop)
