"""The sandbox's web page in a real Chromium, on the real sandbox: what people see and press."""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Literal

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, async_playwright, expect
from telegram import (
    Bot,
    BotCommandScopeAllPrivateChats,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    MessageEntity,
    Update,
)

from bot.sandbox import Sandbox
from bot.sandbox.wire import utf16_length

pytestmark = pytest.mark.asyncio(loop_scope="module")

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WAIT_MS = 60_000
expect.set_options(timeout=WAIT_MS)
NAMED_ROLES = {
    "button",
    "link",
    "textbox",
    "combobox",
    "menuitem",
    "option",
    "log",
    "dialog",
    "img",
}
HOSTILE = {
    "markup": "<img src=x onerror=\"document.title='broken into'\"><b>bold</b>&lt;script>",
    "bidi": "\u0645\u0631\u062d\u0628\u0627 \u202egnp.exe\u202c <s>",
    "long": "🙂" + "é" * 4094,
}


def chromium(which: Callable[[str], str | None] = shutil.which) -> str:
    """Where Chromium is; these tests fail without it, for they would otherwise prove nothing."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := which(name):
            return path
    pytest.fail(
        "The page's tests need Chromium and none was found on PATH. Install it: "
        "`sudo apt install chromium` (Debian, Ubuntu), `sudo dnf install chromium` (Fedora), "
        "or Google Chrome from your system's own store."
    )


@dataclass
class Visit:
    """A browser's look at a sandbox with one customer, Alice, and a staff group with two agents."""

    page: Page
    sandbox: Sandbox
    bot: Bot
    alice: int
    group: int
    problems: list[str] = field(default_factory=list)

    @property
    def phone(self) -> Locator:
        return self.page.locator(f'[data-person="{self.alice}"]')

    @property
    def log(self) -> Locator:
        return self.phone.get_by_role("log")

    @property
    def staff(self) -> Locator:
        return self.page.locator("#staff")

    async def updates(self) -> list[Update]:
        """What the bot hears next, confirmed at once as getUpdates does."""
        heard = await self.bot.get_updates(timeout=5, allowed_updates=Update.ALL_TYPES)
        if heard:
            await self.bot.get_updates(offset=heard[-1].update_id + 1, timeout=0)
        return list(heard)

    async def write(self, text: str) -> None:
        """Alice writes with her keyboard alone."""
        await self.phone.get_by_role("textbox").focus()
        await self.page.keyboard.insert_text(text)
        await self.page.keyboard.press("Enter")

    async def open_case(self, name: str) -> int:
        topic = await self.bot.create_forum_topic(self.group, name)
        return topic.message_thread_id


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=QUIET)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="module")
async def visit(browser: Browser) -> AsyncIterator[Visit]:
    """Every visit ends by asking that the browser had nothing to complain of."""
    sandbox = Sandbox(port=0)
    await sandbox.start()
    alice = sandbox.add_person("Alice", language_code="fr")
    sophie, karim = sandbox.add_person("Sophie"), sandbox.add_person("Karim")
    members = {sophie.id: "administrator", karim.id: "administrator"}
    group = sandbox.add_group("Staff", forum=True, members=members)
    bot = Bot(sandbox.token, base_url=sandbox.base_url)
    context = await browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-CA")
    page = await context.new_page()
    page.set_default_timeout(WAIT_MS)
    seen = Visit(page, sandbox, bot, alice.id, group.id)
    page.on("console", lambda m: seen.problems.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: seen.problems.append(str(error)))
    async with bot:
        await page.goto(sandbox.page_url)
        await expect(seen.phone).to_be_visible()
        await alice.starts()
        await seen.updates()
        yield seen
    await context.close()
    await sandbox.stop()
    assert seen.problems == []


def helped() -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[InlineKeyboardButton("That helped", callback_data="helped:7")]])


async def test_without_chromium_the_tests_fail_and_say_how_to_install_it() -> None:
    with pytest.raises(pytest.fail.Exception, match="apt install chromium"):
        chromium(which=lambda _: None)


async def test_what_a_customer_types_reaches_the_bot(visit: Visit) -> None:
    await visit.write("Où est ma commande ?")
    (update,) = await visit.updates()
    assert update.message is not None
    assert update.message.text == "Où est ma commande ?"
    assert update.message.chat_id == visit.alice
    await expect(visit.log).to_contain_text("Où est ma commande ?")


async def test_shift_enter_makes_a_new_line_and_sends_nothing(visit: Visit) -> None:
    box = visit.phone.get_by_role("textbox")
    await box.focus()
    await visit.page.keyboard.type("one")
    await visit.page.keyboard.press("Shift+Enter")
    await visit.page.keyboard.type("two")
    await expect(box).to_have_value("one\ntwo")
    await visit.page.keyboard.press("Enter")
    (update,) = await visit.updates()
    assert update.message is not None
    assert update.message.text == "one\ntwo"
    await expect(box).to_have_value("")


async def test_a_button_of_the_bot_appears_live_and_is_pressed_by_keyboard(visit: Visit) -> None:
    await visit.bot.send_message(visit.alice, "Two to four days.", reply_markup=helped())
    button = visit.log.get_by_role("button", name="That helped")
    await expect(button).to_be_visible()
    await visit.log.focus()
    for _ in range(12):
        await visit.page.keyboard.press("Tab")
        if await button.evaluate("node => node === document.activeElement"):
            break
    await visit.page.keyboard.press("Enter")
    (update,) = await visit.updates()
    assert update.callback_query is not None
    assert update.callback_query.data == "helped:7"
    await update.callback_query.answer("Glad to hear it")
    await expect(visit.page.locator("#toasts")).to_contain_text("Glad to hear it")


async def test_focus_stays_where_it_was_while_messages_arrive(visit: Visit) -> None:
    sent = await visit.bot.send_message(visit.alice, "First", reply_markup=helped())
    button = visit.log.get_by_role("button", name="That helped")
    await button.focus()
    same = await button.element_handle()
    await visit.bot.send_message(visit.alice, "Second")
    await expect(visit.log).to_contain_text("Second")
    await expect(button).to_be_focused()
    assert await same.evaluate("node => node.isConnected"), "what did not change is not rebuilt"
    await sent.edit_text("First, corrected", reply_markup=helped())
    await expect(visit.log).to_contain_text("First, corrected")
    await expect(visit.log).to_contain_text("edited")
    await expect(button).to_be_focused()


async def test_a_press_counts_although_the_message_changes_under_the_finger(visit: Visit) -> None:
    """The bot edits a card whenever its case moves: just then somebody may be pressing a button."""
    sent = await visit.bot.send_message(visit.alice, "First", reply_markup=helped())
    button = visit.log.get_by_role("button", name="That helped")
    await button.click()
    (pressed,) = await visit.updates()
    assert pressed.callback_query is not None
    await button.hover()
    await visit.page.mouse.down()
    await sent.edit_text("Corrected", reply_markup=helped())
    await visit.bot.send_message(visit.alice, "Second")
    await pressed.callback_query.answer("All of this has arrived")
    await expect(visit.page.locator("#toasts")).to_contain_text("All of this has arrived")
    await visit.page.evaluate("() => new Promise(shown => requestAnimationFrame(shown))")
    await visit.page.mouse.up()
    (again,) = await visit.updates()
    assert again.callback_query is not None
    assert again.callback_query.data == "helped:7"
    await expect(visit.log).to_contain_text("Corrected")
    await expect(visit.log).to_contain_text("Second")


async def test_focus_never_lands_on_another_button_than_the_one_pressed(visit: Visit) -> None:
    sent = await visit.bot.send_message(visit.alice, "Sure?", reply_markup=helped())
    await visit.log.get_by_role("button", name="That helped").focus()
    other = InlineKeyboardMarkup([[InlineKeyboardButton("Delete all", callback_data="wipe")]])
    await sent.edit_reply_markup(other)
    await expect(visit.log.get_by_role("button", name="Delete all")).to_be_visible()
    await expect(visit.log.get_by_role("button", name="Delete all")).not_to_be_focused()
    assert await visit.log.evaluate("log => log.contains(document.activeElement)")


@pytest.mark.parametrize("kind", HOSTILE)
async def test_hostile_text_is_shown_as_text(visit: Visit, kind: str) -> None:
    text = HOSTILE[kind]
    assert utf16_length(HOSTILE["long"]) == 4096
    await visit.write(text)
    await visit.bot.send_message(visit.group, text)
    for log in (visit.log, visit.staff.get_by_role("log")):
        shown = log.locator(".text").last
        await expect(shown).to_have_text(text, use_inner_text=False)
        assert await shown.evaluate("node => node.textContent") == text
        assert await shown.locator("img, b, s, script").count() == 0
        direction = await shown.evaluate("node => getComputedStyle(node).direction")
        assert direction == ("rtl" if kind == "bidi" else "ltr")
        assert await log.evaluate("node => node.scrollWidth <= node.clientWidth")
    assert "broken into" not in await visit.page.title()


async def test_entities_become_elements_at_utf16_offsets(visit: Visit) -> None:
    await visit.bot.send_message(
        visit.alice,
        "🙂🙂 <b>very <i>urgent</i></b> <code>a&lt;b</code> "
        '<a href="https://example.org/x">here</a>',
        parse_mode="HTML",
    )
    text = visit.log.locator(".text").last
    await expect(text.locator("strong")).to_have_text("very urgent")
    await expect(text.locator("strong em")).to_have_text("urgent")
    await expect(text.locator("code")).to_have_text("a<b")
    await expect(text.get_by_role("link")).to_have_text(["here"])
    await expect(text.get_by_role("link")).to_have_attribute("href", "https://example.org/x")


async def test_a_link_that_would_run_a_script_is_no_link(visit: Visit) -> None:
    script = MessageEntity(MessageEntity.TEXT_LINK, 0, 5, url="javascript:alert(1)")
    await visit.bot.send_message(visit.alice, "there", entities=[script])
    await expect(visit.log.locator(".text").last).to_have_text("there")
    await expect(visit.log.get_by_role("link")).to_have_count(0)


async def test_a_customer_edits_deletes_replies_and_reacts_by_keyboard(visit: Visit) -> None:
    await visit.bot.send_message(visit.alice, "How can I help?")
    await expect(visit.log).to_contain_text("How can I help?")
    await choose(visit, visit.log.locator(".message", has_text="How can I help?"), "Reply")
    await visit.page.keyboard.type("My tent leaks")
    await visit.page.keyboard.press("Enter")
    (answer,) = await visit.updates()
    assert answer.message is not None and answer.message.reply_to_message is not None
    assert answer.message.reply_to_message.text == "How can I help?"
    mine = visit.log.locator(".message.mine", has_text="My tent leaks")
    await choose(visit, mine, "Edit")
    await visit.page.keyboard.press("End")
    await visit.page.keyboard.type(" a lot")
    await visit.page.keyboard.press("Enter")
    (edited,) = await visit.updates()
    assert edited.edited_message is not None
    assert edited.edited_message.text == "My tent leaks a lot"
    await choose(visit, visit.log.locator(".message.theirs").last, "React with 👎")
    (reaction,) = await visit.updates()
    assert reaction.message_reaction is not None
    await expect(visit.log.get_by_role("button", name="👎 from 1")).to_be_visible()
    await choose(visit, visit.log.locator(".message.mine", has_text="a lot"), "Delete")
    await expect(visit.log).not_to_contain_text("My tent leaks a lot")


async def choose(visit: Visit, message: Locator, entry: str) -> None:
    """Opens a message's menu and picks one entry, with the keyboard."""
    await message.locator(".more").focus()
    await visit.page.keyboard.press("Enter")
    for _ in range(8):
        if await visit.page.get_by_role("menuitem", name=entry, exact=True).evaluate(
            "node => node === document.activeElement"
        ):
            break
        await visit.page.keyboard.press("ArrowDown")
    await visit.page.keyboard.press("Enter")


async def test_a_photo_is_sent_and_shown(visit: Visit) -> None:
    picture = await visit.page.screenshot(type="png")
    await visit.phone.locator("input[type=file]").set_input_files(
        {"name": "receipt.png", "mimeType": "image/png", "buffer": picture}
    )
    await expect(visit.phone.locator(".target")).to_contain_text("receipt.png")
    await visit.write("my receipt")
    (update,) = await visit.updates()
    assert update.message is not None and update.message.photo
    assert update.message.caption == "my receipt"
    photo = visit.log.get_by_role("img", name="Photo from Alice")
    await expect(photo).to_have_js_property("complete", True)
    assert await photo.evaluate("image => image.naturalWidth") > 0


async def test_a_customer_blocks_the_bot_and_lets_it_back_in(visit: Visit) -> None:
    await visit.phone.get_by_role("button", name="Menu of Alice's phone").click()
    await visit.page.get_by_role("menuitem", name="Block the bot").click()
    await expect(visit.phone).to_contain_text("Alice has blocked the bot.")
    (update,) = await visit.updates()
    assert update.my_chat_member is not None
    assert update.my_chat_member.new_chat_member.status == "kicked"
    await visit.phone.get_by_role("button", name="Unblock the bot").click()
    await expect(visit.phone.get_by_role("textbox")).to_be_focused()


async def test_what_the_sandbox_refuses_is_said_and_the_text_is_kept(visit: Visit) -> None:
    visit.sandbox.person(visit.alice).is_deactivated = True
    await visit.write("is anyone there")
    await expect(visit.page.locator(".toast.error")).to_contain_text("Alice is deactivated")
    await expect(visit.phone.get_by_role("textbox")).to_have_value("is anyone there")
    assert [problem for problem in visit.problems if "400" not in problem] == []
    visit.problems.clear()  # the refusal, which the browser reports by itself


async def test_a_refusal_is_said_in_the_language_of_the_page(visit: Visit) -> None:
    await visit.page.get_by_role("button", name="FR").click()
    visit.sandbox.person(visit.alice).is_deactivated = True
    await visit.write("allô")
    await expect(visit.page.locator(".toast.error")).to_contain_text("est désactivé")
    visit.problems.clear()  # the refusal, which the browser reports by itself


async def photo_of(visit: Visit, where: Locator) -> None:
    picture = await visit.page.screenshot(type="png")
    file = {"name": "receipt.png", "mimeType": "image/png", "buffer": picture}
    await where.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    await expect(where.locator(".target")).to_contain_text("receipt.png")


async def test_a_photo_that_was_refused_is_there_again_with_its_words(visit: Visit) -> None:
    visit.sandbox.person(visit.alice).is_deactivated = True
    await photo_of(visit, visit.phone)
    await visit.write("my receipt")
    await expect(visit.page.locator(".toast.error")).to_be_visible()
    await expect(visit.phone.get_by_role("textbox")).to_have_value("my receipt")
    await expect(visit.phone.locator(".target")).to_contain_text("receipt.png")
    visit.sandbox.person(visit.alice).is_deactivated = False
    await visit.page.keyboard.press("Enter")
    (update,) = await visit.updates()
    assert update.message is not None and update.message.photo
    assert update.message.caption == "my receipt"
    visit.problems.clear()  # the refusal, which the browser reports by itself


async def test_an_edit_leaves_what_was_being_written_as_it_was(visit: Visit) -> None:
    await visit.write("one")
    await visit.updates()
    box, bar = visit.phone.get_by_role("textbox"), visit.phone.locator(".target")
    await photo_of(visit, visit.phone)
    await box.fill("a long draft")
    for leave in ("Escape", "Enter"):
        await choose(visit, visit.log.locator(".message.mine").last, "Edit")
        await expect(box).to_have_value("one")
        await expect(bar).to_contain_text("Edit the message")
        await expect(visit.phone.get_by_role("button", name="Attach a photo")).to_be_disabled()
        await visit.page.keyboard.press(leave)
        await expect(box).to_have_value("a long draft")
        await expect(bar).to_contain_text("receipt.png")
    await box.press("Enter")
    while not (last := (await visit.updates())[-1].message):
        pass
    assert last.photo and last.caption == "a long draft"


async def test_a_photo_may_be_a_reply(visit: Visit) -> None:
    asked = await visit.bot.send_message(visit.alice, "Your receipt?")
    await choose(visit, visit.log.locator(".message", has_text="Your receipt?"), "Reply")
    await photo_of(visit, visit.phone)
    await visit.write("here")
    (update,) = await visit.updates()
    assert update.message is not None and update.message.reply_to_message is not None
    assert update.message.photo and update.message.reply_to_message.id == asked.id


async def test_a_new_case_appears_on_the_right_with_its_messages(visit: Visit) -> None:
    thread = await visit.open_case("#7 Alice")
    brief = "Alice asks for a person"
    claim = InlineKeyboardMarkup([[InlineKeyboardButton("Claim", callback_data="claim:7")]])
    await visit.bot.send_message(visit.group, brief, message_thread_id=thread, reply_markup=claim)
    topics = visit.staff.get_by_role("navigation", name="Topics")
    await expect(topics.get_by_role("button", name=re.compile("#7 Alice"))).to_be_visible()
    await expect(visit.staff.get_by_role("log")).to_contain_text(brief)
    await visit.staff.get_by_role("button", name="Claim").press("Enter")
    press = [update for update in await visit.updates() if update.callback_query]
    assert press[0].callback_query is not None
    assert press[0].callback_query.data == "claim:7"


async def test_staff_write_in_a_topic_as_the_chosen_agent(visit: Visit) -> None:
    thread = await visit.open_case("#8 Alice")
    await expect(visit.staff.get_by_role("heading", name="#8 Alice")).to_be_visible()
    await visit.updates()
    await visit.page.get_by_label("I am").select_option(label="Karim")
    box = visit.staff.get_by_role("textbox", name="Write as Karim")
    await box.focus()
    await visit.page.keyboard.type("I take this one")
    await visit.page.keyboard.press("Enter")
    (update,) = await visit.updates()
    assert update.message is not None and update.message.from_user is not None
    assert update.message.from_user.first_name == "Karim"
    assert update.message.message_thread_id == thread


async def test_what_the_bot_tells_an_agent_in_private_is_seen_as_that_agent(visit: Visit) -> None:
    karim = next(p for p in visit.sandbox.world.users.values() if p.first_name == "Karim")
    entry = visit.staff.get_by_role("button", name=re.compile("Sandbox, in private"))
    await visit.sandbox.person(karim.id).starts()
    await visit.bot.send_message(karim.id, "#7 is overdue", reply_markup=helped())
    await expect(entry).to_have_count(0)
    await visit.page.get_by_label("I am").select_option(label="Karim ●")
    dot = visit.page.locator("#pane-tabs button[value=customers] .dot")
    assert await dot.get_attribute("hidden") is not None, "an agent is no customer"
    await entry.click()
    await expect(visit.staff.get_by_role("log")).to_contain_text("#7 is overdue")
    await expect(visit.page.get_by_label("I am").locator("option:checked")).to_have_text("Karim")
    await visit.updates()
    await visit.staff.get_by_role("button", name="That helped").click()
    (press,) = await visit.updates()
    assert press.callback_query is not None and press.callback_query.from_user.id == karim.id
    await visit.page.get_by_label("I am").select_option(label="Sophie")
    await expect(visit.staff.get_by_role("heading", name="General")).to_be_visible()


async def test_a_topic_elsewhere_is_marked_unread_until_it_is_opened(visit: Visit) -> None:
    first = await visit.open_case("#1 first")
    await visit.staff.get_by_role("button", name=re.compile("General")).click()
    await visit.bot.send_message(visit.group, "news", message_thread_id=first)
    entry = visit.staff.get_by_role("button", name=re.compile("#1 first.*new messages"))
    await entry.click()
    await expect(entry).to_have_count(0)
    await expect(visit.staff.get_by_role("log")).to_contain_text("news")


async def test_a_topic_is_closed_reopened_and_deleted_from_its_menu(visit: Visit) -> None:
    await visit.open_case("#9 gone")
    menu = visit.staff.get_by_role("button", name="Menu of the topic #9 gone")
    entry = visit.staff.get_by_role("navigation").get_by_role("button", name=re.compile("#9"))
    await menu.click()
    await visit.page.get_by_role("menuitem", name="Close the topic").click()
    await expect(entry).to_contain_text("closed")
    await menu.click()
    await visit.page.get_by_role("menuitem", name="Reopen the topic").click()
    await expect(entry).not_to_contain_text("closed")
    await menu.click()
    await visit.page.get_by_role("menuitem", name="Delete the topic").click()
    await expect(entry).to_have_count(0)


async def test_a_member_is_not_offered_what_only_administrators_may(visit: Visit) -> None:
    lea = visit.sandbox.add_person("Léa")
    await lea.joins(visit.sandbox.world.chats[visit.group])
    thread = await visit.open_case("#9 over")
    await expect(visit.staff.get_by_role("heading", name="#9 over")).to_be_visible()
    menu = visit.staff.get_by_role("button", name="Menu of the topic #9 over")
    await expect(menu).to_be_visible()
    await visit.page.get_by_label("I am").select_option(label="Léa")
    await expect(menu).to_be_hidden()
    box = visit.staff.get_by_role("textbox")
    await box.fill("half a sentence")
    await visit.bot.close_forum_topic(visit.group, thread)
    await expect(box).to_be_hidden()
    await expect(visit.staff).to_contain_text("only an administrator can write")
    assert await visit.staff.evaluate("pane => pane.contains(document.activeElement)")
    await visit.bot.reopen_forum_topic(visit.group, thread)
    await expect(box).to_have_value("half a sentence")
    await expect(box).to_be_focused()


async def test_a_phone_has_the_commands_in_its_own_language(visit: Visit) -> None:
    scope = BotCommandScopeAllPrivateChats()
    await visit.bot.set_my_commands([("person", "Talk to a person")], scope=scope)
    await visit.bot.set_my_commands(
        [("personne", "Parler à qui?")], scope=scope, language_code="fr"
    )
    await visit.page.reload()
    await visit.phone.get_by_role("button", name="Menu of Alice's phone").click()
    entry = visit.page.get_by_role("menuitem", name="/personne: Parler à qui?")
    await expect(entry).to_have_text("/personne")
    await entry.click()
    (update,) = await visit.updates()
    assert update.message is not None and update.message.text == "/personne"


async def test_a_new_customer_gets_a_phone(visit: Visit) -> None:
    await visit.page.get_by_role("button", name="New customer").press("Enter")
    await visit.page.keyboard.type("Zoé <b>")
    await visit.page.keyboard.press("Enter")
    phone = visit.page.get_by_role("article", name="Zoé <b>'s phone")
    await expect(phone.get_by_role("textbox")).to_be_focused()
    await phone.get_by_role("button", name="Start").press("Enter")
    (update,) = await visit.updates()
    assert update.message is not None and update.message.from_user is not None
    assert update.message.text == "/start"
    assert update.message.from_user.first_name == "Zoé <b>"


async def test_the_language_switch_changes_the_words_and_is_remembered(visit: Visit) -> None:
    html = visit.page.locator("html")
    await expect(html).to_have_attribute("lang", "en")
    await expect(visit.page.get_by_role("heading", name="Customers")).to_be_visible()
    await visit.page.get_by_role("button", name="FR").press("Enter")
    await expect(html).to_have_attribute("lang", "fr")
    await expect(visit.page.get_by_role("heading", name="Clients")).to_be_visible()
    await expect(visit.phone.get_by_role("textbox", name=re.compile("Écrire à"))).to_be_visible()
    await visit.page.reload()
    await expect(visit.page.get_by_role("heading", name="Groupe de l’équipe")).to_be_visible()


async def test_both_languages_have_every_word(visit: Visit) -> None:
    missing = await visit.page.evaluate(
        """async () => {
          const { WORDS } = await import("/page.words.js");
          const blanks = (text) => text.match(/\\{\\w+\\}/g)?.sort().join() ?? "";
          const keys = new Set([...Object.keys(WORDS.en), ...Object.keys(WORDS.fr)]);
          return [...keys].filter((key) => !WORDS.en[key] || !WORDS.fr[key]
            || blanks(WORDS.en[key]) !== blanks(WORDS.fr[key]));
        }"""
    )
    assert missing == []


async def test_every_control_has_a_name(visit: Visit) -> None:
    await visit.bot.send_message(visit.alice, "Hello", reply_markup=helped())
    await visit.open_case("#10 names")
    await expect(visit.staff.get_by_role("heading", name="#10 names")).to_be_visible()
    await expect(visit.log).to_contain_text("Hello")
    await visit.log.locator(".more").last.click()
    await expect(visit.page.get_by_role("menu")).to_be_visible()
    devtools = await visit.page.context.new_cdp_session(visit.page)
    tree = await devtools.send("Accessibility.getFullAXTree")
    shown = [node for node in tree["nodes"] if not node.get("ignored")]
    controls = [node for node in shown if node.get("role", {}).get("value") in NAMED_ROLES]
    roles = {node["role"]["value"] for node in controls}
    assert roles >= {"button", "textbox", "combobox", "menuitem", "log"}
    assert [node for node in controls if not node.get("name", {}).get("value", "").strip()] == []


async def test_at_360_pixels_one_pane_shows_at_a_time_and_nothing_overflows(visit: Visit) -> None:
    await visit.page.set_viewport_size({"width": 360, "height": 700})
    await expect(visit.staff).to_be_hidden()
    await visit.write("from a small screen")
    await expect(visit.log).to_contain_text("from a small screen")
    await visit.bot.send_message(visit.group, "board")
    await visit.page.get_by_role("button", name=re.compile("^Staff group")).press("Enter")
    await expect(visit.staff.get_by_role("log")).to_contain_text("board")
    await expect(visit.phone).to_be_hidden()
    assert await visit.page.evaluate("document.documentElement.scrollWidth") == 360


async def test_on_a_narrow_screen_what_the_other_pane_got_is_marked_until_it_is_shown(
    visit: Visit,
) -> None:
    await visit.page.set_viewport_size({"width": 420, "height": 800})
    await expect(visit.staff).to_be_hidden()
    thread = await visit.open_case("#1 Alice")
    await visit.bot.send_message(visit.group, "brief", message_thread_id=thread)
    staff = visit.page.get_by_role("button", name="Staff group new messages", exact=True)
    await staff.press("Enter")
    await expect(visit.staff.get_by_role("log")).to_contain_text("brief")
    await expect(staff).to_have_count(0)
    await visit.bot.send_message(visit.alice, "answer")
    customers = visit.page.get_by_role("button", name="Customers new messages", exact=True)
    await customers.press("Enter")
    await expect(visit.log).to_contain_text("answer")
    await expect(customers).to_have_count(0)


async def phones_shown(visit: Visit, *others: str) -> Locator:
    """The phones on a page that has these customers beside Alice."""
    for name in others:
        visit.sandbox.add_person(name, language_code="en")
    await visit.page.reload()
    await expect(visit.phone).to_be_visible()
    return visit.page.locator("#phones > .phone")


async def test_who_writes_makes_no_other_phone_vanish(visit: Visit) -> None:
    phones = await phones_shown(visit, "Jack", "Zoé")
    await expect(phones).to_have_count(2)  # of three
    await visit.write("merci")
    await expect(visit.log).to_contain_text("merci")
    await expect(phones).to_have_count(2)


LOW = [(720, 450), (683, 384), (640, 360), (844, 390), (320, 256)]
"""What zoom at 200 or 400 %, or a telephone held sideways, leaves of a screen."""


@pytest.mark.parametrize(("width", "height"), LOW)
async def test_on_a_low_screen_everything_is_reached_by_scrolling(
    visit: Visit, width: int, height: int
) -> None:
    await visit.page.set_viewport_size({"width": width, "height": height})
    for place in (visit.phone, visit.staff.locator(".desk")):
        if await place.is_hidden():
            await visit.page.get_by_role("button", name=re.compile("^Staff group")).click()
        await visit.page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
        box, log = place.get_by_role("textbox"), place.get_by_role("log")
        assert await box.evaluate(
            """box => {
              const { x, y, width, height } = box.getBoundingClientRect();
              return document.elementFromPoint(x + width / 2, y + height / 2) === box;
            }"""
        ), "what is written in stands on the screen, and nothing lies over it"
        assert await log.evaluate("log => log.clientHeight >= 80"), "so does what is read"
    assert await visit.page.evaluate("document.documentElement.scrollWidth") == width


async def test_what_staff_read_is_marked_as_being_in_their_language(visit: Visit) -> None:
    for person in visit.sandbox.world.users.values():
        if person.first_name in ("Sophie", "Karim"):
            person.language_code = "fr"
    await visit.page.reload()
    await visit.bot.send_message(visit.group, "Tableau", reply_markup=helped())
    log = visit.staff.get_by_role("log")
    await expect(visit.page.locator("html")).to_have_attribute("lang", "en")
    await expect(log.locator(".text").last).to_have_attribute("lang", "fr")
    await expect(log.get_by_role("button", name="That helped")).to_have_attribute("lang", "fr")


CONTRAST = """box => {
  const light = (colour) => {
    const parts = colour.match(/[\\d.]+/g).slice(0, 3).map((part) => part / 255);
    const [r, g, b] = parts.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const hint = light(getComputedStyle(box, "::placeholder").color);
  const paper = light(getComputedStyle(box).backgroundColor);
  return (Math.max(hint, paper) + 0.05) / (Math.min(hint, paper) + 0.05);
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_hint_in_an_empty_text_box_is_read_in_light_and_dark(
    visit: Visit, scheme: Literal["light", "dark"]
) -> None:
    await visit.page.emulate_media(color_scheme=scheme)
    assert await visit.phone.get_by_role("textbox").evaluate(CONTRAST) >= 4.5


@pytest.mark.parametrize("width", [390, 900, 1000, 1100, 1280])
async def test_heads_keep_their_height_whatever_the_names(visit: Visit, width: int) -> None:
    long = "Marie-Philomène de la Gorgendière-Taschereau"
    visit.sandbox.world.users[visit.alice].first_name = long
    await visit.page.set_viewport_size({"width": width, "height": 800})
    await phones_shown(visit, long)
    heads = visit.page.locator(".pane-head:visible, .phone-head:visible")
    assert await heads.count() >= 2
    for head in await heads.all():
        assert await head.evaluate("head => head.offsetHeight <= 64")
        assert await head.evaluate("head => head.scrollWidth <= head.clientWidth")
    assert await visit.page.evaluate("document.documentElement.scrollWidth") == width


async def test_on_a_narrow_screen_a_toast_covers_no_control(visit: Visit) -> None:
    await visit.page.set_viewport_size({"width": 390, "height": 844})
    await visit.bot.send_message(visit.alice, "Two to four days.", reply_markup=helped())
    visit.sandbox.person(visit.alice).is_deactivated = True
    await visit.write("x")
    await expect(visit.page.locator(".toast.error")).to_be_visible()
    covered = await visit.page.evaluate(
        """() => {
          const toast = document.querySelector(".toast").getBoundingClientRect();
          const controls = document.querySelectorAll("button, select, textarea");
          const under = (node) => {
            const { top, bottom, height } = node.getBoundingClientRect();
            return height && bottom > toast.top && top < toast.bottom;
          };
          return [...controls].filter((node) => !node.closest(".toast") && under(node))
            .map((node) => node.textContent);
        }"""
    )
    assert covered == []
    visit.problems.clear()  # the refusal, which the browser reports by itself


async def test_a_toast_covers_no_tab_and_stays_while_it_is_read(visit: Visit) -> None:
    await visit.page.set_viewport_size({"width": 420, "height": 800})
    await visit.page.clock.install()
    await visit.page.reload()
    await expect(visit.phone).to_be_visible()
    visit.sandbox.person(visit.alice).is_deactivated = True
    await visit.write("x")
    toast = visit.page.locator(".toast.error")
    await toast.hover()
    tabs = await visit.page.locator("#pane-tabs").bounding_box()
    shown = await toast.bounding_box()
    assert tabs and shown and shown["y"] > tabs["y"] + tabs["height"]
    await visit.page.clock.fast_forward(60_000)
    await expect(toast).to_be_visible()
    await visit.page.get_by_role("button", name="Dismiss").focus()
    await visit.page.mouse.move(1, 1)
    await visit.page.clock.fast_forward(60_000)
    await expect(toast).to_be_visible()
    await visit.phone.get_by_role("textbox").focus()
    await visit.page.clock.fast_forward(1000)
    await visit.page.clock.fast_forward(60_000)
    await expect(toast).to_have_count(0)
    visit.problems.clear()  # the refusal, which the browser reports by itself


async def test_a_time_of_another_day_says_which(visit: Visit) -> None:
    now = await visit.page.evaluate("new Date(2026, 2, 4, 0, 30).getTime()")  # a Wednesday
    await visit.page.clock.set_fixed_time(now / 1000)
    said = await visit.page.evaluate(
        """async () => {
          const { Words } = await import("/page.words.js");
          const words = new Words();
          const at = (day, hour) => words.time(new Date(2026, 2, day, hour, 5).getTime() / 1000);
          const english = [at(4, 0), at(3, 23), at(2, 9), at(-3, 9)];
          words.language = "fr";
          return [...english, at(3, 23)];
        }"""
    )
    today, yesterday, before, long_ago, french = (text.replace("\u202f", " ") for text in said)
    assert not today.startswith(("Tue", "Wed")) and "12:05" in today
    assert yesterday.startswith("Tue") and "11:05" in yesterday
    assert before.startswith("Mon") and re.search("Feb.* 25", long_ago)
    assert french.startswith("mar")


async def test_french_elides_before_a_name(visit: Visit) -> None:
    phones = await visit.page.evaluate(
        """async () => {
          const { Words } = await import("/page.words.js");
          const words = new Words();
          words.language = "fr";
          const names = ["Olivier", "Élise", "Yves", "Camille", "Yasmine", "Çelik"];
          const phones = names.map((name) => words.say("phone_of", { name }));
          return [...phones, words.say("answer_from_bot", { bot: "Aide" })];
        }"""
    )
    whose = ["d’Olivier", "d’Élise", "d’Yves", "de Camille", "de Yasmine", "de Çelik"]
    assert phones == [*(f"Téléphone {name}" for name in whose), "D’Aide"]


async def test_a_line_that_was_cut_without_news_reads_nothing_out_again(visit: Visit) -> None:
    await visit.bot.send_message(visit.alice, "First", reply_markup=helped())
    await visit.sandbox.person(visit.alice).reacts(visit.sandbox.history(visit.alice)[-1], "👍")
    await expect(visit.log.get_by_role("button", name="👍 from 1")).to_be_visible()
    before = [await one.element_handle() for one in await visit.log.locator(".message").all()]
    visit.sandbox.world.changes.close()
    async with visit.page.expect_response("**/sandbox/state"):
        pass
    await visit.bot.send_message(visit.alice, "Second")
    await expect(visit.log).to_contain_text("Second")
    for message in before:
        assert message is not None and await message.evaluate("node => node.isConnected")


async def test_a_page_that_was_open_while_the_demo_started_anew_begins_anew(visit: Visit) -> None:
    port = int(visit.sandbox.page_url.rstrip("/").rpartition(":")[2])
    await visit.phone.get_by_role("textbox").fill("begun before")
    await visit.sandbox.stop()
    async with Sandbox(port) as anew:
        anew.add_person("Zoé", language_code="fr", id=visit.alice)
        await expect(visit.page.get_by_role("article", name="Zoé's phone")).to_be_visible()
        await expect(visit.phone.get_by_role("textbox")).to_have_value("")
    visit.problems.clear()  # the refused connections, which the browser reports by itself


async def test_a_page_whose_line_was_cut_shows_what_it_missed(visit: Visit) -> None:
    await visit.sandbox.stop()
    await expect(visit.page.locator("#connection")).to_contain_text("Connection lost")
    await visit.sandbox.person(visit.alice).says("said meanwhile")
    await visit.sandbox.start()
    await expect(visit.log).to_contain_text("said meanwhile")
    await expect(visit.page.locator("#connection")).to_have_text("Live")
    visit.problems.clear()  # the refused connections, which the browser reports by itself
