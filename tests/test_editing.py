"""What customers change afterwards: a typo, the whole question, a place that moves."""

from __future__ import annotations

from .shop import Shop


async def two_edits_in_one_burst(shop: Shop) -> None:
    """One is of a question that was answered, the other of a message that was none: both count."""
    camille = shop.customer()
    question = await camille.says("vous êtes ouver le dimanche, ouvert?")
    await shop.next_from_bot(camille)
    command = await camille.says("/langue")
    await shop.hears(camille, "Dans quelle langue")
    await shop.quiet()
    await camille.edits(question, "vous êtes ouvert le dimanche?")
    await camille.edits(command, "je me suis blessé avec votre réchaud")
    await shop.case_of(camille, "waiting")
    assert "je me suis blessé" in ((await shop.brief_of(camille)).text or "")
    said = shop.rows("SELECT text FROM messages WHERE author = 'customer' ORDER BY id")
    assert said == [("vous êtes ouvert le dimanche?",), ("je me suis blessé avec votre réchaud",)]


async def test_an_edit_beside_another_is_not_lost(slow_shop: Shop) -> None:
    await two_edits_in_one_burst(slow_shop)
