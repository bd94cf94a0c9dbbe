"""The demo as a newcomer sees it: the real command, the real model, a real browser."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect, sync_playwright

from bot.__main__ import main

from .test_sandbox_page import QUIET, chromium

ROOT = Path(__file__).parent.parent
WAIT_MS = 60_000


@contextlib.contextmanager
def demo_at(folder: Path, *options: str) -> Iterator[str]:
    """Start `demo` and read the address it prints; at the end it must stop in order."""
    command = [sys.executable, "-m", "bot", "demo", "--port", "0", *options]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, cwd=folder, env=env, stdout=subprocess.PIPE, text=True) as demo:
        assert demo.stdout is not None
        found = next(filter(None, (re.search(r"http://\S+", line) for line in demo.stdout)), None)
        assert found, "the demo ended before it printed an address"
        yield found[0]
        demo.send_signal(signal.SIGINT)
        assert demo.wait(15) == 0


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with demo_at(tmp_path_factory.mktemp("demo")) as found:
        yield found


@pytest.fixture(scope="module")
def page(address: str) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=QUIET)
        page = browser.new_page(viewport={"width": 1600, "height": 1000}, locale="en-CA")
        page.set_default_timeout(WAIT_MS)
        page.goto(address)
        yield page
        browser.close()


def phone(page: Page, name: str) -> Locator:
    """A customer's phone: the column with that name on it."""
    return page.locator("[data-person]").filter(has=page.get_by_role("heading", name=name)).first


def write(where: Locator, text: str) -> None:
    box = where.get_by_role("textbox")
    box.fill(text)
    box.press("Enter")


def sees(where: Locator, text: str) -> None:
    expect(where.get_by_text(text).last).to_be_visible(timeout=WAIT_MS)


def test_a_taken_port_is_told_with_its_mend_before_any_work(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def no_work(*_: object) -> None:
        pytest.fail("the model was loaded for nothing")

    monkeypatch.setattr("bot.model.brain.load", no_work)
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert main(["demo", "--port", str(port)]) == 1
    assert f"port {port}: is taken." in (said := capsys.readouterr().err)
    assert "make demo PORT=8800" in said
    told = subprocess.run(["make", "-n", "demo", "PORT=8800"], cwd=ROOT, capture_output=True)
    assert b"bot demo --port 8800" in told.stdout


@pytest.mark.parametrize("port", ["70000", "-1", "x"])
def test_a_port_that_cannot_be_is_refused(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["demo", "--port", port])
    assert "from 0 to 65535" in capsys.readouterr().err


def test_customers_find_the_commands_in_their_own_language(page: Page) -> None:
    for name, commands in (("Camille", ["/personne", "/effacer"]), ("Jack", ["/delete_me"])):
        page.get_by_role("button", name=f"Menu of {name}'s phone").click()
        for command in commands:
            expect(page.get_by_role("menuitem", name=command)).to_be_visible(timeout=WAIT_MS)
        page.keyboard.press("Escape")


def test_the_bot_may_write_to_its_staff_in_private(page: Page) -> None:
    """Or else a lead who is told that a case is overdue is never reached."""
    state = page.evaluate("async () => (await fetch('/sandbox/state')).json()")
    heard = {m["chat"]["first_name"] for m in state["messages"] if m["chat"]["type"] == "private"}
    assert {"Noémie", "Olivier", "Sylvie"} <= heard


def test_a_french_question_is_answered_in_french(page: Page) -> None:
    camille = phone(page, "Camille")
    write(camille, "c'est tu ouvert dimanche?")
    sees(camille, "Nos trois magasins ont les mêmes heures")
    sees(camille, "assistant automatique")


def test_an_english_question_is_answered_in_english(page: Page) -> None:
    jack = phone(page, "Jack")
    write(jack, "how much is shipping to Ottawa?")
    sees(jack, "Delivery is free from $99")


def test_something_unknown_reaches_staff_with_a_brief(page: Page) -> None:
    camille = phone(page, "Camille")
    write(camille, "faites-vous des tatouages?")
    sees(camille, "Je passe votre message à une personne")
    staff = page.locator("#staff")
    sees(staff, "faites-vous des tatouages?")
    sees(staff, "rien de tel dans la base de connaissances")


def test_anger_about_a_known_subject_goes_to_a_person_who_settles_it(page: Page) -> None:
    """Claim, reply, resolve: the customer sees it all, and afterwards the bot answers again."""
    jack, staff = phone(page, "Jack"), page.locator("#staff")
    write(jack, "Three weeks, no parcel, nobody answers. You took my money, you're thieves!!")
    sees(jack, "deserves better than an automatic answer")
    staff.get_by_text(re.compile(r"#\d+ Jack")).first.click()
    sees(staff, "en colère : jamais de réponse toute faite")
    staff.get_by_role("button", name="Prendre").last.click()
    sees(staff, "Pris par Noémie")
    write(staff, "Hi Jack, Noémie here. I am sorry, I have your parcel in front of me.")
    sees(jack, "Noémie here")
    staff.get_by_role("button", name="✅ Fermer").last.click()
    sees(jack, "Our team considers your request settled")
    write(jack, "will you use my contest photo in ads?")
    sees(jack, "You remain the owner of your photo")


def test_the_desk_of_the_demo_may_be_english(page: Page, tmp_path: Path) -> None:
    assert page.context.browser is not None
    with demo_at(tmp_path, "--language", "en") as address:
        english = page.context.browser.new_page(locale="fr-CA")
        english.goto(address)
        write(phone(english, "Camille"), "je veux parler à quelqu'un")
        claim = english.locator("#staff").get_by_role("button", name="Claim")
        expect(claim).to_have_attribute("lang", "en", timeout=WAIT_MS)
        english.close()
