"""Who is on duty is a row: it is there for everybody who assigns, lists or rings."""

from __future__ import annotations

from pathlib import Path

from bot.conversation import Person
from bot.store.engine import Store

ANNE, BASIL, CHLOE = 11, 12, 13


async def test_whoever_never_said_off_is_on_duty(tmp_path: Path) -> None:
    store = Store(tmp_path / "s.sqlite3")
    await store.open()
    await store.write(lambda r: r.team.go_off(Person(BASIL, "Basil", "basil"), 5.0))
    await store.write(lambda r: r.team.seen(Person(ANNE, "Anne", "anne")))
    await store.close()
    await store.open()
    on_duty = await store.read(lambda r: r.team.on_duty((CHLOE, BASIL, ANNE)))
    assert on_duty == [Person(CHLOE, "13"), Person(ANNE, "Anne", "anne")]
    await store.write(lambda r: r.team.seen(Person(BASIL, "Basil II")))
    assert await store.read(lambda r: r.team.on_duty([BASIL])) == []
    await store.write(lambda r: r.team.go_on(Person(BASIL, "Basil II")))
    assert await store.read(lambda r: r.team.on_duty([BASIL])) == [Person(BASIL, "Basil II")]
    await store.close()
