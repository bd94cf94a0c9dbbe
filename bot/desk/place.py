"""Where a case lives in the staff group: its group, topic and brief, and what if they are lost.

An effect is stored before its place is known (the topic may not exist yet) and done when the place
may have changed (topic deleted, group upgraded); so the place is filled in at the last moment.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ..conversation import Case
from ..effects import (
    AnswerPress,
    CloseTopic,
    Copy,
    CreateTopic,
    DeleteMessages,
    DeleteTopic,
    EditButtons,
    EditMedia,
    EditText,
    Effect,
    Forward,
    Pin,
    React,
    ReopenTopic,
    SendText,
    TakeBack,
)
from ..errand import Errand, Purpose, queue_of_case
from ..hand_over import desk_rows
from ..ledger import TO_CARD, Ledger
from ..store.records import Records
from . import lists
from .brief import brief_html, topic_name
from .desk_words import words


def in_todays_group(records: Records, effect: Effect) -> Effect:
    """Groups that were upgraded meanwhile answer to a new id."""
    if isinstance(effect, AnswerPress):
        return effect
    return replace(effect, chat_id=records.chat_now(effect.chat_id))


def is_left_behind(records: Records, effect: Effect) -> bool:
    """Does it change what stands in a group that was upgraded since? Nothing can be changed there
    any more, and in the new group the same number is another message's."""
    match effect:
        case EditText(message_id=message_id) if message_id == TO_CARD:
            return False
        case EditText() | EditMedia() | EditButtons() | React() | TakeBack() | Pin():
            return records.chat_now(effect.chat_id) != effect.chat_id
        case DeleteMessages() | DeleteTopic():
            return records.chat_now(effect.chat_id) != effect.chat_id
        case _:
            return False


def copies_what_is_left_behind(records: Records, effect: Effect) -> bool:
    """Words to be taken from a group that was upgraded since: there they are out of reach, and in
    the new group the same number is another message's, of another customer's case maybe."""
    if not isinstance(effect, Copy | Forward):
        return False
    return records.chat_now(effect.from_chat_id) != effect.from_chat_id


def at_the_copy(records: Records, effect: Effect, ref: int | None) -> Effect | None:
    """An edit finds the copy it is for; None when there is none (it never arrived)."""
    if not isinstance(effect, EditText | EditMedia) or ref is None:
        return effect
    copy = records.transcript.copy_of(ref)
    return None if copy is None else replace(effect, message_id=copy)


def where_the_case_is(effect: Effect | None, case: Case) -> Effect | None:
    """Fill in what was not known when the effect was stored: group, topic, card.

    In General, where all cases meet, what belongs to a case is a reply to its brief.
    """
    chat = case.staff_chat_id
    if chat is None or getattr(effect, "chat_id", 0) >= 0:
        return effect
    match effect:
        case Forward():
            return replace(effect, chat_id=chat, thread_id=case.thread_id)
        case SendText() | Copy():
            thread = case.thread_id
            below = effect.reply_to or (case.card_id if thread is None else None)
            return replace(effect, chat_id=chat, thread_id=thread, reply_to=below)
        case CreateTopic():
            return None if case.thread_id is not None else replace(effect, chat_id=chat)
        case CloseTopic() | ReopenTopic():
            thread = case.thread_id
            return None if thread is None else replace(effect, chat_id=chat, thread_id=thread)
        case EditText(message_id=message_id) if message_id == TO_CARD:
            card = case.card_id
            return None if card is None else replace(effect, chat_id=chat, message_id=card)
        case _:
            return effect


def group_of(effect: Effect) -> int:
    """The group a refusal is about; a copy to a customer is taken from it."""
    if isinstance(effect, Copy) and effect.chat_id > 0:
        return effect.from_chat_id
    return 0 if isinstance(effect, AnswerPress) else effect.chat_id


def move_chat(ledger: Ledger, old_id: int, new_id: int, desk_language: str) -> None:
    """The staff group was upgraded: its new id everywhere and the open cases there, all at once."""
    if ledger.records.chat_now(old_id) == new_id:
        return
    ledger.records.move_chat(old_id, new_id)
    ledger.note("chat_moved", None, None, f"{old_id} -> {new_id}")
    for case in ledger.records.waiting_cases():
        if case.staff_chat_id == new_id:
            start_over(ledger, case, desk_language)
    lists.join(ledger)


def move_house(ledger: Ledger) -> None:
    """At start: the config names another staff group, and nobody is heard in the one before.

    Open cases that lived there go on here. What was said there stays, to be deleted in its time.
    """
    moved = ledger.records.bring_home(ledger.staff_chat_id)
    held = [case for case in moved if case.state.with_staff]
    if held:
        ledger.note("group_changed", None, None, str(len(held)))
        numbers = " ".join(f"#{case.id}" for case in held)
        text = words(ledger.desk_language, "group_changed", cases=numbers)
        ledger.send(SendText(ledger.staff_chat_id, text), Purpose.TELL, None)
    for case in moved:
        start_over(ledger, case, ledger.desk_language)
    if moved:
        lists.join(ledger)


def start_over(ledger: Ledger, case: Case, desk_language: str, with_topic: bool = True) -> None:
    """Its topic is lost: a new one, the brief again, and behind it all that waited, in order."""
    case = ledger.save(replace(case, thread_id=None, card_id=None, seen_at=None))
    lists.watch(ledger, case)  # in a crowd it stands in a list again

    def brief_again() -> None:
        if not case.state.with_staff:
            return
        brief = ledger.brief(case, ledger.records.last_why(case.id))
        if with_topic:
            topic = CreateTopic(case.staff_chat_id or ledger.staff_chat_id, topic_name(brief))
            ledger.send(topic, Purpose.TOPIC, case)
        rows = desk_rows(case, desk_language, brief.draft)
        ledger.tell(case, brief_html(brief, desk_language), rows, Purpose.BRIEF)
        ledger.enclose(case, again=True)

    again = (Purpose.TOPIC, Purpose.BRIEF, Purpose.CARD)
    after(ledger, case, brief_again, lambda e: None if e.purpose in again else _homeless(e))


def move_in(ledger: Ledger, case: Case, thread_id: int, name: str) -> Case:
    """Somebody writes in a topic that may have been made for the case: now it is known that it was.

    The case moves there, its brief included. One that lives elsewhere for good reason stays there.
    """
    made = ledger.records.outbox.topic_made(ledger.staff_chat_id, thread_id, name)
    if case.thread_id is not None or made is None or made[1] == "sent":
        return case
    ledger.records.outbox.settle(made[0].id, "sent", ledger.now, [thread_id])
    ledger.note("topic_found", case.id, None)
    if case.card_id is not None:  # the brief in General
        ledger.send(EditButtons(ledger.staff_chat_id, case.card_id), Purpose.MARK, case)
    start_over(ledger, case, ledger.desk_language, with_topic=False)
    case = ledger.records.case(case.id) or case
    return ledger.save(replace(case, thread_id=thread_id))


def after(
    ledger: Ledger,
    case: Case,
    first: Callable[[], None],
    again: Callable[[Errand], Errand | None] = lambda errand: errand,
) -> None:
    """Do ``first``, and put what waits for the case behind it, in order, as ``again`` makes it."""
    outbox = ledger.records.outbox
    waiting = outbox.waiting(queue_of_case(case.id))
    for row in waiting:
        outbox.settle(row.id, "withdrawn", ledger.now, "queued again")
    first()
    for row in waiting:
        errand = again(row.errand)
        if errand is not None:
            outbox.add(errand, ledger.now)


def _homeless(errand: Errand) -> Errand:
    """Without the replies and the topic that went with the deleted one."""
    effect = errand.effect
    if isinstance(effect, SendText | Copy):
        return replace(errand, effect=replace(effect, thread_id=None, reply_to=None))
    if isinstance(effect, Forward):
        return replace(errand, effect=replace(effect, thread_id=None))
    return errand
