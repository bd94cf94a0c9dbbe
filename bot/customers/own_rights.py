"""Customers' own rights: what is kept of them, a copy of it, an end to it, and their language.

A command of these is answered at once by the bot in every state, also while a person holds the
case: it is no voice in the case. It never reaches the model and never opens a case.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from ..config import RetentionSettings
from ..conversation import Person, State
from ..desk.barring import is_barred
from ..desk.desk_words import words
from ..effects import AnswerPress, EditButtons, Effect, Rows, SendDocument, SendText
from ..errand import Errand, Purpose
from ..house import House
from ..incoming import Edited, Incoming, Pressed, Wrote, command
from ..ledger import Ledger
from ..promises.terms import REDRAW
from ..store.records import Records

PRIVACY, EXPORT, DELETE, LANGUAGE = "privacy", "export", "delete", "language"

COMMANDS: Mapping[str, str] = {
    "/privacy": PRIVACY,
    "/confidentialite": PRIVACY,
    "/confidentialité": PRIVACY,
    "/export": EXPORT,
    "/exporter": EXPORT,
    "/delete_me": DELETE,
    "/deleteme": DELETE,
    "/effacer": DELETE,
    "/language": LANGUAGE,
    "/langue": LANGUAGE,
}

ERASE, KEEP, SPEAK, AS_WRITTEN = "erase", "keep", "speak:", "speak:auto"
MOST_AN_HOUR = 10
"""Of these commands, a person; one more is refused in words, and further ones in silence."""
HOUR_S = 3600.0


def asked_by(said: Incoming) -> Wrote | None:
    """The message, when it asks for one of these rights."""
    message = said.now if isinstance(said, Edited) else said
    known = isinstance(message, Wrote) and command(message.text)[0] in COMMANDS
    return message if known and isinstance(message, Wrote) else None


@dataclass(frozen=True, slots=True)
class Group:
    """Where staff are told of an erasure, and in which language."""

    chat_id: int
    language: str


@dataclass(frozen=True, slots=True)
class OwnRights:
    """``kept``: for how many days what is kept, as /privacy tells. ``on_asked``: told of each
    command."""

    house: House
    kept: RetentionSettings
    staff_chat_id: int
    on_asked: Callable[[Wrote], None] | None = None

    def asked(self, ledger: Ledger, message: Wrote) -> None:
        """Do what a command asks for, unless they have asked very often."""
        if self.on_asked is not None:
            self.on_asked(message)
        which, rest = command(message.text)
        kind, who = f"asked_{COMMANDS[which]}", message.who
        if not self._within_bounds(ledger, who):
            return
        ledger.note(kind, None, who.id)
        match COMMANDS[which]:
            case "privacy":
                self._say(ledger, who, self._privacy(ledger, who))
            case "export":
                self._export(ledger, who)
            case "delete":
                self._ask_whether_to_erase(ledger, who)
            case _:
                self._language(ledger, who, rest.strip().casefold())

    def pressed(self, ledger: Ledger, press: Pressed, seq: int) -> bool:
        """One of the buttons below those answers, by its person. False: it is another's."""
        act = ledger.records.keyboards.own_act_of(press.data, press.chat_id)
        if act is None or press.who.id != press.chat_id:
            return False
        if act.startswith(SPEAK):
            self._choose(ledger, press.who, act.removeprefix(SPEAK))
        elif act == ERASE:
            language = self._spoken(ledger, press.who)
            done = "erased_barred" if is_barred(ledger, press.who.id) else "erased"
            group = Group(self.staff_chat_id, self.house.desk_language)
            erase(ledger.records, press.who.id, seq, ledger.now, group)
            self._say(ledger, press.who, ledger.phrase(language, done))
        else:
            self._say(ledger, press.who, ledger.phrase(self._spoken(ledger, press.who), "kept"))
        ledger.send(AnswerPress(press.callback_id), Purpose.PRESS, None)
        _own(ledger, EditButtons(press.chat_id, press.message_id))
        return True

    # ---------------------------------------------------------------------- the commands

    def _privacy(self, ledger: Ledger, who: Person) -> str:
        language, brand = self._spoken(ledger, who), self.house.knowledge.brand
        return ledger.phrase(
            language,
            "privacy",
            brand=brand.name,
            words=f"{self.kept.messages_days:g}",
            cases=f"{self.kept.cases_days:g}",
            contact=brand.contact.get(language, ""),
        ).strip()

    def _export(self, ledger: Ledger, who: Person) -> None:
        language = self._spoken(ledger, who)
        known = ledger.records.own_data.export(who.id, notes=False)
        if not known:
            self._say(ledger, who, ledger.phrase(language, "nothing_known"))
            return
        caption = ledger.phrase(language, "exported", brand=self.house.brand)
        _own(ledger, SendDocument(who.id, file_name(who.id), as_json(known), caption))

    def _ask_whether_to_erase(self, ledger: Ledger, who: Person) -> None:
        language = self._spoken(ledger, who)
        case = ledger.records.open_case(who.id)
        held = case is not None and case.state.with_staff
        text = ledger.phrase(language, "erase_held" if held else "erase")
        rows = tuple(((ledger.phrase(language, f"btn_{act}"), act),) for act in (ERASE, KEEP))
        self._say(ledger, who, text, rows)

    def _language(self, ledger: Ledger, who: Person, wish: str) -> None:
        if wish in (*self.house.knowledge.brand.languages, "auto"):
            self._choose(ledger, who, wish)
            return
        language = self._spoken(ledger, who)
        served = [
            ((ledger.phrase(code, "btn_own_language"), f"{SPEAK}{code}"),)
            for code in self.house.knowledge.brand.languages
        ]
        rows = (*served, ((ledger.phrase(language, "btn_as_written"), AS_WRITTEN),))
        self._say(ledger, who, ledger.phrase(language, "which_language"), rows)

    def _choose(self, ledger: Ledger, who: Person, wish: str) -> None:
        """From now on in that language, whatever they write in; "auto": as they write."""
        chosen = wish if wish in self.house.knowledge.brand.languages else None
        ledger.records.customers.remember(who)
        ledger.records.customers.choose_language(who.id, chosen, ledger.now)
        case = ledger.records.open_case(who.id)
        if case is not None and chosen is not None:
            case = ledger.save(replace(case, language=chosen))
            if case.state.with_staff:
                ledger.card(case)
        said = "language_chosen" if chosen else "language_as_written"
        self._say(ledger, who, ledger.phrase(self._spoken(ledger, who), said))

    # --------------------------------------------------------------------------- inside

    def _within_bounds(self, ledger: Ledger, who: Person) -> bool:
        data, since = ledger.records.own_data, ledger.now - HOUR_S
        count = sum(
            data.count_acts(who.id, f"asked_{kind}", since) for kind in set(COMMANDS.values())
        )
        if count < MOST_AN_HOUR:
            return True
        if not data.count_acts(who.id, "asked_too_often", since):
            ledger.note("asked_too_often", None, who.id)
            self._say(ledger, who, ledger.phrase(self._spoken(ledger, who), "too_often"))
        return False

    def _spoken(self, ledger: Ledger, who: Person) -> str:
        known = ledger.records.customers.get(who.id)
        wishes = (known.chosen, known.language) if known else ()
        return self.house.language_for(*wishes, who.language_code)

    def _say(self, ledger: Ledger, who: Person, text: str, rows: Rows = ()) -> None:
        _own(ledger, SendText(who.id, text, ledger.keyboard(None, who.id, "customer", rows)))


def erase(records: Records, person: int, upto: int, now: float, group: Group) -> list[int]:
    """Take a person out of the store and out of the staff group; returns their cases' numbers.

    ``upto``: the last inbox row that is meant. An open case is closed first: staff are told its
    number, never whose it was. Cards of others that propose what answered them are drawn anew.
    """
    cases = records.own_data.cases_of(person)
    case = records.open_case(person)
    held = case is not None and case.state.with_staff
    if case is not None:
        records.save(replace(case, state=State.CLOSED, closed_at=now), now)
    traces, proposed = records.own_data.traces(cases), records.drafts.made_of(cases)
    records.own_data.erase(person, upto, now)
    for other in proposed:
        records.timers.set(other, REDRAW, now)
    if traces or held:
        numbers = ", ".join(f"#{number}" for number in cases)
        told = words(group.language, "erased_open" if held else "erased", numbers=numbers)
        there = SendText(records.chat_now(group.chat_id), told)
        traces.append(Errand(there, Purpose.TELL))
    for errand in traces:
        records.outbox.add(errand, now)
    records.keeping.chore("wipe", now)
    records.note("erased", now, detail=str(len(cases)))
    return cases


def file_name(person: int) -> str:
    return f"telegram-{person}.json"


def as_json(known: Mapping[str, object]) -> str:
    """A person's data as a file that people and programs can read; times in words (UTC)."""
    return json.dumps(_dated(known), ensure_ascii=False, indent=2)


def _dated(value: object) -> object:
    match value:
        case dict():
            return {
                key: datetime.fromtimestamp(inner, UTC).isoformat(timespec="seconds")
                if (key == "at" or key.endswith("_at")) and isinstance(inner, float)
                else _dated(inner)
                for key, inner in value.items()
            }
        case list():
            return [_dated(inner) for inner in value]
        case _:
            return value


def _own(ledger: Ledger, effect: Effect) -> None:
    ledger.records.outbox.add(Errand(effect, Purpose.OWN), ledger.now)
