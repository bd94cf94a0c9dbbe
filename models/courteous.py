"""The same words with what people put around them: a greeting, a lead-in, thanks, their name.

The corpus was written as bare messages (of 97,799 one in a hundred greets), customers' letters are
not. So some of what the encoder learns from, and the messages it is measured with, get such words.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

GREETINGS: Mapping[str, Sequence[str]] = {
    "fr": (
        "Bonjour, ", "bonjour ", "Bonjour! ", "Bonjour.\n", "Bonjour à vous, ", "Bonjour madame, ",
        "Bonsoir, ", "bonsoir ", "Allo, ", "allo ", "Allô! ", "Salut, ", "salut ", "Salut! ",
        "Coucou, ", "Bon matin, ", "bjr ", "slt ", "Hey ", "Bonjour la gang! ", "Bien le bonjour, ",
        "Bonjour,\n\n", "Bonjour, comment allez-vous? ", "Re-bonjour, ", "Bon avant-midi! ",
    ),
    "en": (
        "Hi, ", "hi ", "Hi! ", "Hi there, ", "hi there ", "Hello, ", "hello ", "Hello! ", "Hey, ",
        "hey ", "Hey there! ", "Good morning, ", "Good morning! ", "good afternoon ",
        "Good evening, ",
        "Hiya, ", "Hello team, ", "Hi all, ", "Dear sir or madam,\n", "Hi,\n\n", "Hello again, ",
        "Hope you're well! ", "Hi, how are you? ", "morning! ", "yo ",
    ),
}  # fmt: skip
LEADS: Mapping[str, Sequence[str]] = {
    "fr": (
        "j'ai une question, ", "petite question: ", "je voulais savoir, ", "question rapide: ",
        "dites-moi donc, ", "excusez-moi de vous déranger, ", "juste pour savoir, ",
        "ma question: ",
        "pourriez-vous m'aider? ", "je vous écris parce que ",
        "j'aurais besoin d'un renseignement: ",
        "je me pose une question... ", "ok donc ", "fait que ", "en fait, ", "pis ", "euh ",
    ),
    "en": (
        "I have a question, ", "quick one: ", "just curious, ", "could you help me? ", "so ",
        "sorry to bother you, ", "I wanted to ask, ", "one question: ", "just checking, ", "ok so ",
        "I'm writing because ", "can you tell me, ", "I need some info: ", "um ", "well, ",
        "not sure if this is the right place but ", "my question is: ",
    ),
}  # fmt: skip
THANKS: Mapping[str, Sequence[str]] = {
    "fr": (
        " Merci", " merci", " Merci!", " merci!!", " Merci d'avance", " merci d'avance!", " svp",
        " s'il vous plaît", " s.v.p.", " Merci beaucoup!", " merci bien", " mille mercis",
        " Merci pour votre aide!", " Merci de votre réponse.", " Bonne journée!", " bonne journée",
        " Merci et bonne soirée", " Merci 🙏", " 🙂", " Au plaisir", " Cordialement", " merci là",
        "\n\nMerci!", "\nMerci beaucoup,", " j'attends de vos nouvelles",
        " Passez une belle journée!",
    ),
    "en": (
        " Thanks", " thanks", " Thanks!", " thanks!!", " Thank you", " thank you!", " please",
        " pls",
        " Thanks in advance", " thx", " ty", " Many thanks", " Thank you so much!", " cheers",
        " Thanks for your help!", " thanks for getting back to me", " Have a nice day!", " tia",
        " Thanks and have a good one", " Thanks 🙏", " 🙂", " Kind regards", " appreciate it",
        "\n\nThanks!", "\nThank you,", " Looking forward to your reply.",
    ),
}  # fmt: skip
NAMES = (
    "Nathalie Bouchard", "Martin", "Karine L.", "Jean-François Roy", "- Mélanie", "Luc Gagnon",
    "Chantal Côté, Laval", "Sam", "Emily Carter", "J. Nguyen", "- Amina", "Robert Fortin",
    "Fatou D.",
    "Kevin", "Priya Sharma", "Éric Pelletier", "Diane", "M. Lavoie", "Alex P.", "Sophie Bélanger",
)  # fmt: skip
GREETED, LED, THANKED, SIGNED = 0.55, 0.25, 0.5, 0.2
"""How often a text gets each of them; at least a greeting or thanks."""


def courteous(text: str, language: str, rng: random.Random) -> str:
    """``language``: fr or en. The words themselves stay as they are."""
    greeted, led, thanked, signed = (rng.random() < of for of in (GREETED, LED, THANKED, SIGNED))
    if not (led or thanked or signed):
        greeted = True
    before = rng.choice(GREETINGS[language]) if greeted else ""
    before += rng.choice(LEADS[language]) if led else ""
    behind = rng.choice(THANKS[language]) if thanked else ""
    if behind and text[-1:].isalnum():
        behind = rng.choice((".", ",", "", ".")) + behind
    if signed:
        behind += rng.choice(("\n", "\n\n", " ")) + rng.choice(NAMES)
    return before + text + behind
