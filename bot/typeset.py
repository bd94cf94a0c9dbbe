"""A fixed phrase as its language sets it: in French, no line breaks at « », before : % or $."""

from __future__ import annotations

import re

_BREAKS = re.compile(r" (?=[:»%$])|(?<=«) ")


def typeset(language: str, phrase: str) -> str:
    """What is put in its braces afterwards stays as its author wrote it."""
    return _BREAKS.sub("\N{NO-BREAK SPACE}", phrase) if language == "fr" else phrase
