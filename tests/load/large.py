"""What years leave behind: a store with many messages, a knowledge base with many subjects."""

from __future__ import annotations

import itertools
import json
import random
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from bot.store.engine import Store

FIRST_CUSTOMER = 8_500_000_000
PER_CASE = 10
"""Messages in one case; a customer has had two cases."""

THINGS = (
    *(("tente", "tent"), ("kayak", "kayak"), ("raquettes", "snowshoes"), ("sac à dos", "backpack")),
    *(("réchaud", "stove"), ("canot", "canoe"), ("bottes", "boots"), ("manteau", "coat")),
    *(("casque", "helmet"), ("corde", "rope"), ("hamac", "hammock"), ("gourde", "bottle")),
    *(("lampe frontale", "headlamp"), ("boussole", "compass"), ("bâtons", "poles")),
    *(("skis", "skis"), ("luge", "sled"), ("gants", "gloves"), ("tuque", "beanie")),
    *(("matelas", "mattress"),),
)
"""What a subject is about, in French and in English."""

QUESTIONS = {
    "price": ("combien coûte {}", "what is the price of the {}"),
    "repair": ("réparez-vous mon {}", "can you repair my {}"),
    "rent": ("je veux louer {}", "I want to rent a {}"),
    "size": ("quelle grandeur de {} choisir", "which size of {} should I take"),
    "stock": ("avez-vous encore {} en magasin", "is the {} still in stock"),
    "wash": ("comment laver {}", "how do I wash the {}"),
    "warranty": ("la garantie sur {}", "warranty on the {}"),
    "used": ("achetez-vous {} usagé", "do you buy a used {}"),
    "gift": ("offrir {} en cadeau", "give a {} as a gift"),
    "kids": ("{} pour enfant de six ans", "{} for a six year old"),
    "colour": ("{} existe-t-il en rouge", "does the {} come in red"),
    "weight": ("combien pèse {}", "how heavy is the {}"),
    "pieces": ("il manque une pièce à {}", "a part of my {} is missing"),
    "manual": ("le mode d'emploi de {}", "instructions for the {}"),
    "store": ("où ranger {} l'été", "where do I keep the {} in summer"),
    "plane": ("{} dans l'avion, permis?", "may I take the {} on a plane"),
    "made": ("où est fabriqué {}", "where is the {} made"),
    "vegan": ("{} sans cuir ni duvet", "a {} without leather or down"),
    "insure": ("assurer {} contre le vol", "insure the {} against theft"),
    "course": ("cours pour apprendre {}", "course to learn to use the {}"),
    "compare": ("{} ou le modèle de l'an passé", "{} or last year's model"),
    "order": ("commander {} sur mesure", "order a made to measure {}"),
    "recycle": ("recycler mon vieux {}", "recycle my old {}"),
    "winter": ("{} par moins trente", "{} at thirty below"),
    "club": ("prix de groupe pour {}", "group price for the {}"),
}
SHAPES = (
    ("{}", "{}"),
    ("bonjour, {}?", "hello, {}?"),
    ("{} svp", "{} please"),
    ("question: {} ??", "quick question, {} ?"),
)


def fill(path: Path, messages: int, texts: Sequence[str], seed: int) -> None:
    """Put so many messages of closed cases into the store at ``path``, a new one.

    Half are customers', each with its inbox row and decision; half the bot's, each with its
    outbox row and buttons. Customers are numbered from `FIRST_CUSTOMER` on.
    """
    rng = random.Random(seed)
    connection = sqlite3.connect(path)
    do = connection.execute
    do("PRAGMA synchronous = OFF")  # nothing to lose yet
    do("PRAGMA cache_size = -400000")
    do("CREATE TEMP TABLE said (id INTEGER PRIMARY KEY, text TEXT)")
    connection.executemany(
        "INSERT INTO said VALUES (?, ?)", enumerate(rng.choice(texts) for _ in range(997))
    )
    do("CREATE TEMP TABLE n (i INTEGER PRIMARY KEY)")
    do(
        "INSERT INTO n WITH RECURSIVE up (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM up "
        "LIMIT ?) SELECT i FROM up",
        (messages,),
    )
    for statement in _HISTORY:
        do(statement, {"first": FIRST_CUSTOMER, "per": PER_CASE, "now": 1_700_000_000.0})
    connection.commit()
    do("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


_HISTORY = (
    "INSERT INTO customers (id, name, language, met_at) "
    "SELECT DISTINCT :first + i / (2 * :per), 'Client', 'fr', :now FROM n",
    "INSERT INTO cases (id, customer_id, state, opened_at, changed_at, language, closed_at) "
    "SELECT DISTINCT 1 + i / :per, :first + i / (2 * :per), 'closed', :now, :now, 'fr', :now "
    "FROM n",
    "INSERT INTO timers (case_id, kind, due_at, fired_at) "
    "SELECT id, 'quiet', opened_at, opened_at FROM cases",
    "INSERT INTO messages (id, case_id, author, text, at, chat_id, message_id) "
    "SELECT 1 + i, 1 + i / :per, iif(i % 2, 'bot', 'customer'), said.text, :now + i, "
    ":first + i / (2 * :per), 1000 + i FROM n JOIN said ON said.id = i % 997",
    "INSERT INTO inbox (bot_id, update_id, conversation, body, received_at, state, case_id, "
    "outcome, done_at) SELECT 1, 1 + i, 'c:' || (:first + i / (2 * :per)), "
    '\'{"update_id":\' || (1 + i) || \',"message":{"message_id":\' || (1000 + i) || '
    "',\"text\":\"' || replace(said.text, '\"', '') || '\"}}', :now + i, 'done', 1 + i / :per, "
    "'with_customer', :now + i FROM n JOIN said ON said.id = i % 997 WHERE i % 2 = 0",
    "INSERT INTO decisions (case_id, at, first_seq, last_seq, kind, subject, why, reading) "
    "SELECT case_id, done_at, seq, seq, 'reply', 'store-hours', 'Store hours at 97 %.', '{}' "
    "FROM inbox",
    "INSERT INTO outbox (case_id, queue, chat_id, lane, repeat, purpose, ref, kind, payload, "
    "state, tries, created_at, done_at) SELECT case_id, 'chat:' || chat_id, chat_id, '3bot', "
    "'never', 'answer', id, 'SendText', json_object('chat_id', chat_id, 'text', text, 'buttons', "
    "json('[]')), 'sent', 1, at, at FROM messages WHERE author = 'bot'",
    "INSERT INTO keyboards (token, case_id, chat_id, role, acts, made_at) "
    "SELECT lower(hex(randomblob(8))), case_id, chat_id, 'customer', '[\"helped\"]', at "
    "FROM messages WHERE author = 'bot'",
)


async def filled_store(path: Path, messages: int, texts: Sequence[str], seed: int) -> None:
    """A store as the bot makes it, with so many messages in it."""
    store = Store(path)
    await store.open()
    await store.close()
    fill(path, messages, texts, seed)


def knowledge_folder(folder: Path, subjects: int) -> Path:
    """A made-up brand with so many subjects (500 at most); returns its folder."""
    (folder / "subjects").mkdir(parents=True)
    brand = 'name = "Grand Nord"\nlanguages = ["fr", "en"]\ndefault_language = "fr"\n'
    (folder / "brand.toml").write_text(brand, encoding="utf-8")
    pairs = itertools.product(range(len(THINGS)), QUESTIONS)
    for thing, kind in itertools.islice(pairs, subjects):
        name = f"{kind}-{THINGS[thing][1].replace(' ', '-')}"
        file = folder / "subjects" / f"{name}.toml"
        file.write_text(_subject(name, QUESTIONS[kind], THINGS[thing]), encoding="utf-8")
    return folder


def _subject(name: str, questions: tuple[str, str], thing: tuple[str, str]) -> str:
    lines = [f'name = "{name}"']
    asked = [question.format(word) for question, word in zip(questions, thing, strict=True)]
    for code, text in zip(("fr", "en"), asked, strict=True):
        lines.append(f"title.{code} = {json.dumps(text[:40], ensure_ascii=False)}")
    lines.append("[examples]")
    for number, (code, text) in enumerate(zip(("fr", "en"), asked, strict=True)):
        examples = [shape[number].format(text) for shape in SHAPES]
        lines.append(f"{code} = {json.dumps(examples, ensure_ascii=False)}")
    lines.append("[answer]")
    lines.append(f'fr = "Voici ce qu’il faut savoir ({name})."')
    lines.append(f'en = "Here is what you need to know ({name})."')
    return "\n".join(lines) + "\n"
