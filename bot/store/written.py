"""An effect as JSON, and back."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

from ..effects import (
    AnswerPress,
    Button,
    CloseTopic,
    Copy,
    CreateTopic,
    DeleteMessages,
    DeleteTopic,
    EditButtons,
    EditMedia,
    EditText,
    Effect,
    Forward,
    Pin,
    React,
    ReopenTopic,
    SendDocument,
    SendText,
    TakeBack,
)
from ..incoming import Mark

_KINDS: dict[str, type[Effect]] = {
    kind.__name__: kind
    for kind in (
        SendText,
        Copy,
        Forward,
        EditText,
        EditMedia,
        TakeBack,
        EditButtons,
        React,
        AnswerPress,
        CreateTopic,
        CloseTopic,
        ReopenTopic,
        DeleteTopic,
        DeleteMessages,
        SendDocument,
        Pin,
    )
}


def encode(effect: Effect) -> str:
    """An effect as JSON; `decode` gives it back."""
    return _json(effect)


def _fields(value: Any) -> dict[str, Any]:
    """What of a dataclass is written down; `asdict` would copy it all the way down first."""
    return {field.name: getattr(value, field.name) for field in fields(value)}


_json = json.JSONEncoder(default=_fields, ensure_ascii=False, separators=(",", ":")).encode


def decode(kind: str, payload: str) -> Effect:
    """The effect that `encode` wrote. Raises KeyError or TypeError for what it never wrote."""
    fields: dict[str, Any] = json.loads(payload)
    if "buttons" in fields:
        fields["buttons"] = tuple(
            tuple(Button(**button) for button in line) for line in fields["buttons"]
        )
    if "marks" in fields:
        fields["marks"] = tuple(Mark(**mark) for mark in fields["marks"])
    if "message_ids" in fields:
        fields["message_ids"] = tuple(fields["message_ids"])
    return _KINDS[kind](**fields)
