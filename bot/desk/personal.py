"""Personal data in a text: e-mail addresses, phones, cards, insurance and bank numbers, homes.

phonenumbers (Google's rules for the world's telephone numbers) and python-stdnum (check digits of
cards, insurance and bank numbers) do what would be wrong if written again here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from phonenumbers import Leniency, PhoneNumberMatcher, PhoneNumberType, number_type
from stdnum import iban, luhn
from stdnum.ca import sin
from stdnum.fr import nir

REGIONS = ("CA", "FR")
"""Whose national notation of phone numbers is read; +33, +1 and the like are always."""

_EMAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}", re.IGNORECASE)
_CARD = re.compile(
    r"(?<![\d-])(?:3[47]\d\d|4\d{3}|5[1-5]\d\d|2[2-7]\d\d|6011|65\d\d)(?:[ -]?\d){11,12}(?![\d-])"
)
_SIN = re.compile(r"(?<![\d-])\d{3}([ -])\d{3}\1\d{3}(?![\d-])")
_SIN_NAMED = re.compile(
    r"\b(?:nas|sin|assurance sociale|social insurance)\b\D{0,25}(\d{9})(?!\d)", re.IGNORECASE
)
_NIR = re.compile(r"(?<!\d)[12](?: ?\d){14}(?!\d)")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b")
_STREET = re.compile(
    r"(?<![\d-])(\d{1,5})[a-z]?,?\s+(?:(?:rue|avenue|av\.?|ave|boul(?:evard|\.)?|bd|chemin|ch\.|"
    r"rang|place|allée|impasse|quai|route|cours)\s+(?:d[eu]s?\s+|de la\s+|l[ae]s?\s+|d['’]|l['’])?"
    r"([\w'’.-]+)|([\w'’.-]+)(?:\s+[\w'’.-]+)?\s+(?:street|st\.?|avenue|ave\.?|road|rd\.?|drive|"
    r"dr\.?|lane|blvd\.?|boulevard|crescent|court)\b)",
    re.IGNORECASE,
)
_POSTCODE = re.compile(r"\b[abceghj-nprstvxy]\d[a-z] ?\d[a-z]\d\b|\b\d{5}\b", re.IGNORECASE)
_NEAR = 70
"""A postal code within so many characters makes a street a home."""

_OTHER_NUMBER = re.compile(
    r"(?:commande|order|facture|invoice|dossier|file|claim|demande|request|compte|account|ticket|suivi|tracking|colis|parcel|réf|ref|sku|"
    r"modèle|model|série|serial|contrat|contract|police|policy|confirmation|#|n[°º]|no\.?)\W*$",
    re.IGNORECASE,
)
_PHONE = re.compile(
    r"(?:t[ée]l|phone|cell|mobile|portable|call|appel|rejoi|joindre)", re.IGNORECASE
)
_NOBODYS = {PhoneNumberType.TOLL_FREE, PhoneNumberType.SHARED_COST, PhoneNumberType.UAN}


@dataclass(frozen=True, slots=True)
class Datum:
    """``written``: as it stands in the text, from ``start`` on; ``key``: however it is written."""

    kind: str
    written: str
    key: str
    start: int


def found(text: str) -> list[Datum]:
    """Everything in ``text`` that belongs to some person; toll-free numbers belong to nobody."""
    data = [*_emails(text), *_numbers(text), *_homes(text)]
    taken = [(one.start, one.start + len(one.written)) for one in data]
    data += [one for one in _phones(text) if not any(a <= one.start < b for a, b in taken)]
    return sorted({one.key: one for one in data}.values(), key=lambda one: one.start)


def _emails(text: str) -> Iterator[Datum]:
    for match in _EMAIL.finditer(text):
        yield Datum("email", match[0], match[0].casefold(), match.start())


def _numbers(text: str) -> Iterator[Datum]:
    for pattern, is_valid, kind in (
        (_CARD, luhn.is_valid, "card"),
        (_SIN, sin.is_valid, "sin"),
        (_NIR, nir.is_valid, "sin"),
        (_IBAN, iban.is_valid, "iban"),
    ):
        for match in pattern.finditer(text):
            if is_valid(_bare(match[0])):
                yield Datum(kind, match[0], _bare(match[0]), match.start())
    for match in _SIN_NAMED.finditer(text):
        if sin.is_valid(match[1]):
            yield Datum("sin", match[1], match[1], match.start(1))


def _phones(text: str) -> Iterator[Datum]:
    for region in REGIONS:
        for match in PhoneNumberMatcher(text, region, leniency=Leniency.VALID):
            if number_type(match.number) not in _NOBODYS and _reads_as_phone(
                text, match.start, match.raw_string
            ):
                key = f"+{match.number.country_code}{match.number.national_number}"
                yield Datum("phone", match.raw_string, key, match.start)


def _reads_as_phone(text: str, start: int, written: str) -> bool:
    """Ten bare digits are more often an order's number than somebody's."""
    before = text[max(0, start - 25) : start]
    if _OTHER_NUMBER.search(before):
        return False
    return not written.isdigit() or written[:2] in ("06", "07") or bool(_PHONE.search(before))


def _homes(text: str) -> Iterator[Datum]:
    for match in _STREET.finditer(text):
        if _POSTCODE.search(text, match.end(), match.end() + _NEAR):
            key = f"{match[1]} {_plain(match[2] or match[3])}"
            yield Datum("address", match[0], key, match.start())


def _bare(number: str) -> str:
    return re.sub(r"[ -]", "", number)


def _plain(word: str) -> str:
    """Without accents and case: people write their street in many ways."""
    letters = unicodedata.normalize("NFD", word.casefold())
    return "".join(char for char in letters if char.isalnum())
