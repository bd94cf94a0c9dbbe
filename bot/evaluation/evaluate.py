"""How good would it be on these messages? What the bot would do with each, beside what is right."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ..answers import Knowledge
from ..cli.dry_run import dry_run
from ..clock import VirtualClock
from ..config import BrandSettings, Settings
from ..conversation import UNKNOWN, Clarify, Decision, HandOver, Reading, Reply
from ..errors import ModelMissing
from ..model import brain
from ..model.train import OnProgress
from ..reader import Brain
from .figures import summed
from .labelled import Labelled
from .results import DIGITS, Evaluation, Result


def learned(
    settings: Settings, folder: Path, knowledge: Knowledge, on_progress: OnProgress
) -> Brain:
    """The brain that the running bot would have for the knowledge in ``folder``.

    The config's own brand uses (and keeps) its own heads; another brand's are trained and dropped.
    """
    if folder.resolve() == settings.brand.knowledge.resolve():
        return brain.load(settings, knowledge, on_progress)
    with tempfile.TemporaryDirectory(prefix="first-responder-evaluate-") as heads:
        brand = BrandSettings(knowledge=folder, heads=Path(heads))
        return brain.load(replace(settings, brand=brand), knowledge, on_progress)


async def evaluate(
    settings: Settings,
    knowledge: Knowledge,
    mind: Brain,
    messages: Sequence[Labelled],
    on_progress: OnProgress = lambda _done, _total, _label: None,
) -> Evaluation:
    """Each message as the first of a new case, through the real reading and decision.

    The same messages give the same figures. Raises ModelMissing when there is no model.
    """
    if mind.reader is None:
        raise ModelMissing("model", f"Nothing can be measured without it. {mind.missing}")
    texts = [message.text for message in messages]
    # A clock that stands still: on a busy machine no message is given up for being read slowly.
    still = VirtualClock()
    done = await dry_run(
        knowledge, mind, texts, clock=still, timeout_s=1.0, on_progress=on_progress
    )
    results = [_result(m, *one) for m, one in zip(messages, done, strict=True)]
    return Evaluation(results, summed(results, settings, knowledge, mind.policy))


def _result(message: Labelled, reading: Reading, decision: Decision) -> Result:
    subject, probability = reading.best
    return Result(
        message=message,
        action=_action(decision),
        answers=decision.subjects if isinstance(decision, Reply) else (),
        choices=decision.subjects if isinstance(decision, Clarify) else (),
        subject=None if subject == UNKNOWN else subject,
        probability=round(probability, DIGITS),
        unknown=round(reading.probabilities.get(UNKNOWN, 1.0), DIGITS),
        tone=reading.tone,
        tone_probability={str(tone): round(p, DIGITS) for tone, p in reading.tones.items()},
        asks_human=reading.asks_person,
        small_talk=str(reading.small_talk),
        language=reading.language,
        why=decision.why,
    )


def _action(decision: Decision) -> str:
    match decision:
        case Reply(small_talk=False):
            return "answer"
        case HandOver():
            return "human"
        case Reply() | Clarify():
            return "clarify"
        case _:
            raise AssertionError(f"the first words of a case were met with {decision}")
