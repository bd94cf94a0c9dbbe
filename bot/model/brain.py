"""The model and the brand's heads, made ready: loaded when they fit the knowledge, else trained."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

from tqdm import tqdm

from ..answers import Knowledge
from ..config import Settings
from ..conversation import Policy
from ..errors import (
    ModelCorrupt,
    ModelError,
    ModelFailed,
    ModelMissing,
    Problem,
    lacks_memory,
    where,
)
from ..reader import Brain
from .classifier import Classifier
from .encoder import MORE_MEMORY, Encoder
from .general import GeneralHeads, release
from .heads import Heads, TrainingReport
from .language import Languages
from .train import OnProgress, train_heads

log = logging.getLogger(__name__)

PACKAGE = Path(__file__).parents[1]
MODELS = PACKAGE / "models"
"""Inside the package when installed; beside it in a checkout."""
if not MODELS.exists():
    MODELS = PACKAGE.parent / "models"

CLARIFY_AT = 0.35
"""Least summed probability of the near subjects that is worth a question."""


def load(settings: Settings, knowledge: Knowledge, on_progress: OnProgress) -> Brain:
    """The brain for this knowledge. Trains when the heads are missing or do not fit.

    Never raises, whatever the model, its files or the memory do: then ``missing`` says why, and
    people get every turn.
    """
    try:
        encoder = Encoder.load(MODELS)
        general = GeneralHeads.load(MODELS, encoder.fingerprint)
        heads = _heads(settings, knowledge, encoder, general, on_progress)
        languages = Languages(knowledge.brand.languages)
        marks = [rule.mark for rule in knowledge.risk if rule.by_model]
        reader = Classifier(encoder, general, heads, languages, marks)
    except Exception as error:  # a bot without a model serves; one that does not start does not
        return Brain(None, _policy(knowledge, None), missing=str(_as_model_error(error)))
    return Brain(reader, _policy(knowledge, heads))


def train(settings: Settings, knowledge: Knowledge, on_progress: OnProgress) -> TrainingReport:
    """Train the brand's heads and keep them. Raises ModelError."""
    encoder = Encoder.load(MODELS)
    general = GeneralHeads.load(MODELS, encoder.fingerprint)
    heads = _train(settings, knowledge, encoder, general, on_progress)
    heads.save(settings.brand.heads)
    return heads.report


def heads_fit(settings: Settings, knowledge: Knowledge) -> bool:
    """Were the kept heads trained on exactly this knowledge, for this promise?"""
    try:
        heads = Heads.load(settings.brand.heads, release(MODELS))
    except (ModelError, OSError):
        return False
    return _fit(heads, settings, knowledge)


def model_problem() -> Problem | None:
    """What is wrong with the model's files, if anything."""
    try:
        Classifier.load(MODELS, None)
    except Exception as error:
        return Problem("model", str(_as_model_error(error)), "")
    return None


def progress_bar() -> OnProgress:
    """A progress bar on the terminal, one for each label; silent when nobody watches."""
    bars: dict[str, tqdm[None]] = {}

    def show(done: int, total: int, label: str) -> None:
        if label not in bars:
            quiet = not sys.stderr.isatty()
            bars[label] = tqdm(total=total, desc=label, leave=False, disable=quiet, unit="")
        bars[label].update(done - bars[label].n)
        if done >= total:
            bars.pop(label).close()

    return show


def _as_model_error(error: Exception) -> ModelError:
    """Why there is no model, in words with a mend; where in the code, for the log, if unforeseen.

    Nothing of people is in memory yet, so the error's own words may be shown.
    """
    if isinstance(error, ModelError):
        return error
    log.error("the model could not be made ready: %s", where(error))
    if lacks_memory(error):
        return ModelFailed("model", MORE_MEMORY)
    return ModelFailed("model", f"It could not be made ready ({type(error).__name__}: {error}).")


def _heads(
    settings: Settings,
    knowledge: Knowledge,
    encoder: Encoder,
    general: GeneralHeads,
    on_progress: OnProgress,
) -> Heads:
    folder = settings.brand.heads
    try:
        heads = Heads.load(folder, general.experience.release)
        if _fit(heads, settings, knowledge):
            return heads
        log.warning("%s: the knowledge has changed; training again", folder)
    except (ModelMissing, ModelCorrupt) as error:
        log.info("training: %s", error)
    heads = _train(settings, knowledge, encoder, general, on_progress)
    try:
        heads.save(folder)
    except OSError as error:
        log.warning("%s: the heads could not be kept (%s)", folder, error)
    return heads


def _train(
    settings: Settings,
    knowledge: Knowledge,
    encoder: Encoder,
    general: GeneralHeads,
    on_progress: OnProgress,
) -> Heads:
    return train_heads(
        encoder,
        general.experience,
        {name: subject.taught for name, subject in knowledge.subjects.items()},
        max_wrong_answers=settings.answers.max_wrong_answers,
        knowledge=knowledge.version,
        on_progress=on_progress,
    )


def _fit(heads: Heads, settings: Settings, knowledge: Knowledge) -> bool:
    promised = heads.report.max_wrong_answers == settings.answers.max_wrong_answers
    return promised and heads.knowledge == knowledge.version


def _policy(knowledge: Knowledge, heads: Heads | None) -> Policy:
    desk = knowledge.brand.default_language
    return Policy(
        reply_at=1.0 if heads is None else heads.report.threshold,
        clarify_at=CLARIFY_AT,
        answerable=frozenset(knowledge.subjects),
        titles={
            name: subject.titles.get(desk, name) for name, subject in knowledge.subjects.items()
        },
        marks={rule.mark: rule.told(desk) for rule in knowledge.risk},
        desk_language=desk,
    )
