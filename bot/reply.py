"""What the bot says to a customer, in their language and tone. The phrases: customer_words.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol

from .conversation import WHO, Case, SmallTalk, State, Tone
from .customers.customer_words import FACES
from .effects import Rows
from .errand import Purpose
from .promises import when
from .promises.hours import Hours
from .promises.wait import Expected
from .promises.when import Phrases

HELPED, NOT_HELPED, PERSON, NONE_OF_THESE, PICK = "helped", "not_helped", "person", "none", "pick:"
LABELS: Mapping[str, str] = {
    HELPED: "btn_helped",
    NOT_HELPED: "btn_not_helped",
    PERSON: "btn_person",
    NONE_OF_THESE: "btn_none",
}
"""Act -> the phrase on its button; a choice has its subject's name."""

RATE = "rate:"

BETWEEN = "\n\n"
"""Between the answers to several questions."""

CLOSE_TO_THANKS_S = 60.0


class Pen(Protocol):
    """What this step may do with a case, inside the transaction."""

    @property
    def now(self) -> float: ...
    def save(self, case: Case) -> Case: ...
    def say(
        self,
        case: Case,
        text: str,
        rows: Rows = (),
        purpose: Purpose = Purpose.ANSWER,
        introduces: bool = False,
    ) -> None:
        """``introduces``: these words tell the customer that a machine answers."""

    def is_met(self, case: Case) -> bool:
        """Has the customer been told that a machine answers, or is that on its way to them?"""

    def set_timer(self, case_id: int, kind: str, due_at: float) -> None: ...
    def phrase(self, language: str, key: str, **values: object) -> str:
        """A fixed phrase, in the brand's own words where it has some."""


def person_row(pen: Phrases, language: str) -> Rows:
    return ((_button(pen, language, PERSON),),)


def answer_rows(pen: Phrases, language: str) -> Rows:
    """The buttons under every answer: a person is always one press away."""
    helped = (_button(pen, language, HELPED), _button(pen, language, NOT_HELPED))
    return (helped, *person_row(pen, language))


def _button(pen: Phrases, language: str, act: str) -> tuple[str, str]:
    return pen.phrase(language, LABELS[act]), act


def rating_rows() -> Rows:
    """How did it go? One tap, understood in every language."""
    return (tuple((face, f"{RATE}{score}") for score, face in FACES.items()),)


def answer(pen: Pen, case: Case, brand: str, answers: Mapping[str, str], quiet_s: float) -> Case:
    """Send the approved answers, subject -> text, as one message; the customer is next to act, and
    silence closes the case."""
    language = case.language
    text = BETWEEN.join(one.strip() for one in answers.values())
    if case.tone is Tone.ANNOYED:
        text = f"{pen.phrase(language, 'sorry')} {text}"
    _say_first(pen, case, brand, text, answer_rows(pen, language))
    pen.set_timer(case.id, "quiet", pen.now + quiet_s)
    return pen.save(
        replace(
            case,
            state=State.WITH_CUSTOMER,
            subject=next(iter(answers)),
            answered=(*case.answered, *answers),
            choices=(),
        )
    )


def small_talk(pen: Pen, case: Case, brand: str, kind: str, quiet_s: float) -> Case:
    """Greet or thank back, take note of a remark, or say who answers. Thanks end the matter soon;
    the others wait for a question.

    What was asked back before, and still shows its buttons, stays open.
    """
    language = case.language
    if pen.is_met(case) and kind != WHO:
        pen.say(case, pen.phrase(language, kind), person_row(pen, language))
    else:
        words = f"{pen.phrase(language, 'intro', brand=brand)} {pen.phrase(language, 'ask_away')}"
        pen.say(case, words, person_row(pen, language), introduces=True)
    over = kind == SmallTalk.THANKS and not case.choices
    pen.set_timer(case.id, "quiet", pen.now + (CLOSE_TO_THANKS_S if over else quiet_s))
    return pen.save(replace(case, state=with_customer(case)))


def with_customer(case: Case) -> State:
    """The customer is next to act, perhaps on what they were asked back."""
    return State.CLARIFYING if case.choices else State.WITH_CUSTOMER


def greet_again(pen: Pen, case: Case) -> None:
    """A hello soon after the closing is answered, and opens nothing yet."""
    language = case.language
    words = pen.phrase(language, SmallTalk.GREETING)
    pen.say(case, words, person_row(pen, language), Purpose.FAREWELL)


def comment_kept(pen: Pen, case: Case) -> None:
    """What a customer adds to their rating is read; if it was more than that, a person is near."""
    language = case.language
    words = pen.phrase(language, "comment_kept")
    pen.say(case, words, person_row(pen, language), Purpose.FAREWELL)


def clarify(pen: Pen, case: Case, brand: str, titles: Mapping[str, str], quiet_s: float) -> Case:
    """Ask once: between the subjects of ``titles`` (name -> words on the button), or openly."""
    language = case.language
    choices: Rows = tuple(((title, f"{PICK}{name}"),) for name, title in titles.items())
    if choices:
        choices = (*choices, (_button(pen, language, NONE_OF_THESE),))
    text = pen.phrase(language, "clarify" if titles else "clarify_open")
    _say_first(pen, case, brand, text, (*choices, *person_row(pen, language)))
    pen.set_timer(case.id, "quiet", pen.now + quiet_s)
    return pen.save(replace(case, state=State.CLARIFYING, clarified=True, choices=tuple(titles)))


def notice(
    pen: Pen,
    case: Case,
    tone: Tone,
    brand: str,
    expected: Expected,
    hours: Hours,
    purpose: Purpose = Purpose.ANSWER,
) -> None:
    """Tell the customer that a person has the case now, and until when.

    ``tone``: to which the words fit. ``hours``: the brand's, on whose wall clock a moment is told.
    """
    language = case.language
    if expected.back is not None:
        back = when.moment(pen, language, hours.local(expected.back), hours.local(pen.now))
        text = pen.phrase(language, f"away_{tone}", back=back)
    else:
        wait = _wait(pen, language, expected, hours)
        text = pen.phrase(language, f"handed_{tone}", wait=wait)
    _say_first(pen, case, brand, text, purpose=purpose)


def _wait(pen: Pen, language: str, expected: Expected, hours: Hours) -> str:
    """A span; but when people leave in between, the moment: nobody waits only 30 minutes then."""
    if expected.by - pen.now <= expected.seconds:
        return pen.phrase(language, "within", span=when.span(pen, language, expected.seconds))
    moment = when.moment(pen, language, hours.local(expected.by), hours.local(pen.now))
    return pen.phrase(language, "by", moment=moment)


def _say_first(
    pen: Pen,
    case: Case,
    brand: str,
    text: str,
    rows: Rows = (),
    purpose: Purpose = Purpose.ANSWER,
) -> None:
    """Say it, behind the first words if they were not said yet: a machine answers, a person is
    near. Without the button they do not name it: a person has the case then. Who is not calm is
    owed no hello."""
    first = not pen.is_met(case)
    if first:
        hello = bool(rows) and case.tone is Tone.CALM
        intro = pen.phrase(case.language, "intro" if hello else "intro_plain", brand=brand)
        text = f"{intro}\n\n{text}"
    pen.say(case, text, rows, purpose, introduces=first)
