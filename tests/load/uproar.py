"""What people write when something has gone wrong, and the reader that understands just that.

Written for these runs, French and English; nobody's real words.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.conversation import UNKNOWN, Reading, Tone


@dataclass(frozen=True, slots=True)
class Said:
    """A text and what a good reader understands of it. ``subject`` None: nothing known."""

    text: str
    subject: str | None = None
    tone: Tone = Tone.CALM
    asks_person: bool = False
    language: str = "fr"


def _angry(subject: str | None, *texts: str) -> list[Said]:
    return [Said(text, subject, Tone.ANGRY, language=_language(text)) for text in texts]


def _calm(subject: str | None, *texts: str) -> list[Said]:
    return [Said(text, subject, language=_language(text)) for text in texts]


def _language(text: str) -> str:
    english = {"the", "my", "you", "is", "i", "a", "do", "can", "your", "this", "are", "nobody"}
    return "en" if english & set(text.lower().split()) else "fr"


ANGRY: Sequence[Said] = (
    *_angry(
        "delivery-delay",
        "Ça fait trois semaines que j'attends ma tente, c'est une honte!!",
        "Livraison en 3 jours, vous disiez? On est rendu à 19. Bravo.",
        "JE PARS EN EXPÉDITION DEMAIN ET J'AI RIEN REÇU",
        "You promised Friday. It is Tuesday. This is ridiculous.",
        "Encore repoussé?! Vous riez du monde ou quoi",
        "my kid's birthday is over and the present is still in your warehouse, well done",
    ),
    *_angry(
        "order-status",
        "Ma commande est « en traitement » depuis un mois. En traitement de QUOI?",
        "Votre suivi marche pas, votre téléphone marche pas, y a-tu quelque chose qui marche?",
        "Where the hell is my order, nobody answers this phone!!",
        "Vous avez débité ma carte deux fois et ma commande existe pas, c'est du vol",
        "Commande annulée sans m'avertir. Inacceptable.",
    ),
    *_angry(
        "return-policy",
        "Ça fait deux fois que je retourne la MÊME botte et que vous me renvoyez la même!!",
        "You refuse my return because of a missing tag? Are you kidding me",
        "Remboursement promis il y a 40 jours. J'appelle le protecteur.",
        "Votre politique de retour c'est de la fumisterie, je suis furieuse",
    ),
    *_angry(
        "defective-item",
        "Le réchaud neuf fuit, vous vendez vraiment n'importe quoi!",
        "Deuxième matelas qui se dégonfle la première nuit. Deuxième!!",
        "The zipper broke on day one and you call this quality? Shame on you",
        "La fermeture éclair a lâché à -25, merci pour rien",
    ),
    *_angry(
        None,
        "Je viens de parler à votre vendeur, il m'a raccroché au nez. Jamais vu ça.",
        "C'est quoi cette pub dégueulasse, retirez-la tout de suite",
        "your app deleted my whole account, I am beyond angry",
        "Vos camions bloquent ma rue depuis 6 h du matin, ça va faire!",
    ),
)
ANGRIER: Sequence[Said] = (
    *_angry(None, "ALLO???", "Y a quelqu'un?!", "toujours rien… c'est incroyable"),
    *_angry(None, "I am still waiting!!", "Répondez-moi!!", "is anybody there?"),
)
"""What an angry person writes when nobody has answered."""

KNOWN: Sequence[Said] = (
    *_calm("store-hours", "Vous êtes ouverts dimanche?", "Until when are you open tonight"),
    *_calm(
        "delivery-cost", "C'est combien la livraison à Rimouski?", "Is shipping free over a 100"
    ),
    *_calm("gift-card", "Bonjour, vendez-vous des cartes-cadeaux?", "Do you sell gift cards"),
    *_calm("student-discount", "Avez-vous un rabais étudiant?", "Is there a student discount"),
)
ASKS: Sequence[Said] = (
    Said("Je voudrais parler à quelqu'un svp", asks_person=True),
    Said("Est-ce qu'une vraie personne peut me rappeler?", asks_person=True),
    Said("can I talk to a human please", asks_person=True, language="en"),
)
UNHEARD_OF: Sequence[Said] = (
    *_calm(None, "Faites-vous des sacs sur mesure pour un violoncelle?"),
    *_calm(None, "Mon club cherche un commanditaire, à qui j'écris?"),
    *_calm(None, "Do you know who painted the mural behind your store"),
    *_calm(None, "J'ai trouvé un trousseau de clés devant chez vous"),
)


class Reader:
    """Understands the texts above as they are meant, and nothing else."""

    def __init__(self) -> None:
        said = (*ANGRY, *ANGRIER, *KNOWN, *ASKS, *UNHEARD_OF)
        self._meant: Mapping[str, Said] = {one.text: one for one in said}

    def read(self, texts: Sequence[str]) -> list[Reading]:
        return [self._one(text) for text in texts]

    def _one(self, text: str) -> Reading:
        meant = [self._meant[line] for line in text.split("\n") if line in self._meant]
        one = max(
            meant or [Said(text)], key=lambda said: (said.tone is Tone.ANGRY, said.asks_person)
        )
        known = {} if one.subject is None else {one.subject: 0.96}
        return Reading(
            probabilities=known | {UNKNOWN: 1.0 - sum(known.values())},
            tone=one.tone,
            tone_probabilities={one.tone: 0.97},
            asks_person=one.asks_person,
            language=one.language,
        )


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody writes ``said`` so many seconds after the beginning. ``person``: 0, 1, 2 ..."""

    at: float
    person: int
    said: Said


def arrivals(people: int, angry: int, seconds: float, seed: int) -> list[Arrival]:
    """An uproar: it swells in the first third and ebbs away. Every third angry person insists.

    Of the others half ask what the bot knows, the rest what it does not, or for a person.
    """
    rng = random.Random(seed)
    kinds: list[Sequence[Said]] = [ANGRY] * angry
    kinds += rng.choices((KNOWN, UNHEARD_OF, ASKS), (3, 2, 1), k=people - angry)
    rng.shuffle(kinds)
    found = []
    for person, kind in enumerate(kinds):
        at = rng.betavariate(2.0, 3.0) * seconds
        found.append(Arrival(at, person, rng.choice(kind)))
        if kind is ANGRY and rng.random() < 1 / 3:
            later = at + rng.uniform(60.0, 300.0)
            found.append(Arrival(later, person, rng.choice(ANGRIER)))
    return sorted(found, key=lambda one: one.at)
