"""The menus of commands that customers see in the app, one per language."""

from __future__ import annotations

import logging

from ..customers.customer_words import PHRASES, CustomerWords
from ..telegram.edge import TelegramEdge

log = logging.getLogger(__name__)

_MENU = {
    "fr": {
        "start": "start",
        "person": "personne",
        "language": "langue",
        "privacy": "confidentialite",
        "export": "exporter",
        "delete": "effacer",
    },
    "en": {
        "start": "start",
        "person": "person",
        "language": "language",
        "privacy": "privacy",
        "export": "export",
        "delete": "delete_me",
    },
}
"""What a command stands for -> its name, which is in their language too."""


async def set_menus(edge: TelegramEdge, words: CustomerWords) -> None:
    """Tell Telegram the commands of every language the brand speaks. Never raises."""
    try:
        menus = {language: _menu(words, language) for language in {*PHRASES, *words.own}}
        await edge.set_commands({"": menus["en"], **menus})
    except Exception:
        log.warning("the menu of commands could not be set; customers can still write anything")


def _menu(words: CustomerWords, language: str) -> dict[str, str]:
    commands = _MENU.get(language, _MENU["en"])
    return {name: words.phrase(language, f"menu_{what}") for what, name in commands.items()}
