"""What a person's reply is asked about before it goes out. Values only: words in, doubts out.

It must not nag: whoever is asked about ordinary replies soon presses without reading. So each rule
is narrow, and `make measure-tact` says how often it speaks up for nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import ip_address

from ..conversation import Reading, Tone
from ..safe_text import shortened
from . import personal
from .doubt import Doubt, Found

LONGEST_WHAT = 60

ANGRY_AT = 0.94
"""Least probability of anger: stricter than for customers, for an agent often writes *about* it."""
LANGUAGE_WORDS = 6
"""Fewer words than these are in no language: "Ok, parfait, merci!" is fine in any case."""
SHOUTED_WORDS, SHOUTED_LETTERS = 4, 16
SHOUTED_SHARE = 0.6


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules know of the case.

    ``language``: of the customer (ISO 639-1). ``said``: every word of the case so far, for what
    the customer wrote, or was told already, is no secret to them. ``ours``: the brand's own
    addresses and numbers, and its approved answers. ``hosts``: names of internal servers.
    ``colleagues``: names of staff. ``customer``: the customer's username. ``holder``: who else
    holds the case. ``links``: the addresses that the reply hides under words.
    """

    language: str | None = None
    said: str = ""
    ours: str = ""
    hosts: tuple[str, ...] = ()
    colleagues: frozenset[str] = frozenset()
    customer: str | None = None
    holder: str | None = None
    links: tuple[str, ...] = ()


def doubts(text: str, facts: Facts, reading: Reading | None) -> tuple[Found, ...]:
    """What to ask about; empty: it goes out. ``reading``: None or failed, only words count."""
    read = None if reading is None or reading.failed else reading
    found = [
        *_collision(facts),
        *_anger(text, read),
        *_capitals(text),
        *_note(text, facts),
        *_staff_link("\n".join((text, *facts.links)), facts.hosts),
        *_personal(text, facts),
        *_language(text, facts.language, read),
    ]
    return tuple(found)


def _collision(facts: Facts) -> Iterator[Found]:
    if facts.holder is not None:
        yield Found(Doubt.COLLISION, facts.holder)


# ------------------------------------------------------------------------------------ its tone

_RUDE = re.compile(
    r"""(?xi)
    \b(?:idiote?s?|imb[ée]ciles?|stupides?|d[ée]biles?|cr[ée]tine?s?|con(?:ne|nard|nasse)s?|
       stupid|moron|bullshit|crap|dumb|shut\ up|ta\ gueule|fermez-la|conneries|niaiseries|
       tabarnak|c[âa]lisse|ostie|bordel|putain|merde|for\ god['’]s\ sake)\b
    | \bs?['’]en\ (?:fous|fout|fiche|contrefiche)\b | \b(?:i|we)\ (?:don['’]t|do\ not)\ care\b
    | \bsee\ if\ (?:i|we)\ care\b
    | \bpas\ (?:mon|notre)\ problème\b | \bnot\ (?:my|our)\ problem\b
    | \bapprenez\b.{0,10}\bà\ lire\b | \blearn\ to\ read\b
    | \bpour\ la\ dernière\ fois\b | \bfor\ the\ last\ time\b
    | \bsi\ (?:vous\ n['’]êtes|t['’]es)\ pas\ contente?\b | \bif\ you\ don['’]t\ like\ it\b
    | \bras[- ]le[- ]bol\b | \bhad\ it\ with\ you\b | \bfigure\ it\ out\ yourself\b
    | \bdébrouillez-vous\b[!.\s]*$ | ^(?:calmez-vous|calm\ down)\b
    | \bvous\ êtes\ (?:une?\ )?ment(?:eur|euse)\b | \byou(?:['’]re|\ are)\ (?:a\ liar|lying)\b
    """
)


_SHARP = re.compile(
    r"""(?xi)
    \b(?:ridicules?|ridiculous|honteu(?:x|se)|shameful|disgusting|dégoûtant\w*|tantrums?|caprices?|
       nonsense|n['’]importe\ quoi|arrogance|mauvaise\ foi)\b
    | \bm['’]énerve[rz]?\b | \bon\ my\ nerves\b | \bharceler\b | \bharassing\b | \bhow\ dare\ you\b
    | \bperdre\ (?:notre|mon)\ temps\b | \bwasting\ (?:our|my|everybody['’]s|everyone['’]s)\ time\b
    | \bfaites\ exprès\b | \bdoing\ (?:this|it|that)\ on\ purpose\b
    """
)
_KIND = re.compile(
    r"""(?xi)
    \b(?:désolée?s?|navrée?s?|excuse[rsz]?|pardon|merci|s['’]il\ vous\ plaît|droit|aider|
       je\ (?:vous\ )?comprends|je\ (?:vais|peux|vous\ propose|m['’]en\ occupe)|on\ (?:va|règle)|
       sorry|apolog\w+|thanks?|thank\ you|please|i\ (?:hear|understand|get)|right\ to|
       every\ right|your\ right|help|i['’]ll|i['’]m\ (?:going|on)|(?:i|we)\ (?:can|will)|
       let\ me|let['’]s)\b
    """
)
"""An agent who apologizes for anger, or helps, quotes it; they do not feel it."""


def _anger(text: str, read: Reading | None) -> Iterator[Found]:
    """Insults in any company; sharp words, or what the model hears, unless the reply is kind."""
    if (rude := _RUDE.search(text)) is not None:
        yield Found(Doubt.ANGRY, rude[0])
    elif _KIND.search(text) is None:
        sharp = _SHARP.search(text)
        heard = 0.0 if read is None else read.tone_probabilities.get(Tone.ANGRY, 0.0)
        if sharp is not None or heard >= ANGRY_AT:
            yield Found(Doubt.ANGRY, "" if sharp is None else sharp[0])


def _capitals(text: str) -> Iterator[Found]:
    """Most of it shouted, or a whole sentence; SKU, TPS, NAS and VIP are not shouts."""
    words = re.findall(r"[^\W\d_]{2,}(?:['’-][^\W\d_]+)*", text)
    run: list[str] = []
    longest: list[str] = []
    for word in words:
        run = [*run, word] if word.isupper() else []
        longest = max(longest, run, key=len)
    loud = [word for word in words if word.isupper()]
    long_run = len(longest) > SHOUTED_WORDS and _letters(longest) > SHOUTED_LETTERS
    most = len(loud) >= SHOUTED_SHARE * len(words) and len(loud) >= SHOUTED_WORDS
    if long_run or (most and _letters(loud) >= SHOUTED_LETTERS):
        yield Found(Doubt.CAPITALS)


def _letters(words: Sequence[str]) -> int:
    return sum(map(len, words))


# ----------------------------------------------------------------------- words meant for inside

_NOTES = re.compile(
    r"""(?xi)
    \b(?:fyi|note\ interne|usage\ interne|internal\ note|internal\ only|staff\ only|entre\ nous|
       between\ us|ne\ pas\ (?:envoyer|répondre|rembourser)|do\ not\ refund)\b
    | \bdon['’]t\ (?:answer|refund)\ (?:yet|him|her|them)\b
    | \bdon['’]t\ tell\ (?:the\ customer|him|her|them)\b
    | ^\W*(?:interne|internal|todo|à\ faire)\ ?:
    | ^\W*(?:rappel|reminder|note)\ ?:\ *(?:il|elle|he|she|(?:le|la|the)\ (?:cliente?|customer))\b
    | ^\W*[àa]\ (?:vérifier|verifier|valider|voir|confirmer|escalader|transférer)\b
    | ^\W*(?:vérifier|verifier|valider|voir|demander)\ (?:avec|à)\ (?!v(?:otre|os|ous)\b)
    | ^\W*(?:check\ with|ask|confirm\ with|need\ to\ (?:ask|check\ with))\ (?:(?-i:[A-Z])\w+|
       (?:the\ )?(?:accounting|finance|legal|management|manager|boss|warehouse))\b
    | \brun\ this\ by\b | \bjust\ so\ you\ know\ (?:he|she)\b
    | \b(?:quelqu['’]un|qqn|qui)\ (?:peut|pourrait)\ (?:prendre|regarder|gérer)\ (?:ce|le|la|cette)
       \ (?:cas|dossier|suite|cliente?)\b
    | \bqui\ s['’]occupe\ d(?:e\ (?:lui|elle)|u\ (?:cas|dossier))\b
    | \b(?:can|could)\ (?:someone|anyone|somebody)\ (?:take|handle|check|cover|look\ at)
       \ (?:this|him|her|it)\b
    | \bwho(?:\ is|['’]s)\ on\ this\b | \bdoes\ anyone\ know\b
    | \b(?:il|elle|he|she)(?:['’]s)?\ (?:menace|bluffe|threatens|bluffing|keeps\ asking)\b
    | \b(?:le|la|ce|cette)\ cliente?\s+(?:dit|demande|veut|insiste|prétend|attend|exige|ment|
       refuse|menace|appelle|revient|n['’](?:est|a)|a\ (?:raison|tort|déjà|encore|appelé|écrit)|
       est\ (?:furieu|fâché|pas|déjà|encore|toujours|en\ colère|revenu))
    | (?:^|\b(?:the|this)\ )(?:customer|client|guy|lady|woman)\s+(?:says|said|wants|asked|asks|
       claims|keeps|refuses|threatens|called|has\ (?:already|called|paid|no)|(?:is|was)\ (?:right|
       wrong|angry|furious|upset|lying|not|still|asking|waiting|back|always))\b
    """
)


def _note(text: str, facts: Facts) -> Iterator[Found]:
    if (match := _NOTES.search(text)) is not None:
        yield Found(Doubt.NOTE, shortened(match[0].strip(), LONGEST_WHAT))
        return
    for mention in re.finditer(r"(?<![\w.])@(\w[\w-]*)", text):
        name = mention[1].casefold()
        if name == (facts.customer or "").casefold():
            continue
        starts = not text[: mention.start()].strip()
        if starts or name in facts.colleagues:
            yield Found(Doubt.NOTE, mention[0])
            return


# ------------------------------------------------------------------------------------- its links

_TELEGRAM_INSIDE = re.compile(
    r"(?:\b(?:t|telegram)\.me/(?:c/\d+|\+[\w-]+|joinchat/)|\btg://)\S*", re.IGNORECASE
)
_HOST = re.compile(
    r"(?<![@\w.-])(?:https?://)?((?:[a-z0-9-]+\.)+[a-z0-9-]+|localhost)(?::\d+)?", re.I
)
_INSIDE = (".local", ".internal", ".intranet", ".lan", ".corp", ".localdomain")


def _staff_link(text: str, hosts: Sequence[str]) -> Iterator[Found]:
    if (match := _TELEGRAM_INSIDE.search(text)) is not None:
        yield Found(Doubt.STAFF_LINK, shortened(match[0], LONGEST_WHAT))
        return
    for match in _HOST.finditer(text):
        host = match[1].casefold()
        ours = any(host == one or host.endswith(f".{one}") for one in hosts)
        if ours or host == "localhost" or host.endswith(_INSIDE) or _is_private(host):
            yield Found(Doubt.STAFF_LINK, host)
            return


def _is_private(host: str) -> bool:
    try:
        return ip_address(host).is_private
    except ValueError:
        return False


# ------------------------------------------------------------------------- somebody else's data


def _personal(text: str, facts: Facts) -> Iterator[Found]:
    """Nothing that the customer wrote, and nothing of the brand's own, is somebody else's."""
    data = personal.found(text)
    if not data:
        return
    known = {one.key for one in (*personal.found(facts.said), *personal.found(facts.ours))}
    digits = re.sub(r"\D", "", facts.said)
    for one in data:
        bare = re.sub(r"\D", "", one.key)[-9:]
        in_said = one.kind != "address" and len(bare) >= 9 and bare in digits
        if one.key not in known and not in_said and not _is_the_brands(one, text, facts.ours):
            yield Found(Doubt.PERSONAL, shortened(one.written, LONGEST_WHAT))


_ROLES = re.compile(
    r"(?i)^(?:info|support|service|services|contact|bonjour|hello|help|aide|sav|client|clients|"
    r"clientele|facturation|billing|commandes?|orders?|retours?|returns?|ventes?|sales|rh|jobs|"
    r"emplois?|r[ée]clamations?|claims?|plaintes?|complaints?|accueil|reception|privacy|confidentialite|care|reservations?|bookings?|garantie|warranty|no-?reply)"
    r"(?:[.+_-][\w.-]+)?@"
)
_OURS = re.compile(
    r"(?i)\b(?:notre|nos|our|us|nous|boutique|magasin|succursale|store|shop|entrepôt|warehouse|studio|"
    r"atelier|clinique|clinic|bureaux?|office|comptoir|retour\w*|return\w*|point de (?:retrait|"
    r"chute)|pick-?up|head office|siège)\b"
)


def _is_the_brands(one: personal.Datum, text: str, ours: str) -> bool:
    """A role's address, one at the brand's own domain, or what is said to be the brand's."""
    if one.kind == "email":
        domain = one.key.rpartition("@")[2]
        return bool(_ROLES.match(one.written)) or domain in ours.casefold()
    if one.kind in ("phone", "address"):
        around = text[max(0, one.start - 60) : one.start + len(one.written) + 60]
        return bool(_OURS.search(around))
    return False


# --------------------------------------------------------------------------------- its language


def _language(text: str, wanted: str | None, read: Reading | None) -> Iterator[Found]:
    """French to an English case, or English to a French one; nothing shorter, nothing mixed."""
    if read is None or {read.language, wanted} != {"fr", "en"}:
        return
    words = re.findall(r"[^\W\d_]+", text.casefold())
    counts = {code: sum(word in _COMMON[code] for word in words) for code in _COMMON}
    there, other = counts[read.language or ""], counts[wanted or ""]
    if len(words) >= LANGUAGE_WORDS and there >= 2 and there >= 4 * other:
        yield Found(Doubt.LANGUAGE, read.language or "")


_FRENCH = """le la les un une des du de et est en que qui vous votre vos nous notre avec pour sur
pas dans je sera avez avons pouvez ce cette au aux il elle sont ne plus bonjour merci qu ou"""
_ENGLISH = """the an of and is in that you your we our with for not to i will have can this at it
are be by hello thanks thank if was has from please"""
_COMMON = {"fr": frozenset(_FRENCH.split()), "en": frozenset(_ENGLISH.split())}
