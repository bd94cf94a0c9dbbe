"""Thanks with nothing beside them: whoever holds the case owes no reply to them.

Only words that are all listed here count. What a model hears as thanks may ask for something:
« merci de vérifier », « merci, et l'autre paire ».
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..conversation import Author, Line
from ..incoming import Turn, Wrote
from ..risk import fold

EMOJI = frozenset(
    "👍👌🙏❤🥰😍😊😀😁😄😃🙂💙💚💛🧡💜🤍🖤👏🎉💪✅☺🤗😘🔥🤩🥳😎🙌🫶🤝✌😇🌞☀✨🌟💕💖💗"
)
"""Those that say thanks, or that all is well."""

_THANKS = re.compile(
    r"\b(mercis?|remercie|apprecie|thanks?|thx|ty|tysm|cheers|appreciated?|bye|ciao|have an?"
    r"|(bonne|belle|excellente) (journee|soiree|nuit|fin|semaine)|(bon|good|great) weekend)\b"
)
"""One of these must be there: an "ok" or a "perfect" by itself may be a yes."""
_FRENCH = (
    "merci mercis remercie apprecie bye ciao un une mille gros grand beaucoup bcp bien infiniment "
    "fois encore vraiment tellement tres si trop tout toute pour votre vos ton tes le la les l de "
    "d du a au et aussi pareillement egalement meme quand vous toi tu je t es etes c est aide note "
    "reponse temps patience gentillesse service info infos information informations super parfait "
    "parfaite genial excellent excellente cool correct beau belle bon bonne fin journee soiree "
    "nuit semaine weekend ok okay oki accord gentil gentille fine amour ange chou adorable "
    "meilleur meilleure meilleurs haha salut bravo equipe madame monsieur"
)
_ENGLISH = (
    "thank thanks thx ty tysm cheers appreciate appreciated so very much many a lot bunch million "
    "ton for your you u the all again really i it that s re have help time answer reply response "
    "support info information kindness great perfect good nice lovely amazing awesome wonderful "
    "brilliant kind kindly best star too and one got wow anyway team guys day evening night "
    "afternoon weekend"
)
_WORDS = frozenset((*_FRENCH.split(), *_ENGLISH.split()))
_MAY_ASK = r"(?:aide|reponse|infos?|informations?|help|answer|reply|response)\b"
_BARE = re.compile(rf"\b{_MAY_ASK}")
_THANKED_FOR = re.compile(
    rf"\b(?:pour|de|d|l|votre|vos|ton|tes|for|your|the)[ '](?:[\w']+ ){{0,2}}?{_MAY_ASK}"
    rf"(?: (?:et|and) (?:(?:la|les|the|your|votre) |l')?{_MAY_ASK})?"
)
"""What they were given is named so; by itself it may be what they want: "thank you, help"."""
_NO = frozenset(("non", "no", "nope"))
_DRESSING = re.compile(r"[\w\s.,!’'…&~^:)*\u200d\ufe0f\U0001f3fb-\U0001f3ff-]")
"""Beside emoji, what may stand in thanks; no question mark."""
_OFFERS_MORE = re.compile(r"\b(autre chose|d'autres questions|(anything|something) else)\b")


def ask_nothing(turn: Turn, lines: Sequence[Line]) -> bool:
    """Does the turn only thank, say goodbye or send a thumb up, and answer no question of staff?

    ``lines``: the last ones of the case, the turn's among them.
    """
    if not all(map(_only_thanks, turn.messages)):
        return False
    asked = _asked_by_staff(lines)
    if _OFFERS_MORE.search(asked):
        return asked.count("?") <= 1
    return "?" not in asked and not _NO & set(re.findall(r"\w+", fold(turn.text)))


def _only_thanks(message: Wrote) -> bool:
    """A reply to one message of several may answer it, and a forward carries others' words."""
    if message.reply_to is not None or message.elsewhere or message.forwarded:
        return False
    if message.media is not None:
        return message.media.kind == "sticker" and message.media.emoji in EMOJI
    folded = fold(message.text)
    words, emoji = set(re.findall(r"\w+", folded)), set(_DRESSING.sub("", message.text))
    thanks = _THANKS.search(folded) if words else emoji
    wants = _BARE.search(_THANKED_FOR.sub("", folded))
    return bool(thanks) and not wants and emoji <= EMOJI and words <= _WORDS | _NO


def _asked_by_staff(lines: Sequence[Line]) -> str:
    """What a person wrote between these words of the customer and those before them."""
    wrote: list[str] = []
    for line in reversed(lines):
        if line.author is Author.AGENT:
            wrote.append(line.text)
        elif wrote and line.author is Author.CUSTOMER:
            break
    return fold("\n".join(wrote))
