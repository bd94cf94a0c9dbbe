"""Words that mean something only after others: a choice by its place, the number asked for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from ..conversation import Reading, SmallTalk
from ..incoming import Turn
from .thanks import EMOJI

_POLITE = (
    "le la l c est ca ce thats that it its s this is one choix choice option numero number "
    "svp stp il vous te plait please pls merci thanks bien tout a fait for sure"
)
_AGREES = "oui ouais ouin yes yep yeah yup ok okay exact exactement exactly"
_BESIDE = frozenset(_POLITE.split())
"""What may stand beside the others without changing what they say."""
_YES = frozenset(_AGREES.split())
_PLACES: Mapping[str, int] = {
    **dict.fromkeys(("1", "1er", "1re", "1ere", "premier", "premiere", "first", "1st"), 0),
    **dict.fromkeys(("2", "2e", "2eme", "deuxieme", "second", "seconde", "2nd"), 1),
    **dict.fromkeys(("3", "3e", "3eme", "troisieme", "third", "3rd"), 2),
    **dict.fromkeys(("dernier", "derniere", "last"), -1),
}
_BOTH = frozenset(("both", "les deux", "tous les deux", "toutes les deux", "the two"))

_NUMBERED = re.compile(r"\bno?[.°º]? *(?=\d)")
"""The sign before a number, which is no "no"."""
_DECLINES = re.compile(r"\b(c'?est|that'?s|it'?s) (ok|okay|correct|beau|bon|fine|good)\b")
"""Who says so wants nothing more."""
FEW = 4
"""Words, and fewer: beside a number they ask nothing by themselves, in small talk they may be of
any language, and behind a question they are the answer to it."""
LEAST_SAID = 2
"""Words, and fewer: "lol", "livraison express" may be of either language."""

_OPENS = r"(?:(?:ah|oh|euh|bah|ben|ok|merci|thanks)\W+)*"
_NO = r"(?:non|no|nope|nan|nah)"
_ALL = r"(?:that'?s (?:all|it|everything)|c'?\W?(?:est )?tout|rien d'autre|nothing else)"
_ENOUGH = (
    rf"(?:{_ALL}|merci(?: (?:bien|beaucoup))?|ca va(?: aller)?|tout est (?:beau|bon|correct)"
    r"|c'?\W?(?:est )?(?:bon|beau|correct|parfait|ok)|(?:j'? ?ai|je l'? ?ai|j'?l'? ?ai) trouve"
    r"|bonne (?:journee|soiree|fin de semaine)|thanks?(?: you)?(?: (?:so much|a lot))?"
    r"|(?:that|it)'?s (?:ok(?:ay)?|fine|good|great|perfect)|(?:i )?(?:found|got) it"
    r"|(?:i'? ?a?m|we'? ?a?re|all) (?:all )?(?:good|fine|ok(?:ay)?|set)"
    r"|have a (?:good|great|nice) (?:day|one|evening|night|weekend))"
)
_ONLY_NO = re.compile(rf"{_OPENS}{_NO}\W*")
_NO_MORE = re.compile(rf"{_OPENS}(?:{_ALL}|{_NO}\W+{_ENOUGH})(?:\W+{_ENOUGH})*\W*")
"""Who says nothing else wants nothing else."""
_PUZZLED = re.compile(
    r"\W*\?\W*|(?:quoi|hein|what|huh|comment ca|what do (?:you|u) mean)\W*"
    r"|(?:comment|pardon|sorry|excuse me)\W*\?\W*"
)
_BOT = r"(?:(?:just |juste )?(?:une?|an?) )?(?:robot|bot|chatbot|chat ?gpt|gpt|ia|ai)"
_ONE = rf"(?:{_BOT}|(?:(?:une?|an?) )?(?:(?:vraie?|real) )?(?:humaine?|human|personne|person))"
_OR = rf"(?: (?:ou|or) {_ONE})?"
_TALK = "(?:parle|jase|discute|talking|speaking|chatting) (?:a|avec|to|with)"
_YOU = r"(?:(?:are|r) (?:you|u)|you|u|(?:t|tu|vous) (?:es|etes)(?: tu)?|tes|es tu|etes vous)"
_WHO = (
    rf"{_YOU} (?:{_ONE}{_OR}|(?:une |a )?machine|(?:un )?vrai|real|automated)",
    rf"(?:is (?:this|it)|est ce|c(?: est)? tu|(?:am i|est ce que je) {_TALK}) {_ONE}{_OR}",
    rf"(?:c est|it s|this is|je {_TALK}) {_BOT}{_OR}|je {_TALK} {_ONE} ou {_ONE}|is this automated",
    rf"who (?:(?:are|r) (?:you|u)|(?:is|s) (?:this|there)|am i {_TALK})",
    rf"qui (?:es tu|etes vous|est ce)|(?:t es|tes|tu es|vous etes|c est|je {_TALK}) qui",
    r"a qui (?:je parle|est ce que je parle)|what ?(?:s|is) (?:your|ur) name",
    r"comment (?:tu t appelles?|vous appelez vous)|(?:c est quoi|quel est) (?:ton|votre) nom",
)
_ASKS_WHO = re.compile(
    r"(?:(?:hi|hey|hello|allo|bonjour|salut|ok|wait|euh) )*"
    rf"(?:{'|'.join(_WHO)})(?: (?:toi|vous|la|au juste))?"
)
"""In words without the marks between them: "t es", "it s"."""

WAVES = frozenset("👋🤚✋")
REMARKS = frozenset("😂🤣😅😆🤔😬🙈😉😌😮😲🤷")
HARMLESS = EMOJI | WAVES | REMARKS
"""Emoji that want nothing: beside any other, nobody is taken to."""
_WHOSE = frozenset("♀♂")
"""Signs within an emoji that say whose it is."""

_ACCENTS = str.maketrans("éèêçàâ", "eeecaa")

_REFERENCE = re.compile(
    r"(?<!\d)(?!(?:19|20)\d\d(?!\d))\d{4,}"  # of an order; no year
    r"|(?<![\d-])(?!\d{4}-\d\d-\d\d)(?:\d[ .-]?){7,}"  # of a telephone, a card; no date
    r"|\S@\S+\.\w|https?://|www\.",
    re.IGNORECASE,
)


def chosen(text: str, choices: Sequence[str]) -> tuple[str, ...]:
    """The choices that ``text`` names by nothing but their place, or by a yes to the only one; of
    two both. Empty: it does not."""
    plain = _plain(text)
    if _DECLINES.search(plain):
        return ()
    words = re.findall(r"\w+", _NUMBERED.sub("", plain))
    if " ".join(words) in _BOTH:
        return tuple(choices) if len(choices) == 2 else ()
    told = {word for word in words if word not in _BESIDE}
    places = {_PLACES.get(word, len(choices)) for word in told - _YES}
    if told and not places:
        return tuple(choices) if len(choices) == 1 else ()
    place = places.pop() if len(places) == 1 else len(choices)
    return (choices[place],) if place < len(choices) else ()


def declines(text: str, asked: bool = False) -> bool:
    """Does it say that nothing more is wanted: « non c'est tout », "nope, i'm good"?

    ``asked``: they were just asked what else; then a no says so by itself.
    """
    plain = _plain(text)
    if "?" in text or not emoji_in(text) <= HARMLESS:
        return False
    only_no = asked and _ONLY_NO.fullmatch(plain) is not None
    return only_no or _NO_MORE.fullmatch(plain) is not None


def emoji_in(text: str) -> set[str]:
    """The emoji of a text, whatever their skin."""
    return {char for char in text if unicodedata.category(char) == "So"} - _WHOSE


def is_puzzled(text: str) -> bool:
    """Is it nothing but a question mark, or a « hein? »?"""
    return _PUZZLED.fullmatch(_plain(text)) is not None


def _plain(text: str) -> str:
    return text.casefold().translate(_ACCENTS).replace("’", "'").strip()


def asks_who_answers(text: str) -> bool:
    """Is it nothing but a question after who, or what, they talk to: “are you a robot?”"""
    words = re.findall(r"\w+", text.casefold().translate(_ACCENTS))
    return _ASKS_WHO.fullmatch(" ".join(words)) is not None


def gives_a_number(text: str) -> bool:
    """Does it hold a number, an address or a link, and put no question?"""
    return "?" not in text and _REFERENCE.search(text) is not None


def gives_only_a_number(text: str) -> bool:
    """The same, with hardly a word beside it."""
    return gives_a_number(text) and len(_REFERENCE.sub(" ", text).split()) <= FEW


def says_little(turn: Turn, reading: Reading) -> bool:
    """Too little to tell a language by, where the case has one: a word or two, or few that are
    small talk. A no is often longer: "no that's not what i meant"."""
    words = len(turn.text.split())
    polite = reading.small_talk not in (SmallTalk.NONE, SmallTalk.REJECTION)
    return words <= (FEW if polite else LEAST_SAID)
