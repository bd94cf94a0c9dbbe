"""Reading, Case, Policy -> Decision and why. Values only: no I/O, no async, no clock.

The order of the questions is the promise: first what must reach a person, then small talk, then
what can be answered, then what is worth one question; whatever is left goes to a person.
"""

from __future__ import annotations

from .conversation import (
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
    State,
    StayQuiet,
    Tone,
    Turn,
)

HEARD_ONLY_BY_PEOPLE = frozenset({"voice", "video_note", "video", "audio"})


def decide(turn: Turn, reading: Reading, case: Case, policy: Policy) -> Decision:
    """What to do about a turn. Total: every combination of values has a decision."""
    if case.state.with_staff:
        return StayQuiet("A person holds this case.")
    return (
        _veto(turn, reading)
        or _without_words(turn, case)
        or _small_talk(reading, case)
        or _known_subject(turn, reading, case, policy)
        or _near_subjects(reading, case, policy)
        or _unknown(reading, case)
    )


def _veto(turn: Turn, reading: Reading) -> Decision | None:
    """What never gets a canned answer, however sure the subject is."""
    if reading.risk:
        names = ", ".join(reading.risk)
        return HandOver(Reason.RISK, Priority.URGENT, f"Risk words: {names}.")
    if reading.tone is Tone.ANGRY:
        sure = reading.tone_probabilities.get(Tone.ANGRY, 1.0)
        return HandOver(Reason.ANGRY, Priority.URGENT, f"The customer is angry ({sure:.0%}).")
    if reading.asks_person:
        priority = Priority.HIGH if reading.tone is Tone.ANNOYED else Priority.NORMAL
        return HandOver(Reason.ASKED, priority, "The customer asks for a person.")
    if any(m.kind in HEARD_ONLY_BY_PEOPLE for m in turn.media):
        return HandOver(Reason.MEDIA, Priority.NORMAL, "Voice or video: the bot cannot listen.")
    if reading.failed is not None and turn.text.strip():
        return HandOver(Reason.MODEL_FAILED, Priority.NORMAL, reading.failed)
    return None


def _without_words(turn: Turn, case: Case) -> Decision | None:
    if turn.text.strip():
        return None
    if all(m.kind == "sticker" for m in turn.media) and case.answered:
        return StayQuiet("A sticker after an answer asks for nothing.")
    if case.clarified:
        return HandOver(Reason.MEDIA, Priority.NORMAL, "Media without words, asked once already.")
    return Clarify((), "Media without words: asks what it is about.")


def _small_talk(reading: Reading, case: Case) -> Decision | None:
    match reading.small_talk:
        case SmallTalk.REJECTION if case.answered or case.clarified:
            return HandOver(Reason.NOT_HELPED, Priority.NORMAL, "The answer was not the right one.")
        case SmallTalk.GREETING | SmallTalk.THANKS:
            return Reply(reading.small_talk, f"Small talk: {reading.small_talk}.", small_talk=True)
        case _:
            return None


def _known_subject(turn: Turn, reading: Reading, case: Case, policy: Policy) -> Decision | None:
    subject, probability = reading.best
    needed = policy.threshold(subject)
    if probability < needed:
        return None
    if subject not in policy.answerable:
        return HandOver(
            Reason.NO_ANSWER, Priority.NORMAL, f"“{subject}” has no approved answer today."
        )
    if subject in case.answered:
        if turn.edit_of_answered:
            return StayQuiet(f"The edited message still asks about “{subject}”.")
        return HandOver(
            Reason.ASKED_AGAIN, Priority.NORMAL, f"Asks again about “{subject}”, already answered."
        )
    return Reply(subject, f"“{subject}” at {probability:.0%}, needed {needed:.0%}.")


def _near_subjects(reading: Reading, case: Case, policy: Policy) -> Decision | None:
    """Ask once between the subjects that cannot be told apart."""
    if case.clarified:
        return None
    ranked = [(name, p) for name, p in reading.ranked() if name in policy.answerable]
    near = [(name, p) for name, p in ranked if p >= policy.near * ranked[0][1]]
    near = near[: policy.max_choices]
    if len(near) < 1 or sum(p for _, p in near) < policy.clarify_at:
        return None
    names = ", ".join(f"“{name}” {p:.0%}" for name, p in near)
    return Clarify(tuple(name for name, _ in near), f"Could be {names}.")


def _unknown(reading: Reading, case: Case) -> Decision:
    subject, probability = reading.best
    if case.state is State.CLARIFYING or case.clarified:
        why = f"Still unclear after one question (best: “{subject}” at {probability:.0%})."
        return HandOver(Reason.UNCLEAR, Priority.NORMAL, why)
    why = f"Fits nothing in the knowledge base (best: “{subject}” at {probability:.0%})."
    return HandOver(Reason.UNKNOWN, Priority.NORMAL, why)
