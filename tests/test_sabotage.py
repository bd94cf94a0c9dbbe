"""Each guard taken away on purpose: the same story that was green must go red.

A story that stays green without its guard proves nothing. So each twin tells its story twice: as
the program is, and with one guard removed, waiting longer than the whole green story took.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot import carry_out, customer, decide, delivery, errand, poison, relay, respond, understand
from bot.burst import Bursts
from bot.conversation import Case, Reading, State
from bot.effects import Effect
from bot.errand import Lane, OutboxRow, Purpose, Repeat
from bot.incoming import InboxRow, Side
from bot.ledger import Ledger
from bot.respond import Responder
from bot.risk import RiskRule
from bot.route import Route
from bot.staff import StaffSide
from bot.store import commits, opening
from bot.store.errands import Outbox
from bot.store.inbox import Inbox
from bot.store.records import Records
from bot.telegram.edge import TelegramEdge
from bot.understand import Understand

from . import test_answering as answering
from . import test_authority as authority
from . import test_clarifying as clarifying
from . import test_failures as failures
from . import test_handing_over as handing_over
from . import test_questions as questions
from . import test_receiving as receiving
from . import test_relaying as relaying
from . import test_restarting as restarting
from .shop import Shop
from .twins import RED as RED
from .twins import Sabotage as Sabotage
from .twins import Story as Story
from .twins import Twin as Twin
from .twins import green_and_red as green_and_red
from .twins import nothing as nothing
from .twins import replaced as replaced
from .twins import told as told


def policy(purpose: Purpose, repeat: Repeat) -> Sabotage:
    lane: Lane = errand.POLICY[purpose][0]
    return lambda patch: patch.setitem(errand.POLICY, purpose, (lane, repeat))


def schema_without(words: str, instead: str) -> Sabotage:
    whole = opening._statements

    def sabotage(patch: pytest.MonkeyPatch) -> None:
        patch.setattr(opening, "_statements", lambda script: whole(script.replace(words, instead)))

    return sabotage


def no_dedupe(patch: pytest.MonkeyPatch) -> None:
    """The inbox takes every update, however often it comes."""

    def add(
        self: Inbox, bot_id: int, updates: Iterable[tuple[int, str, str]], now: float
    ) -> dict[str, int]:
        fresh = {}
        for update_id, conversation, body in updates:
            columns = "(bot_id, update_id, conversation, body, received_at)"
            values = (bot_id, update_id, conversation, body, now)
            self._do(f"INSERT INTO inbox {columns} VALUES (?, ?, ?, ?, ?)", values)
            fresh[conversation] = 1
        return fresh

    schema_without("UNIQUE (bot_id, update_id)", "spare INTEGER")(patch)
    patch.setattr(Inbox, "add", add)


def acknowledged_early(patch: pytest.MonkeyPatch) -> None:
    """Telegram is told as soon as updates are in memory, as receivers commonly do."""
    whole = TelegramEdge.fetch

    async def fetch(self: TelegramEdge, offset: int | None, wait: float) -> list[dict[str, Any]]:
        updates = await whole(self, offset, wait)
        if updates:
            updates += await whole(self, 1 + max(u["update_id"] for u in updates), 0)
        return updates

    patch.setattr(TelegramEdge, "fetch", fetch)


def no_rollback(patch: pytest.MonkeyPatch) -> None:
    """What a step wrote before it failed stays."""

    def commit(connection: sqlite3.Connection, records: Records, batch: list[commits.Job]) -> None:
        connection.execute("BEGIN IMMEDIATE")
        for job in batch:
            try:
                job.result = job.work(records)
            except Exception as error:
                job.error = error
        connection.execute("COMMIT")

    patch.setattr(commits, "commit", commit)


def no_resuming(patch: pytest.MonkeyPatch) -> None:
    async def resume(_: Responder) -> int:
        return 0

    patch.setattr(Responder, "resume", resume)


def whoever_has_it(patch: pytest.MonkeyPatch) -> None:
    """The bot reads each turn and takes it itself, whoever has the case."""
    whole = carry_out.case_of

    def held(_: Route, __: Records, row: InboxRow) -> bool:
        return row.side is not Side.CUSTOMER

    def case_of(*asked: Any) -> Case:
        found = whole(*asked)
        return replace(found, state=State.WITH_BOT) if found.state.with_staff else found

    patch.setattr(Route, "held", held)
    patch.setattr(customer, "case_of", case_of)


def claimed_in_memory(patch: pytest.MonkeyPatch) -> None:
    """Nothing is sent twice by one run, and no other run knows what this one has begun to send."""
    taken: set[tuple[str, int]] = set()

    def claim(_: Outbox, row: OutboxRow, __: Effect, worker: str, ___: float) -> bool:
        fresh = (worker, row.id) not in taken
        taken.add((worker, row.id))
        return fresh

    patch.setattr(Outbox, "claim", claim)


def deaf_timeout(patch: pytest.MonkeyPatch) -> None:
    """The model may take as long as it likes."""
    whole = Understand.__init__

    def patient(self: Understand, reader: Any, risk: Any, clock: Any, _: float, *rest: Any) -> None:
        whole(self, reader, risk, clock, 60.0, *rest)

    patch.setattr(Understand, "__init__", patient)


def danger_unheard(patch: pytest.MonkeyPatch) -> None:
    """Only what a list finds is danger."""
    whole = Understand._marked

    def marked(self: Understand, reading: Reading, words: str) -> Reading:
        return whole(self, replace(reading, risk=()), words)

    patch.setattr(Understand, "_marked", marked)


def hellos_hide_everything(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(decide, "_asks_surely", lambda *_: False)
    patch.setattr(decide, "_is_near", lambda *_: False)


def everything_is_telling(patch: pytest.MonkeyPatch) -> None:
    """What the model took for danger is shown, be it danger or not."""
    whole = Understand._marked

    def marked(self: Understand, reading: Reading, words: str) -> Reading:
        return replace(whole(self, reading, words), telling=reading.telling)

    patch.setattr(Understand, "_marked", marked)


async def remarked(shop: Shop) -> None:
    await answering.test_a_remark_after_an_answer_is_taken_note_of_and_nobody_is_called(
        shop, "hmm j'y pense"
    )


async def laughed_at_in_english(shop: Shop) -> None:
    await answering.test_a_word_of_another_language_does_not_change_the_one_that_is_spoken(
        shop, "lol", "D’accord"
    )


TWINS = (
    Twin(
        "the veto of anger",
        replaced(decide, "_veto", nothing),
        handing_over.test_anger_is_a_veto_however_sure_the_subject_is,
    ),
    Twin(
        "reading two questions as two",
        replaced(decide, "_several_questions", nothing),
        questions.asks_two_things,
    ),
    Twin(
        "the danger that the model hears",
        danger_unheard,
        handing_over.test_danger_that_only_the_model_hears_is_urgent,
    ),
    Twin(
        "the words that are anger whatever the model says",
        replaced(understand, "ACCUSATION", ""),
        handing_over.test_an_accusation_is_anger_however_politely_it_is_put,
    ),
    Twin(
        "the words that ask for a person whatever the model says",
        replaced(understand, "PERSON", ""),
        handing_over.test_a_plea_beside_a_question_is_heard,
    ),
    Twin(
        "the bare words that the bot offers",
        replaced(RiskRule, "stands_alone", lambda *_: False),
        handing_over.test_the_words_that_the_bot_offers_work_to_the_letter,
    ),
    Twin(
        "handing over what was answered and is near again",
        replaced(decide, "_again", nothing),
        clarifying.test_what_was_answered_is_not_offered_again,
    ),
    Twin(
        "the UNIQUE that keeps an update once",
        no_dedupe,
        receiving.an_update_delivered_twice_is_answered_once,
    ),
    Twin(
        "storing before acknowledging",
        acknowledged_early,
        receiving.stored_before_acknowledged,
    ),
    Twin(
        "storing before acknowledging, with a full disk",
        acknowledged_early,
        failures.an_update_the_store_refused_is_asked_for_again,
    ),
    Twin(
        "reading the owner at the moment of sending",
        replaced(delivery, "_held_by_a_person", lambda _: False),
        relaying.an_answer_on_its_way_is_withdrawn,
    ),
    Twin(
        "taking back what waits when a person claims",
        replaced(Ledger, "hush", nothing),
        relaying.test_a_withdrawn_reply_does_not_come_back_with_the_hand_back,
    ),
    Twin(
        "committing the claim before the send",
        claimed_in_memory,
        restarting.killed_while_sending_the_answer,
        red_at='again.staff_see("envoi non confirmé")',
    ),
    Twin(
        "at most once for the bot's words",
        policy(Purpose.ANSWER, Repeat.AT_LEAST_ONCE),
        failures.an_uncertain_answer_is_not_sent_again,
    ),
    Twin(
        "at least once for a brief",
        policy(Purpose.BRIEF, Repeat.NEVER),
        failures.test_a_brief_whose_answer_was_cut_off_arrives_again_under_the_same_number,
    ),
    Twin(
        "the check of a press's authority",
        replaced(StaffSide, "_may", lambda *_, **__: True),
        authority.a_stranger_presses_claim,
    ),
    Twin(
        "the check of a writer's authority",
        replaced(StaffSide, "_may", lambda *_, **__: True),
        authority.a_stranger_writes_in_the_topic,
    ),
    Twin(
        "one transaction for state, brief, clock and notice",
        no_rollback,
        failures.test_a_hand_over_is_whole_or_not_at_all,
        red_at="FROM cases",
    ),
    Twin(
        "setting poison aside",
        replaced(poison, "POISON_AFTER", 10**6),
        failures.a_row_that_cannot_be_read_is_set_aside,
    ),
    Twin(
        "working alone on what may have ended the last run",
        replaced(poison, "ALONE_AFTER", 10**6),
        restarting.whoever_waits_is_not_to_blame,
    ),
    Twin(
        "taking up open turns at start",
        no_resuming,
        restarting.test_a_turn_that_waits_for_its_burst_to_end_is_taken_up_again,
    ),
    Twin(
        "the silence while staff hold a case",
        whoever_has_it,
        relaying.test_words_go_both_ways_and_the_bot_is_silent,
        red_at="assert not any(shop.answer_to(",
    ),
    Twin(
        "reading a burst together",
        replaced(Bursts, "_quiet_after", lambda *_: 0.0),
        answering.test_messages_sent_in_a_burst_are_read_together_and_answered_once,
    ),
    Twin(
        "dropping an answer when more arrives",
        replaced(Inbox, "newest_after", lambda *_: 0),
        answering.test_an_answer_in_preparation_is_dropped_when_more_arrives,
    ),
    Twin(
        "hearing a no as a no",
        replaced(decide, "_small_talk", nothing),
        clarifying.test_no_that_is_not_it_is_never_a_new_question,
    ),
    Twin(
        "the question behind a hello",
        hellos_hide_everything,
        answering.test_a_hello_does_not_swallow_a_short_question,
    ),
    Twin(
        "the question mark behind a hello",
        replaced(decide, "_is_near", lambda *_: False),
        lambda shop: answering.a_question_mark_behind_politeness(
            shop, "bonjour livraison ou retour?"
        ),
    ),
    Twin(
        "the question around a number",
        replaced(decide, "gives_only_a_number", lambda _: True),
        answering.a_clear_question_with_a_number,
    ),
    Twin(
        "a person for a number with hardly a word",
        replaced(decide, "gives_only_a_number", lambda _: False),
        lambda shop: answering.a_number_with_hardly_a_word(shop),
    ),
    Twin(
        "the silence after a GIF",
        replaced(decide, "WORDLESS", frozenset({"sticker"})),
        answering.a_gif_after_an_answer,
    ),
    Twin(
        "hearing what stands beside /person",
        replaced(understand, "_also_asks", lambda reading, plain: plain or reading),
        lambda shop: handing_over.danger_beside_the_command(shop),
    ),
    Twin(
        "asking by /person whatever stands beside it",
        replaced(understand, "_also_asks", lambda reading, _: reading),
        handing_over.test_who_asks_by_command_is_told_of_as_asking_though_the_model_fails,
    ),
    Twin(
        "showing no words of a danger that is none",
        everything_is_telling,
        handing_over.danger_that_is_listed_as_none,
        red_at="ses mots",
    ),
    Twin(
        "taking note of a remark",
        replaced(decide, "_near_nothing", lambda *_: False),
        remarked,
    ),
    Twin(
        "the language of the case behind a « cool »",
        replaced(customer, "says_little", lambda *_: False),
        laughed_at_in_english,
    ),
    Twin(
        "giving up on a model that hangs",
        deaf_timeout,
        handing_over.test_a_model_that_hangs_is_given_up_and_taken_back_when_it_answers,
    ),
    Twin(
        "the first words",
        replaced(Ledger, "is_met", lambda *_: True),
        answering.test_the_first_words_say_that_a_machine_answers_and_how_to_reach_a_person,
    ),
    Twin(
        "keeping an album together",
        replaced(relay, "albums", lambda messages: [[one] for one in messages]),
        relaying.test_an_album_of_the_customer_stays_together,
    ),
    Twin(
        "keeping notes inside",
        replaced(relay, "is_note", lambda _: False),
        relaying.test_an_internal_note_never_reaches_the_customer,
    ),
)


@pytest.mark.parametrize("twin", TWINS, ids=lambda twin: twin.without.replace(" ", "_"))
async def test_a_story_goes_red_without(
    twin: Twin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(respond, "TRY_AGAIN_S", 0.005)
    await green_and_red(twin, tmp_path, monkeypatch)
