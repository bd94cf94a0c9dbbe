"""The staff group out of reach, and back: told once."""

from __future__ import annotations

import logging
from html import escape

from ..conversation import Case
from ..effects import SendText
from ..errand import Errand, Purpose
from ..incoming import Standing
from ..ledger import Ledger
from .brief import brief_html
from .desk_words import CLAIM, words

log = logging.getLogger(__name__)

NO_TOPICS, TOPICS_BACK = "no_topics", "topics_back"
"""How the audit calls it that the bot may make no topics, and that it may again."""
NO_FORUM = "no_forum"
"""How the audit calls it that staff were told of a group without topics."""


def standing(ledger: Ledger, said: Standing) -> None:
    """The bot's place in the staff group was changed: act before the next message fails."""
    if ledger.records.chat_now(said.chat_id) != ledger.staff_chat_id:
        return
    if not said.writes:
        lose_group(ledger, said.status)
        return
    group_found(ledger, ledger.staff_chat_id)
    if not said.topics:
        no_topics(ledger)
    elif _lacks_topics(ledger):
        ledger.note(TOPICS_BACK, None, None)


def out_of_reach(ledger: Ledger, errand: Errand, case: Case | None, why: str) -> None:
    """Nobody sees the group's cases: the people themselves are told, one by one."""
    log.error("the staff group cannot be written to (%s); its people are written to", why)
    language = ledger.desk_language
    lose_group(ledger, why)
    if case is None or errand.purpose is not Purpose.BRIEF or not case.state.with_staff:
        return
    if not ledger.records.count_notes("paged", case.id):
        ledger.note("paged", case.id, None)
        brief = ledger.brief(case, ledger.records.last_why(case.id))
        claim = (((words(language, CLAIM), CLAIM),),)
        ledger.page_everyone(brief_html(brief, language), case, claim)


def lose_group(ledger: Ledger, why: str) -> None:
    """The people of staff are told one by one, once, that their group is out of reach."""
    if ledger.records.group.lose(ledger.staff_chat_id, ledger.now, why):
        ledger.note("group_lost", None, None)
        ledger.page_everyone(words(ledger.desk_language, "group_lost", why=escape(why)))


def group_found(ledger: Ledger, chat_id: int) -> None:
    """A group that was lost can be written to: say what was missed, and let go what waits."""
    since = ledger.records.group.lost_since(chat_id)
    ledger.records.outbox.hasten(chat_id)
    ledger.draw_board()
    if since is None:
        return
    ledger.records.group.found(chat_id)
    ledger.note("group_found", None, None)
    waiting = [case for case in ledger.records.waiting_cases() if case.owner_id is None]
    text = words(
        ledger.desk_language,
        "group_found",
        since=ledger.wall(since),
        n=len(waiting),
        cases=" ".join(f"#{case.id}" for case in waiting) or "0",
    )
    ledger.send(SendText(chat_id, text), Purpose.TELL, None)


def no_topics(ledger: Ledger) -> None:
    """Staff are told that cases come to General, once, until the bot may make topics again."""
    if not _lacks_topics(ledger):
        ledger.note(NO_TOPICS, None, None)
        text = words(ledger.desk_language, "no_topics")
        ledger.send(SendText(ledger.staff_chat_id, text), Purpose.TELL, None)


def no_forum(ledger: Ledger) -> None:
    """The same of a group whose topics are off, where nobody hears what no reply is."""
    if not ledger.records.count_notes(NO_FORUM, None):
        ledger.note(NO_FORUM, None, None)
        text = words(ledger.desk_language, "no_forum")
        ledger.send(SendText(ledger.staff_chat_id, text), Purpose.TELL, None)


def _lacks_topics(ledger: Ledger) -> bool:
    lost, back = (ledger.records.count_notes(kind, None) for kind in (NO_TOPICS, TOPICS_BACK))
    return lost > back
