"""The model and the brand's heads, made ready: loaded when they fit the knowledge, else trained."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from .answers import Knowledge
from .app import Brain
from .conversation import Policy
from .errors import ModelError

log = logging.getLogger(__name__)

MODELS = next(
    folder
    for folder in (Path(__file__).parent / "models", Path(__file__).parent.parent / "models")
    if folder.exists() or folder.parent.name != "bot"
)
"""Inside the package when installed, beside it in a checkout."""

Progress = Callable[[int, int, str], None]


def no_progress(_done: int, _total: int, _label: str) -> None: ...
