"""The knowledge folder: read, checked by line, versioned; and the risk rules beside it."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import risk
from bot.answers import Knowledge, load_knowledge
from bot.config import EXAMPLE_BRAND
from bot.customers.customer_words import CHOSEN, PHRASES, phrase
from bot.errors import ConfigError, Problem
from bot.languages import READABLE
from bot.model.language import LANGUAGES
from bot.risk import RiskRule, fold

BRAND = 'name = "Nord"\nlanguages = ["fr", "en"]\ndefault_language = "fr"\n'
SUBJECT = """\
name = "{name}"
title.fr = "Titre {name}"
title.en = "Title {name}"
description = "About {name}"
[examples]
fr = [
  "où est {name}",
  "c'est quoi {name}",
]
en = ["where is {name}", "what is {name}"]
[answer]
fr = "Réponse {name}."
en = "Answer {name}."
"""


def write(folder: Path, files: dict[str, str]) -> Path:
    (folder / "subjects").mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def shop(folder: Path, **changed: str) -> Path:
    """A right knowledge folder of two subjects, parcel and refund, but for ``changed``."""
    names = ("parcel", "refund")
    texts = {name: changed.get(name, SUBJECT.format(name=name)) for name in names}
    files = {f"subjects/{name}.toml": text for name, text in texts.items()}
    return write(folder, {"brand.toml": changed.get("brand", BRAND), **files})


def problems(folder: Path) -> list[Problem]:
    with pytest.raises(ConfigError) as caught:
        load_knowledge(folder)
    return caught.value.problems


def parcel(old: str, new: str) -> str:
    text = SUBJECT.format(name="parcel")
    assert old in text
    return text.replace(old, new)


# ----------------------------------------------------------------------------- what is right


def test_the_example_brand_loads_without_a_warning() -> None:
    knowledge = load_knowledge(EXAMPLE_BRAND)
    assert knowledge.warnings == ()
    assert len(knowledge.subjects) >= 20
    assert set(knowledge.brand.languages) == {"fr", "en"}
    assert all(knowledge.brand.suggestions[code] for code in knowledge.brand.languages)


def test_a_subject_is_read_as_it_is_written(tmp_path: Path) -> None:
    subject = load_knowledge(shop(tmp_path)).subjects["parcel"]
    assert subject.titles == {"fr": "Titre parcel", "en": "Title parcel"}
    assert subject.examples["fr"] == ("où est parcel", "c'est quoi parcel")
    assert subject.answers["en"] == "Answer parcel."
    assert subject.description == "About parcel"
    assert subject.file == tmp_path / "subjects" / "parcel.toml"


def test_subjects_come_in_the_order_of_their_names(tmp_path: Path) -> None:
    assert list(load_knowledge(shop(tmp_path)).subjects) == ["parcel", "refund"]


def test_a_language_without_examples_is_served_all_the_same(tmp_path: Path) -> None:
    line = 'en = ["where is parcel", "what is parcel"]\n'
    knowledge = load_knowledge(shop(tmp_path, parcel=parcel(line, "")))
    assert set(knowledge.subjects["parcel"].examples) == {"fr"}
    assert any("examples in English: 0" in warning.what for warning in knowledge.warnings)


# --------------------------------------------------------------------------- what is wrong

WRONG = [  # what stands there, what instead, on which line it is told, the mend
    ('name = "parcel"', 'name = "Parcel!"', 1, "small letters"),
    ('name = "parcel"', f'name = "{"a" * 49}"', 1, "48"),
    ('name = "parcel"', 'name = "packet"', 1, "packet.toml"),
    ('name = "parcel"', "name = 5", 1, "text"),
    ('title.fr = "Titre parcel"', f'title.fr = "{"x" * 41}"', 2, "Shorten"),
    ('title.en = "Title parcel"', 'titel.en = "Title"', 3, "title"),
    ('  "où est parcel",', "  5,", 7, "text"),
    ('  "où est parcel",', '  " ",', 7, "Fill"),
    ('  "où est parcel",', '  "c\'est quoi parcel",', 8, "Take one out"),
    ('en = "Answer parcel."', "", 11, "Write en"),
    ('en = "Answer parcel."', 'en = ""', 13, "Write en"),
    ('fr = "Réponse parcel."', f'fr = "{"é" * 4001}"', 12, "Shorten"),
    ('en = "Answer parcel."', "en = ['Answer']", 13, "text"),
    ("[answer]", "[anwser]", None, "answer"),
    ("[answer]", "[answer", 11, "Mend this line"),
]


@pytest.mark.parametrize(("old", "new", "line", "mend"), WRONG)
def test_what_is_wrong_in_a_subject_is_told_with_its_line_and_mend(
    tmp_path: Path, old: str, new: str, line: int | None, mend: str
) -> None:
    found = problems(shop(tmp_path, parcel=parcel(old, new)))
    assert all(str(tmp_path / "subjects" / "parcel.toml") in problem.place for problem in found)
    assert any(mend in problem.mend for problem in found)
    if line is not None:
        assert [problem.place.rpartition(":")[2] for problem in found] == [str(line)]


def test_the_name_unknown_is_reserved(tmp_path: Path) -> None:
    folder = shop(tmp_path)
    write(folder, {"subjects/unknown.toml": SUBJECT.format(name="unknown")})
    (problem,) = problems(folder)
    assert "reserved" in problem.what


@pytest.mark.parametrize(("count", "told"), [(0, "no example"), (1, "only one example")])
def test_a_subject_needs_two_examples(tmp_path: Path, count: int, told: str) -> None:
    head, _, rest = SUBJECT.format(name="parcel").partition("fr = [")
    examples = 'fr = ["où"]\n' if count else "fr = []\n"
    text = head + examples + rest[rest.index("[answer]") :]
    (problem,) = problems(shop(tmp_path, parcel=text))
    assert told in problem.what and "parcel.toml:5" in problem.place


def test_one_message_cannot_be_an_example_of_two_subjects(tmp_path: Path) -> None:
    """Not even without its accents, in capitals, or in another language's list."""
    text = SUBJECT.format(name="refund").replace('"where is refund"', '"OU EST  PARCEL"')
    (problem,) = problems(shop(tmp_path, refund=text))
    assert "refund.toml:10" in problem.place
    assert "parcel.toml:7" in problem.what


def test_bad_utf8_is_told_with_its_line(tmp_path: Path) -> None:
    folder = shop(tmp_path)
    file = folder / "subjects" / "parcel.toml"
    file.write_bytes(file.read_bytes().replace("où".encode(), b"o\xf9"))
    (problem,) = problems(folder)
    assert problem.place.endswith("parcel.toml:7") and "UTF-8" in problem.mend


def test_the_problems_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    folder = shop(tmp_path, brand='name = ""\nlanguages = ["French"]', parcel="x = 1", refund="=")
    write(folder, {"risk.toml": "[safety]\nwords.fr = 5"})
    places = {Path(problem.place.partition(":")[0]).name for problem in problems(folder)}
    assert places == {"brand.toml", "parcel.toml", "refund.toml", "risk.toml"}


def test_a_broken_brand_file_does_not_make_the_subjects_look_wrong(tmp_path: Path) -> None:
    (problem,) = problems(shop(tmp_path, brand="name ="))
    assert "brand.toml:1" in problem.place


@pytest.mark.parametrize(
    ("brand", "mend"),
    [
        ('languages = ["fr"]', "name"),
        ('name = "Nord"', 'languages = ["fr", "en"]'),
        ('name = "Nord"\nlanguages = ["fr", "en", "fr"]', "once"),
        ('name = "Nord"\nlanguages = ["fr", "en"]\ndefault_language = "de"', '"fr" or "en"'),
        ('name = "Nord"\nlanguages = ["fr", "en"]\ncolour = 1', "Known"),
    ],
)
def test_what_is_wrong_with_the_brand_is_told(tmp_path: Path, brand: str, mend: str) -> None:
    assert any(mend in problem.mend for problem in problems(shop(tmp_path, brand=brand)))


@pytest.mark.parametrize("made", [True, False])
def test_an_empty_or_missing_folder_is_told(tmp_path: Path, made: bool) -> None:
    folder = tmp_path / "nothing"
    if made:
        folder.mkdir()
    told = " ".join(map(str, problems(folder)))
    assert "brand.toml" in told and "has no subject" in told


def test_two_subjects_cannot_have_the_same_button(tmp_path: Path) -> None:
    """Not even but for its accents; nor when a name has to stand in for a title."""
    text = SUBJECT.format(name="refund").replace('title.en = "Title refund"', 'title.en = "PARCÉL"')
    (problem,) = problems(
        shop(tmp_path, parcel=parcel('title.en = "Title parcel"\n', ""), refund=text)
    )
    assert "refund.toml:3" in problem.place and "two equal buttons" in problem.mend


def test_a_file_in_capitals_is_not_taken_for_the_name_of_its_subject(tmp_path: Path) -> None:
    folder = shop(tmp_path)
    write(folder, {"subjects/Jobs.toml": SUBJECT.format(name="jobs")})
    (problem,) = problems(folder)
    assert problem.mend == "Name the file jobs.toml."


@pytest.mark.parametrize("brand", ["name =", None])
def test_without_a_brand_its_replies_and_words_are_not_called_wrong(
    tmp_path: Path, brand: str | None
) -> None:
    folder = shop(tmp_path, brand=brand or "")
    write(folder, {"replies.toml": '[merci]\nfr = "Merci {nom}."\nen = "Thanks."\n'})
    write(folder, {"words.toml": '[fr]\nthanks = "Merci."\n[es]\nthanks = "¡Con gusto!"\n'})
    if brand is None:
        (folder / "brand.toml").unlink()
    places = [Path(problem.place.partition(":")[0]).name for problem in problems(folder)]
    assert places == ["brand.toml", "replies.toml"]


def test_the_example_brand_in_one_language_loads_with_warnings(tmp_path: Path) -> None:
    folder = tmp_path / "brand"
    shutil.copytree(EXAMPLE_BRAND, folder)
    file = folder / "brand.toml"
    text = file.read_text("utf-8")
    file.write_text(text.replace('languages = ["fr", "en"]', 'languages = ["fr"]'), "utf-8")
    knowledge = load_knowledge(folder)
    assert knowledge.canned["merci"].keys() == knowledge.brand.contact.keys() == {"fr"}
    told = warned(knowledge)
    for unused in ("contact.en", "suggestions.en", "merci.en", "answer.en"):
        assert f": {unused} is not used: the brand does not serve en." in told


# ------------------------------------------------------------------------------- warnings

RAW = ["<b>", "{{name}}", "[here](https://nord.example)", "&nbsp;", "{name}", "%name%", "${name}"]
RAW += ["[NAME]", "**bold**", "# Returns", "<br/>", "&#160;"]
AS_MEANT = [
    "I <3 it",
    "a < b > c",
    "5 % & 20%",
    "R&D; A&W",
    "see [1]",
    "#1 here",
    "* but not on Sundays",
]
AS_MEANT += ["https://nord.example/?a=1&b={}", ":-] ok", "order_no_1"]


def told_raw(folder: Path) -> list[Problem]:
    return [one for one in load_knowledge(folder).warnings if "as it stands" in one.what]


@pytest.mark.parametrize("seen", RAW)
def test_what_customers_would_read_raw_is_told_once_an_answer(seen: str, tmp_path: Path) -> None:
    text = parcel('en = "Answer parcel."', f"en = '''\n{seen} Answer {seen}, {seen}'''")
    [warning] = told_raw(shop(tmp_path, parcel=text))
    assert warning.place == f"{tmp_path / 'subjects' / 'parcel.toml'}:13"
    assert f"answer.en holds “{seen}" in warning.what and warning.mend


@pytest.mark.parametrize("meant", AS_MEANT)
def test_what_is_meant_as_it_stands_is_no_markup(meant: str, tmp_path: Path) -> None:
    text = parcel('en = "Answer parcel."', f'en = "{meant} Answer."')
    assert told_raw(shop(tmp_path, parcel=text)) == []


def test_of_many_things_the_first_ones_are_shown(tmp_path: Path) -> None:
    text = parcel('fr = "Réponse parcel."', 'fr = "<i>a</i> {a} {b} {c}"')
    [warning] = told_raw(shop(tmp_path, parcel=text))
    assert "answer.fr holds “<i>”, “</i>”, “{a}” and 2 more:" in warning.what


def warned(knowledge: Knowledge) -> str:
    return "\n".join(map(str, knowledge.warnings))


def test_fewer_than_eight_examples_in_a_language_is_a_warning(tmp_path: Path) -> None:
    assert "parcel.toml:6: parcel has few examples in French: 2." in warned(
        load_knowledge(shop(tmp_path))
    )


def test_a_missing_title_is_a_warning_and_the_name_stands_in(tmp_path: Path) -> None:
    knowledge = load_knowledge(shop(tmp_path, parcel=parcel('title.en = "Title parcel"\n', "")))
    assert knowledge.subjects["parcel"].titles["en"] == "Parcel"
    assert "title.en" in warned(knowledge)


def test_a_language_the_brand_does_not_serve_is_left_alone_with_a_warning(tmp_path: Path) -> None:
    text = SUBJECT.format(name="parcel") + 'es = "Respuesta."\n'
    knowledge = load_knowledge(shop(tmp_path, parcel=text))
    assert set(knowledge.subjects["parcel"].answers) == {"fr", "en"}
    assert "parcel.toml:14: answer.es" in warned(knowledge)


def test_a_file_with_another_ending_is_a_warning(tmp_path: Path) -> None:
    folder = write(shop(tmp_path), {"subjects/jobs.toml.txt": "", "subjects/.parcel.swp": ""})
    knowledge = load_knowledge(folder)
    assert "jobs.toml.txt" in warned(knowledge) and "swp" not in warned(knowledge)


@pytest.mark.parametrize(
    ("name", "mend"),
    [
        ("risks.toml", "Did you mean risk.toml?"),
        ("reply.toml", "Did you mean replies.toml?"),
        ("Words.TOML", "Did you mean words.toml?"),
        ("hours.toml", "Read are: brand.toml, risk.toml"),
    ],
)
def test_a_file_with_nearly_the_right_name_is_a_warning(
    tmp_path: Path, name: str, mend: str
) -> None:
    folder = shop(tmp_path)
    (folder / name).write_text("[legal]", "utf-8")
    told = warned(load_knowledge(folder))
    assert f"{name}: is not read. {mend}" in told


@pytest.mark.parametrize(
    ("file", "text", "like"),
    [
        ("brand.toml", 'contact = "info@x.example"', 'contact.fr = "…"'),
        ("replies.toml", 'merci = "Merci!"', 'merci.fr = "…"'),
        ("risk.toml", 'bears.why = "…"\nbears.words = ["ours"]', 'words.fr = ["…", "…"]'),
    ],
)
def test_one_value_where_several_stand_is_told_once_with_an_example(
    tmp_path: Path, file: str, text: str, like: str
) -> None:
    folder = shop(tmp_path)
    before = (folder / file).read_text("utf-8") if (folder / file).exists() else ""
    (folder / file).write_text(f"{text}\n{before}", "utf-8")
    (problem,) = problems(folder)
    assert problem.mend == f"Write it like {like}."


def test_phrases_that_will_be_english_are_counted_in_a_warning(tmp_path: Path) -> None:
    spanish = SUBJECT.replace("fr", "es").replace('title.es = "Titre', 'title.es = "Título')
    files = {f"subjects/{name}.toml": spanish.format(name=name) for name in ("parcel", "refund")}
    brand = 'name = "Norte"\nlanguages = ["es"]\n'
    folder = write(tmp_path, {"brand.toml": brand, **files})
    lacking = len(PHRASES["en"]) - len(CHOSEN["es"])
    assert (
        f"words.toml: lacks phrases in Spanish, which customers read in English: {lacking}."
        in warned(load_knowledge(folder))
    )
    write(folder, {"words.toml": '[es]\nthanks = "¡Con gusto!"\nbtn_own_language = "Español"\n'})
    assert f"which customers read in English: {lacking - 1}." in warned(load_knowledge(folder))
    assert "phrases in" not in warned(load_knowledge(shop(tmp_path / "french")))


# -------------------------------------------------------------------------------- version


def test_the_version_changes_with_what_is_learned(tmp_path: Path) -> None:
    before = load_knowledge(shop(tmp_path)).version
    for old in ("où est parcel", "About parcel", "Answer parcel.", "Title"):
        changed = load_knowledge(shop(tmp_path, parcel=parcel(old, "something else"))).version
        assert changed != before and len(changed) == 64


def test_the_version_ignores_comments_order_and_blank_space(tmp_path: Path) -> None:
    before = load_knowledge(shop(tmp_path / "a")).version
    text = parcel('"where is parcel", "what is parcel"', '" what is parcel", "where is parcel"')
    assert load_knowledge(shop(tmp_path / "b", parcel="# hello\n" + text)).version == before


# ------------------------------------------------------------------------------ risk rules


def marks(text: str, rules: tuple[RiskRule, ...] | None = None) -> set[str]:
    rules = risk.load_risk(Path("none"), []) if rules is None else rules
    return set(risk.found(rules, text))


def test_the_packaged_rules_have_the_seven_marks_and_a_sentence_each() -> None:
    rules = risk.load_risk(Path("none"), [])
    assert [rule.mark for rule in rules] == [
        "safety",
        "legal",
        "press",
        "minors",
        "self_harm",
        "accusation",
        "person",
    ]
    assert all(rule.why.keys() == {"fr", "en"} for rule in rules)
    assert all(text.endswith(".") for rule in rules for text in rule.why.values())


def test_a_brands_own_sentence_is_told_in_its_language_or_in_all(tmp_path: Path) -> None:
    own = """\
[safety]
words.fr = ["mousqueton"]
[legal]
why = "Call Zoé."
[bears]
why.fr = "Un ours."
why.en = "A bear."
words.en = ["bear"]
[wolves]
why.fr = "Un loup."
words.en = ["wolf"]
"""
    rules = load_knowledge(write(shop(tmp_path), {"risk.toml": own})).risk
    told = {rule.mark: (rule.told("fr"), rule.told("en"), rule.told("es")) for rule in rules}
    assert told["safety"][1:] == ("Somebody may be hurt, ill or in danger.",) * 2
    assert told["safety"][0].startswith("Quelqu’un est peut-être blessé")
    assert told["legal"] == ("Call Zoé.",) * 3
    assert told["bears"] == ("Un ours.", "A bear.", "A bear.")
    assert told["wolves"] == ("Un loup.",) * 3


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("Mon fils s’est BLESSÉ avec votre réchaud", "safety"),
        ("le réchaud a pris feu dans la tente", "safety"),
        ("My daughter was injured by the buckle", "safety"),
        ("ma blonde est à l'hôpital à cause de votre harnais", "safety"),
        ("je me suis coupée la main sur le piquet", "safety"),
        ("le réchaud m'a brûlé le bras", "safety"),
        ("ça m'a rendue malade toute la nuit", "safety"),
        ("des réactions allergiques partout", "safety"),
        ("my daughter burned her hand", "safety"),
        ("I hurt my back lifting it", "safety"),
        ("there's a gas leak in the stove", "safety"),
        ("vous allez recevoir une mise en demeure", "legal"),
        ("on se reverra en cour", "legal"),
        ("I'm suing", "legal"),
        ("expect a letter from my legal team", "legal"),
        ("I am 12, can I enter the contest", "minors"),
        ("I want to end it all", "self_harm"),
        ("je veux en finir", "self_harm"),
        ("je veux en finir avec ma vie", "self_harm"),
        ("je vais aux petites-créances", "legal"),
        ("my lawyers will be in touch", "legal"),
        ("j'appelle l'Office de la protection du consommateur", "legal"),
        ("I'll sue you", "legal"),
        ("je suis journaliste à La Presse", "press"),
        ("this is going viral tomorrow", "press"),
        ("j’ai 12 ans pis j'ai commandé avec la carte de mon père", "minors"),
        ("qui a publié la photo de ma fille sans autorisation parentale", "minors"),
        ("j'ai pus envie de vivre", "self_harm"),
        ("i want to die", "self_harm"),
        ("pensées suicidaires", "self_harm"),
        ("Bonjour, vous êtes des voleurs. Merci de me rappeler.", "accusation"),
        ("Good morning. You lied to me. Kind regards", "accusation"),
        ("youre thieves", "accusation"),
        ("vous êtes tous des voleurs", "accusation"),
    ],
)
def test_risk_is_marked_however_it_is_typed(text: str, mark: str) -> None:
    assert mark in marks(text)
    assert mark in marks(text.upper())


@pytest.mark.parametrize(
    "text",
    [
        "assurance légale?",
        "avez-vous du papier format légal",
        "salade à l'avocat",
        "I'm 12 days past the 30 day return window",
        "I'm 10 km from your store",
        "I'm 11 weeks pregnant, which harness fits",
        "j'ai 12 ans de fidélité chez vous",
        "ma commande est-elle encore en cour de préparation",
        "je veux en finir avec cette commande",
        "you cut my order in half",
        "press the button",
        "est-ce que je dois presser le bouton",
        "French press coffee maker",
        "die-cut sticker",
        "these boots are to die for",
        "je veux reporter ma réservation",
        "God bless you",
        "chu choké, y'a pus ma taille",
        "merci pour votre hospitalité",
        "tennis court shoes",
        "j'ai commandé 911 étiquettes",
        "on est à 12 kms du magasin",
        "j'ai acheté deux fois par accident",
        "jai pu la facture, je peux tu retourner pareil",
        "do you sell suicide squad stickers",
        "vous êtes une gang de malades, j'adore!",
        "does the pad slide when you are lying on your side",
        "after you lied down, was it warm enough?",
        "vous nous avez volé le cœur avec cette tente",
        "you stole my heart with that latte",
    ],
)
def test_harmless_words_that_look_like_risk_are_not_marked(text: str) -> None:
    assert marks(text) == set()


def test_no_example_of_the_example_brand_is_marked() -> None:
    knowledge = load_knowledge(EXAMPLE_BRAND)
    found = {
        text: marks(text, knowledge.risk)
        for subject in knowledge.subjects.values()
        for texts in subject.examples.values()
        for text in texts
    }
    assert {text for text, told in found.items() if told} == set()


def test_a_brand_adds_words_to_a_mark_and_marks_of_its_own(tmp_path: Path) -> None:
    own = """\
[safety]
words.fr = ["mousqueton"]
but_not.fr = ["réchaud a pris feu"]
[wildlife]
why = "A bear."
words.en = ["bear*"]
"""
    rules = load_knowledge(write(shop(tmp_path), {"risk.toml": own})).risk
    assert marks("mon mousqueton", rules) == {"safety"}
    assert marks("je suis blessé", rules) == {"safety"}
    assert marks("le réchaud a pris feu", rules) == set()
    assert marks("two bears!", rules) == {"wildlife"}
    assert marks("I forbear", rules) == set()


def test_a_brand_replaces_a_mark(tmp_path: Path) -> None:
    own = '[safety]\nreplace = true\nwhy = "Ours."\nwords.fr = ["corde usée"]\n'
    rules = load_knowledge(write(shop(tmp_path), {"risk.toml": own})).risk
    assert marks("je suis blessé", rules) == set()
    assert marks("la corde-usee", rules) == {"safety"}


@pytest.mark.parametrize(
    ("own", "asks", "no_more"),
    [
        ("[safety]\nwords.fr = ['corde']", ["parler à un humain", "une personne, svp"], []),
        ("[person]\nwords.fr = ['la patronne']", ["où est la patronne?", "agent please"], []),
        ("[person]\nalone.fr = ['patronne']", ["Patronne!", "un humain"], ["patronne absente"]),
        (
            "[person]\nreplace = true\nwords.fr = ['la patronne']",
            ["où est la patronne?", "« Une personne »"],
            ["parler à un humain"],
        ),
    ],
)
def test_a_plea_is_worded_in_one_place_that_a_brand_adds_to(
    tmp_path: Path, own: str, asks: list[str], no_more: list[str]
) -> None:
    """What the bot tells customers to write works whatever the brand's own rules replace."""
    rules = load_knowledge(write(shop(tmp_path), {"risk.toml": own})).risk
    assert [text for text in asks if marks(text, rules) != {"person"}] == []
    assert [text for text in no_more if marks(text, rules)] == []


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Une personne", "Une personne"),
        ("où est ma commande\nun humain, svp!", "un humain, svp!"),
        ("AGENT! Agent! agent", "AGENT! Agent! agent"),
        ("un humain, s'il vous plaît!!", "un humain, s'il vous plaît!!"),
        ("svp", None),
        ("une personne m'a dit ça", None),
        ("un humain 😡", None),
    ],
)
def test_words_that_count_alone_count_in_a_line_of_nothing_else(
    text: str, line: str | None
) -> None:
    assert risk.found(risk.load_risk(Path("none"), []), text).get("person") == line


@pytest.mark.parametrize(
    ("own", "told"),
    [
        (
            "[person]\nwhy = 'A VIP.'\nwords.en = ['Céline']",
            "risk.toml:2: person.why is read by nobody: words under [person] ask for a person and "
            "ring no alarm. Take it out; for an alarm, give the mark another name.",
        ),
        (
            "[accusation]\nreplace = true\nwhy.fr = 'Nommés.'\nwords.fr = ['escrocs']",
            "words under [accusation] make a message angry and ring no alarm.",
        ),
        ("[bears]\nwords.en = ['bear']", "bears.why is missing"),
        ("[bears]\nwhy = 'A bear.'", "bears.words has no word"),
        ("[safety]\nwords.fr = ['*']", 'has "*"'),
        ("[safety]\nword.fr = ['x']", "safety.word is not a key"),
        ("[safety]\nreplace = true\nwords.fr = ['x']", "safety.why is missing"),
    ],
)
def test_what_is_wrong_with_a_brands_rules_is_told(tmp_path: Path, own: str, told: str) -> None:
    assert told in "\n".join(map(str, problems(write(shop(tmp_path), {"risk.toml": own}))))


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("  Où  EST\u00a0ma\ncommande ", "ou est ma commande"),
        ("L’ŒUF", "l'oeuf"),
        ("p\u200broc\u00e8s", "proces"),
        ("ＬＡＷＹＥＲ", "lawyer"),
        ("Straße", "strasse"),
        ("İ", "i"),
    ],
)
def test_folding_keeps_letters_only_as_they_are_compared(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_folding_again_changes_nothing_and_rules_never_fail(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    marks(text)


def test_a_hundred_subjects_of_two_hundred_examples_load_in_seconds(tmp_path: Path) -> None:
    write(tmp_path, {"brand.toml": BRAND})
    for number in range(100):
        lists = [[f"{code} {number} {item}" for item in range(100)] for code in ("fr", "en")]
        fr, en = (",\n".join(f'"{text}"' for text in texts) for texts in lists)
        head, _, rest = SUBJECT.format(name=f"s{number}").partition("fr = [")
        text = f"{head}fr = [\n{fr}\n]\nen = [\n{en}\n]\n{rest[rest.index('[answer]') :]}"
        write(tmp_path, {f"subjects/s{number}.toml": text})
    began = time.process_time()
    assert len(load_knowledge(tmp_path).subjects) == 100
    assert time.process_time() - began < 3


def test_a_language_that_no_turn_is_ever_found_in_is_refused(tmp_path: Path) -> None:
    folder = shop(tmp_path, brand='name = "N"\nlanguages = ["fr", "ar"]\ndefault_language = "fr"')
    with pytest.raises(ConfigError) as refused:
        load_knowledge(folder)
    told = "\n".join(map(str, refused.value.problems))
    assert 'holds "ar"' in told and "The bot tells fr, en, es, de, pt, it apart" in told


def test_the_languages_that_may_be_served_are_those_that_are_told_apart() -> None:
    assert READABLE == LANGUAGES


def test_a_served_language_is_chosen_in_its_own_words() -> None:
    names = [phrase(code, "btn_own_language") for code in READABLE]
    told = [phrase(code, "language_chosen") for code in READABLE]
    assert len(set(names)) == len(set(told)) == len(READABLE)
