"""What people send arrives as they sent it: every kind, every mark, or a note that says why not."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot import relay
from bot.desk.brief import LONGEST_LINE
from bot.desk.desk_words import words
from bot.effects import Effect, Outcome, SendText
from bot.sandbox import Fault, Message, Person

from .shop import RELEASE, Shop

PHOTO = b"\x89PNG photo"


def marks(*spans: tuple[str, int, int], **more: Any) -> list[dict[str, Any]]:
    return [{"type": kind, "offset": at, "length": length, **more} for kind, at, length in spans]


# ---------------------------------------------------------------------------- at hand-over


async def the_photo_that_brought_the_case_is_behind_the_brief(shop: Shop) -> None:
    camille = shop.customer()
    await camille.sends_photo(PHOTO, caption="mon chien a mangé la tente")
    thread = await shop.topic_of(camille)
    await shop.until(lambda: any(m.media == "photo" for m in shop.topic(thread)))
    await shop.quiet()
    assert [m.media for m in shop.topic(thread) if m.media] == ["photo"]
    copy = next(m for m in shop.topic(thread) if m.media)
    await shop.agent.says("Je la vois.", chat=shop.staff, thread=thread, reply_to=copy)
    answer = await shop.hears(camille, "Je la vois.")
    assert shop.sandbox.world.chats[camille.id].message(answer.reply_to) is not None


async def test_the_photo_that_brought_the_case_is_behind_the_brief(shop: Shop) -> None:
    await the_photo_that_brought_the_case_is_behind_the_brief(shop)


async def test_an_album_that_brought_the_case_stays_together(shop: Shop) -> None:
    camille = shop.customer()
    await camille.sends_album([b"1", b"2"], caption="mon chien a mangé la tente")
    thread = await shop.topic_of(camille)
    await shop.until(lambda: len([m for m in shop.topic(thread) if m.media]) == 2)
    assert len({m.wire["media_group_id"] for m in shop.topic(thread) if m.media}) == 1


async def test_a_text_too_long_for_the_brief_is_behind_it_whole(shop: Shop) -> None:
    camille = shop.customer()
    long = "mon chien a mangé la tente " + "et puis " * LONGEST_LINE + "fin."
    await camille.says(long[-4000:])
    thread = await shop.topic_of(camille)
    assert (await shop.topic_shows(thread, "fin.")).text == long[-4000:]


async def test_a_topic_made_again_has_the_photos_again(shop: Shop) -> None:
    camille = shop.customer()
    await camille.sends_photo(PHOTO, caption="mon chien a mangé la tente")
    thread = await shop.topic_of(camille)
    await shop.until(lambda: any(m.media for m in shop.topic(thread)))
    await shop.quiet()
    shop.sandbox.world.delete_topic(shop.staff, shop.staff.topics[thread])
    await camille.says("alors?")
    await shop.staff_see("alors?")
    again = await shop.topic_of(camille)
    assert again != thread and shop.events("seen") == 2  # unseen while it had no place
    await shop.until(lambda: [m.media for m in shop.topic(again) if m.media] == ["photo"])


# ------------------------------------------------------------------------------ every kind

KINDS: dict[str, dict[str, Any]] = {
    "venue": {
        "location": {"latitude": 46.8, "longitude": -71.2},
        "venue": {
            "location": {"latitude": 46.8, "longitude": -71.2},
            "title": "Kiosque",
            "address": "1, rue X",
        },
    },
    "location": {"location": {"latitude": 46.8, "longitude": -71.2}},
    "contact": {"contact": {"phone_number": "+14185550100", "first_name": "Jo"}},
    "poll": {
        "poll": {
            "id": "1",
            "question": "Laquelle?",
            "options": [
                {"persistent_id": letter, "text": letter, "voter_count": 0} for letter in "AB"
            ],
            "total_voter_count": 0,
            "is_closed": False,
            "is_anonymous": True,
            "type": "regular",
            "allows_multiple_answers": False,
            "allows_revoting": False,
            "members_only": False,
        }
    },
    "dice": {"dice": {"emoji": "🎲", "value": 3}},
    "story": {"story": {"chat": {"id": -1001, "type": "channel", "title": "S"}, "id": 4}},
    "paid_media": {"paid_media": {"star_count": 5, "paid_media": []}},
}


@pytest.mark.parametrize("kind", KINDS)
async def test_every_kind_arrives(shop: Shop, kind: str) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    sent = await camille.sends(KINDS[kind])
    await shop.until(lambda: any(m.media == sent.media for m in shop.topic(thread)))
    copy = next(m for m in shop.topic(thread) if m.media == sent.media)
    assert copy.wire[kind] == sent.wire[kind]


async def test_what_can_be_neither_copied_nor_forwarded_arrives_as_a_note_with_a_mend(
    shop: Shop,
) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    contact = KINDS["contact"] | {"has_protected_content": True}
    await camille.sends(contact)
    note = await shop.topic_shows(thread, "[contact Jo +14185550100]")
    assert "capture d’écran" in (note.text or "")


async def test_what_stands_for_media_reads_as_it_is_written(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    backwards = {"phone_number": "+14185550100", "first_name": "\u202eoJ"}
    await camille.sends({"contact": backwards, "has_protected_content": True})
    await shop.topic_shows(thread, "[contact oJ +14185550100]")


async def what_this_version_does_not_know_arrives_as_a_note(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    chat = {"id": camille.id, "type": "private", "first_name": "Camille"}
    hologram = {"message_id": 99, "date": 1_700_000_000, "chat": chat, "from": camille.user.wire}
    shop.sandbox.feed({"message": hologram | {"hologram": {"file_id": "F"}}})
    await shop.topic_shows(thread, "[hologram]")


async def test_what_this_version_does_not_know_arrives_as_a_note(shop: Shop) -> None:
    await what_this_version_does_not_know_arrives_as_a_note(shop)


async def test_a_live_location_says_that_it_moves_and_does_not_flood(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    place = {"latitude": 46.8, "longitude": -71.2, "live_period": 900}
    sent = await camille.sends({"location": place})
    await shop.topic_shows(thread, "Position en direct")
    for step in range(5):
        moved = {"location": place | {"latitude": 46.8 + step / 10}}
        shop.sandbox.world.edit(sent, moved, camille.user)
    await shop.quiet()
    assert [m.media for m in shop.topic(thread) if m.media] == ["location"]


async def test_an_agents_live_location_whose_moves_are_edits_floods_the_topic(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "MOVING", frozenset())
    with pytest.raises(AssertionError):
        await an_agents_live_location(shop)


async def test_an_agents_live_location_moves_without_a_word_to_staff(shop: Shop) -> None:
    await an_agents_live_location(shop)


async def an_agents_live_location(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    place = {"latitude": 46.8, "longitude": -71.2, "live_period": 900}
    sent = await shop.agent.sends({"location": place}, chat=shop.staff, thread=thread)
    await shop.until(lambda: any(m.media == "location" for m in shop.from_bot(camille)))
    await shop.quiet()
    said = len(shop.topic(thread))
    for step in range(5):
        moved = {"location": place | {"latitude": 46.8 + step / 10}}
        shop.sandbox.world.edit(sent, moved, shop.agent.user)
    ended = {"location": {"latitude": 46.9, "longitude": -71.2}}
    shop.sandbox.world.edit(sent, ended, shop.agent.user)
    await shop.quiet()
    assert len(shop.topic(thread)) == said


async def test_a_forward_shows_staff_whose_words_they_are(shop: Shop) -> None:
    camille, mallory = shop.customer(), shop.customer("Mallory")
    thread = await shop.claimed(camille)
    claim = await mallory.says("payez 100 $ ici")
    await camille.forwards(claim)
    copy = await shop.topic_shows(thread, "payez 100 $")
    assert copy.wire["forward_origin"]["sender_user"]["id"] == mallory.id


async def test_a_forward_of_an_agent_does_not_tell_the_customer_where_it_is_from(
    shop: Shop,
) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    said = await shop.lead.says("procédure interne 7", chat=shop.staff)
    content = said.content | {"forward_origin": {"type": "hidden_user", "date": 1}}
    content["forward_origin"]["sender_user_name"] = "Sylvie"
    await shop.agent.sends(content, chat=shop.staff, thread=thread)
    there = await shop.hears(camille, "procédure interne 7")
    assert "forward_origin" not in there.wire


async def test_an_answer_to_a_story_says_so(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    await camille.sends({"text": "il en reste?", "reply_to_story": KINDS["story"]["story"]})
    await shop.topic_shows(thread, "story")
    await shop.topic_shows(thread, "il en reste?")


# -------------------------------------------------------------------- replies and quotes


async def test_a_quote_is_carried_both_ways(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    asked = await camille.says("la housse bleue et les piquets")
    copy = await shop.topic_shows(thread, "la housse bleue")
    await shop.quiet()
    quote = {"text": "les piquets", "position": 19, "is_manual": True}
    await shop.agent.sends(
        {"text": "Inclus!", "quote": quote}, chat=shop.staff, thread=thread, reply_to=copy
    )
    there = await shop.hears(camille, "Inclus!")
    assert there.reply_to == asked.id and there.wire["quote"]["text"] == "les piquets"
    await shop.quiet()
    await camille.sends({"text": "merci", "quote": quote | {"text": "Incl"}}, reply_to=there)
    assert (await shop.topic_shows(thread, "merci")).wire["quote"]["text"] == "Incl"


async def test_a_quote_of_words_that_were_edited_since_is_left_out_and_the_reply_stands(
    shop: Shop,
) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    asked = await camille.says("la housse bleue")
    copy = await shop.topic_shows(thread, "la housse bleue")
    await shop.quiet()
    await camille.edits(asked, "la rouge")
    quote = {"text": "housse", "position": 3, "is_manual": True}
    await shop.agent.sends(
        {"text": "Incluse!", "quote": quote}, chat=shop.staff, thread=thread, reply_to=copy
    )
    there = await shop.hears(camille, "Incluse!")
    assert there.reply_to == asked.id and "quote" not in there.wire


async def test_a_reply_to_the_bots_words_shows_staff_which_words(shop: Shop) -> None:
    camille = shop.customer()
    await camille.says("vous êtes ouvert le dimanche?")
    answer = await shop.next_from_bot(camille)
    await camille.says("je veux quelqu'un")
    thread = await shop.topic_of(camille)
    await camille.says("ceci est faux", reply_to=answer)
    await shop.topic_shows(thread, "ceci est faux")
    await shop.topic_shows(thread, "En réponse à")


# ---------------------------------------------------------------------------------- edits


async def test_an_edit_keeps_its_formatting_both_ways(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    said = await shop.agent.says("Demain 9 h", chat=shop.staff, thread=thread)
    there = await shop.hears(camille, "Demain 9 h")
    await shop.quiet()
    bold = {"text": "Demain 10 h", "entities": marks(("bold", 7, 4))}
    shop.sandbox.world.edit(said, bold, shop.agent.user)
    await shop.until(lambda: there.text == "Demain 10 h")
    assert there.wire["entities"] == bold["entities"]
    asked = await camille.says("voir ceci")
    await shop.topic_shows(thread, "voir ceci")
    link = {"text": "voir cela", "entities": marks(("text_link", 5, 4), url="https://a.example/")}
    shop.sandbox.world.edit(asked, link, camille.user)
    shown = await shop.topic_shows(thread, "✏️ voir cela (https://a.example/)")
    assert [m["type"] for m in shown.wire["entities"]] == ["url"]


async def test_an_agent_who_swaps_a_photo_swaps_the_customers(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    said = await shop.agent.sends_photo(b"wrong", "la bleue", chat=shop.staff, thread=thread)
    there = await shop.hears(camille, "la bleue")
    await shop.quiet()
    new = shop.agent._media("photo", b"right", "la rouge")
    shop.sandbox.world.edit(said, new, shop.agent.user)
    await shop.until(lambda: there.text == "la rouge")
    assert there.wire["photo"] == said.wire["photo"]


async def test_a_customer_who_swaps_a_photo_shows_staff_both(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    said = await camille.sends_photo(b"wrong", "une preuve")
    copy = await shop.topic_shows(thread, "une preuve")
    await shop.quiet()
    shop.sandbox.world.edit(said, camille._media("photo", b"right", "la vraie"), camille.user)
    new = await shop.topic_shows(thread, "✏️ la vraie")
    assert new.reply_to == copy.id and copy.text == "une preuve"
    assert new.wire["photo"] == said.wire["photo"] != copy.wire["photo"]


class SlowToSay:
    """Telegram does what it is asked, and says so a while later."""

    def __init__(self, edge: Any) -> None:
        self._edge = edge

    async def perform(self, effect: Effect) -> Outcome:
        outcome: Outcome = await self._edge.perform(effect)
        if isinstance(effect, SendText):
            await asyncio.sleep(0.3)
        return outcome


async def an_edit_of_words_on_their_way_arrives(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    shop.app.sender._telegram = SlowToSay(shop.app._edge)
    said = await shop.agent.says("Demain 9 h", chat=shop.staff, thread=thread)
    there = await shop.hears(camille, "Demain 9 h")
    await shop.agent.edits(said, "Demain 10 h")
    await shop.until(lambda: there.text == "Demain 10 h")


async def test_an_edit_of_words_on_their_way_arrives(shop: Shop) -> None:
    await an_edit_of_words_on_their_way_arrives(shop)


async def test_the_original_of_an_edit_is_in_the_record(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    asked = await camille.says("commande 12")
    await shop.topic_shows(thread, "commande 12")
    await shop.quiet()
    await camille.edits(asked, "commande 13")
    await shop.topic_shows(thread, "commande 13")
    brief = await shop.brief_of(camille)
    await shop.agent.presses(brief, RELEASE)
    await shop.until(lambda: "(modifié) « commande 12 »" in (brief.text or ""))
    assert "commande 13" in (brief.text or "")


async def test_a_note_stays_a_note_and_what_was_sent_does_not_become_one(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    note = await shop.agent.says("// à vérifier", chat=shop.staff, thread=thread)
    await shop.quiet()
    await shop.agent.edits(note, "vérifié")
    assert (await shop.topic_shows(thread, words("fr", "note_stays"))).reply_to == note.id
    said = await shop.agent.says("Bonjour!", chat=shop.staff, thread=thread)
    await shop.hears(camille, "Bonjour!")
    await shop.quiet()
    await shop.agent.edits(said, "// oups")
    assert (await shop.topic_shows(thread, words("fr", "sent_stays"))).reply_to == said.id
    await shop.quiet()
    assert not any("oups" in text or "vérifi" in text for text in shop.heard(camille))


# ------------------------------------------------------------------------------ taken back


async def said_and_taken_back(shop: Shop) -> tuple[Person, Message, Message]:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    said = await shop.agent.says("Mot de passe: 1234", chat=shop.staff, thread=thread)
    await shop.hears(camille, "1234")
    await shop.quiet()
    unsend = await shop.agent.says("/unsend", chat=shop.staff, thread=thread, reply_to=said)
    return camille, said, unsend


async def what_an_agent_takes_back_is_gone_at_the_customers(shop: Shop) -> None:
    camille, _, unsend = await said_and_taken_back(shop)
    await shop.until(lambda: not any("1234" in text for text in shop.heard(camille)))
    await shop.until(lambda: unsend.reactions.get(shop.sandbox.bot.id) == ["👌"])
    assert not any("unsend" in text for text in shop.heard(camille))


async def test_what_an_agent_takes_back_is_gone_at_the_customers_and_marked_in_the_record(
    shop: Shop,
) -> None:
    await what_an_agent_takes_back_is_gone_at_the_customers(shop)
    await shop.recorded("taken_back")
    assert shop.rows("SELECT text FROM messages WHERE taken_back_at IS NOT NULL") == [
        ("Mot de passe: 1234",)
    ]


async def test_what_telegram_no_longer_deletes_is_said(shop: Shop) -> None:
    why = "Bad Request: message can't be deleted for everyone"
    shop.sandbox.faults.add(Fault("deleteMessage", code=400, description=why))
    camille, _, unsend = await said_and_taken_back(shop)
    told = await shop.staff_see("Pas retiré")
    assert told.reply_to == unsend.id
    assert any("1234" in text for text in shop.heard(camille))


async def test_words_that_have_not_left_are_taken_back_before_they_do(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    shop.sandbox.faults.add(
        Fault("sendMessage", camille.id, code=429, parameters={"retry_after": 2})
    )
    said = await shop.agent.says("Mot de passe: 1234", chat=shop.staff, thread=thread)
    tried = "SELECT 1 FROM outbox WHERE purpose = 'words' AND state = 'new' AND tries > 0"
    await shop.until(lambda: shop.rows(tried))
    await shop.agent.says("/unsend", chat=shop.staff, thread=thread, reply_to=said)
    await shop.topic_shows(thread, words("fr", "unsent"))
    await shop.quiet()
    assert not any("1234" in text for text in shop.heard(camille))


async def test_unsend_without_a_message_says_how(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    await shop.agent.says("/unsend", chat=shop.staff, thread=thread)
    await shop.topic_shows(thread, words("fr", "unsend_what"))
    await shop.quiet()
    assert not any("unsend" in text for text in shop.heard(camille))


# ------------------------------------------------------------------------------- reactions


async def test_a_reaction_the_group_does_not_take_is_told_in_words(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    await shop.answers(camille, "Incluse!")
    await shop.quiet()
    refusal = Fault("setMessageReaction", code=400, description="Bad Request: REACTION_INVALID")
    shop.sandbox.faults.add(refusal)
    await camille.reacts(shop.from_bot(camille)[-1], "❤")
    await shop.topic_shows(thread, "Le client a réagi : ❤")


async def a_group_without_the_bots_marks(shop: Shop) -> None:
    """Nobody is told that the customer reacted, and once why there is no 👌."""
    camille = shop.customer()
    thread = await shop.claimed(camille)
    why = "Bad Request: REACTION_INVALID"
    forbidden = Fault("setMessageReaction", code=400, description=why, times=None)
    shop.sandbox.faults.add(forbidden)
    await shop.answers(camille, "Incluse!")
    told = await shop.topic_shows(thread, "n’admet pas la réaction 👌")
    await shop.answers(camille, "Et les piquets.")
    held = await shop.agent.says("ET LES SARDINES AUSSI, JE VOUS L’AI DIT", shop.staff, thread)
    await shop.topic_shows(thread, "en majuscules")
    behind = await shop.agent.says("Bonne journée!", shop.staff, thread)
    waits = await shop.topic_shows(thread, "Pas encore envoyé : ce message attend")
    assert waits.reply_to == behind.id != held.id and told.thread == thread
    await shop.quiet()
    assert not any("Le client a réagi" in (m.text or "") for m in shop.topic(thread))
    assert sum("n’admet pas" in (m.text or "") for m in shop.topic(thread)) == 1


async def where_a_link_leads(shop: Shop) -> None:
    """Words may hide an address, in a caption too; one that is written is not written twice."""
    camille = shop.customer()
    thread = await shop.claimed(camille)
    plain = "https://boreal.example"
    text = f"voir {plain} et ma facture"
    at = text.index("ma facture")
    hidden = marks(("text_link", at, 10), url="https://evil.example/<a>")
    shop.sandbox.world.post(
        shop.sandbox.world.chats[camille.id],
        camille.user,
        {"text": text, "entities": [*marks(("text_link", 5, len(plain)), url=plain), *hidden]},
    )
    await shop.topic_shows(thread, f"{text} (https://evil.example/<a>)")
    photo = camille._media("photo", PHOTO, "ma facture")
    caption = marks(("text_link", 0, 10), url="https://other.example/")
    await camille.sends(photo | {"caption_entities": caption})
    told = await shop.topic_shows(thread, "ma facture (https://other.example/)")
    assert told.media == "photo"
    about = await shop.brief_of(camille)
    await shop.agent.presses(about, RELEASE)
    await shop.until(lambda: "ma facture (https://evil.example/<a>)" in (about.text or ""))


async def test_staff_read_where_a_link_behind_words_leads(shop: Shop) -> None:
    await where_a_link_leads(shop)


async def named_in_a_brief(shop: Shop) -> None:
    """Neither in the customer's words nor in the name they go by; an address stays as it is."""
    camille = shop.customer("@sylvie")
    await shop.with_staff(camille, "@noemie a mangé ma tente, écrivez à moi@ici.example")
    brief = await shop.brief_of(camille)
    found = [e["type"] for e in brief.wire.get("entities", ())]
    assert "mention" not in found
    assert "@\u2060noemie" in (brief.text or "") and "moi@ici.example" in (brief.text or "")


async def test_who_is_named_in_a_brief_is_not_rung(shop: Shop) -> None:
    await named_in_a_brief(shop)


def rung(shop: Shop) -> list[str]:
    """Words of the bot in the group by which Telegram would ring somebody."""
    return [
        message.text or ""
        for message in shop.in_topics()
        for mark in (*message.wire.get("entities", ()), *message.wire.get("caption_entities", ()))
        if mark["type"] == "mention" and message.sender_id == shop.sandbox.bot.id
    ]


async def named_in_the_topic(shop: Shop) -> None:
    """By words, under a photo, in an album, in an edit, and by what came before the brief."""
    camille = shop.customer()
    await camille.sends_photo(PHOTO, "@noemie regardez")
    await camille.says("@sylvie " + "ma tente est tordue " * 20)
    thread = await shop.topic_of(camille)
    await shop.topic_shows(thread, "@\u2060noemie regardez")
    await shop.topic_shows(thread, "@\u2060sylvie ma tente est tordue ma")
    said = await camille.says("et vous, /@olivier?")
    await shop.topic_shows(thread, "et vous, /@\u2060olivier?")
    await camille.sends_photo(PHOTO, "pour @thomas")
    under = await shop.topic_shows(thread, "pour @\u2060thomas")
    assert under.media == "photo"
    album = await camille.sends_album([PHOTO, b"two"], "deux pour @yasmine")
    behind = await shop.topic_shows(thread, "deux pour @\u2060yasmine")
    photos = [m for m in shop.topic(thread) if "media_group_id" in m.wire]
    assert len(photos) == len(album) and not any(m.text for m in photos) and not behind.media
    await camille.edits(said, "et vous, @lea?")
    await shop.topic_shows(thread, "✏️ et vous, @\u2060lea?")
    await shop.quiet()
    assert rung(shop) == []
    assert "et vous, @lea?" in [text for (text,) in shop.rows("SELECT text FROM messages")]


async def test_who_is_named_in_the_topic_is_not_rung(shop: Shop) -> None:
    await named_in_the_topic(shop)


async def named_beside_code(shop: Shop) -> None:
    """Code can be copied as the customer wrote it; whom they name beside it is not rung."""
    camille = shop.customer()
    thread = await shop.claimed(camille)
    text = "@noemie: npm i @acme/tente"
    await camille.sends({"text": text, "entities": marks(("code", 9, 17))})
    copy = await shop.topic_shows(thread, "@\u2060noemie: npm i @acme/tente")
    assert marks(("code", 10, 17)) == [m for m in copy.wire["entities"] if m["type"] == "code"]
    await shop.quiet()
    assert rung(shop) == []


async def test_code_stays_as_it_was_written_and_nobody_beside_it_is_rung(shop: Shop) -> None:
    await named_beside_code(shop)


async def test_a_reply_keeps_its_formatting_and_its_preview(shop: Shop) -> None:
    """It goes as words; a preview that its author took away stays away."""
    camille = shop.customer()
    thread = await shop.claimed(camille)
    text = "voir ici, vite"
    link = [*marks(("text_link", 5, 3), url="https://a.example/"), *marks(("bold", 10, 4))]
    for options in ({}, {"link_preview_options": {"is_disabled": True}}):
        shop.sandbox.world.post(
            shop.staff,
            shop.agent.user,
            {"text": text, "entities": link, **options},
            topic=shop.staff.topics[thread],
        )
        count = len(shop.from_bot(camille))
        await shop.until(lambda count=count: len(shop.from_bot(camille)) > count)  # type: ignore[misc]
        there = shop.from_bot(camille)[-1].wire
        assert (there["text"], there["entities"]) == (text, link)
        assert there.get("link_preview_options", {}) == options.get("link_preview_options", {})
    assert not shop.sandbox.calls_of("copyMessage")


async def test_a_caption_above_its_photo_stays_above_it(shop: Shop) -> None:
    camille = shop.customer()
    thread = await shop.claimed(camille)
    photo = shop.agent._media("photo", PHOTO, "regardez")
    await shop.agent.sends(
        photo | {"show_caption_above_media": True}, chat=shop.staff, thread=thread
    )
    there = await shop.hears(camille, "regardez")
    assert there.wire["show_caption_above_media"] is True


async def where_a_link_of_a_forward_leads(shop: Shop) -> None:
    """A forward comes as it is, so a line below it says so."""
    camille = shop.customer()
    thread = await shop.claimed(camille)
    hidden = marks(("text_link", 0, 3), url="https://evil.example/<a>")
    origin = {"type": "hidden_user", "date": 1, "sender_user_name": "Jo"}
    content = {"text": "ici", "entities": hidden, "forward_origin": origin}
    shop.sandbox.world.post(shop.sandbox.world.chats[camille.id], camille.user, content)
    told = await shop.topic_shows(thread, "Derrière ces mots")
    assert "https://evil.example/<a>" in (told.text or "")


async def test_staff_read_where_a_link_of_a_forward_leads(shop: Shop) -> None:
    await where_a_link_of_a_forward_leads(shop)


async def test_a_group_without_the_bots_marks_reads_them_in_words(shop: Shop) -> None:
    await a_group_without_the_bots_marks(shop)


async def test_a_reaction_to_the_bots_words_is_told_in_words(shop: Shop) -> None:
    camille = shop.customer()
    await camille.says("vous êtes ouvert le dimanche?")
    answer = await shop.next_from_bot(camille)
    await camille.says("je veux quelqu'un")
    thread = await shop.topic_of(camille)
    await camille.reacts(answer, "👎")
    await shop.topic_shows(thread, "👎 à : «")


# -------------------------------------------------------------------------------- odd names

ODD_NAMES = {
    "right to left": "\u202eelimaC",
    "zalgo": "C" + "\u0335\u0321\u0489" * 60 + "amille",
    "long": "Wolfeschlegelsteinhausenbergerdorff" * 4,
    "markup": "</b><script>*_[`Camille",
    "invisible": "\u200b\u2060",
    "control": "Cam\x07ille\n\nB",
    "emoji": "👨‍👩‍👧‍👦🏳️‍🌈" * 6,
}


@pytest.mark.parametrize("name", ODD_NAMES)
async def test_an_odd_name_loses_nothing(shop: Shop, name: str) -> None:
    person = shop.customer(ODD_NAMES[name])
    await person.says("mon chien a mangé <la> tente & *tout*")
    brief = await shop.brief_of(person)
    assert "mon chien a mangé <la> tente & *tout*" in (brief.text or "")
    assert "\u202e" not in (brief.text or "")
    thread = await shop.topic_of(person)
    assert 0 < len(shop.staff.topics[thread].name) <= 128
    await shop.agent.says("Bonjour!", chat=shop.staff, thread=thread)
    await shop.hears(person, "Bonjour!")
