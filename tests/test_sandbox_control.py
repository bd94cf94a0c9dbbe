"""The sandbox's page routes: state, live events, acts by name, and nobody else's page."""

from __future__ import annotations

import asyncio
import base64
import json
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientSession
from telegram import (
    BotCommandScopeAllPrivateChats,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
)
from telegram.error import Forbidden, RetryAfter

from bot.sandbox import refusals

from .loopback import PNG, Town, open_town

CHOICE = InlineKeyboardMarkup([[InlineKeyboardButton("Yes", callback_data="y")]])


@pytest.fixture
async def http(town: Town) -> AsyncIterator[ClientSession]:
    async with ClientSession(base_url=town.sandbox.page_url) as session:
        yield session


class Desk:
    """Acts by name over HTTP."""

    def __init__(self, http: ClientSession) -> None:
        self.http = http

    async def act(self, do: str, **deed: Any) -> Any:
        deed = {name.rstrip("_"): value for name, value in deed.items()}
        async with self.http.post("/sandbox/act", json={"do": do, **deed}) as answer:
            body = await answer.json()
        assert body["ok"], body
        return body["result"]

    async def fails(self, do: str, **deed: Any) -> str:
        deed = {name.rstrip("_"): value for name, value in deed.items()}
        async with self.http.post("/sandbox/act", json={"do": do, **deed}) as answer:
            body = await answer.json()
            assert answer.status == 400 and body["ok"] is False
            sentence: str = body["error"]
            return sentence

    async def state(self) -> dict[str, Any]:
        async with self.http.get("/sandbox/state") as answer:
            state: dict[str, Any] = await answer.json()
            return state


@pytest.fixture
def desk(http: ClientSession) -> Desk:
    return Desk(http)


async def test_the_state_shows_people_chats_topics_and_messages(town: Town, desk: Desk) -> None:
    thread = await town.topic("Case 3")
    sent = await town.bot.send_message(town.alice.id, "Hello?", reply_markup=CHOICE)
    await town.bot.set_my_commands([("start", "Begin")])
    await town.alice.reacts(town.sandbox.history(town.alice)[-1], "👍")
    await town.alice.deletes(town.sandbox.history(town.alice)[0])
    town.sandbox.suggestions = {"fr": ["Où est ma commande?"]}
    state = await desk.state()
    assert state["bot"]["id"] == town.sandbox.bot.id
    people = {person["first_name"]: person for person in state["people"]}
    assert people["Alice"]["roles"] == ["customer"] and people["Bob"]["roles"] == ["staff"]
    assert people["Alice"]["language_code"] == "fr" and people["Alice"]["blocked"] is False
    staff = next(chat for chat in state["chats"] if chat["id"] == town.staff.id)
    bob = next(member for member in staff["members"] if member["id"] == town.bob.id)
    assert staff["is_forum"] and bob["status"] == "administrator" and bob["manages_topics"]
    assert staff["topics"][0]["id"] == thread and staff["topics"][0]["name"] == "Case 3"
    shown = [m for m in state["messages"] if m["chat"]["id"] == town.alice.id]
    assert [m["deleted"] for m in shown] == [True, False]
    assert shown[1]["message_id"] == sent.message_id and shown[1]["reply_markup"]
    assert shown[1]["reactions"] == [{"emoji": "👍", "user_id": town.alice.id}]
    assert state["commands"] == {"": [{"command": "start", "description": "Begin"}]}
    assert state["suggestions"] == {"fr": ["Où est ma commande?"]}


async def test_commands_for_private_chats_go_before_those_for_everywhere(
    town: Town, desk: Desk
) -> None:
    await town.bot.set_my_commands([("start", "Anywhere")])
    await town.bot.set_my_commands([("debut", "Partout")], language_code="fr")
    private = BotCommandScopeAllPrivateChats()
    await town.bot.set_my_commands([("person", "A person")], scope=private, language_code="en")
    names = {k: v[0]["command"] for k, v in (await desk.state())["commands"].items()}
    assert names == {"": "start", "fr": "debut", "en": "person"}
    await town.bot.set_my_commands([("help", "Help")], scope=private)
    names = {k: v[0]["command"] for k, v in (await desk.state())["commands"].items()}
    assert names == {"": "help", "en": "person"}


async def test_each_run_is_another_world(desk: Desk) -> None:
    async with open_town() as other, ClientSession(base_url=other.sandbox.page_url) as http:
        there = (await Desk(http).state())["world"]
        assert there == (await Desk(http).state())["world"] != (await desk.state())["world"]


async def test_a_refusal_is_said_in_the_language_of_the_page(
    town: Town, http: ClientSession
) -> None:
    town.alice.is_deactivated = True
    said = {}
    for language in ("fr", "en", "de"):
        deed = {"do": "say", "as": town.alice.id, "text": "x"}
        header = {"Accept-Language": language}
        async with http.post("/sandbox/act", json=deed, headers=header) as answer:
            said[language] = (await answer.json())["error"]
    assert said["fr"] == "Le compte de Alice est désactivé."
    assert said["en"] == said["de"] == "The account of Alice is deactivated."
    blanks = {
        language: {why: sorted(re.findall(r"{\w+}", text)) for why, text in words.items()}
        for language, words in refusals._WORDS.items()
    }
    assert blanks["fr"] == blanks["en"]


async def test_every_change_is_an_event(town: Town, http: ClientSession) -> None:
    seen: list[dict[str, Any]] = []
    async with http.get("/sandbox/events") as stream:
        assert stream.content_type == "text/event-stream"
        await stream.content.readuntil(b"\n\n")

        said = await town.alice.says("helo")
        await town.alice.edits(said, "hello")
        await town.bot.send_chat_action(town.alice.id, "typing")
        await town.bot.send_message(town.alice.id, "?", reply_markup=CHOICE)
        id = await town.alice.presses(town.sandbox.history(town.alice)[-1], "Yes")
        await town.bot.answer_callback_query(id, "Good", show_alert=True)
        await town.alice.reacts(said, "👍")
        await town.alice.deletes(said)
        thread = await town.topic()
        await town.bot.close_forum_topic(town.staff.id, thread)
        await town.alice.blocks()
        await town.alice.joins(town.staff)
        async with asyncio.timeout(3):
            while not seen or seen[-1]["kind"] != "chat":
                line = await stream.content.readuntil(b"\n\n")
                seen.append(json.loads(line.removeprefix(b"data: ")))
    first = {event["kind"]: event for event in reversed(seen)}
    assert first["message"]["message"]["text"] == "helo"
    assert first["message"]["message"]["deleted"] is False
    assert first["edited"]["message"]["text"] == "hello"
    assert first["action"]["chat_id"] == town.alice.id
    assert first["alert"] == {
        "kind": "alert",
        "user_id": town.alice.id,
        "text": "Good",
        "show_alert": True,
    }
    assert first["reaction"]["reactions"] == [{"emoji": "👍", "user_id": town.alice.id}]
    assert first["deleted"]["message_id"] == said.id
    assert [e["topic"]["closed"] for e in seen if e["kind"] == "topic"] == [False, True]
    assert first["person"]["person"]["blocked"] is True
    assert first["chat"]["chat"]["id"] == town.staff.id


async def test_a_page_acts_as_people(town: Town, desk: Desk) -> None:
    new = await desk.act("person", first_name="Zoé", language_code="fr")
    me = {"as_": new["id"]}
    await desk.act("start", **me, payload="promo")
    said = await desk.act("say", **me, chat=new["id"], text="Bonjour")
    place = {"chat": new["id"], "message_id": said["message_id"]}
    await desk.act("edit", **me, **place, text="Bonsoir")
    await desk.act("react", **me, **place, emoji="👍")
    await desk.act("say", **me, chat=new["id"], text="et", reply_to=said["message_id"])
    data = base64.b64encode(PNG).decode()
    photo = await desk.act("photo", **me, chat=new["id"], data_base64=data, caption="zip")
    await desk.act("document", **me, chat=new["id"], data_base64=data, name="a.png")
    await desk.act("voice", **me, chat=new["id"], data_base64=data)
    album = await desk.act("album", **me, chat=new["id"], photos_base64=[data, data])
    assert len({message["media_group_id"] for message in album}) == 1
    await desk.act("delete", **me, **place)
    sent = await town.bot.send_message(new["id"], "?", reply_markup=CHOICE)
    await desk.act("press", **me, chat=new["id"], message_id=sent.message_id, data="y")
    await desk.act("block", **me)
    await desk.act("unblock", **me)
    updates = await town.updates()
    assert [update.effective_user.id for update in updates if update.effective_user] == [
        new["id"]
    ] * len(updates)
    assert len(updates) == 12  # neither the reaction, not asked for, nor the deletion
    async with desk.http.get(f"/sandbox/file/{photo['photo'][-1]['file_id']}") as answer:
        assert await answer.read() == PNG and answer.content_type == "image/png"


async def test_a_page_changes_the_staff_group(town: Town, desk: Desk) -> None:
    thread = await town.topic()
    place = {"as_": town.bob.id, "chat": town.staff.id, "thread": thread}
    await desk.act("say", **place, text="on it")
    await desk.act("close_topic", **place)
    assert town.staff.topics[thread].closed
    await desk.act("reopen_topic", **place)
    await desk.act("delete_topic", **place)
    assert town.staff.topics[thread].deleted
    await desk.act("demote_bot", chat=town.staff.id)
    await desk.act("promote_bot", chat=town.staff.id)
    new = await desk.act("upgrade_group", chat=town.staff.id)
    assert new["id"] != town.staff.id and town.staff.migrated_to == new["id"]
    statuses = [
        u.my_chat_member.new_chat_member.status for u in await town.updates() if u.my_chat_member
    ]
    assert statuses == ["member", "administrator"]


async def test_a_page_switches_limits_and_faults(town: Town, desk: Desk) -> None:
    await desk.act("limits", enabled=True)
    with pytest.raises(RetryAfter):
        for _ in range(5):
            await town.message()
    await desk.act("limits", enabled=False)
    await desk.act("fault", method="sendMessage", code=403)
    with pytest.raises(Forbidden):
        await town.message()
    await town.message()


async def test_what_cannot_be_done_is_said_in_a_sentence(town: Town, desk: Desk) -> None:
    assert "not a member" in await desk.fails(
        "say", as_=town.alice.id, chat=town.staff.id, text="x"
    )
    assert "no such person" in await desk.fails("say", as_=1, text="x")
    assert "no such chat" in await desk.fails("edit", as_=town.alice.id, chat=5, message_id=1)
    assert "not there" in await desk.fails(
        "press", as_=town.alice.id, chat=town.alice.id, message_id=999, data="y"
    )
    assert "Nobody can do" in await desk.fails("fly")
    assert "cannot be understood" in await desk.fails("say", as_=town.alice.id)
    assert "cannot be understood" in await desk.fails("fault", colour="red")
    assert "Only an administrator" in await desk.fails(
        "delete_topic", as_=town.alice.id, chat=town.staff.id, thread=await town.topic()
    )


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("POST", "/sandbox/act", {"Origin": "http://evil.example"}),
        ("POST", "/sandbox/act", {"Host": "evil.example"}),
        ("POST", "/sandbox/act", {"Origin": "null"}),
        ("GET", "/sandbox/state", {"Host": "evil.example:80"}),
        ("GET", "/sandbox/events", {"Origin": "https://evil.example"}),
    ],
)
async def test_a_foreign_page_is_turned_away(
    town: Town, http: ClientSession, method: str, path: str, headers: dict[str, str]
) -> None:
    body = json.dumps({"do": "person", "first_name": "Eve"})
    headers = {"Content-Type": "application/json", **headers}
    async with http.request(method, path, data=body, headers=headers) as answer:
        assert answer.status == 403
    assert "Eve" not in [user.first_name for user in town.sandbox.world.users.values()]


async def test_acts_are_json_only(town: Town, http: ClientSession) -> None:
    body = json.dumps({"do": "person", "first_name": "Eve"})
    for kind in ("text/plain", "application/x-www-form-urlencoded"):
        async with http.post("/sandbox/act", data=body, headers={"Content-Type": kind}) as answer:
            assert answer.status == 415
    assert "Eve" not in [user.first_name for user in town.sandbox.world.users.values()]


async def test_the_page_is_served_strictly_and_nothing_beside_it(http: ClientSession) -> None:
    kinds = {"/": "text/html", "/page.js": "text/javascript", "/page.css": "text/css"}
    for path, kind in kinds.items():
        async with http.get(path) as answer:
            assert (answer.status, answer.content_type) == (200, kind)
            assert (
                "default-src 'self'; img-src 'self' data: blob:"
                in (answer.headers["Content-Security-Policy"])
            )
    for path in ("/sandbox.py", "/page.py", "/page/../world.py", "/..%2fapp.py", "/nothing"):
        async with http.get(path) as answer:
            assert answer.status == 404


async def test_a_file_that_is_no_picture_is_never_shown_as_a_page(
    town: Town, http: ClientSession
) -> None:
    said = await town.alice.sends_document(b"<script>alert(1)</script>", "page.html")
    async with http.get(f"/sandbox/file/{said.wire['document']['file_id']}") as answer:
        assert answer.content_type == "application/octet-stream"
        assert answer.headers["Content-Disposition"] == "attachment"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
