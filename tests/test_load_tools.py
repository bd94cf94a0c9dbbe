"""The tools that measure the running bot tell the truth: on short runs, and on altered records."""

from __future__ import annotations

import asyncio
import itertools
import json
import math
import random
import sqlite3
from functools import partial
from pathlib import Path

import pytest

from bot.answers import load_knowledge
from bot.config import EXAMPLE_BRAND
from bot.sandbox import Person

from .load import messages
from .load.bench import Bench, Burst, Ours, Paced, echo, last_line
from .load.crowd import Agent, Written
from .load.evidence import Row, Words
from .load.figures import percentile
from .load.large import filled_store, knowledge_folder
from .load.replay_real import Replayed, replay, table
from .load.stage import Stage, open_stage
from .load.verdict import Verdict, align, judge


async def short_replay(stage: Stage, count: int) -> Replayed:
    """A crowd on the bot with the reader that costs nothing, and an agent at work."""
    texts = itertools.islice(messages.forever(messages.SCRIPTED, random.Random(1)), count)
    return await replay(
        stage,
        stage.bot("--no-budget", "--scripted", quiet_seconds=0.3),
        list(texts),
        people=40,
        rate=60.0,
        resolve_after=1.0,
        seed=1,
        still_s=1.0,
    )


async def test_every_message_of_a_crowd_has_one_outcome(tmp_path: Path) -> None:
    """The counts add up, every kind of outcome occurs, and ages are those of real waiting."""
    async with open_stage(tmp_path) as stage:
        replayed = await short_replay(stage, 260)
        verdict = replayed.verdict
        assert verdict.is_clean, table(replayed)
        assert sum(verdict.outcomes.values()) == verdict.sent == 260
        kinds = ("answered", "clarified", "handed_over", "joined", "relayed")
        assert all(verdict.outcomes[kind] for kind in kinds), verdict.outcomes
        hearts = verdict.outcomes["stayed_quiet"]
        assert len(verdict.first_words_s) + len(verdict.relay_s) + hearts == verdict.sent
        assert max(verdict.first_words_s) > 0.3, "the bot waits until a customer is quiet"
        assert "lost=0 doubled=0 disordered=0" in table(replayed).splitlines()[-1]
        _altered_records_are_found_out(stage, replayed)


CLOSED = ""
"""Nothing is written; from here on an agent resolves what reaches staff."""


async def test_words_after_a_closing_have_their_outcome_too(tmp_path: Path) -> None:
    """What the bot says to somebody who comes back is an answer; that a case was closed is none."""
    verdict = await _talk(tmp_path, ("grr ça suffit", 1), (CLOSED, 2), ("bonjour", 3))
    assert verdict.is_clean and verdict.outcomes == {"handed_over": 1, "answered": 1}, verdict


async def test_words_that_only_make_a_case_urgent_are_no_lost_answer(tmp_path: Path) -> None:
    """Nobody is told anything for them: what is said after the closing answers other words."""
    urgent = "JAMAIS plus j'achète chez vous bande d'incompétents!!!"
    before = (("mon chien a mangé la tente", 1), (urgent, 1))
    verdict = await _talk(tmp_path, *before, (CLOSED, 2), ("bonjour", 3))
    outcomes = {"handed_over": 1, "relayed": 1, "answered": 1}
    assert verdict.is_clean and verdict.outcomes == outcomes, verdict


async def _talk(folder: Path, *says: tuple[str, int]) -> Verdict:
    """The verdict on one customer, who waits after each message until the bot has said so much."""
    async with open_stage(folder) as stage:
        person, written = stage.customer(), list[Written]()
        agent, working = Agent(stage, after_s=0.0), list[asyncio.Task[None]]()
        bot = stage.bot("--no-budget", "--scripted", quiet_seconds=0.1)
        await bot.start()
        try:
            for text, heard in says:
                if text == CLOSED:
                    working.append(asyncio.create_task(agent.work()))
                else:
                    message = await person.says(text)
                    written.append(Written(person.id, message.id, stage.now()))
                assert await stage.quiet(1.0, 60.0, partial(_has_heard, stage, person, heard))
        finally:
            for task in working:
                task.cancel()
            bot.kill()
        return judge(stage, written, stage.store)


def _has_heard(stage: Stage, person: Person, count: int) -> bool:
    bot = stage.sandbox.bot.id
    return sum(m.sender_id == bot for m in stage.sandbox.history(person)) >= count


def _altered_records_are_found_out(stage: Stage, replayed: Replayed) -> None:
    """What Telegram saw is changed by hand, one thing at a time; the bot's database still claims
    that all is well."""
    bot, staff, calls = stage.sandbox.bot.id, stage.staff.id, stage.sandbox.calls
    honest = list(calls)

    def judged() -> Verdict:
        found = judge(stage, replayed.written, stage.store)
        calls[:] = honest
        return found

    words = next(c for c in calls if c.method == "sendMessage" and c.params["chat_id"] != staff)
    chat = stage.sandbox.world.chats[words.params["chat_id"]]
    shown = next(message for message in chat.visible() if message.sender_id == bot)
    calls.remove(words)
    shown.deleted = True
    assert judged().lost > 0, "words that never came"
    shown.deleted = False

    stage.sandbox.world.post(chat, stage.sandbox.bot, {"text": words.params["text"]})
    calls.append(words)
    assert judged().doubled == 1, "words that came twice"
    del chat.messages[max(chat.messages)]

    carried = next(call for call in calls if call.method == "copyMessage")
    calls.remove(carried)
    assert judged().lost == 1, "a message that nobody carried to staff"

    for brief in [call for call in calls if "<b>Demande</b>" in str(call.params.get("text"))]:
        calls.remove(brief)
    assert judged().lost >= replayed.verdict.outcomes["handed_over"], "briefs that nobody posted"


def test_effects_and_words_are_laid_side_by_side_with_the_least_wrong() -> None:
    """An effect in doubt may or may not have come; what is sure must have."""

    def rows(*states: str) -> list[Row]:
        return [Row("answer", state, "same words") for state in states]

    def words(count: int) -> list[Words]:
        return [Words(number, "same words", 0.0) for number in range(count)]

    assert align(rows("uncertain", "sent"), words(1)) == ([None, *words(1)], 0)
    assert align(rows("uncertain", "uncertain"), words(1)) == ([*words(1), None], 0)
    assert align(rows("uncertain", "sent"), words(2)) == (words(2), 0)
    assert align(rows("sent"), words(2))[1] == 1
    assert align(rows("sent", "sent"), words(1))[0].count(None) == 1
    assert align([Row("answer", "sent", "other words")], words(1)) == ([None], 1)


def test_real_messages_are_sampled_the_same_way_each_time(tmp_path: Path) -> None:
    """A third from each set, customers only, none twice."""
    (tmp_path / "free_sav_fr").mkdir()
    (tmp_path / "massive").mkdir()
    lines = ["msg_id,ts,author_type,author,in_reply_to,text"]
    lines += [f'm{n},t,{"agent" if n % 2 else "customer"},a,,"texte {n}"' for n in range(60)]
    (tmp_path / "free_sav_fr" / "rows.csv").write_text("\n".join(lines), "utf-8")
    for locale in messages.MASSIVE:
        text = "\n".join(json.dumps({"utt": f"{locale} {n}"}) for n in range(40))
        (tmp_path / "massive" / f"{locale}.jsonl").write_text(text, "utf-8")

    chosen = messages.real(tmp_path, 30, seed=4)
    assert chosen == messages.real(tmp_path, 30, seed=4)
    assert chosen != messages.real(tmp_path, 30, seed=5)
    assert len(set(chosen)) == 30
    numbers = [int(text.split()[1]) for text in chosen if text.startswith("texte")]
    assert len(numbers) == 10
    assert all(number % 2 == 0 for number in numbers), "an agent's words are no customer's"


def test_everyday_messages_come_in_their_shares() -> None:
    """Of 2,000 about one in twenty is angry; examples are changed, not repeated."""
    knowledge = load_knowledge(EXAMPLE_BRAND)
    texts = messages.everyday(knowledge, 2000, seed=1)
    angry = sum(text in messages.ANGRY for text in texts) / len(texts)
    assert angry == pytest.approx(messages.SHARES["angry"], abs=0.02)
    examples = {
        text
        for subject in knowledge.subjects.values()
        for some in subject.examples.values()
        for text in some
    }
    assert sum(text in examples for text in texts) < 0.05 * len(texts)


@pytest.mark.parametrize("share, expected", [(0.0, 1.0), (0.5, 51.0), (0.99, 100.0), (1.0, 100.0)])
def test_a_percentile_is_one_of_the_values(share: float, expected: float) -> None:
    assert percentile([float(n) for n in range(100, 0, -1)], share) == expected


def test_nothing_measured_is_no_number() -> None:
    assert math.isnan(percentile([], 0.5))


async def test_the_bench_sets_both_bots_to_the_same_work(tmp_path: Path) -> None:
    """Echo and this bot, the latter on a store with a history and with a brand of 30 subjects;
    every message of either is answered, or the bench would say so."""
    folder = knowledge_folder(tmp_path / "brand", 30)
    knowledge = load_knowledge(folder)
    assert len(knowledge.subjects) == 30
    bench = Bench(tmp_path, messages.everyday(knowledge, 60, seed=1), seed=1)
    ours = Ours(tmp_path / "heads", folder, options=("--scripted",))
    theirs = await bench.burst(echo, bench.texts)
    own = await bench.burst(ours, bench.texts, stored=2000)
    paced = await bench.paced(ours, bench.texts[:20])
    assert min(theirs.rate, own.rate, theirs.cpu_ms, own.cpu_ms, own.peak_mb) > 0
    assert 0 < paced.p50_ms <= paced.p99_ms


def test_the_last_line_compares_medians() -> None:
    """One slow round of three does not decide."""

    def burst(rate: float, cpu_ms: float) -> Burst:
        return Burst(rate, cpu_ms, 0.5, 0.0, 2.0, 100.0)

    theirs = [burst(400, 2), burst(10, 2), burst(400, 2)]
    own = [burst(200, 5), burst(210, 5), burst(3, 90)]
    line = last_line(theirs, own, Paced(5.0, 70.25, 8.0, 0.0))
    assert line == "vs_echo=0.50 cpu_vs_echo=2.50 p99_ms=70.2 rss_mb=100 ready_s=2.00"


async def test_a_grown_store_looks_as_the_bot_leaves_it(tmp_path: Path) -> None:
    """A store of 200 messages has their cases, rows and decisions, and nothing open."""
    path = tmp_path / "store.sqlite3"
    await filled_store(path, 200, ["bonjour", "où est mon « colis »?"], seed=1)
    ask = sqlite3.connect(path).execute

    def count(table: str, where: str = "1") -> int:
        return int(ask(f"SELECT count(*) FROM {table} WHERE {where}").fetchone()[0])

    assert (count("messages"), count("inbox"), count("outbox")) == (200, 100, 100)
    assert (count("cases"), count("customers"), count("decisions")) == (20, 10, 100)
    assert count("inbox", "state = 'new'") + count("cases", "state <> 'closed'") == 0
    assert all(json.loads(body)["message"] for (body,) in ask("SELECT body FROM inbox"))
    assert ask("PRAGMA foreign_key_check").fetchall() == []
