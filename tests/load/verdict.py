"""What became of every message: Telegram's record, held against what people wrote.

What the bot *did* is judged by the sandbox: which words reached whom, where they stand in the
chat, what was carried to staff. The bot's database tells only what nobody outside can see: which
messages were read together as one turn, and which effects it says it is unsure of. Then both
sides must agree: a record that claims more than happened is as wrong as one that claims less.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from bot.customers.customer_words import PHRASES, phrase
from bot.safe_text import rings_nobody

from .crowd import Written
from .evidence import Copied, Recorded, Row, Seen, Words, look, read
from .stage import Stage

KINDS = {
    "reply": "answered",
    "clarify": "clarified",
    "hand_over": "handed_over",
    "stay_quiet": "stayed_quiet",
}
NOT_SURE = ("uncertain", "withdrawn")
"""Effects that need not have happened: staff see the first, and the second came too late."""
ANSWERS = ("answer", "farewell")
"""What effects that answer are for: before, and after a person closed the case."""
UNASKED = frozenset(
    closed + asked
    for language in PHRASES
    for closed in [phrase(language, "resolved")]
    for asked in ("", "\n\n" + phrase(language, "how_was_it"))
)
"""Words that answer nothing a customer wrote."""


@dataclass
class Verdict:
    """``outcomes`` counts messages; ages are seconds since a message was there for the bot."""

    sent: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    lost: int = 0
    doubled: int = 0
    disordered: int = 0
    words: int = 0
    """Messages of staff for customers; each reaches its customer, or staff are told, once."""
    repeated_to_staff: int = 0
    uncertain: int = 0
    uncertain_topics: int = 0
    told_to_staff: int = 0
    wrong: list[str] = field(default_factory=list)
    """Whose messages were lost or answered twice, for somebody who looks into it."""
    first_words_s: list[float] = field(default_factory=list)
    brief_s: list[float] = field(default_factory=list)
    relay_s: list[float] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        wrong = self.lost or self.doubled or self.disordered
        return not wrong and self.uncertain == self.told_to_staff


def judge(
    stage: Stage, written: Sequence[Written], store: Path, spoken: Sequence[int] = ()
) -> Verdict:
    """The verdict on a run that has come to rest.

    ``spoken``: what staff wrote to customers, by its number in the group.
    """
    seen, recorded = look(stage), read(stage, store)
    verdict = Verdict(
        sent=len(written),
        uncertain=recorded.uncertain,
        uncertain_topics=recorded.uncertain_topics,
        words=len(spoken),
        told_to_staff=len(seen.told),
    )
    _take_apart(stage, seen, recorded)
    wrote: dict[int, list[Written]] = defaultdict(list)
    for message in written:
        wrote[message.person].append(message)
    for person, messages in wrote.items():
        _OneCustomer(verdict, person, messages, seen, recorded).judge()
    for id in spoken:
        verdict.doubled += max(0, seen.delivered[id] - 1)
        excused = recorded.words.get(id) in NOT_SURE or id in seen.answered
        if not seen.delivered[id] and not excused:
            verdict.lost += 1
            state = recorded.words.get(id) or recorded.became.get(id, "never stored")
            verdict.wrong.append(f"words {id} of staff reached nobody ({state})")
    return verdict


def _take_apart(stage: Stage, seen: Seen, recorded: Recorded) -> None:
    """Words that were sent, not copied, count as carried, each of them, if Telegram saw them all:
    the bot says which messages they were, and their own words must be what it sent."""
    for person, groups in recorded.joined.items():
        said = {message.id: message.written for message in stage.sandbox.history(person)}
        for group in groups:
            words = [rings_nobody(said.get(id) or "") for id in group]
            for number, carried, at in seen.joined:
                if carried == words:
                    seen.copies[person] += [Copied(number, id, at) for id in group]
                    break
        seen.copies[person].sort(key=lambda copy: (copy.call, copy.message_id))


class _OneCustomer:
    """The verdict on one customer's messages, added to the whole."""

    def __init__(
        self,
        verdict: Verdict,
        person: int,
        messages: Sequence[Written],
        seen: Seen,
        recorded: Recorded,
    ) -> None:
        self._verdict = verdict
        self._who = f"customer {person}"
        self._at = {message.message_id: message.at for message in messages}
        self._seen = seen
        self._words, self._copies = seen.words[person], seen.copies[person]
        self._hearts = seen.hearts[person]
        self._turns, self._rows = recorded.turns[person], recorded.rows[person]
        self._cases = recorded.cases[person]
        self._outcome: dict[int, str] = {}
        self._doubled = 0

    def judge(self) -> None:
        self._read_turns()
        self._carried()
        unanswered = set(self._at) - set(self._outcome)
        lost = unanswered | self._left_alone()
        doubled = max(self._doubled, self._said_too_much())
        self._verdict.lost += len(lost)
        self._verdict.doubled += doubled
        if lost:
            self._verdict.wrong.append(f"{self._who}: {sorted(lost)} without an outcome")
        if doubled:
            self._verdict.wrong.append(f"{self._who}: answered {doubled} times too often")
        self._verdict.outcomes.update(self._outcome[id] for id in self._at if id in self._outcome)

    def _read_turns(self) -> None:
        """Each turn has its words, after its messages and in the order of the turns; but those that
        only made a case urgent, which people had: these messages were carried to them."""
        carried = {copy.message_id for copy in self._copies}
        came, extra = align(self._rows, self._words)
        answers = [
            (row, words)
            for row, words in zip(self._rows, came, strict=True)
            if row.purpose in ANSWERS and row.text not in UNASKED
        ]
        turns = [turn for turn in self._turns if not carried.issuperset(turn.messages)]
        spoken = [turn for turn in turns if turn.kind != "stay_quiet"]
        self._doubled += extra + max(0, len(answers) - len(spoken))
        newest = 0
        for turn in turns:
            row, words = answers.pop(0) if turn in spoken and answers else (None, None)
            self._verdict.disordered += min(turn.messages) < newest
            newest = max(turn.messages)
            if words is not None:
                self._verdict.disordered += words.message_id < newest
            excused = row is not None and row.state in NOT_SURE
            if turn.kind != "stay_quiet" and words is None and not excused:
                continue  # decided on, and nobody was told: lost
            if turn.kind == "hand_over" and turn.case_id not in self._seen.briefs:
                continue  # "I am passing you to a person", and no person ever saw it
            for place, id in enumerate(turn.messages):
                self._doubled += id in self._outcome
                self._outcome[id] = KINDS[turn.kind] if place == 0 else "joined"
                self._ages(id, turn.kind, turn.case_id, words)

    def _ages(self, id: int, kind: str, case_id: int, words: Words | None) -> None:
        if id not in self._at:
            return
        if words is not None:
            self._verdict.first_words_s.append(words.at - self._at[id])
        if kind == "hand_over":
            self._verdict.brief_s.append(max(0.0, self._seen.briefs[case_id][1] - self._at[id]))

    def _carried(self) -> None:
        """What was written while a person held the case lies in the topic, below the brief."""
        briefs = [self._seen.briefs[case][0] for case in self._cases if case in self._seen.briefs]
        first = min(briefs, default=math.inf)
        newest = 0
        for copy in self._copies:
            if self._outcome.get(copy.message_id) == "relayed":
                self._verdict.repeated_to_staff += 1
                continue
            self._doubled += copy.message_id in self._outcome
            self._verdict.disordered += copy.message_id < newest or copy.call < first
            newest = max(newest, copy.message_id)
            self._outcome[copy.message_id] = "relayed"
            if copy.message_id in self._at:
                self._verdict.relay_s.append(copy.at - self._at[copy.message_id])

    # -------------------------------------------------------------- without the bot's own record

    def _left_alone(self) -> set[int]:
        """Messages after which nothing was said, which got no heart, and which nobody was shown."""
        if any(row.state in NOT_SURE for row in self._rows):
            return set()
        last = max((words.message_id for words in self._words), default=0)
        carried = {copy.message_id for copy in self._copies} | self._hearts
        return {id for id in self._at if id > last and id not in carried}

    def _said_too_much(self) -> int:
        """By how much the answers ever outnumbered the messages they could answer."""
        marks = [(id, 1) for id in self._at]
        marks += [(words.message_id, -1) for words in self._words if words.text not in UNASKED]
        left = most = 0
        for _, step in sorted(marks):
            left += step
            most = max(most, -left)
        return most


def align(rows: Sequence[Row], words: Sequence[Words]) -> tuple[list[Words | None], int]:
    """Which words each effect became, keeping the order of both; and how many words are left.

    Of all ways to lay one beside the other the one that finds the least wrong; of two effects with
    the same words, neither known to have happened, the first has them.
    """

    @cache
    def least(i: int, j: int) -> tuple[int, tuple[int | None, ...]]:
        if i == len(rows):
            return len(words) - j, ()
        skipped, rest = least(i + 1, j)
        missing = rows[i].state not in NOT_SURE
        best: tuple[int, tuple[int | None, ...]] = (skipped + missing, (None, *rest))
        if j < len(words):
            if rows[i].text == words[j].text:
                found, rest = least(i + 1, j + 1)
                best = min((found, (j, *rest)), best, key=_cost)  # of equals, the first row
            extra, rest = least(i, j + 1)
            best = min(best, (extra + 1, rest), key=_cost)
        return best

    _, places = least(0, 0)
    came = [None if place is None else words[place] for place in places]
    return came, len(words) - sum(one is not None for one in came)


def _cost(way: tuple[int, tuple[int | None, ...]]) -> int:
    return way[0]
