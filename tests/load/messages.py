"""What people write: sampled from data sets on disk, or made up from the example brand."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from bot.answers import Knowledge

LONGEST = 4096
"""Characters in one Telegram message."""

MASSIVE = ("fr-FR", "en-US")

SHARES: Mapping[str, float] = {"known": 0.70, "small talk": 0.10, "unknown": 0.15, "angry": 0.05}
"""What customers of a shop write, roughly: most of it is what the shop is asked every day."""

SMALL_TALK = (
    *("bonjour", "Bonjour!", "salut", "allo", "merci beaucoup", "Merci!", "merci bien", "👍"),
    *("hello", "Hi there", "hi", "thanks a lot", "Thank you!", "thanks", "good morning", "🙏"),
)
UNKNOWN = (
    "Mon voisin dit que vous avez sonné à sa porte hier, c'était pour quoi?",
    "est-ce que votre mascotte peut venir à la fête de ma fille",
    "Vous connaissez un bon restaurant près du magasin?",
    "je cherche le nom de la chanson de votre annonce à la télé",
    "Avez-vous de la documentation pour un travail scolaire sur les castors?",
    "peut on amener un furet avec nous",
    "Quel est le numéro de votre conseil d'administration",
    "j'ai trouvé un trousseau de clés dans le stationnement",
    "Pouvez-vous signer une pétition pour la piste cyclable?",
    "On tourne un film et on voudrait vous emprunter le toit",
    "Who painted the mural on your wall?",
    "can my choir sing in your store in december",
    "I found a bracelet near your parking lot",
    "Do you know if the bus 11 still stops in front of you?",
    "my son's class would like to interview your founder",
    "what is the wifi of the cafe next door",
    "Is the lake frozen already?",
    "Do you sponsor curling teams",
    "can I get the recipe of the soup you served on saturday",
    "Someone is parked in two places outside, a blue van",
)
ANGRY = (
    "Ça fait TROIS semaines que j'attends, c'est rire du monde!!",
    "franchement c'est n'importe quoi votre service, une honte",
    "JAMAIS plus j'achète chez vous bande d'incompétents!!!",
    "vous m'avez encore menti, je suis furieuse",
    "This is the third time I ask. Are you kidding me?!",
    "WORST store ever, nobody answers, I am furious!!",
    "absolutely ridiculous, I want my money back NOW",
    "Votre colis est arrivé en miettes, bravo les champions, c'est lamentable!!",
)
SCRIPTED = (
    "vous êtes ouvert dimanche?",
    "Are you open on monday",
    "la politique de retour svp",
    "return policy please",
    "c'est quoi le délai",
    "how long does it take",
    "livraison à Rimouski",
    "délai pour la livraison",
    "bonjour",
    "merci",
    "grr ça suffit",
    "je veux parler à quelqu'un",
    "avez-vous des castors",
)
"""What the scripted reader of the tests tells apart, and some that it does not."""


def forever(texts: Sequence[str], rng: random.Random) -> Iterator[str]:
    """The texts again and again, shuffled anew each time."""
    while True:
        yield from rng.sample(texts, len(texts))


def real(data: Path, count: int, seed: int) -> list[str]:
    """``count`` texts that customers wrote: a third each from the three sets in ``data``.

    Sampled without putting back, the same for the same seed. Nothing of them is kept anywhere.
    """
    rng = random.Random(seed)
    sets = [_customers(data / "free_sav_fr"), *(_massive(data / "massive", c) for c in MASSIVE)]
    share = [count // len(sets) + (number < count % len(sets)) for number in range(len(sets))]
    chosen = [text for texts, n in zip(sets, share, strict=True) for text in rng.sample(texts, n)]
    rng.shuffle(chosen)
    return chosen


def _customers(folder: Path) -> list[str]:
    texts = []
    for file in sorted(folder.glob("*.csv")):
        with file.open(encoding="utf-8", newline="") as rows:
            texts += [r["text"] for r in csv.DictReader(rows) if r["author_type"] == "customer"]
    return _usable(texts)


def _massive(folder: Path, locale: str) -> list[str]:
    lines = (folder / f"{locale}.jsonl").read_text(encoding="utf-8").splitlines()
    return _usable([json.loads(line)["utt"] for line in lines])


def _usable(texts: Sequence[str]) -> list[str]:
    """What Telegram would carry, in a stable order, each text once."""
    return [text for text in dict.fromkeys(texts) if text.strip() and len(text) <= LONGEST]


def everyday(knowledge: Knowledge, count: int, seed: int) -> list[str]:
    """A day at the brand's counter in the shares of `SHARES`, examples with some words changed."""
    rng = random.Random(seed)
    examples = [
        text
        for subject in knowledge.subjects.values()
        for texts in subject.examples.values()
        for text in texts
    ]
    makers: Mapping[str, Callable[[], str]] = {
        "known": lambda: changed(rng.choice(examples), rng),
        "small talk": lambda: rng.choice(SMALL_TALK),
        "unknown": lambda: changed(rng.choice(UNKNOWN), rng),
        "angry": lambda: rng.choice(ANGRY),
    }
    kinds = rng.choices(list(SHARES), list(SHARES.values()), k=count)
    return [makers[kind]() for kind in kinds]


def changed(text: str, rng: random.Random) -> str:
    """The text as somebody else would type it: a polite word more, a slip, other capitals."""
    words = text.split()
    slip = rng.randrange(len(words))
    word = words[slip]
    if len(word) > 3:
        at = rng.randrange(1, len(word) - 1)
        words[slip] = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    before = rng.choice(("", "", "", "svp ", "hey ", "Bonjour, ", "Hi, ", "question: "))
    after = rng.choice(("", "", "", " merci", " thanks", " ?", " ??", " stp"))
    line = f"{before}{' '.join(words)}{after}"
    return line.lower() if rng.random() < 0.4 else line
