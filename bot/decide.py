"""Reading, Case, Policy -> Decision and why. Values only: no I/O, no async, no clock.

The order of the questions is the promise: first what must reach a person, then small talk, then
what can be answered, then what is worth one question; whatever is left goes to a person.
"""

from __future__ import annotations

from .because import at_risk, because, named
from .conversation import (
    UNKNOWN,
    WHO,
    Case,
    Clarify,
    Decision,
    HandOver,
    Policy,
    Priority,
    Reading,
    Reason,
    Reply,
    SmallTalk,
    StayQuiet,
    Tone,
)
from .customers.bare_words import (
    asks_who_answers,
    chosen,
    gives_a_number,
    gives_only_a_number,
    is_puzzled,
)
from .incoming import HEARD_ONLY_BY_PEOPLE, MOVING, Turn

RATHER = 0.5
"""From here on a plea for a person is likelier than none; below, staff read how likely it is."""

WORDLESS = frozenset({"sticker", "animation"})
"""Media that say no more than an emoji does."""

HELLO = 0.9
"""After an answer, a less sure hello may as well be a goodbye: “bonne soirée”; while choices are
open, words that are less surely about nothing may be one of them."""


def decide(turn: Turn, reading: Reading, case: Case, policy: Policy) -> Decision:
    """What to do about a turn. Total: every combination of values has a decision."""
    if case.state.with_staff:
        return StayQuiet(because(policy, "held"))
    reading = _in_place(reading, case, policy)
    return (
        _who_answers(turn, reading, policy)
        or _veto(turn, reading, policy)
        or _without_words(turn, case, policy)
        or _in_their_case(turn, reading, case, policy)
        or _small_talk(turn, reading, case, policy)
        or _several_questions(turn, reading, case, policy)
        or _known_subject(turn, reading, case, policy)
        or _near_subjects(turn, reading, case, policy)
        or _unknown(reading, case, policy)
    )


def _in_place(reading: Reading, case: Case, policy: Policy) -> Reading:
    """Few words that answer what was asked back, as they are read behind it: where that is sure,
    and surer than what they say alone. Small talk and a no stay what they are."""
    if not reading.behind or reading.small_talk not in (SmallTalk.NONE, SmallTalk.GREETING):
        return reading
    reply = reading.as_reply
    sure = reply.best[1] >= max(policy.reply_at, reading.best[1])
    return reply if case.choices and sure else reading


def presses(reading: Reading, policy: Policy) -> HandOver | None:
    """What makes a case urgent, whoever has it: somebody at risk, or who sounds angry."""
    if reading.risk:
        return HandOver(Reason.RISK, Priority.URGENT, at_risk(policy, reading))
    if reading.sounds is Tone.ANGRY:
        return HandOver(Reason.ANGRY, Priority.URGENT, because(policy, "angry"))
    return None


def _who_answers(turn: Turn, reading: Reading, policy: Policy) -> Decision | None:
    """Who asks if it is a robot is told, however like a plea it sounds, unless it sounds angry; and
    a person stays one press away."""
    pressing = presses(reading, policy) is not None or reading.maybe_risk
    if pressing or reading.failed or turn.media or not asks_who_answers(turn.text):
        return None
    return Reply(WHO, because(policy, WHO), small_talk=True)


def _veto(turn: Turn, reading: Reading, policy: Policy) -> Decision | None:
    """What never gets a canned answer, however sure the subject is."""
    if (urgent := presses(reading, policy)) is not None:
        return urgent
    if reading.maybe_risk:
        return HandOver(Reason.MAYBE_RISK, Priority.HIGH, because(policy, "maybe_risk"))
    priority = Priority.NORMAL if reading.sounds is Tone.CALM else Priority.HIGH
    if reading.asks_person:
        probability = reading.asks_person_probability
        may = 0.0 < probability < RATHER  # else certain: words, a command
        why = because(policy, "may_ask", p=probability) if may else because(policy, "asks")
        return HandOver(Reason.ASKED, priority, why)
    if reading.tone is Tone.ANGRY:
        why = because(policy, "maybe_angry", p=reading.tones[Tone.ANGRY])
        return HandOver(Reason.MAYBE_ANGRY, priority, why)
    if any(m.kind in HEARD_ONLY_BY_PEOPLE for m in turn.media):
        return HandOver(Reason.MEDIA, Priority.NORMAL, because(policy, "voice"))
    if reading.failed is not None and turn.text.strip():
        return HandOver(Reason.MODEL_FAILED, Priority.NORMAL, because(policy, reading.failed))
    return None


def _without_words(turn: Turn, case: Case, policy: Policy) -> Decision | None:
    if turn.text.strip():
        return None
    if all(m.kind in WORDLESS for m in turn.media) and case.answered:
        return StayQuiet(because(policy, "sticker"))
    if turn.edit_of_answered and all(m.kind in MOVING for m in turn.media):
        return StayQuiet(because(policy, "moved"))
    if case.clarified:
        return HandOver(Reason.MEDIA, Priority.NORMAL, because(policy, "media_again"))
    if case.answered:
        return HandOver(Reason.MEDIA, Priority.NORMAL, because(policy, "media_added"))
    return Clarify((), because(policy, "media"))


def _in_their_case(turn: Turn, reading: Reading, case: Case, policy: Policy) -> Decision | None:
    """Few words that mean nothing by themselves: a « hein? », a choice in words, or the number that
    an answer asked for, which only people can look up."""
    if turn.edit_of_answered:
        return None
    if is_puzzled(turn.text) and not turn.media:
        if case.answered or case.clarified:
            return HandOver(Reason.NOT_HELPED, Priority.NORMAL, because(policy, "puzzled"))
        return Reply(SmallTalk.GREETING, because(policy, SmallTalk.GREETING), small_talk=True)
    meant = chosen(turn.text, case.choices)
    if picked := [name for name in meant if _is_open(name, case, policy)]:
        names = ", ".join(policy.titles.get(name, name) for name in picked)
        return Reply(picked[0], because(policy, "picked", names=names), also=tuple(picked[1:]))
    asks = _asks_surely(turn, reading, case, policy) and not gives_only_a_number(turn.text)
    if case.answered and gives_a_number(turn.text) and not asks:
        return HandOver(Reason.ADDED, Priority.NORMAL, because(policy, "added"))
    return None


def _is_open(subject: str, case: Case, policy: Policy) -> bool:
    return subject in policy.answerable and subject not in case.answered


def _small_talk(turn: Turn, reading: Reading, case: Case, policy: Policy) -> Decision | None:
    asks = _asks_surely(turn, reading, case, policy)
    match _small_talk_of(reading, case):
        case SmallTalk.REJECTION if (case.answered or case.clarified) and not asks:
            return HandOver(Reason.NOT_HELPED, Priority.NORMAL, because(policy, "rejected"))
        case SmallTalk.GREETING if case.choices and not _says_only_hello(reading):
            return None
        case SmallTalk.GREETING | SmallTalk.THANKS as kind if not asks and not (
            "?" in turn.text and _is_near(reading, case)
        ):
            return Reply(kind, because(policy, kind), small_talk=True)
        case SmallTalk.REMARK as kind if case.answered and _near_nothing(reading):
            return Reply(kind, because(policy, kind), small_talk=True)
        case _:
            return None


def _small_talk_of(reading: Reading, case: Case) -> SmallTalk:
    """What the turn is as small talk; after an answer, an unsure hello is a remark."""
    kind = reading.small_talk
    unsure = kind is SmallTalk.GREETING and reading.small_talk_probability < HELLO
    return SmallTalk.REMARK if case.answered and unsure else kind


def _says_only_hello(reading: Reading) -> bool:
    """While a question is open, what is about something is a reply to it: « le temps »."""
    return reading.probabilities.get(UNKNOWN, 1.0) >= HELLO


def _asks_surely(turn: Turn, reading: Reading, case: Case, policy: Policy) -> bool:
    """Is there a question to answer behind the hello, or the no: “hi hours?”. Thanks may name what
    they are for, so behind them it must be the surer."""
    subject, probability = reading.best
    thanked = reading.small_talk_probability if reading.small_talk is SmallTalk.THANKS else 0.0
    surest = max(thanked, reading.probabilities.get(UNKNOWN, 0.0))
    needed = max(_needed(turn, reading, case, policy), surest)
    return probability >= needed and subject not in case.answered


def _needed(turn: Turn, reading: Reading, case: Case, policy: Policy) -> float:
    """How sure the bot must be of the likeliest subject; less where it has just asked about it, and
    they pick it calmly: neither a complaint nor a no picks anything."""
    calm = reading.tone is Tone.CALM and reading.small_talk is not SmallTalk.REJECTION
    picks = calm and reading.best[0] in case.choices and not turn.edit_of_answered
    return min(policy.pick_at, policy.reply_at) if picks else policy.reply_at


def _is_near(reading: Reading, case: Case) -> bool:
    """Likelier about a subject than about none, and one that was not answered yet."""
    subject, probability = reading.best
    unknown = reading.probabilities.get(UNKNOWN, 0.0)
    return probability > unknown and subject not in case.answered


def _near_nothing(reading: Reading) -> bool:
    """Calm, and likelier about nothing that the knowledge base knows."""
    unknown = reading.probabilities.get(UNKNOWN, 1.0)
    return reading.tone is Tone.CALM and unknown >= reading.best[1]


def _several_questions(turn: Turn, reading: Reading, case: Case, policy: Policy) -> Decision | None:
    """All of them are answered, or it asks which; never one of them only."""
    if not (asked := _asked(turn, reading, case, policy)):
        return None
    names = named(policy, asked.items())
    if unanswered := [name for name in asked if name not in policy.answerable]:
        title = policy.titles.get(unanswered[0], unanswered[0])
        why = because(policy, "no_answer", subject=title)
        return HandOver(Reason.NO_ANSWER, Priority.NORMAL, why)
    if min(asked.values()) >= policy.reply_at:
        first, *more = asked
        why = because(policy, "each_sure", names=names, needed=policy.reply_at)
        return Reply(first, why, also=tuple(more))
    if case.clarified:
        return None
    return Clarify(tuple(asked)[: policy.max_choices], because(policy, "each", names=names))


def _asked(turn: Turn, reading: Reading, case: Case, policy: Policy) -> dict[str, float]:
    """What a turn asks that asks several things, of an edit what is new in it; empty where it asks
    one, as it does when the whole is more surely about something that no part of it asks."""
    asked = {name: p for name, p in reading.asked if p >= policy.beside_at}
    if len(asked) < 2:
        return {}
    subject, probability = reading.best
    whole = probability >= policy.reply_at and probability > min(asked.values())
    if whole and subject not in asked:
        return {}
    new = {name: p for name, p in asked.items() if name not in case.answered}
    return new if turn.edit_of_answered or len(new) == len(asked) else {}


def _known_subject(turn: Turn, reading: Reading, case: Case, policy: Policy) -> Decision | None:
    subject, probability = reading.best
    needed = _needed(turn, reading, case, policy)
    if probability < max(needed, reading.probabilities.get(UNKNOWN, 0.0)):
        return None
    title = policy.titles.get(subject, subject)
    if subject not in policy.answerable:
        why = because(policy, "no_answer", subject=title)
        return HandOver(Reason.NO_ANSWER, Priority.NORMAL, why)
    if subject in case.answered:
        return _again(turn, title, policy)
    sure = because(policy, "sure", subject=title, p=probability, needed=needed)
    return Reply(subject, sure)


def _near_subjects(turn: Turn, reading: Reading, case: Case, policy: Policy) -> Decision | None:
    """Ask once between the subjects that cannot be told apart; none that was answered is offered,
    and none at all where nothing known is likelier.

    A typo mended in what was asked back leaves the buttons where they are.
    """
    mended = turn.edit_of_answered and bool(case.choices)
    if case.clarified and not mended:
        return None
    ranked = [(name, p) for name, p in reading.ranked() if name in policy.answerable]
    near = [(name, p) for name, p in ranked if p >= policy.near * ranked[0][1]]
    near = near[: policy.max_choices]
    if not near or sum(p for _, p in near) < policy.clarify_at:
        return None
    if near[0][1] <= reading.probabilities.get(UNKNOWN, 0.0):
        return None
    if near[0][0] in case.answered:
        return _again(turn, policy.titles.get(near[0][0], near[0][0]), policy)
    near = [(name, p) for name, p in near if name not in case.answered]
    names = named(policy, near)
    if case.clarified:
        shown = any(name in case.choices for name, _ in near)
        return StayQuiet(because(policy, "still_near", names=names)) if shown else None
    return Clarify(tuple(name for name, _ in near), because(policy, "near", names=names))


def _again(turn: Turn, title: str, policy: Policy) -> Decision:
    """What was answered has not helped: a person is next, unless only its wording was mended."""
    if turn.edit_of_answered:
        return StayQuiet(because(policy, "same_edit", subject=title))
    why = because(policy, "again", subject=title)
    return HandOver(Reason.ASKED_AGAIN, Priority.NORMAL, why)


def _unknown(reading: Reading, case: Case, policy: Policy) -> Decision:
    subject, probability = reading.best
    title = policy.titles.get(subject, subject)
    reason = Reason.UNCLEAR if case.clarified else Reason.UNKNOWN
    why = because(policy, reason, subject=title, p=probability)
    return HandOver(reason, Priority.NORMAL, why)
