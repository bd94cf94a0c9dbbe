"""What a call asks (typed parameters) and what it is refused with (Telegram's own wording)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .wire import Json

_TEXT_FIELDS = frozenset(
    [
        "text",
        "caption",
        "name",
        "title",
        "description",
        "short_description",
        "callback_query_id",
        "url",
        "secret_token",
        "file_id",
        "first_name",
        "last_name",
        "phone_number",
        "vcard",
        "address",
        "performer",
        "emoji",
        "parse_mode",
        "message_effect_id",
        "business_connection_id",
        "icon_custom_emoji_id",
        "inline_message_id",
        "custom_title",
        "invite_link",
        "language_code",
        "action",
        "ip_address",
        "file_name",
    ]
)
"""Parameters that stay text even when they look like a number: forms carry no types."""

_LOOKS_TYPED = re.compile(r"-?\d|[\[{]|true$|false$")


class Refused(Exception):
    """Telegram says no: an HTTP code, a description, and sometimes what to do about it."""

    def __init__(self, code: int, description: str, parameters: Json | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    @property
    def body(self) -> Json:
        body: Json = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            body["parameters"] = self.parameters
        return body


def bad_request(what: str) -> Refused:
    return Refused(400, f"Bad Request: {what}")


def forbidden(what: str) -> Refused:
    return Refused(403, f"Forbidden: {what}")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a multipart call."""

    name: str
    mime: str
    data: bytes = field(repr=False)


def decode(name: str, raw: str) -> Any:
    """A value as what it means: numbers, booleans and objects may come as text, in JSON too."""
    if name in _TEXT_FIELDS or not _LOOKS_TYPED.match(raw):
        return raw
    try:
        return json.loads(raw)
    except ValueError:
        return raw


class Params:
    """The parameters of one call, read with the type the method expects."""

    __slots__ = ("values",)

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = values

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def text(self, name: str) -> str:
        value = self.values.get(name, "")
        return value if isinstance(value, str) else json.dumps(value)

    def maybe_text(self, name: str) -> str | None:
        return self.text(name) if name in self.values else None

    def integer(self, name: str) -> int | None:
        value = self.values.get(name)
        if value is None or value == "":
            return None
        try:
            return int(value)
        except (TypeError, ValueError):
            raise bad_request(f"invalid {name} specified") from None

    def number(self, name: str) -> float | None:
        value = self.values.get(name)
        if value is None or value == "":
            return None
        try:
            return float(value)
        except (TypeError, ValueError):
            raise bad_request(f"invalid {name} specified") from None

    def flag(self, name: str) -> bool:
        value = self.values.get(name, False)
        return value in (True, 1, "true", "True", "1", "yes")

    def object(self, name: str) -> Json | None:
        value = self.values.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, dict):
            raise bad_request(f"can't parse {name.replace('_', ' ')} JSON object")
        return value

    def array(self, name: str) -> list[Any] | None:
        value = self.values.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, list):
            raise bad_request(f"can't parse {name.replace('_', ' ')} JSON object")
        return value

    def upload(self, name: str) -> Upload | None:
        value = self.values.get(name)
        return value if isinstance(value, Upload) else None
