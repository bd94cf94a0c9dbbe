"""When more waits for staff than their group can take: the angry first, and nobody left out."""

from __future__ import annotations

from pathlib import Path

from .shop import Shop, SlowGroup, open_shop


def waiting(shop: Shop) -> int:
    """How many effects wait for their turn."""
    return len(shop.rows("SELECT 1 FROM outbox WHERE state = 'new'"))


async def words_of_a_flooder_delay_nobody(folder: Path) -> None:
    """Each case has its share of a short budget: who had least lately goes first."""
    async with open_shop(folder, limits=SlowGroup()) as shop:
        flooder, camille = shop.customer("Flo"), shop.customer()
        await shop.with_staff(flooder)
        thread = await shop.with_staff(camille)
        for number in range(40):
            await flooder.says(f"et puis {number}")
        await shop.until(lambda: any("et puis 3" in (m.text or "") for m in shop.in_topics()))
        await camille.says("et ma commande?")
        await shop.until(lambda: any(m.text == "et ma commande?" for m in shop.topic(thread)))
        assert waiting(shop) > 10


async def test_words_of_a_flooder_do_not_delay_those_of_other_customers(tmp_path: Path) -> None:
    await words_of_a_flooder_delay_nobody(tmp_path)
