"""What a message says between its greeting and its thanks: the courtesies tell nothing of it."""

from __future__ import annotations

import re

NEAR = 120
"""Characters from either end; a courtesy is short, and a long text is not searched for it."""
MOST = 8
"""Courtesies one after the other; more are none."""

_PLAIN = str.maketrans("àâäéèêëîïôöùûüçÀÂÄÉÈÊËÎÏÔÖÙÛÜÇ’", "aaaeeeeiioouuucAAAEEEEIIOOUUUC'")
"""Each for one, so that every character keeps its place: the patterns know no accents."""

_SMILES = "🙏🙂😊👍👋😀😃😄😁😉😘🥰🤗☺❤💕💙☀✨\ufe0f\U0001f3fb-\U0001f3ff"
_GAP = rf"(?:[\s,;:!.…{_SMILES}-]|(?<=[:;-])[)D])*+"

_ALL = (
    r"la gang|toute l'equipe|l'equipe|(?:chere )?equipe|tout le monde|guys|folks|everyone|team|all"
)
_TO = rf"(?:a )?(?:{_ALL})|(?:a|to) (?:vous|tous|toi|you)(?: tous| aussi| too)?"
_SIR = (
    r"(?:dear |chers? |chere )?"
    r"(?:sir or madam|sir|madame?|ma'am|monsieur|mesdames|messieurs|team)"
)
_HELLO = (
    r"(?:oui |ok |yes |ben )?(?:(?:re[- ]?)?bonjour|(?:re-?)?bonsoir|bon matin|all?o+|salut|coucou"
    r"|bjr|bsr|slt|hi+|hiya|hello+|hey+|he?ille|good (?:morning|afternoon|evening)"
    rf"|(?:morning|good day|bon (?:apres|avant)-midi|{_SIR}|a qui de droit"
    r"|to whom it may concern|greetings)(?=\s*[,;:!\n]))"
)
_WHOM = (
    rf"(?:(?:there|again|{_TO}|{_SIR}|et|ou|or|and|,)(?:\s+|(?=[,;:!.…\n])|$)){{1,4}}"
    r"(?=[,;:!.…\n]|$)"
    r"|there(?= (?:i|i'm|my|we|do|does|did|can|could|where|when|what|how|just|is it|are you)\b)"
)
_HOW_ARE_YOU = (
    r"(?:comment (?:allez[- ]vous|vas[- ]tu|[cs]a va)|[cs]a va(?: bien)?|how are you(?: doing)?"
    r"(?: today)?|j'?espere que (?:vous allez|tu vas|tout va|[cs]a va) bien"
    r"|(?:i )?hope (?:you(?:'?re| are)|all is) (?:doing )?well"
    r"|(?:desolee?|sorry) (?:de vous deranger|to bother you)"
    r"|(?:j'ai )?(?:une )?(?:petite |quick )question)\s*[?!.,:\n]+\s*"
)
_GREETING = re.compile(
    rf"{_GAP}{_HELLO}(?=[\s,;:!.…({_SMILES}]|-\s|$)(?!\s*\?)(?:\s+(?:{_WHOM}))?{_GAP}|{_HOW_ARE_YOU}",
    re.IGNORECASE,
)
"""Whom it greets only where a stop or a verb follows: "hi there is a hole in it" does not greet
there. Who asks "hello?" is impatient, which is no courtesy."""

_FOR = (
    r"aide|help|temps|time|reponse|response|reply|answer|attention|collaboration|comprehension"
    r"|understanding|support|patience|assistance|consideration|retour|suivi|infos?|information"
)
_THANKS = (
    r"(?:(?:un |mille |many |a big )?(?:gros |grand )?(?:merci+s?|thanks?|thank (?:you|u)|thx|tks"
    r"|ty|tysm|cheers|tia)(?: (?:beaucoup|bien|infiniment|d[' ]?avance|a l'?avance|bcp|encore|la"
    r"|mille fois|again|so much|very much|a lot|a bunch|in advance))*"
    rf"(?: (?:pour|de|for) (?:votre |vos |ton |your |the |l')?(?:\w+ )?(?:{_FOR})(?: rapide)?)?"
    rf"(?: (?:{_TO}|{_SIR}))?)"
)
_DAY = r"(?:fin de )?(?:journee|soiree|semaine|nuit|fds|day|evening|night|weekend|one)"
_WISH = (
    r"(?:(?:(?:passez une |have an? )?(?:bonne|belle|excellente|agreable|nice|good|great|lovely"
    rf"|wonderful) {_DAY}|bon(?:ne)? (?:apres-midi|week-?end)|enjoy your {_DAY})(?: {_TO})?"
    r"|(?:bien |tres )?cordialement|bien a vous|(?:mes )?salutations(?: distinguees)?|a bientot"
    r"|(?:(?:kind|best|warm) )?regards|best|(?:yours )?sincerely|all the best"
    r"|au plaisir(?: de vous lire)?|(?:much )?appreciated|(?:i(?:'d)? )?appreciate it"
    r"|(?:(?:dans l'attente|en attendant) de votre reponse,? ?)?(?:et )?je vous remercie"
    r"(?: d'avance)?|dans l'attente de votre reponse|(?:i )?look(?:ing)? forward to your reply"
    r"|veuillez agreer[^\n]{1,60}(?:salutations|sentiments)(?: \w+)?"
    r"|(?:sent from|envoye de(?:puis)?) (?:my |mon )(?:i?phone|ipad|samsung|galaxy|cell\w*))"
)
_PLEASE = r"(?:s\.?v\.?p\.?|s'il[ -](?:vous|te)[ -]plait|stp|pleas+e+|pl[sz])"
_WORD = r"(?-i:[A-Z][^\W\d_]*+(?:['-][^\W\d_]++)*\.?)"
_NAME = rf"{_WORD}(?: {_WORD}){{0,2}}"
"""A word with a digit is a number of something, never a name."""
_FULL_NAME = rf"{_WORD}(?: {_WORD}){{1,2}}"
_SIGNED = rf"(?:(?:(?<=\n){_NAME}|(?<=[,.!] ){_FULL_NAME}){_GAP})?"
"""Behind thanks. On their line a single word may be a place, or a day."""
_COURTESY = re.compile(
    rf"(?:[,;!.…?)\n{_SMILES}]\s*+(?:et |and )?(?:{_THANKS}|{_WISH})"
    rf"|\s(?:(?:et|and|pis) )?(?:{_THANKS}|{_PLEASE}|{_WISH})){_GAP}{_SIGNED}$",
    re.IGNORECASE,
)
_BELOW = re.compile(
    rf"[.!?…)]\s*\n(?:[^\S\n]*\n\s*+{_FULL_NAME}|\s*+[-–—~]+\s*+{_NAME})$", re.IGNORECASE
)
"""Two words or three behind a stop and an empty line; a name behind a dash. What else stands there
may be what is asked."""
_SAID = re.compile(
    r"\b(?:non|no|says?|said|saying|dire|dis\w*|dit|juste?|les?|la|une?|the|an?|de|or|mot|word)\s*$",
    re.IGNORECASE,
)
"""Before thanks that are what is said: "no thanks", "it should say thank you"."""
_MARKS = re.compile(r"\s*[?!.…)]+")


def matter(text: str) -> slice:
    """Where in ``text`` stands what it says, without the greeting before it and the thanks, the
    wishes and the name behind it; all of it where nothing else is said."""
    plain = text.translate(_PLAIN)
    begin, end = 0, len(text.rstrip())
    while (found := _GREETING.match(plain, begin, NEAR)) and found.end() > begin:
        begin = found.end()
    for _ in range(MOST):
        if not begin < (less := _before_courtesy(plain, max(begin, end - NEAR), end)) < end:
            break
        end = less
    says = len(re.findall(r"\w+", text[begin:end])) > 1 or "?" in text[begin:end]
    return slice(begin, end) if says else slice(0, len(text))


def _before_courtesy(text: str, begin: int, end: int) -> int:
    """Where the last courtesy in that part of ``text`` begins; ``end`` where there is none. A
    question keeps its mark, which tells what is asked, and a shout its own."""
    said = text[begin:end]
    found = _COURTESY.search(said) or _BELOW.search(said)
    if not found or _SAID.search(said[: found.start()]):
        return end
    marks = _MARKS.match(said, found.start())
    return begin + len(said[: marks.end() if marks else found.start()].rstrip())
