"""What people in the staff group did -> relay or desk, after their authority has been checked.

Authority is a numeric id in the configured roles, in the staff group, at the moment of the act:
never a name, never what a button's data claims, never an anonymous admin. A claim also counts in
a list that went to another group of staff, or to the private chat of the very person who presses.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from . import relay
from .conversation import Author, Case, Person, Reading
from .desk import acts, commands, place, prepared, snooze
from .desk.asking import DROP_HELD, HELD, SEND_HELD
from .desk.desk_words import ACK, AGAIN, AMONG, BACK, CANNED, CLAIM, TAKE_OVER, words
from .desk.drafting import DRAFT_ACTS, Drafting
from .desk.order import Order, Rules, Said
from .desk.orders import Orders
from .desk.second_look import SET_ASIDE, SecondLook
from .desk.unsend import unsend
from .effects import AnswerPress, EditButtons, ReopenTopic, SendText
from .errand import Purpose
from .incoming import Meaning, Pressed, Reacted, TopicClosed, Wrote
from .ledger import Ledger
from .private import InPrivate
from .store.records import Records

_OF_WORDS = (*DRAFT_ACTS, SEND_HELD, DROP_HELD)
"""Acts on words for the customer, not on the case."""
DAY_S = 86_400.0
TOLD_REFUSED = "told_refused"
"""How the audit calls it that somebody without a role was told so in a case."""


@dataclass(frozen=True, slots=True)
class StaffSide:
    """``is_staff``: does this numeric id hold a role, now? ``username``: the bot's own."""

    is_staff: Callable[[int], bool]
    rules: Rules
    username: str
    second_look: SecondLook

    @property
    def language(self) -> str:
        return self.rules.language

    @property
    def private(self) -> InPrivate:
        return InPrivate(self.is_staff, self.rules, self.username)

    def unread(self, records: Records, said: Sequence[Wrote], edit: bool) -> tuple[Wrote, ...]:
        """What of these words the model should read first, for its second look at a reply."""
        first = said[0]
        if not self.is_staff(first.who.id):
            return ()
        held = records.held.of_message(first.chat_id, first.message_id) if edit else None
        case = self._case(records, first)
        reply = said if edit or case is None else self._reply(records, case, said)
        return self.second_look.unread(held, reply)

    def unread_press(self, records: Records, press: Pressed) -> tuple[Wrote, ...]:
        """The same for what a press would send."""
        meaning = records.keyboards.meaning(press.data, press.chat_id)
        case = None if meaning is None else records.case(meaning.case_id)
        if meaning is None or case is None or not self.is_staff(press.who.id):
            return ()
        reply = prepared.pressed(records, case, self.rules, meaning, press)
        return () if reply is None else self.second_look.unread(None, [reply])

    def wrote(
        self, ledger: Ledger, messages: Sequence[Wrote], reading: Reading | None = None
    ) -> Case | None:
        """Words in the group: for the case of that topic, or of the message they answer."""
        first = messages[0]
        case = self._case(ledger.records, first)
        typed = commands.typed(first, self.username)
        if case is None and typed is None and not commands.is_below(first, self.username):
            return None  # people talk among themselves
        if not self._may(ledger, first.who, first.chat_id, case, first.anonymous):
            self._tell_refused(ledger, first, case)
            return None
        if case is None and typed is None:
            ledger.answer(first, words(self.language, "for_no_case"))
            return None
        if case is not None and first.thread_id is not None:
            case = place.move_in(ledger, case, first.thread_id, first.topic)
        if typed is not None and typed.name == commands.UNSEND and case is not None:
            if not self.second_look.taken_back(ledger, case, first):
                unsend(ledger, case, first)
            return case
        reply = () if case is None else self._reply(ledger.records, case, messages)
        if typed is not None and not reply:
            Orders(self.rules).obey(ledger, typed, first, case)
            if case is not None:
                self.second_look.over(ledger, ledger.records.case(case.id) or case)
        if case is None or not reply:
            return case
        if any(map(relay.is_note, messages)):
            relay.to_customer(ledger, case, messages, first.who.name)
            return case
        if not case.state.with_staff:
            ledger.answer(first, words(self.language, "not_with_staff"))
            return case
        self.second_look.reply(ledger, case, reply, first.who, reading)
        return case

    def _reply(self, records: Records, case: Case, said: Sequence[Wrote]) -> Sequence[Wrote]:
        """What of it is for the customer: as typed, or the canned reply that it names.

        Empty: an order. What only looks like one is for the customer if its author says so.
        """
        typed = commands.typed(said[0], self.username)
        if typed is None or typed.name is None:
            return said
        if typed.name != CANNED:
            return ()
        reply = prepared.canned(records, case, self.rules, typed.what, said[0])
        return () if reply is None else (reply,)

    def edited(self, ledger: Ledger, edit: Wrote, reading: Reading | None = None) -> None:
        """Words only: a command is not carried out because an old message becomes one."""
        case = self._case(ledger.records, edit)
        if case is None:
            return
        held = ledger.records.held.of_message(edit.chat_id, edit.message_id)
        heard = held is not None or _may_yet_arrive(ledger, edit)
        if not heard and commands.typed(edit, self.username) is not None:
            return
        if self._may(ledger, edit.who, edit.chat_id, case, edit.anonymous):
            self.second_look.edited(ledger, case, edit, edit.who, reading)

    def topic_closed(self, ledger: Ledger, closed: TopicClosed) -> None:
        """A topic closed by hand ends no case: it is opened again, and staff read what does."""
        case = ledger.records.case_in_topic(closed.chat_id, closed.thread_id)
        if case is None or not case.state.with_staff:
            return
        ledger.send(ReopenTopic(closed.chat_id, closed.thread_id), Purpose.MARK, case)
        ledger.tell(case, words(self.language, "still_open", n=case.id))

    def clock_ran_out(self, ledger: Ledger, case: Case, kind: str) -> bool:
        """Was it a clock of staff's own: of a snooze, or of a question about a held reply?"""
        if kind == snooze.KIND:
            snooze.ran_out(ledger, case, self.language)
            return True
        if not kind.startswith(HELD):
            return False
        self.second_look.expired(ledger, case, int(kind.removeprefix(HELD)))
        return True

    def pressed(
        self, ledger: Ledger, press: Pressed, reading: Reading | None = None
    ) -> Case | None:
        """A button of the desk: a command on the case as it is now."""
        meaning = ledger.records.keyboards.meaning(press.data, press.chat_id)
        case = None if meaning is None else ledger.records.case(meaning.case_id)
        if meaning is None or case is None or meaning.role != "staff":
            ledger.note("refused_press", None, press.who.id)
            ledger.send(AnswerPress(press.callback_id), Purpose.PRESS, None)
            return None
        if not self._may_press(ledger, press, case, meaning):
            text = words(self.language, "staff_only")
            ledger.send(AnswerPress(press.callback_id, text, True), Purpose.PRESS, None)
            return None
        of_words = meaning.name in _OF_WORDS
        act = self._on_words if of_words else self._on_case
        told = act(ledger, case, meaning, press, reading)
        ledger.send(AnswerPress(press.callback_id, told.words), Purpose.PRESS, None)
        case = ledger.records.case(case.id) or case
        if not of_words:
            self.second_look.over(ledger, case)
            self._redraw(ledger, case, meaning, press, told)
        return case

    def _on_words(
        self, ledger: Ledger, case: Case, meaning: Meaning, press: Pressed, reading: Reading | None
    ) -> Said:
        """A draft, or a reply that is held back; whoever has them changes their buttons."""
        if meaning.name in DRAFT_ACTS:
            drafting = Drafting(self.rules, self.second_look)
            return Said(drafting.pressed(ledger, case, meaning, press, reading))
        return Said(self.second_look.pressed(ledger, case, meaning, press))

    def _on_case(
        self, ledger: Ledger, case: Case, meaning: Meaning, press: Pressed, reading: Reading | None
    ) -> Said:
        if meaning.name == AGAIN:
            return Said(self._again(ledger, case, int(meaning.what), press.who))
        if meaning.name == CANNED and meaning.what and case.state.with_staff:
            return Said(self._canned(ledger, case, meaning, press, reading))
        return acts.act(ledger, case, meaning.name, Order(press.who, self.rules, meaning.what))

    def _redraw(
        self, ledger: Ledger, case: Case, meaning: Meaning, press: Pressed, told: Said
    ) -> None:
        """The buttons under what was pressed: those of a question back, or again the usual ones."""
        if meaning.what == AMONG:
            return  # a list follows by itself, and its buttons belong to other cases too
        answered = meaning.what or meaning.name == BACK  # a question of ours, on the card or not
        if told.rows or (answered and case.card_id != press.message_id):
            buttons = ledger.keyboard(case, press.chat_id, "staff", told.rows)
            asked = EditButtons(press.chat_id, press.message_id, buttons)
            ledger.send(asked, Purpose.MARK, case)

    def reacted(self, ledger: Ledger, reacted: Reacted) -> None:
        found = ledger.records.transcript.case_of(reacted.chat_id, reacted.message_id)
        case = None if found is None else ledger.records.case(found)
        if (
            case is not None
            and case.state.with_staff
            and self._may(ledger, reacted.who, reacted.chat_id, case, anonymous=False)
        ):
            relay.reaction(ledger, case, reacted)

    def _canned(
        self, ledger: Ledger, case: Case, meaning: Meaning, press: Pressed, reading: Reading | None
    ) -> str:
        reply = prepared.pressed(ledger.records, case, self.rules, meaning, press)
        if reply is None:
            return words(self.language, "draft_gone")
        ledger.records.keyboards.spend(press.data)  # two presses are one reply
        self.second_look.reply(ledger, case, [reply], press.who, reading)
        held = ledger.records.held.open_in(case.id, press.who.id)
        return words(self.language, "draft_held" if held else "draft_sent")

    def _case(self, records: Records, message: Wrote) -> Case | None:
        """The case meant: by topic, by the message that is answered, or by what made the topic.

        A topic may be none of a case that is known by it: another took its place, or the process
        died before it heard that the topic was made.
        """
        chat, thread, below, found = message.chat_id, message.thread_id, message.reply_to, None
        if thread is not None and (case := records.case_in_topic(chat, thread)) is not None:
            return case
        if below is not None:
            found = records.transcript.case_of(chat, below)
        elif thread is not None and commands.is_below(message, self.username):
            made = records.outbox.topic_made(chat, thread, message.topic)
            found = None if made is None else made[0].errand.case_id
        return None if found is None else records.case(found)

    def _may(
        self, ledger: Ledger, who: Person, chat_id: int, case: Case | None, anonymous: bool
    ) -> bool:
        here = ledger.records.chat_now(chat_id) == ledger.staff_chat_id
        if not anonymous and here and self.is_staff(who.id):
            ledger.records.team.seen(who)
            return True
        ledger.note("refused_staff", None if case is None else case.id, who.id)
        return False

    def refuse_elsewhere(self, ledger: Ledger, said: Wrote) -> None:
        """Words in a group that is not the staff's: who of staff wrote there, and of strangers, who
        never asked for a bot in their group, once a day that there are such."""
        chat = str(said.chat_id)
        if self.is_staff(said.who.id):
            ledger.note("refused_elsewhere", None, said.who.id, chat)
        elif not ledger.records.noted_since("refused_elsewhere", chat, ledger.now - DAY_S):
            ledger.note("refused_elsewhere", None, None, chat)

    def _tell_refused(self, ledger: Ledger, said: Wrote, case: Case | None) -> None:
        """Whoever wrote for a case and has no say learns it below their words, once in that case:
        it may be a colleague who thinks that the customer has been answered. The number that a lead
        needs to list them stands in it: there is no other way to find it while the bot runs."""
        if case is None or TOLD_REFUSED in ledger.promises.acts_since(case.id, (), [said.who.id]):
            return
        ledger.note(TOLD_REFUSED, case.id, said.who.id)
        key = "anonymous" if said.anonymous else "not_listed"
        ledger.answer(said, words(self.language, key, id=said.who.id))

    def _may_press(self, ledger: Ledger, press: Pressed, case: Case, meaning: Meaning) -> bool:
        """In the group anything; in a message that went elsewhere, a claim (and what it is asked
        when another was faster), or that it was seen.

        Elsewhere is another group of staff, or the private chat of the very person who presses:
        Telegram gives a private chat the id of its person, so nobody else can press there.
        """
        elsewhere = press.chat_id in ledger.overflow_chats() or press.chat_id == press.who.id
        claims = meaning.name in (CLAIM, TAKE_OVER, BACK, ACK)
        if claims and elsewhere and self.is_staff(press.who.id):
            ledger.records.team.seen(press.who)
            return True
        return self._may(ledger, press.who, press.chat_id, case, anonymous=False)

    def _again(self, ledger: Ledger, case: Case, row_id: int, who: Person) -> str:
        """A person decided to send again what may not have arrived."""
        found = ledger.records.outbox.get(row_id)
        if found is not None and found[1] == "uncertain":
            errand = found[0].errand
            if ledger.noted(SET_ASIDE, case.id, str(errand.ref)):
                return words(self.language, "not_sent_again")
            ledger.records.outbox.settle(row_id, "failed", ledger.now, "sent again by staff")
            again = replace(errand, purpose=Purpose.WORDS)
            if isinstance(errand.effect, SendText) and errand.purpose is not Purpose.WORDS:
                # The bot's words are no reply; their old buttons belong to the first copy.
                again = replace(again, effect=replace(errand.effect, buttons=()))
                again = replace(again, purpose=Purpose.FAREWELL)
            ledger.records.outbox.add(again, ledger.now)
            ledger.note("sent_again", case.id, who.id, str(row_id))
        return words(self.language, "sent_again")


def _may_yet_arrive(ledger: Ledger, edit: Wrote) -> bool:
    """Is it an agent's message of which the customer has no copy that we know of?"""
    line = ledger.line_at(edit.chat_id, edit.message_id)
    there = ledger.counterpart(edit.chat_id, edit.message_id)
    return line is not None and line[1].author is Author.AGENT and there is None
