"""What staff type: commands in a case's topic and in General, and lists of what waits."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation import Person, Priority
from bot.desk.commands import COMMANDS, Typed, typed, word_of
from bot.desk.desk_words import DESK_WORDS
from bot.desk.doubt_words import DOUBT_WORDS
from bot.desk.order_words import ORDER_WORDS
from bot.desk.overview import menu
from bot.desk.store_words import STORE_WORDS
from bot.incoming import Media, Wrote

from .shop import HAND_BACK, Shop, english_desk, open_shop

SEND, DROP = "📤 Envoyer tel quel", "🗑 Ne pas envoyer"


def wrote(text: str, media: Media | None = None) -> Wrote:
    return Wrote(1, Person(2, "Anne"), -3, 4, 0.0, text, media)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/claim", Typed("claim", "/claim", "")),
        ("  /CLAIM  ", Typed("claim", "/CLAIM", "")),
        ("/queue@shop_bot", Typed("queue", "/queue", "")),
        ("/queue@Shop_Bot please", Typed("queue", "/queue", "please")),
        ("/queue@other_bot", Typed(None, "/queue", "")),
        ("/assign @olivier", Typed("assign", "/assign", "@olivier")),
        ("/assign\n12", Typed("assign", "/assign", "12")),
        ("/clame", Typed(None, "/clame", "")),
        ("/", Typed(None, "/", "")),
        ("/ claim", Typed(None, "/", "claim")),
        ("/etc/hosts is a file", Typed(None, "/etc/hosts", "is a file")),
        ("// a note", None),
        ("Bonjour /claim", None),
        ("1/2", None),
        ("", None),
    ],
)
def test_a_command_is_what_begins_with_one_slash(text: str, expected: Typed | None) -> None:
    assert typed(wrote(text), "shop_bot") == expected


def test_a_caption_is_no_command_and_not_for_the_customer_either() -> None:
    assert typed(wrote("/claim", Media("photo", "x")), "b") == Typed(None, "/claim", "")


@given(st.text(max_size=20))
def test_whatever_follows_one_slash_is_never_meant_for_a_customer(text: str) -> None:
    assert (typed(wrote(f"/{text}"), "b") is None) == text.startswith("/")


def test_every_command_has_its_words_in_every_language() -> None:
    for language, words in ORDER_WORDS.items():
        assert words.keys() == ORDER_WORDS["en"].keys()
        assert list(menu(language)) == [word_of(name, language) for name in COMMANDS]


async def test_commands_typed_in_the_topic_act_on_its_case(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.with_staff(camille)
    await shop.agent_types("/claim", thread)
    assert (await shop.case_of(camille, "claimed")).owner_id == shop.agent.id
    await shop.agent_types("/priority urgent", thread)
    await shop.staff_see("Priorité : 🔴 Urgent.")
    await shop.agent_types("/release", thread)
    await shop.case_of(camille, "waiting")
    await shop.agent_types(f"/resolve@{shop.sandbox.bot.username}", thread)
    await shop.hears(camille, "considère votre demande comme réglée")
    noted = "SELECT kind FROM events WHERE actor_id = ? AND kind <> 'moved' ORDER BY id"
    kinds = [kind for (kind,) in shop.rows(noted, shop.agent.id)]
    assert kinds == ["claim", "priority", "release", "resolve"]
    assert not any(text.startswith("/") for text in shop.heard(camille))


async def test_a_case_is_assigned_by_username_id_or_first_name(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.with_staff(camille)
    shop.other_agent.user.username = "olivier_b"
    await shop.other_agent.says("/on", chat=shop.staff)
    await shop.staff_see("Vous êtes en service")
    for who, owner in (
        ("Oliv", shop.other_agent),
        (str(shop.lead.id), shop.lead),
        ("@Olivier_B", shop.other_agent),
    ):
        await shop.agent_types(f"/assign {who}", thread)
        await shop.case_where(camille, lambda case, owner=owner: case.owner_id == owner.id)  # type: ignore[misc]
    await shop.agent_types("/assign Zoé", thread)
    await shop.staff_see("« Zoé » ne correspond à personne")
    assert (await shop.case_of(camille)).owner_id == shop.other_agent.id


async def an_unknown_command(shop: Shop) -> None:
    """Asked about with the switch of the second look on or off; dropped, it is never heard."""
    camille = shop.customer()
    thread = await shop.claimed(camille)
    await shop.agent_types("/resolv il est fou ce client", thread)
    asked = await shop.staff_see("commence comme une commande : /resolv")
    assert asked.thread == thread
    await shop.agent.presses(asked, DROP)
    await shop.until(lambda: not asked.buttons)
    await shop.quiet()
    assert not any("fou" in text for text in shop.heard(camille))


async def test_what_only_looks_like_a_command_is_asked_about(shop: Shop) -> None:
    await an_unknown_command(shop)


async def test_words_that_happen_to_begin_with_a_slash_can_be_sent_anyway(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    await shop.agent_types("/24 h et il est chez vous!", thread)
    await shop.agent.presses(await shop.staff_see("comme une commande : /24"), SEND)
    await shop.hears(camille, "/24 h et il est chez vous!")


async def test_a_held_reply_edited_into_a_command_is_not_sent_by_itself(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    said = await shop.agent.says("/resolv", chat=shop.staff, thread=thread)
    asked = await shop.staff_see("comme une commande : /resolv")
    await shop.agent.edits(said, "/resolve")
    await shop.until(lambda: "/resolve (" in (asked.text or ""))
    await shop.agent.edits(said, "C’est réglé!")
    await shop.hears(camille, "C’est réglé!")
    assert (await shop.case_of(camille)).state == "claimed"
    assert not any(text.startswith("/") for text in shop.heard(camille))


async def test_an_unknown_command_in_general_is_only_named(shop: Shop) -> None:
    await shop.agent_types("/clame")
    await shop.staff_see("/clame n’est pas une commande")


async def test_a_message_edited_into_a_command_reaches_nobody(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    words = await shop.agent.says("On regarde.", chat=shop.staff, thread=thread)
    await shop.hears(camille, "On regarde.")
    await shop.agent.edits(words, "/resolve")
    await shop.quiet()
    assert shop.heard(camille)[-1] == "On regarde."
    assert (await shop.case_of(camille)).state == "claimed"


async def test_the_queue_is_by_priority_then_age_with_links_to_the_topics(shop: Shop) -> None:
    camille, jack, lea = shop.customer("Camille"), shop.customer("Jack"), shop.customer("<Léa>")
    first = await shop.with_staff(camille)
    await shop.with_staff(jack)
    await lea.says("grr vous êtes jamais ouvert")
    await shop.topic_of(lea)
    await shop.agent_types("/queue")
    listed = await shop.staff_see("En attente (3)")
    lines = (listed.text or "").splitlines()[1:]
    assert [line.split(" · ")[0] for line in lines] == [
        "🔴 #3 <Léa>",
        "⚪ #1 Camille",
        "⚪ #2 Jack",
    ]
    links = [e["url"] for e in listed.wire["entities"] if e["type"] == "text_link"]
    assert links[1] == f"https://t.me/c/{-shop.staff.id - 10**12}/{first}"
    await shop.agent.presses(await shop.brief_of(jack), "✋ Prendre")
    await shop.case_of(jack, "claimed")
    await shop.agent_types("/mine")
    mine = await shop.staff_see("Vos cas")
    assert "#2 Jack" in (mine.text or "") and "Camille" not in (mine.text or "")


async def test_duty_is_said_with_on_and_off(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.with_staff(camille)
    await shop.other_agent.says("/off", chat=shop.staff)
    await shop.staff_see("Vous n’êtes plus en service")
    await shop.agent_types("/assign", thread)
    asked = await shop.staff_see("À qui le confier?")
    assert asked.buttons == ["Noémie", "Sylvie", "‹ Retour"]
    await shop.other_agent.says("/on", chat=shop.staff)
    await shop.staff_see("Vous êtes en service")
    await shop.agent.presses(asked, "Sylvie")
    await shop.case_where(camille, lambda case: case.owner_id == shop.lead.id)
    await shop.until(lambda: not asked.buttons)


async def test_telegram_shows_staff_the_commands_in_their_group_alone(shop: Shop) -> None:
    place = "commands", f"{shop.staff.id}:chat/"
    await shop.until(lambda: place in shop.sandbox.world.profile)
    shown: Any = shop.sandbox.world.profile[place]
    assert [one["command"] for one in shown] == [words[-1] for words in COMMANDS.values()]
    assert shown[0]["description"] == "ce qui attend, le plus pressant d’abord"
    await shop.agent_types("/help")
    helped = await shop.staff_see("// devant : une note interne")
    assert "/confier @nom · confier ce cas à quelqu’un" in (helped.text or "")
    assert "/priorite urgent | prioritaire | normal · changer la priorité" in (helped.text or "")


async def test_an_english_desk_is_shown_the_english_commands(tmp_path: Path) -> None:
    async with open_shop(tmp_path, knowledge=english_desk()) as shop:
        await shop.agent_types("/help")
        helped = (await shop.staff_see("// in front: an internal note")).text or ""
        assert set(re.findall(r"^/(\w+)", helped, re.M)) == {w[0] for w in COMMANDS.values()}
        assert "/priority urgent | high | normal" in helped


@pytest.mark.parametrize("language", ["fr", "en"])
def test_no_phrase_names_a_command_by_its_name_in_the_other_language(language: str) -> None:
    others = {w for n, words in COMMANDS.items() for w in words if w != word_of(n, language)}
    homes = (DESK_WORDS, DOUBT_WORDS, ORDER_WORDS, STORE_WORDS)
    phrases = [phrase for home in homes for phrase in home[language].values()]
    named = {word for phrase in phrases for word in re.findall(r"(?<!\w)/(\w+)", phrase)}
    assert named and not named & others


async def test_a_priority_is_typed_as_the_desk_calls_it(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.with_staff(camille)
    await shop.agent_types("/priorite bof", thread)
    await shop.staff_see("Écrivez urgent, prioritaire ou normal.")
    await shop.agent_types("/priorite prioritaire", thread)
    await shop.case_where(camille, lambda case: case.priority is Priority.HIGH)


async def test_a_command_without_a_case_says_where_it_belongs(shop: Shop) -> None:
    camille = shop.customer()
    await shop.with_staff(camille)
    await shop.agent_types("/claim")
    await shop.staff_see("/claim s’écrit dans le sujet d’un cas")
    card = await shop.brief_of(camille)
    await shop.agent.says("/claim", chat=shop.staff, reply_to=card)
    await shop.case_of(camille, "claimed")
    assert HAND_BACK in card.buttons
