"""The pictures in README and docs/, made again: a small crisis, played through the demo's own page.

`make screenshots`. Nothing is drawn by hand: the real command, the real model, a real browser.
"""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, ViewportSize, expect, sync_playwright

from .test_sandbox_page import QUIET, chromium

DOCS = Path(__file__).parent.parent / "docs"
LARGEST = 300_000
"""Bytes of one picture: README is read on phones too."""
WAIT_MS = 30_000
WIDE: ViewportSize = {"width": 1500, "height": 950}
TALL: ViewportSize = {"width": 840, "height": 1120}
TALLER: ViewportSize = {"width": 840, "height": 1300}
"""Narrow enough that the page shows one pane; the board and both lists fit on the taller."""

CROWD = (
    ("Félix", "fr", "Où est ma commande?! Je l'ai payée il y a un mois, bande de voleurs!!"),
    ("Priya", "en", "Where is my order?! 3 weeks! Worst company I ever dealt with, total scam!"),
    ("Luc", "fr", "Où est mon colis? Personne répond jamais, vous êtes des voleurs!!"),
    ("Owen", "en", "Where is my parcel?! You took my money, you're thieves!!"),
    ("Anaïs", "fr", "je veux parler à quelqu'un"),
    ("Wei", "en", "can I talk to a real person"),
    ("Sacha", "fr", "faites-vous des tatouages?"),
    ("Emma", "en", "can I get married in your store?"),
    ("Rosalie", "fr", "est-ce que je peux venir avec mon perroquet?"),
    ("Noah", "en", "do you sell helicopters?"),
)
"""Who writes all at once, in which language, and what."""


@dataclass(frozen=True)
class Stage:
    """The demo's page, and what people do on it."""

    page: Page
    address: str

    @property
    def staff(self) -> Locator:
        return self.page.locator("#staff")

    def phone(self, name: str) -> Locator:
        heading = self.page.get_by_role("heading", name=name)
        return self.page.locator("[data-person]").filter(has=heading).first

    def show(self, *names: str) -> None:
        """Have these customers' phones in sight, the last named last."""
        for name in names:
            self.page.locator("#people").get_by_role("button", name=name).click()

    def write(self, where: Locator, text: str) -> None:
        box = where.get_by_role("textbox")
        box.fill(text)
        box.press("Enter")

    def sees(self, where: Locator, text: str | re.Pattern[str]) -> None:
        expect(where.get_by_text(text).last).to_be_visible(timeout=WAIT_MS)

    def press(self, where: Locator, label: str) -> None:
        where.get_by_role("button", name=label).last.click()

    def topic(self, name: str) -> None:
        self.staff.locator(".topic-entry").filter(has_text=name).first.click()

    def top(self) -> None:
        """Scroll the open topic to its brief."""
        self.staff.get_by_role("log").evaluate("log => log.scrollTo(0, 0)")

    def act(self, **deed: object) -> Any:
        """An act of the page, without its clicks: what a crowd does at once."""
        answer = self.page.request.post(f"{self.address}sandbox/act", data=deed).json()
        assert answer["ok"], answer
        return answer["result"]


@contextmanager
def demo() -> Iterator[str]:
    """The address of a demo of its own."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "bot", "demo", "--port", "0"]
        with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as running:
            assert running.stdout is not None
            lines = (re.search(r"http://\S+", line) for line in running.stdout)
            found = next(filter(None, lines), None)
            assert found, "the demo ended before it printed an address"
            try:
                yield found[0].rstrip("/") + "/"
            finally:
                running.send_signal(signal.SIGINT)
                running.wait(15)


def one_case(stage: Stage) -> None:
    """A question answered by the bot; then an angry customer, whom Noémie takes care of."""
    camille, jack, staff = stage.phone("Camille"), stage.phone("Jack"), stage.staff
    stage.write(camille, "c'est tu ouvert dimanche?")
    stage.sees(camille, "Nos trois magasins ont les mêmes heures")
    stage.write(jack, "Three weeks, no parcel, and nobody answers. You took my money, thieves!!")
    stage.sees(jack, "deserves better than an automatic answer")
    stage.topic("Jack")
    stage.press(staff, "Prendre")
    stage.sees(staff, "Pris par Noémie")
    stage.write(staff, "Hi Jack, I'm Noémie. I am so sorry. I have your order in front of me.")
    stage.sees(jack, "I have your order in front of me")
    stage.write(jack, "ok thank you for looking")
    stage.sees(staff, "ok thank you for looking")


def tact(stage: Stage) -> None:
    """A reply that its author would regret is held with one question, and then dropped."""
    staff = stage.staff
    stage.write(staff, "CALM DOWN AND STOP WRITING TO US EVERY FIVE MINUTES, IT IS NOT MY FAULT")
    stage.sees(staff, "Pas encore envoyé")


def settled(stage: Stage) -> None:
    """The case is resolved, and the customer says how it went in one tap."""
    jack, staff = stage.phone("Jack"), stage.staff
    stage.press(staff, "Ne pas envoyer")
    stage.sees(staff, "Pas envoyé")
    stage.press(staff, "✅ Fermer")
    stage.sees(jack, "Our team considers your request settled")
    stage.press(jack, "👍")


def brief(stage: Stage) -> None:
    """Somebody whom the bot helped before comes back angry: a brief with all there is in it."""
    camille, staff = stage.phone("Camille"), stage.staff
    stage.press(camille, "Ça m’aide")
    expect(camille.get_by_role("button", name="Ça m’aide")).to_have_count(0)
    stage.write(
        camille, "Où est ma commande? Trois semaines que j'attends, vous êtes des voleurs!!"
    )
    stage.topic("Camille")
    stage.sees(staff, "réponse approuvée")


def crowd(stage: Stage) -> None:
    """Ten more write at once: their briefs are joined, and the board says what waits."""
    for name, language, text in CROWD:
        person = stage.act(do="person", first_name=name, language_code=language)
        stage.act(do="say", **{"as": person["id"]}, text=text)
    stage.topic("Général")
    stage.sees(stage.staff, re.compile("personnes attendent une réponse"))
    stage.sees(stage.staff, re.compile("demandes non urgentes attendent"))


def take(where: Page | Locator, name: str) -> None:
    """One picture, small enough for a README, once what the bot just said to presses is gone."""
    page = where if isinstance(where, Page) else where.page
    page.mouse.move(1, 1)
    expect(page.locator(".toast")).to_have_count(0, timeout=30_000)
    path = DOCS / f"{name}.png"
    where.screenshot(path=path, animations="disabled")
    size = path.stat().st_size
    assert size < LARGEST, f"{path.name}: {size:,} bytes"
    print(f"docs/{path.name}: {size:,} bytes")


def play(stage: Stage) -> None:
    """The crisis from its first question to the board; a picture at each turn."""
    page, desk = stage.page, stage.staff.locator(".desk")
    one_case(stage)
    tact(stage)
    page.get_by_role("button", name="Fermer", exact=True).first.click()
    take(page, "demo")
    settled(stage)
    brief(stage)
    page.set_viewport_size(TALL)
    page.locator("#pane-tabs").get_by_role("button", name="équipe").click()
    stage.top()
    take(desk, "brief")
    stage.press(stage.staff, "Prendre")
    crowd(stage)
    page.set_viewport_size(TALLER)
    take(desk, "board")


def main() -> None:
    """Play it in French, for the brand is from Québec, and write docs/*.png."""
    with demo() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=QUIET)
        page = browser.new_page(viewport=WIDE, locale="fr-CA")
        page.set_default_timeout(WAIT_MS)
        page.goto(address)
        play(Stage(page, address))
        browser.close()


if __name__ == "__main__":
    main()
