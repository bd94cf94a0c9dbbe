"""After a case is closed: how it went, in one tap; and what the customer's next words are about.

Three faces rather than five stars: they can be told apart without thinking, on any screen, and each
leads to something else being done. A tap counts whenever it comes, once.
"""

from __future__ import annotations

from ..because import at_risk, because
from ..conversation import (
    UNKNOWN,
    Case,
    Decision,
    HandOver,
    Policy,
    Priority,
    Rating,
    Reading,
    Reason,
    Reply,
    Score,
    SmallTalk,
    StayQuiet,
    Tone,
)
from ..desk.desk_words import words
from ..incoming import HEARD_ONLY_BY_PEOPLE, Turn

COMMENT_S = 3600.0
"""Words that come so soon after the tap are about it, unless they ask for something."""

SURELY = 0.9
"""What would have been better is often somebody's doing; from here on it is a plea for a person."""


def words_wanted_s(score: Score, reopen_s: float) -> float:
    """For how long after the tap their next words are those that were asked for.

    Who says that it went badly is promised a person: that holds for as long as a closed case is
    taken up again.
    """
    return max(COMMENT_S, reopen_s) if score is Score.BAD else COMMENT_S


def after_closing(
    turn: Turn, reading: Reading, case: Case, policy: Policy, commented: Rating | None = None
) -> Decision | None:
    """What a turn of a customer without an open case means for ``case``, closed not long ago.

    ``commented``: how they said it went, when these are the words they add to it. None: the turn
    has nothing to do with the case, and begins one of its own.
    """
    language = policy.desk_language
    heated = _heated(turn, reading, commented)
    if commented is not None:
        if not heated and commented.score is not Score.BAD:
            return StayQuiet(words(language, "why_comment"))
        return _again(reading, policy)
    if not heated and _says_thanks(turn, reading):
        return StayQuiet(words(language, "why_thanks"))
    if case.owner_id is None:  # the bot settled it: whoever writes again begins anew
        if _asks_again(reading, case):
            return _asked_again(reading, policy)
        rejected = reading.small_talk is SmallTalk.REJECTION and case.answered
        return (_danger(reading, policy) or disputed(language, reading)) if rejected else None
    if not heated and reading.small_talk is SmallTalk.GREETING:
        return Reply(SmallTalk.GREETING, words(language, "why_greeting"), small_talk=True)
    if not heated and _asks_something_else(reading, case, policy):
        return None
    return _again(reading, policy)


def is_comment(turn: Turn, reading: Reading, policy: Policy, rating: Rating) -> bool:
    """Are these the words that were asked for after the tap, and not a request of their own?
    Danger is no word on how it went."""
    if not turn.text.strip() or reading.risk:
        return False
    if _heated(turn, reading, rating) or rating.score is Score.BAD:
        return True
    near = sum(probability for _, probability in reading.ranked()) >= policy.clarify_at
    if rating.score is Score.FAIR:  # what took too long is near to several subjects
        near = reading.best[1] >= policy.reply_at
    return "?" not in turn.text and not near and reading.small_talk is not SmallTalk.GREETING


def disputed(language: str, reading: Reading) -> HandOver:
    """To people: the bot's answer was thought the right one and is not."""
    return HandOver(Reason.NOT_HELPED, _priority(reading), words(language, "why_disputed"))


def _asks_again(reading: Reading, case: Case) -> bool:
    """Annoyed, and about what the bot has answered: the same words would not help. Who may be at
    risk is told to people for that."""
    subject, probability = reading.best
    likely = subject in case.answered and probability > reading.probabilities.get(UNKNOWN, 0.0)
    return likely and reading.tone is Tone.ANNOYED and not (reading.risk or reading.maybe_risk)


def _asked_again(reading: Reading, policy: Policy) -> HandOver:
    subject = reading.best[0]
    why = because(policy, "again", subject=policy.titles.get(subject, subject))
    return HandOver(Reason.ASKED_AGAIN, Priority.HIGH, why)


def _again(reading: Reading, policy: Policy) -> HandOver:
    """Back to people: what was thought settled is not."""
    why = words(policy.desk_language, "why_reopened")
    again = HandOver(Reason.REOPENED, _priority(reading), why)
    return _danger(reading, policy) or again


def _danger(reading: Reading, policy: Policy) -> HandOver | None:
    """Somebody at risk, in the words of a first message: the alarm is the same after a closing."""
    if not reading.risk:
        return None
    return HandOver(Reason.RISK, Priority.URGENT, at_risk(policy, reading))


def _priority(reading: Reading) -> Priority:
    return Priority.URGENT if reading.sounds is Tone.ANGRY else Priority.HIGH


def _heated(turn: Turn, reading: Reading, commented: Rating | None = None) -> bool:
    """Must a person see it, whatever else it may be? Who is asked what would have been better
    sounds annoyed, and names people: that is what was asked for."""
    unread = reading.failed is not None and bool(turn.text.strip())
    unheard = any(media.kind in HEARD_ONLY_BY_PEOPLE for media in turn.media)
    tense, asks = reading.tone is not Tone.CALM, reading.asks_person
    if commented is not None and commented.score is Score.FAIR:
        tense = reading.sounds is Tone.ANGRY
        asks = asks and not 0.0 < reading.asks_person_probability < SURELY  # 0: by its words
    risky = bool(reading.risk) or reading.maybe_risk
    return risky or tense or asks or unread or unheard


def _says_thanks(turn: Turn, reading: Reading) -> bool:
    stickers = turn.media and all(media.kind == "sticker" for media in turn.media)
    return reading.small_talk is SmallTalk.THANKS or bool(stickers and not turn.text.strip())


def _asks_something_else(reading: Reading, case: Case, policy: Policy) -> bool:
    """A need that the bot can answer by itself, and not the one that was closed."""
    subject, probability = reading.best
    answerable = subject in policy.answerable and probability >= policy.reply_at
    return answerable and subject not in (case.subject, *case.answered)
