"""Updates of every kind there is, made from the client library's signatures; and spoiled ones."""

from __future__ import annotations

import collections.abc
import datetime
import inspect
import json
import sys
import typing
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from functools import cache
from random import Random
from types import UnionType
from typing import Any, get_args, get_origin

import telegram
from telegram import InaccessibleMessage, Message, TelegramObject, Update

Json = dict[str, Any]
Kind = Any
"""A class of the library; its instances compare by value, which mypy takes for the class."""
DEEPEST = 3
ALONE = frozenset({"migrate_to_chat_id", "migrate_from_chat_id"})
"""Of a message that has nothing else."""
NEEDED = frozenset(
    {"allows_revoting", "can_edit_tag", "can_react_to_messages", "is_video", "members_only"}
    | {"option_persistent_ids", "persistent_id"}
)
"""What the library's signatures call optional, and its constructors do not."""
MESSAGES = ("message", "edited_message", "channel_post", "edited_channel_post", "guest_message")
WORDS = (
    "vous êtes ouvert le dimanche?",
    "grr!! 😡",
    "https://exemple.ca/?a=1&b=2 @tous <b>gras</b> *_[x](tg://user?id=1)",
    "\u202eRTL\u202c Z\u0335\u0321a\u0336l\u0337g\u0338o \u200b\u2066x\u2069",
    "' OR 1=1; DROP TABLE cases --",
    "/start abc",
    "/claim",
    "// une note",
    "=HYPERLINK(1)",
    "أين طلبي؟",
    "🏳️‍🌈👩‍👩‍👧‍👦",
    "{case} %s %(name)s {0}",
    " \n\t ",
)


class Made:
    """Objects of the client library, filled in by what their constructors ask for."""

    def __init__(self, dice: Random) -> None:
        self._dice = dice

    def update(self, kind: str, number: int, **content: object) -> Json:
        """An update of this kind, as Telegram writes it; ``content``: fields it must have."""
        wanted = next(iter(_kinds(_hints(Update)[kind])))
        made = self.object(Message if wanted is InaccessibleMessage else wanted, 0, **content)
        whole = Update(number, **{kind: made})  # type: ignore[arg-type]
        return typing.cast(Json, json.loads(whole.to_json()))

    def object(self, kind: Kind, depth: int, **given: Any) -> TelegramObject:
        """One with everything it needs, and here and there something it does not."""
        kind = self._dice.choice(_concrete(kind))
        odds = 0.0 if depth >= DEEPEST else 0.04
        for name, wanted in _hints(kind).items():
            extra = name not in ALONE and self._dice.random() < odds
            if name not in given and (name in _needed(kind) or extra):
                given[name] = self.value(wanted, depth + 1)
        made: TelegramObject = kind(**given)
        return made

    def value(self, wanted: Any, depth: int) -> Any:
        """A value of an annotation, of the first type in it that is of any use."""
        if get_origin(wanted) in (collections.abc.Sequence, tuple, list):
            inner = get_args(wanted)[0]
            return [self.value(inner, depth + 1) for _ in range(1 if depth > 1 else 2)]
        if get_origin(wanted) in (typing.Union, UnionType):
            return self.value(next(a for a in get_args(wanted) if a is not type(None)), depth)
        if inspect.isclass(wanted) and issubclass(wanted, TelegramObject):
            return self.object(wanted, depth)
        return self._plain(wanted)

    def _plain(self, wanted: Any) -> Any:
        dice = self._dice
        if wanted is bool:
            return dice.random() < 0.5
        if wanted is int:
            return dice.choice((1, 3, 777, 10**9, 2**40))
        if wanted is float:
            return dice.uniform(-90.0, 90.0)
        if wanted is datetime.datetime:
            return datetime.datetime.fromtimestamp(1_800_000_000, datetime.UTC)
        if wanted is datetime.timedelta:
            return datetime.timedelta(seconds=30)
        return dice.choice(WORDS)


def kinds() -> list[str]:
    """Every kind of update, in the library's words."""
    return [name for name in _hints(Update) if name != "update_id"]


def message_fields() -> list[str]:
    """Everything that a message may carry beside its number, date, chat and sender."""
    plain = {"message_id", "date", "chat", "from_user"}
    return [name for name in _hints(Message) if name not in plain]


def every_kind(dice: Random) -> Iterator[Json]:
    """One update of each kind, and one message and one edit with each field a message can have."""
    made = Made(dice)
    for number, kind in enumerate(kinds()):
        yield made.update(kind, number)
    for number, name in enumerate(message_fields()):
        for kind in MESSAGES[:2]:
            yield made.update(kind, number, **{name: made.value(_hints(Message)[name], 1)})


@cache
def _hints(kind: Kind) -> Mapping[str, Any]:
    known = {**vars(typing), **vars(telegram), **vars(sys.modules[kind.__module__])}
    hints = typing.get_type_hints(kind.__init__, known | {"dtm": datetime})
    return {name: one for name, one in hints.items() if name not in ("return", "api_kwargs")}


@cache
def _needed(kind: Kind) -> frozenset[str]:
    asked = inspect.signature(kind).parameters.items()
    bare = {name for name, one in asked if one.default is inspect.Parameter.empty}
    return frozenset(bare | NEEDED & _hints(kind).keys())


@cache
def _concrete(kind: Kind) -> Sequence[Kind]:
    """The kinds that Telegram sends where this one is asked for: a member is an owner, or..."""
    own = [one for one in vars(telegram).values() if inspect.isclass(one) and issubclass(one, kind)]
    return [one for one in dict.fromkeys(own) if one is not kind] or [kind]


def _kinds(wanted: Any) -> list[Any]:
    return [one for one in (*get_args(wanted), wanted) if inspect.isclass(one)]


# ------------------------------------------------------------------------------------ spoiled


def nested(depth: int) -> object:
    """Lists in lists, ``depth`` of them."""
    value: object = 7
    for _ in range(depth):
        value = [value]
    return value


WRONG: Sequence[object] = (
    *(None, True, False, 0, -1, 7, 1.5, 2**31, 2**63 - 1, 2**63, -(2**63), 2**70, -(2**70)),
    *(float("nan"), float("inf"), 1e308, "", "7", "٣", "\x00", "a\ud83d", "\udc00", "\u202e" * 9),
    *("x" * 5000, "private", "kicked", "creator", "emoji", "message", [], {}, [[]], [None], [{}]),
    *({"id": "x"}, {"id": 2**70, "type": "private"}, {"": ""}, {"a" * 500: [1] * 200}),
    *(nested(60), nested(400), "Z" + "\u0335" * 400),
)


def spoiled(whole: Json, dice: Random, times: int) -> Json:
    """The same update with ``times`` things wrong anywhere in it but its number."""
    for _ in range(times):
        places = list(_places({k: v for k, v in whole.items() if k != "update_id"}))
        if not places:
            return whole
        inside, key = dice.choice(places)
        match dice.randrange(6):
            case 0:
                del inside[key]
            case 1:
                other, name = dice.choice(places)
                inside[key] = json.loads(json.dumps(other[name]))
            case 2 if isinstance(inside, dict):
                inside[dice.choice(("hologram", "text", "migrate_to_chat_id", "caption"))] = _wrong(
                    dice
                )
            case _:
                inside[key] = _wrong(dice)
    return whole


def _wrong(dice: Random) -> object:
    return deepcopy(dice.choice(WRONG))


def _places(value: Any, depth: int = 0) -> Iterator[tuple[Any, Any]]:
    """``(container, key)`` of everything inside, some levels down."""
    if depth > 6:
        return
    entries = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in list(entries):
        yield value, key
        if isinstance(inner, dict | list):
            yield from _places(inner, depth + 1)
