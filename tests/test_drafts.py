"""The draft under a brief: what is proposed, and what its three buttons do."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.conversation import Case, Settled, State
from bot.desk.desk_words import words
from bot.desk.similar import similar
from bot.ledger import Ledger
from bot.sandbox import Fault, Message, Person
from bot.store.drafts import Drafts

from .shop import CLAIM, HAND_BACK, HELPED, NOT_HELPED, RELEASE, RESOLVE, SEND_AGAIN, Shop
from .twins import goes_red, replaced

SEND, EDIT, OTHER = "📤 Envoyer", "✏️ Modifier", "🔀 Autre"
TENT = "Une couture de tente se répare chez nous : apportez-la en magasin."


async def asks_for_a_person(shop: Shop, name: str = "Camille") -> tuple[Person, Message]:
    """A customer with an approved answer for their subject, whom it did not help; the brief."""
    camille = shop.customer(name)
    await camille.says("pfff vous êtes ouvert quand? je veux quelqu'un")
    return camille, await shop.brief_of(camille)


async def settled(shop: Shop, name: str, said: str, answer: str) -> Person:
    """A case that Noémie settled with an answer, and whose it was."""
    who = shop.customer(name)
    await shop.with_staff(who, said)
    await shop.answers(who, answer)
    await shop.agent.presses(await shop.brief_of(who), RESOLVE)
    await shop.case_of(who, "closed")
    return who


async def test_the_approved_answer_to_the_likely_subject_is_proposed(shop: Shop) -> None:
    _, brief = await asks_for_a_person(shop)
    text = brief.text or ""
    assert "Proposition · réponse approuvée" in text
    assert shop.answer_to("store-hours", "fr")[:60] in text
    assert brief.buttons[:3] == [SEND, EDIT, CLAIM]


async def test_send_relays_the_draft_as_the_agents_words_and_claims_the_case(shop: Shop) -> None:
    camille, brief = await asks_for_a_person(shop)
    await shop.agent.presses(brief, SEND)
    await shop.hears(camille, shop.answer_to("store-hours", "fr").strip())
    case = await shop.case_of(camille, "claimed")
    assert case.owner_id == shop.agent.id
    assert shop.rows("SELECT author, name FROM messages WHERE author = 'agent'") == [
        ("agent", "Noémie")
    ]
    await shop.until(lambda: "👌" in str(brief.reactions))
    await shop.until(lambda: SEND not in brief.buttons and RELEASE in brief.buttons)
    assert "Noémie : " in (brief.text or "")
    await shop.recorded("draft_sent", shop.agent)


async def test_a_reply_by_draft_keeps_the_promise(shop: Shop) -> None:
    camille, brief = await asks_for_a_person(shop)
    await shop.agent.presses(brief, SEND)
    await shop.case_where(camille, lambda case: case.due_at is None)


async def sent_again(shop: Shop) -> None:
    """A person's words are theirs also when they go out a second time: the promise is kept."""
    camille, brief = await asks_for_a_person(shop)
    await shop.quiet()
    shop.sandbox.faults.add(Fault("sendMessage", camille.id, code=502))
    await shop.agent.presses(brief, SEND)
    told = await shop.staff_see("envoi non confirmé")
    assert (await shop.case_of(camille)).due_at is not None
    await shop.agent.presses(told, SEND_AGAIN)
    await shop.case_where(camille, lambda case: case.due_at is None)


async def test_a_draft_that_is_sent_again_keeps_the_promise_when_it_arrives(shop: Shop) -> None:
    await sent_again(shop)


async def test_two_people_who_press_send_at_once_send_it_once(shop: Shop) -> None:
    camille, brief = await asks_for_a_person(shop)
    send = brief.keyboard[0][0]["callback_data"]
    for agent in (shop.agent, shop.other_agent):
        shop.sandbox.world.press(brief, agent.user, send)
    await shop.until(lambda: any("n’est plus ouverte" in told for told in shop.toasts()))
    await shop.quiet()
    answer = shop.answer_to("store-hours", "fr").strip()
    assert sum(answer in text for text in shop.heard(camille)) == 1


async def test_a_stranger_in_the_group_sends_nothing(shop: Shop) -> None:
    camille, brief = await asks_for_a_person(shop)
    guest = shop.sandbox.add_person("Guest")
    await guest.joins(shop.staff)
    shop.sandbox.world.press(brief, guest.user, brief.keyboard[0][0]["callback_data"])
    await shop.recorded("refused_staff", guest)
    await shop.quiet()
    assert not shop.rows("SELECT 1 FROM messages WHERE author = 'agent'")
    assert (await shop.case_of(camille)).owner_id is None


async def test_edit_gives_the_text_to_copy_and_the_next_words_are_the_reply(shop: Shop) -> None:
    camille, brief = await asks_for_a_person(shop)
    await shop.agent.presses(brief, EDIT)
    given = await shop.staff_see("Touchez le texte pour le copier")
    answer = shop.answer_to("store-hours", "fr").strip()
    copied = [e for e in given.wire["entities"] if e["type"] == "code"]
    assert answer in (given.text or "") and len(copied) == 1
    assert (await shop.case_of(camille, "claimed")).owner_id == shop.agent.id
    await shop.answers(camille, "On ouvre à 10 h dimanche, exceptionnellement.")


async def test_what_settled_a_similar_case_is_proposed(shop: Shop) -> None:
    await settled(shop, "Jeanne", "la couture de ma tente a lâché", TENT)
    camille = shop.customer()
    await camille.says("le toit de ma tente a une couture qui lâche")
    brief = await shop.brief_of(camille)
    assert "Proposition · réponse donnée au cas nº 1" in (brief.text or "")
    await shop.agent.presses(brief, SEND)
    await shop.hears(camille, TENT)


async def test_other_shows_the_next_draft_and_comes_round(shop: Shop) -> None:
    camille = shop.customer()
    await settled(shop, "Jeanne", "vous êtes ouvert à la fête? je veux quelqu'un", TENT)
    await camille.says("vous êtes ouvert à la fête? je veux quelqu'un")
    brief = await shop.brief_of(camille)
    assert brief.buttons[:3] == [SEND, EDIT, OTHER] and "approuvée" in (brief.text or "")
    await shop.agent.presses(brief, OTHER)
    await shop.until(lambda: TENT in (brief.text or ""))
    await shop.agent.presses(brief, OTHER)
    await shop.until(lambda: "approuvée" in (brief.text or ""))


async def test_a_button_pressed_before_the_card_changed_sends_what_was_seen(shop: Shop) -> None:
    camille = shop.customer()
    await settled(shop, "Jeanne", "vous êtes ouvert à la fête? je veux quelqu'un", TENT)
    await camille.says("vous êtes ouvert à la fête? je veux quelqu'un")
    brief = await shop.brief_of(camille)
    seen = brief.keyboard[0][0]["callback_data"]
    await shop.agent.presses(brief, OTHER)
    await shop.until(lambda: TENT in (brief.text or ""))
    shop.sandbox.world.press(brief, shop.agent.user, seen)
    await shop.hears(camille, shop.answer_to("store-hours", "fr").strip())
    assert TENT not in shop.heard(camille)


async def test_what_the_customer_was_just_told_is_not_proposed(shop: Shop) -> None:
    camille = shop.customer()
    await camille.says("vous êtes ouvert à la fête?")
    await camille.presses(await shop.next_from_bot(camille), NOT_HELPED)
    assert "Proposition" not in ((await shop.brief_of(camille)).text or "")
    await settled(shop, "Jeanne", "vous êtes ouvert à la fête? je veux quelqu'un", TENT)
    jack = shop.customer("Jack")
    await jack.says("vous êtes ouvert à la fête?")
    await jack.presses(await shop.next_from_bot(jack), NOT_HELPED)
    brief = await shop.brief_of(jack)
    assert TENT in (brief.text or "") and OTHER not in brief.buttons


async def comes_back(shop: Shop) -> None:
    """The words that settled nothing are not proposed for the case that they did not settle."""
    jeanne = await settled(shop, "Jeanne", "la couture de ma tente a lâché", TENT)
    await jeanne.says("la couture de ma tente a encore lâché")
    await shop.case_of(jeanne, "claimed")
    assert "Proposition" not in ((await shop.brief_of(jeanne)).text or "")


async def test_what_was_answered_in_a_case_is_not_proposed_when_it_is_taken_up_again(
    shop: Shop,
) -> None:
    await comes_back(shop)


async def test_if_it_were_the_agent_would_send_the_disputed_words_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin."""
    whole = Drafts.settled
    itself_too = replaced(Drafts, "settled", lambda self, language, **_: whole(self, language))
    await goes_red(comes_back, itself_too, tmp_path, monkeypatch, "Proposition")


async def test_a_draft_with_somebody_elses_number_is_asked_about_first(shop: Shop) -> None:
    """Nothing of the road is skipped: the second look of typed replies looks at drafts too."""
    answer = "Votre colis est en route, écrivez à jeanne.tremblay@courriel.example au besoin."
    await settled(shop, "Jeanne", "jeanne.tremblay@courriel.example : mon colis est perdu", answer)
    camille = shop.customer()
    await camille.says("mon colis est perdu")
    brief = await shop.brief_of(camille)
    assert "jeanne.tremblay@courriel.example" in (brief.text or "")
    await shop.agent.presses(brief, SEND)
    await shop.until(lambda: any("À confirmer" in told for told in shop.toasts()))
    await shop.recorded("reply_held", shop.agent)
    assert answer not in shop.heard(camille)


async def not_sent_after_all(shop: Shop) -> None:
    """The case is a colleague's: asked, they think better of it. The draft is still good."""
    _, brief = await asks_for_a_person(shop)
    await shop.agent.presses(brief, CLAIM)
    await shop.until(lambda: RELEASE in brief.buttons)
    await shop.other_agent.presses(brief, SEND)
    question = await shop.staff_see("Pas encore envoyé")
    await shop.until(lambda: SEND not in brief.buttons)
    await shop.other_agent.presses(question, "🗑 Ne pas envoyer")
    await shop.until(lambda: SEND in brief.buttons)
    assert "Proposition" in (brief.text or "")
    assert not shop.events("draft_sent")


async def test_a_draft_that_was_not_sent_is_proposed_again(shop: Shop) -> None:
    await not_sent_after_all(shop)


async def test_a_draft_that_is_not_put_back_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin."""
    await goes_red(
        not_sent_after_all, replaced(Drafts, "put_back", lambda *_: None), tmp_path, monkeypatch
    )


async def handed_back(shop: Shop) -> None:
    """What was proposed to staff leaves the card with the case; at the next hand-over the new
    card proposes, the old one does not."""
    camille, brief = await asks_for_a_person(shop)
    assert "Proposition" in (brief.text or "")
    await shop.agent.presses(brief, HAND_BACK)
    await shop.case_of(camille, "with_bot")
    await shop.until(lambda: "Proposition" not in (brief.text or ""))
    assert not shop.rows("SELECT 1 FROM drafts")
    await camille.says("je veux parler à une personne")
    again = await shop.brief_of(camille)
    assert again.id != brief.id
    assert "Proposition" in (again.text or "")
    await shop.quiet()
    assert "Proposition" not in (brief.text or "")


async def test_a_card_loses_its_draft_with_the_case(shop: Shop) -> None:
    await handed_back(shop)


async def test_a_draft_that_is_not_forgotten_stays_on_the_card(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin."""
    await goes_red(handed_back, replaced(Drafts, "forget", lambda *_: None), tmp_path, monkeypatch)


async def closed_by_the_customer(shop: Shop) -> None:
    """A card that staff handed back says how the case ended."""
    camille, brief = await asks_for_a_person(shop)
    await shop.agent.presses(brief, HAND_BACK)
    await shop.case_of(camille, "with_bot")
    await camille.says("vous êtes ouvert quand?")
    await camille.presses(
        await shop.hears(camille, shop.answer_to("store-hours", "fr")[:40]), HELPED
    )
    await shop.case_of(camille, "closed")
    await shop.until(lambda: words("fr", State.CLOSED) in (brief.text or ""))


async def test_a_card_that_was_handed_back_says_how_it_ended(shop: Shop) -> None:
    await closed_by_the_customer(shop)


async def test_a_card_that_is_not_drawn_at_the_end_does_not_say_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin."""
    drawn = Ledger.card

    def card(ledger: Ledger, case: Case) -> None:
        if case.state is not State.CLOSED:
            drawn(ledger, case)

    await goes_red(closed_by_the_customer, replaced(Ledger, "card", card), tmp_path, monkeypatch)


async def test_drafts_are_gone_once_the_case_is_closed(shop: Shop) -> None:
    camille, brief = await asks_for_a_person(shop)
    send = brief.keyboard[0][0]["callback_data"]
    await shop.agent.presses(brief, RESOLVE)
    await shop.case_of(camille, "closed")
    assert not shop.rows("SELECT 1 FROM drafts")
    shop.sandbox.world.press(brief, shop.agent.user, send)
    await shop.until(lambda: any("n’est plus ouverte" in told for told in shop.toasts()))
    await shop.quiet()
    assert not shop.rows("SELECT 1 FROM messages WHERE author = 'agent'")


async def test_what_a_customer_called_bad_is_not_proposed_again(shop: Shop) -> None:
    await settled(shop, "Jeanne", "la couture de ma tente a lâché", TENT)
    await shop.app.store.write(
        lambda records: records._do("INSERT INTO ratings VALUES (1, 'bad', 0, NULL)")
    )
    camille = shop.customer()
    await camille.says("le toit de ma tente a une couture qui lâche")
    assert "Proposition" not in ((await shop.brief_of(camille)).text or "")


# ----------------------------------------------------------------------------- likeness, by table

SETTLED = [
    Settled(1, "repairs", "la couture de ma tente a lâché hier", TENT),
    Settled(2, "returns", "je veux retourner des bottes trop petites", "Le retour est gratuit."),
    Settled(3, None, "bonjour merci de me rappeler", "Je vous rappelle."),
]


@pytest.mark.parametrize(
    ("asked", "subject", "found"),
    [
        ("Ma TENTE : la couture lâche", None, [1]),
        ("bottes trop petites, retourner", "returns", [2]),
        ("bottes", "returns", [2]),
        ("où est mon colis", None, []),
        ("où est mon colis", "repairs", []),
        ("bonjour merci de me rappeler", None, []),
        ("", None, []),
    ],
)
def test_likeness_is_shared_rare_words_and_subject(
    asked: str, subject: str | None, found: list[int]
) -> None:
    assert [one.case_id for one in similar(asked, subject, SETTLED)] == found


def test_nothing_settled_means_nothing_alike() -> None:
    assert similar("ma tente", "repairs", []) == []
