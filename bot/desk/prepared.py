"""Words that staff send without typing them, a canned reply or a draft, as the reply they make."""

from __future__ import annotations

from dataclasses import replace

from ..conversation import Case, Draft
from ..incoming import Meaning, Pressed, Wrote
from ..safe_text import shown_name
from ..store.records import Records
from .canned import filled
from .desk_words import CANNED, SEND_DRAFT
from .order import Rules


def canned(records: Records, case: Case, rules: Rules, name: str, asked: Wrote) -> Wrote | None:
    """The canned reply of that name in the customer's language; None when there is no such.

    ``asked``: the message, or what stands for the press, that asks for it.
    """
    texts = rules.canned.get(name)
    if texts is None:
        return None
    customer = records.customers.get(case.customer_id)
    text = filled(
        texts.get(case.language) or texts.get(rules.language) or next(iter(texts.values())),
        {
            "name": shown_name("" if customer is None else customer.name),
            "agent": shown_name(asked.who.name),
            "brand": rules.brand,
            "case": case.id,
        },
    )
    return replace(asked, text=text, marks=(), canned=name)


def draft(found: Draft, press: Pressed) -> Wrote:
    """The draft that the pressed button names."""
    return replace(_of(press), text=found.text, draft=found.id)


def pressed(
    records: Records, case: Case, rules: Rules, meaning: Meaning, press: Pressed
) -> Wrote | None:
    """What a press sends to the customer; None when it sends nothing, or nothing any more."""
    if meaning.name == CANNED:
        return canned(records, case, rules, meaning.what, _of(press))
    if meaning.name != SEND_DRAFT:
        return None
    found = records.drafts.get(int(meaning.what), case.id)
    return None if found is None else draft(found, press)


def _of(press: Pressed) -> Wrote:
    return Wrote(
        press.update_id,
        press.who,
        press.chat_id,
        press.message_id,
        press.at,
        thread_id=press.thread_id,
        pressed=True,
    )
