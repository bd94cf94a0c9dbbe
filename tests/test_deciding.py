"""`decide` is total and pure; what it decides, as a table and as laws over all values."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.conversation import (
    UNKNOWN,
    Case,
    Clarify,
    Decision,
    Failure,
    HandOver,
    Person,
    Policy,
    Priority,
    Reading,
    Reason,
    Reply,
    SmallTalk,
    State,
    StayQuiet,
    Tone,
)
from bot.decide import decide
from bot.incoming import Media, Turn, Wrote

SUBJECTS = ("hours", "returns", "shipping", "secret")
POLICY = Policy(reply_at=0.9, answerable=frozenset(SUBJECTS[:3]))
NEW = Case(1, 11, State.NEW, 0.0, 0.0, "fr")


def turn(text: str = "words", *media: str, edited: bool = False) -> Turn:
    pieces: list[Media | None] = [Media(kind) for kind in media]
    messages = tuple(
        Wrote(n, Person(11, "Anne"), 11, n, 0.0, text if n == 0 else "", piece)
        for n, piece in enumerate(pieces or [None])
    )
    return Turn(messages, edit_of_answered=edited)


def sure(subject: str, p: float = 0.95, **more: object) -> Reading:
    return replace(Reading({subject: p, UNKNOWN: 1 - p}), **more)  # type: ignore[arg-type]


PLEA = replace(sure("hours"), asks_person=True)
TORN = Reading({"hours": 0.45, "returns": 0.4, "shipping": 0.05, UNKNOWN: 0.1})
OTHER = Reading({"hours": 0.3, "returns": 0.55, "shipping": 0.05, UNKNOWN: 0.1})
NOTHING = Reading({"hours": 0.1, UNKNOWN: 0.9})
THANKS = Reading(small_talk=SmallTalk.THANKS)
REJECTS = Reading(small_talk=SmallTalk.REJECTION)
REMARKS = replace(NOTHING, small_talk=SmallTalk.REMARK, small_talk_probability=0.9)
HI = Reading(small_talk=SmallTalk.GREETING, small_talk_probability=0.98)
GOODBYE = Reading(small_talk=SmallTalk.GREETING, small_talk_probability=0.67)
HI_HOURS = replace(HI, probabilities=sure("hours").probabilities)
THANKED = replace(HI_HOURS, small_talk=SmallTalk.THANKS)
BOTH = Reading(TORN.probabilities, asked=(("returns", 0.93), ("hours", 0.95)))
HALF = replace(sure("hours"), asked=(("hours", 0.95), ("returns", 0.75)))
GUESS = replace(sure("hours"), asked=(("hours", 0.95), ("returns", 0.6)))
LACKS = replace(sure("hours"), asked=(("hours", 0.95), ("secret", 0.9)))
OTHERWISE = replace(sure("shipping"), asked=BOTH.asked)
HI_NEAR = replace(HI, probabilities=TORN.probabilities)
HI_HARDLY = replace(HI, probabilities=NOTHING.probabilities)
THANKED_NEAR = replace(HI_NEAR, small_talk=SmallTalk.THANKS)
LIKELY = Reading({"returns": 0.55, "hours": 0.1, UNKNOWN: 0.35})
FOREIGN = Reading({"returns": 0.4, UNKNOWN: 0.6})
HEARD_AS = {Tone.CALM: 0.69, Tone.ANNOYED: 0.15, Tone.ANGRY: 0.16}
LE_TEMPS = Reading(
    {"hours": 0.1, UNKNOWN: 0.6}, small_talk=SmallTalk.GREETING, behind={"returns": 0.95}
)
OUTSIDE = replace(sure("shipping", 0.93), behind={"returns": 0.95})
ELSEWHERE = replace(sure("shipping", 0.97), behind={"returns": 0.95})
UNSURE = replace(LE_TEMPS, behind={"returns": 0.8})
SAYS_NO = replace(LE_TEMPS, small_talk=SmallTalk.REJECTION)
MAYBE = sure("hours", tone=Tone.ANGRY, tone_probabilities=HEARD_AS)
UNWELL = sure("hours", maybe_risk=True)
COLD = replace(MAYBE, tone_probabilities={Tone.CALM: 0.1, Tone.ANNOYED: 0.6, Tone.ANGRY: 0.3})
ANSWERED = replace(NEW, state=State.WITH_BOT, answered=("hours",))
ASKED = replace(NEW, state=State.WITH_BOT, clarified=True)
SHOWN = replace(ASKED, choices=("hours", "returns"))
ONE = replace(ASKED, choices=("returns",))

TABLE: list[tuple[str, Turn, Reading, Case, Decision | tuple[Reason, Priority]]] = [
    ("a sure subject is answered", turn(), sure("hours"), NEW, Reply("hours", "")),
    ("an annoyed one too", turn(), sure("hours", tone=Tone.ANNOYED), NEW, Reply("hours", "")),
    (
        "anger is a veto",
        turn(),
        sure("hours", tone=Tone.ANGRY),
        NEW,
        (Reason.ANGRY, Priority.URGENT),
    ),
    (
        "risk goes before anger",
        turn(),
        sure("hours", tone=Tone.ANGRY, risk=("safety",)),
        NEW,
        (Reason.RISK, Priority.URGENT),
    ),
    (
        "a person is asked for",
        turn(),
        sure("hours", asks_person=True),
        NEW,
        (Reason.ASKED, Priority.NORMAL),
    ),
    (
        "a person is asked for crossly",
        turn(),
        sure("hours", asks_person=True, tone=Tone.ANNOYED),
        NEW,
        (Reason.ASKED, Priority.HIGH),
    ),
    ("perhaps angry", turn(), MAYBE, NEW, (Reason.MAYBE_ANGRY, Priority.NORMAL)),
    ("perhaps angry, rather annoyed", turn(), COLD, NEW, (Reason.MAYBE_ANGRY, Priority.HIGH)),
    ("perhaps at risk", turn(), UNWELL, NEW, (Reason.MAYBE_RISK, Priority.HIGH)),
    (
        "perhaps at risk, and asks for a person",
        turn(),
        replace(UNWELL, asks_person=True),
        NEW,
        (Reason.MAYBE_RISK, Priority.HIGH),
    ),
    (
        "at risk, surely",
        turn(),
        replace(UNWELL, risk=("safety",)),
        NEW,
        (Reason.RISK, Priority.URGENT),
    ),
    (
        "a plea, perhaps angry",
        turn(),
        replace(MAYBE, asks_person=True),
        NEW,
        (Reason.ASKED, Priority.NORMAL),
    ),
    ("nothing fits", turn(), NOTHING, NEW, (Reason.UNKNOWN, Priority.NORMAL)),
    ("torn between two", turn(), TORN, NEW, Clarify(("hours", "returns"), "")),
    (
        "near, but nothing known is likelier",
        turn(),
        FOREIGN,
        NEW,
        (Reason.UNKNOWN, Priority.NORMAL),
    ),
    ("likely one of the choices", turn(), LIKELY, SHOWN, Reply("returns", "")),
    (
        "likely one of the choices, crossly",
        turn(),
        replace(LIKELY, tone=Tone.ANNOYED),
        SHOWN,
        (Reason.UNCLEAR, Priority.NORMAL),
    ),
    (
        "no, likely one of the choices",
        turn(),
        replace(LIKELY, small_talk=SmallTalk.REJECTION),
        SHOWN,
        (Reason.NOT_HELPED, Priority.NORMAL),
    ),
    (
        "likely none of them",
        turn(),
        LIKELY,
        replace(ASKED, choices=("hours",)),
        (Reason.UNCLEAR, Priority.NORMAL),
    ),
    ("a typo, likely one of the choices", turn(edited=True), LIKELY, SHOWN, StayQuiet("")),
    ("yes to the only choice", turn("Oui!"), THANKS, ONE, Reply("returns", "")),
    ("yes to two", turn("oui"), NOTHING, SHOWN, (Reason.UNCLEAR, Priority.NORMAL)),
    ("the second choice", turn("la deuxième svp"), NOTHING, SHOWN, Reply("returns", "")),
    ("a choice by its number", turn("1"), NOTHING, SHOWN, Reply("hours", "")),
    ("a choice that is not there", turn("3"), NOTHING, SHOWN, (Reason.UNCLEAR, Priority.NORMAL)),
    ("both choices", turn("both"), REJECTS, SHOWN, Reply("hours", "", also=("returns",))),
    ("yes, but nothing was asked", turn("oui"), NOTHING, NEW, (Reason.UNKNOWN, Priority.NORMAL)),
    ("a reply to what was asked back", turn(), LE_TEMPS, SHOWN, Reply("returns", "")),
    ("a reply, surer than it is alone", turn(), OUTSIDE, SHOWN, Reply("returns", "")),
    ("no reply, surer alone", turn(), ELSEWHERE, SHOWN, Reply("shipping", "")),
    ("perhaps a reply, no hello", turn(), UNSURE, SHOWN, (Reason.UNCLEAR, Priority.NORMAL)),
    ("hello, while choices are open", turn(), HI, SHOWN, Reply("greeting", "", small_talk=True)),
    ("no, whatever it is behind", turn(), SAYS_NO, SHOWN, (Reason.NOT_HELPED, Priority.NORMAL)),
    ("?", turn("?"), HI_NEAR, NEW, Reply("greeting", "", small_talk=True)),
    ("what? after an answer", turn("what?"), HI, ANSWERED, (Reason.NOT_HELPED, Priority.NORMAL)),
    ("? to choices", turn("?"), HI, SHOWN, (Reason.NOT_HELPED, Priority.NORMAL)),
    ("? below a photo", turn("?", "photo"), HI_NEAR, NEW, Clarify(("hours", "returns"), "")),
    ("torn a second time", turn(), TORN, ASKED, (Reason.UNCLEAR, Priority.NORMAL)),
    ("a typo in it mended", turn(edited=True), TORN, SHOWN, StayQuiet("")),
    ("edited to be clear", turn(edited=True), sure("returns"), SHOWN, Reply("returns", "")),
    ("edited to fit nothing", turn(edited=True), NOTHING, SHOWN, (Reason.UNCLEAR, Priority.NORMAL)),
    ("edited, no button shown", turn(edited=True), TORN, ASKED, (Reason.UNCLEAR, Priority.NORMAL)),
    ("a place that moves", turn("", "live_location", edited=True), Reading(), ASKED, StayQuiet("")),
    ("a place that rests", turn("", "location", edited=True), Reading(), ASKED, StayQuiet("")),
    ("another place", turn("", "location"), Reading(), ASKED, (Reason.MEDIA, Priority.NORMAL)),
    ("sure after asking", turn(), sure("returns"), ASKED, Reply("returns", "")),
    ("two questions", turn(), BOTH, NEW, Reply("returns", "", also=("hours",))),
    ("two, after asking", turn(), BOTH, ASKED, Reply("returns", "", also=("hours",))),
    ("two, one unsure", turn(), HALF, NEW, Clarify(("hours", "returns"), "")),
    ("two, one unsure, after asking", turn(), HALF, ASKED, Reply("hours", "")),
    ("two, one a guess", turn(), GUESS, NEW, Reply("hours", "")),
    ("two, one not approved", turn(), LACKS, NEW, (Reason.NO_ANSWER, Priority.NORMAL)),
    ("two, the whole about another", turn(), OTHERWISE, NEW, Reply("shipping", "")),
    ("edited to ask a second", turn(edited=True), BOTH, ANSWERED, Reply("returns", "")),
    ("two, one answered before", turn(), BOTH, ANSWERED, (Reason.ASKED_AGAIN, Priority.NORMAL)),
    ("near what was answered", turn(), TORN, ANSWERED, (Reason.ASKED_AGAIN, Priority.NORMAL)),
    ("edited, near what was answered", turn(edited=True), TORN, ANSWERED, StayQuiet("")),
    ("near another than was answered", turn(), OTHER, ANSWERED, Clarify(("returns",), "")),
    ("no approved answer", turn(), sure("secret"), NEW, (Reason.NO_ANSWER, Priority.NORMAL)),
    ("asks again", turn(), sure("hours"), ANSWERED, (Reason.ASKED_AGAIN, Priority.NORMAL)),
    ("edits, same subject", turn(edited=True), sure("hours"), ANSWERED, StayQuiet("")),
    ("edits, another", turn(edited=True), sure("returns"), ANSWERED, Reply("returns", "")),
    ("not it", turn(), REJECTS, ANSWERED, (Reason.NOT_HELPED, Priority.NORMAL)),
    ("not it, to a question", turn(), REJECTS, ASKED, (Reason.NOT_HELPED, Priority.NORMAL)),
    (
        "not it, but this",
        turn(),
        replace(sure("returns"), small_talk=SmallTalk.REJECTION),
        ANSWERED,
        Reply("returns", ""),
    ),
    (
        "not it, about it",
        turn(),
        replace(sure("hours"), small_talk=SmallTalk.REJECTION),
        ANSWERED,
        (Reason.NOT_HELPED, Priority.NORMAL),
    ),
    (
        "a number after an answer",
        turn("order 77120"),
        sure("shipping"),
        ANSWERED,
        (Reason.ADDED, Priority.NORMAL),
    ),
    (
        "a year after an answer",
        turn("open on 1 January 2027"),
        sure("returns"),
        ANSWERED,
        Reply("returns", ""),
    ),
    ("a number first", turn("order 77120"), sure("shipping"), NEW, Reply("shipping", "")),
    (
        "a question with a number",
        turn("order 77120?"),
        sure("shipping"),
        ANSWERED,
        Reply("shipping", ""),
    ),
    (
        "a clear question around a number",
        turn("how long does it take for order 77120 please"),
        sure("shipping"),
        ANSWERED,
        Reply("shipping", ""),
    ),
    (
        "a question around a number, not clear",
        turn("how long does it take for order 77120 please"),
        LIKELY,
        ANSWERED,
        (Reason.ADDED, Priority.NORMAL),
    ),
    (
        "a question around a number, answered before",
        turn("how long does it take for order 77120 please"),
        sure("hours"),
        ANSWERED,
        (Reason.ADDED, Priority.NORMAL),
    ),
    ("no, out of the blue", turn(), REJECTS, NEW, (Reason.UNKNOWN, Priority.NORMAL)),
    ("thanks", turn(), THANKS, ANSWERED, Reply("thanks", "", small_talk=True)),
    ("hi hours?", turn(), HI_HOURS, NEW, Reply("hours", "")),
    ("surely thanks", turn(), THANKED, NEW, Reply("thanks", "", small_talk=True)),
    ("hi, hours or returns?", turn("hi?"), HI_NEAR, NEW, Clarify(("hours", "returns"), "")),
    ("hi, near them", turn("hi"), HI_NEAR, NEW, Reply("greeting", "", small_talk=True)),
    ("hi, how are you?", turn("hi?"), HI_HARDLY, NEW, Reply("greeting", "", small_talk=True)),
    ("thanks, or?", turn("thanks?"), THANKED_NEAR, NEW, Clarify(("hours", "returns"), "")),
    (
        "thanks? near what was answered",
        turn("thanks?"),
        THANKED_NEAR,
        ANSWERED,
        Reply("thanks", "", small_talk=True),
    ),
    (
        "thanks for it",
        turn(),
        HI_HOURS,
        ANSWERED,
        Reply("greeting", "", small_talk=True),
    ),
    ("are you a person", turn("are you a person?"), PLEA, NEW, Reply("who", "", small_talk=True)),
    (
        "who is it, perhaps curtly",
        turn("who are you"),
        MAYBE,
        NEW,
        Reply("who", "", small_talk=True),
    ),
    (
        "who is it, in anger",
        turn("who are you"),
        sure("hours", tone=Tone.ANGRY),
        NEW,
        (Reason.ANGRY, Priority.URGENT),
    ),
    (
        "who is it, perhaps at risk",
        turn("who are you"),
        UNWELL,
        NEW,
        (Reason.MAYBE_RISK, Priority.HIGH),
    ),
    ("a plea for a person", turn("a person?"), PLEA, NEW, (Reason.ASKED, Priority.NORMAL)),
    ("hello again", turn(), HI, ANSWERED, Reply("greeting", "", small_talk=True)),
    ("a goodbye, perhaps", turn(), GOODBYE, ANSWERED, Reply("remark", "", small_talk=True)),
    ("a hello, perhaps", turn(), GOODBYE, NEW, Reply("greeting", "", small_talk=True)),
    ("a remark", turn(), REMARKS, ANSWERED, Reply("remark", "", small_talk=True)),
    ("a remark, first", turn(), REMARKS, NEW, (Reason.UNKNOWN, Priority.NORMAL)),
    (
        "a cross remark",
        turn(),
        replace(REMARKS, tone=Tone.ANNOYED),
        ANSWERED,
        (Reason.UNKNOWN, Priority.NORMAL),
    ),
    (
        "a remark near a subject",
        turn(),
        replace(OTHER, small_talk=SmallTalk.REMARK),
        ANSWERED,
        Clarify(("returns",), ""),
    ),
    ("voice", turn("", "voice"), Reading(), NEW, (Reason.MEDIA, Priority.NORMAL)),
    ("voice with words", turn("w", "voice"), sure("hours"), NEW, (Reason.MEDIA, Priority.NORMAL)),
    ("a photo alone", turn("", "photo"), Reading(), NEW, Clarify((), "")),
    (
        "a photo after an answer",
        turn("", "photo"),
        Reading(),
        ANSWERED,
        (Reason.MEDIA, Priority.NORMAL),
    ),
    ("a photo again", turn("", "photo"), Reading(), ASKED, (Reason.MEDIA, Priority.NORMAL)),
    ("a photo with words", turn("w", "photo"), sure("hours"), NEW, Reply("hours", "")),
    ("a sticker after an answer", turn("", "sticker"), Reading(), ANSWERED, StayQuiet("")),
    ("a GIF after an answer", turn("", "animation"), Reading(), ANSWERED, StayQuiet("")),
    ("a GIF first", turn("", "animation"), Reading(), NEW, Clarify((), "")),
    (
        "a GIF with a photo after an answer",
        turn("", "animation", "photo"),
        Reading(),
        ANSWERED,
        (Reason.MEDIA, Priority.NORMAL),
    ),
    ("a sticker first", turn("", "sticker"), Reading(), NEW, Clarify((), "")),
    (
        "the model failed",
        turn(),
        Reading(failed=Failure.SILENT),
        NEW,
        (Reason.MODEL_FAILED, Priority.NORMAL),
    ),
    ("a person holds it", turn(), sure("hours"), replace(NEW, state=State.WAITING), StayQuiet("")),
    ("claimed", turn(), sure("hours"), replace(NEW, state=State.CLAIMED), StayQuiet("")),
]


@pytest.mark.parametrize(
    ("name", "said", "reading", "case", "wanted"),
    TABLE,
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_the_table_of_decisions(
    name: str,  # noqa: ARG001 - it names the row
    said: Turn,
    reading: Reading,
    case: Case,
    wanted: Decision | tuple[Reason, Priority],
) -> None:
    made = decide(said, reading, case, POLICY)
    if isinstance(wanted, tuple):
        assert isinstance(made, HandOver)
        assert (made.reason, made.priority) == wanted
    else:
        assert replace(made, why="") == wanted


# --------------------------------------------------------------- laws, over all kinds of values

shares = some.floats(0, 1)
readings = some.builds(
    Reading,
    probabilities=some.dictionaries(some.sampled_from((*SUBJECTS, UNKNOWN)), shares),
    tone=some.sampled_from(Tone),
    tone_probabilities=some.dictionaries(some.sampled_from(Tone), shares),
    asks_person=some.booleans(),
    small_talk=some.sampled_from(SmallTalk),
    language=some.sampled_from((None, "fr", "en", "de")),
    risk=some.sampled_from(((), ("safety",), ("safety", "law"))),
    behind=some.dictionaries(some.sampled_from((*SUBJECTS, UNKNOWN)), shares),
    maybe_risk=some.booleans(),
    asked=some.dictionaries(some.sampled_from(SUBJECTS), shares).map(lambda d: tuple(d.items())),
    failed=some.sampled_from((None, *Failure)),
)
cases = some.builds(
    Case,
    id=some.just(1),
    customer_id=some.just(11),
    state=some.sampled_from(State),
    opened_at=some.just(0.0),
    changed_at=some.just(0.0),
    answered=some.sampled_from(((), ("hours",), SUBJECTS)),
    choices=some.sampled_from(((), ("hours", "returns"))),
    clarified=some.booleans(),
)
policies = some.builds(
    Policy,
    reply_at=some.floats(0.01, 1),
    pick_at=some.floats(0.01, 1),
    clarify_at=shares,
    near=shares,
    max_choices=some.integers(1, 4),
    answerable=some.frozensets(some.sampled_from(SUBJECTS)),
    desk_language=some.sampled_from(("fr", "en", "xx")),
)
turns = some.builds(
    turn,
    some.sampled_from(("", " ", "words", "🙏", "?", "what?")),
    *(some.sampled_from(("photo", "sticker", "animation")),) * 2,
    edited=some.booleans(),
) | some.builds(turn, some.sampled_from(("", "words")), some.just("voice"))


@given(turns, readings, cases, policies)
def test_every_turn_has_one_decision_with_a_why_that_a_person_can_read(
    said: Turn, reading: Reading, case: Case, policy: Policy
) -> None:
    made = decide(said, reading, case, policy)
    assert isinstance(made, Reply | Clarify | HandOver | StayQuiet)
    assert made.why.strip() and "{" not in made.why
    assert decide(said, reading, case, policy) == made


@pytest.mark.parametrize(
    ("probability", "told"),
    [(0.24, "may be asking for a person (24%)"), (0.97, "asks"), (0, "asks")],
)
def test_staff_read_how_likely_a_plea_is_that_is_rather_none(probability: float, told: str) -> None:
    """0: no model was asked, it stood there in so many words."""
    reading = Reading(asks_person=True, asks_person_probability=probability)
    assert told in decide(turn(), reading, NEW, POLICY).why


@given(turns, readings, cases, policies)
def test_who_holds_the_case_speaks_alone(
    said: Turn, reading: Reading, case: Case, policy: Policy
) -> None:
    if case.state.with_staff:
        assert isinstance(decide(said, reading, case, policy), StayQuiet)


@given(turns, readings, cases, policies)
def test_an_angry_or_risky_turn_or_a_plea_always_reaches_a_person(
    said: Turn, reading: Reading, case: Case, policy: Policy
) -> None:
    if case.state.with_staff:
        return
    made = decide(said, reading, case, policy)
    if reading.risk or reading.maybe_risk or reading.tone is Tone.ANGRY:
        assert isinstance(made, HandOver)
    if reading.risk or reading.sounds is Tone.ANGRY:
        assert isinstance(made, HandOver) and made.priority is Priority.URGENT
    elif reading.asks_person:
        assert isinstance(made, HandOver)


@given(turns, readings, cases, policies)
def test_an_answer_is_approved_sure_and_never_given_twice(
    said: Turn, reading: Reading, case: Case, policy: Policy
) -> None:
    made = decide(said, reading, case, policy)
    if isinstance(made, Reply) and not made.small_talk:
        sureness = dict(reading.asked) if made.also else reading.probabilities
        if reading.behind.get(made.to, 0.0) >= max(policy.reply_at, reading.best[1]):
            sureness = reading.behind
        for subject in made.subjects:
            assert subject in policy.answerable
            asked_back = subject in case.choices and not made.also
            assert sureness[subject] >= min(policy.reply_at, policy.pick_at if asked_back else 1.0)
            assert subject not in case.answered
        if not made.also:
            assert sureness[made.to] >= sureness.get(UNKNOWN, 0.0)


def test_however_lenient_the_limit_nothing_like_it_is_no_answer() -> None:
    lenient = replace(POLICY, reply_at=0.005)
    made = decide(turn(), Reading({"hours": 0.01, UNKNOWN: 0.99}), NEW, lenient)
    assert isinstance(made, HandOver) and made.reason is Reason.UNKNOWN


@given(turns, readings, cases, policies)
def test_a_case_is_asked_about_at_most_once_and_only_between_what_can_be_answered(
    said: Turn, reading: Reading, case: Case, policy: Policy
) -> None:
    made = decide(said, reading, case, policy)
    if isinstance(made, Clarify):
        assert not case.clarified
        assert set(made.subjects) <= policy.answerable
        assert len(made.subjects) <= policy.max_choices
        assert not set(made.subjects) & set(case.answered)


@given(turns, readings, cases, policies)
def test_what_the_model_could_not_read_is_never_answered(
    said: Turn, reading: Reading, case: Case, policy: Policy
) -> None:
    if reading.failed and said.text.strip() and not case.state.with_staff:
        assert isinstance(decide(said, reading, case, policy), HandOver)
