"""What Telegram sent, type by type: PTB builds its objects without looking."""

from __future__ import annotations


class Unparsable(ValueError):
    """Not something Telegram is known to send; the message says what is wrong with it."""


def number(value: object) -> int:
    """PTB does not check types: a number must be a number before the store sees it."""
    if type(value) is not int or not -(2**63) <= value < 2**63:
        raise Unparsable("The update has something else where a whole number belongs.")
    return value


def person(value: object) -> int:
    """The number of a person: above zero. Groups are below it, and 0 is nobody's (`whose`)."""
    if number(value) <= 0:
        raise Unparsable("The update names a person who cannot be.")
    return number(value)


def whole(value: object) -> str:
    """Text as it came, with half characters (lone surrogates) as "?": SQLite refuses them."""
    if not isinstance(value, str):
        raise Unparsable("The update has something else where text belongs.")
    return value.encode("utf-8", "replace").decode("utf-8")
