"""A choice in words, a no, a « hein? », and a number: what they mean, and what they do not."""

from __future__ import annotations

import pytest

from bot.customers.bare_words import (
    asks_who_answers,
    chosen,
    declines,
    gives_a_number,
    gives_only_a_number,
    is_puzzled,
)


@pytest.mark.parametrize(
    ("text", "choices", "picked"),
    [
        ("oui", ("a",), ("a",)),
        ("no 2 svp", ("a", "b"), ("b",)),
        ("No that's ok", ("a",), ()),
        ("no its ok thanks", ("a",), ()),
        ("c’est correct merci", ("a",), ()),
        ("that's ok, thanks", ("a",), ()),
    ],
)
def test_no_is_no_choice(text: str, choices: tuple[str, ...], picked: tuple[str, ...]) -> None:
    assert chosen(text, choices) == picked


@pytest.mark.parametrize(
    ("text", "gives", "nothing_else"),
    [
        ("order 77120", True, True),
        ("j'ai 1500 points, je peux les utiliser comment", True, False),
        ("can i return my order from 2024-11-03", False, False),
        ("since 2024", False, False),
        ("77120", True, True),
        ("voici mon numéro : 77120", True, True),
        ("voici donc mon numéro : 77120", True, False),
        ("order 77120?", False, False),
    ],
)
def test_a_number_in_a_clear_question_is_no_order_number(
    text: str, gives: bool, nothing_else: bool
) -> None:
    assert (gives_a_number(text), gives_only_a_number(text)) == (gives, nothing_else)


@pytest.mark.parametrize(
    "text",
    [
        "non merci",
        "Non, c’est tout.",
        "non ça va",
        "ah non c bon jlai trouvé",
        "non rien d'autre bonne journée",
        "no that's all, thanks",
        "nope im good",
        "No thank you!",
        "that's it",
        "merci c'est tout",
        "non merci 😊🙏🏽",
        "c'est tout 👋",
    ],
)
def test_who_says_that_it_is_all_wants_nothing_more(text: str) -> None:
    assert declines(text)


@pytest.mark.parametrize(
    "text",
    [
        "non pas vraiment",
        "non c'est pas ça",
        "no that's not it",
        "no good",
        "c'est tout?",
        "that's all you can do",
        "that's it i'm done",
        "non merci je veux un remboursement",
        "merci",
        "That's all 🖕",
        "c'est tout 🤬🤬",
        "No thanks 🤬",
        "non 👎",
        "",
    ],
)
def test_another_no_wants_something(text: str) -> None:
    assert not declines(text) and not declines(text, asked=True)


@pytest.mark.parametrize("text", ["non", "Nope.", "ah non", "no!"])
def test_a_no_by_itself_says_so_only_to_who_asked_what_else(text: str) -> None:
    assert declines(text, asked=True) and not declines(text)


@pytest.mark.parametrize(
    ("text", "puzzled"),
    [
        ("?", True),
        ("??!", True),
        ("quoi", True),
        ("Hein?", True),
        ("comment ça?", True),
        ("sorry?", True),
        ("sorry", False),
        ("comment", False),
        ("what is it?", False),
        ("!", False),
        ("", False),
    ],
)
def test_a_question_mark_alone_has_not_understood(text: str, puzzled: bool) -> None:
    assert is_puzzled(text) is puzzled


@pytest.mark.parametrize(
    "text",
    [
        "es-tu un robot",
        "es tu un vrai",
        "t'es qui toi",
        "c'est un robot?",
        "je parle a qui la",
        "c tu une vraie personne",
        "qui es-tu",
        "comment tu t'appelles",
        "t'es un chatgpt?",
        "are you a robot",
        "are you a bot?",
        "is this a bot",
        "am i talking to a human",
        "who is this",
        "who are you",
        "what's your name",
        "are you real",
        "are you chatgpt",
        "is this automated",
        "are you a real person",
        "am i speaking to a real person or a bot",
        "est-ce que je parle à un robot",
        "vous êtes un robot?",
        "vous êtes qui",
        "êtes-vous une vraie personne",
        "hey are you a bot",
        "r u a bot",
        "u a bot?",
        "is this a real person",
        "c'est un bot?",
        "t'es un robot?",
        "tu es un robot",
        "t'es-tu un robot",
        "est-ce un robot",
    ],
)
def test_a_question_after_who_answers_is_known(text: str) -> None:
    assert asks_who_answers(text) and asks_who_answers(text.upper().replace("'", "’"))


@pytest.mark.parametrize(
    "text",
    [
        "can I talk to a human",
        "un humain",
        "une personne",
        "a real person",
        "je veux parler à une personne",
        "je parle à une personne",
        "c'est une personne",
        "is this real",
        "is it automated",
        "c'est une machine",
        "t'es un osti de robot",
        "are you a robot and where is my order",
        "human please",
        "vous êtes où",
        "vous êtes ouvert",
        "u there",
        "c'est qui qui livre",
    ],
)
def test_a_plea_an_insult_or_a_question_of_another_kind_asks_not_who_answers(text: str) -> None:
    assert not asks_who_answers(text)
