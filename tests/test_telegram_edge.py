"""Effects are performed as asked, and what became of them is never claimed wrongly."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation import Person
from bot.effects import (
    AnswerPress,
    Button,
    CloseTopic,
    Copy,
    CreateTopic,
    EditButtons,
    EditText,
    Effect,
    NotSent,
    Outcome,
    React,
    Refusal,
    Refused,
    ReopenTopic,
    SendText,
    Sent,
    TakeBack,
    Unsure,
)
from bot.errors import TelegramError, TwoInstances
from bot.parts import parts, units, without_tags
from bot.telegram.edge import TelegramEdge
from bot.telegram.outcome import Unreachable
from bot.telegram.parse import HEARD
from tests.scripted_server import (
    TOKEN,
    Answer,
    Server,
    cut,
    cut_midway,
    fine,
    never,
    refusal,
    result,
)

pytestmark = pytest.mark.filterwarnings("ignore:.*retry_after:DeprecationWarning")

CUSTOMER, GROUP = 7, -1001
ME = {"id": 1, "is_bot": True, "first_name": "Boréal", "username": "boreal_bot"}
HELLO = SendText(CUSTOMER, "hello")


def message(message_id: int) -> dict[str, object]:
    return {"message_id": message_id, "date": 1, "chat": {"id": CUSTOMER, "type": "private"}}


def answering(response: object) -> Answer:
    async def answer(_: web.Request) -> web.StreamResponse:
        return result(response)

    return answer


def refusing(code: int, description: str, **parameters: int) -> Answer:
    async def answer(_: web.Request) -> web.StreamResponse:
        return refusal(code, description, **parameters)

    return answer


def one_after_another(*answers: Answer) -> Answer:
    left = list(answers)

    async def answer(request: web.Request) -> web.StreamResponse:
        return await left.pop(0)(request)

    return answer


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with Server() as running:
        running.answers = {
            "getMe": answering(ME),
            "sendMessage": answering(message(11)),
            "editMessageText": answering(message(11)),
            "copyMessage": answering({"message_id": 12}),
            "copyMessages": answering([{"message_id": 13}, {"message_id": 14}]),
            "createForumTopic": answering(
                {"message_thread_id": 77, "name": "case", "icon_color": 7322096}
            ),
        }
        yield running


@pytest.fixture
async def edge(server: Server) -> AsyncIterator[TelegramEdge]:
    started = TelegramEdge(TOKEN, base_url=server.base_url, read_timeout=0.3)
    await started.start()
    yield started
    await started.stop()


# --------------------------------------------------------------------------------- done as asked


async def test_a_text_goes_out_plain_without_preview(server: Server, edge: TelegramEdge) -> None:
    effect = SendText(
        GROUP, "<b> & 'x'", buttons=((Button("Claim", "c1"),),), thread_id=5, reply_to=3
    )
    assert await edge.perform(effect) == Sent((11,))
    [sent] = server.calls("sendMessage")
    assert sent["text"] == "<b> & 'x'"
    assert sent["message_thread_id"] == "5"
    assert "parse_mode" not in sent
    assert json.loads(sent["link_preview_options"]) == {"is_disabled": True}
    assert json.loads(sent["reply_parameters"]) == {
        "message_id": 3,
        "allow_sending_without_reply": True,
    }
    assert json.loads(sent["reply_markup"]) == {
        "inline_keyboard": [[{"text": "Claim", "callback_data": "c1"}]]
    }


async def test_a_long_text_goes_in_parts_with_the_buttons_under_the_last(
    server: Server, edge: TelegramEdge
) -> None:
    server.answers["sendMessage"] = one_after_another(
        answering(message(1)), answering(message(2)), answering(message(3))
    )
    text = "\n\n".join(["word " * 400] * 6)
    effect = SendText(CUSTOMER, text, buttons=((Button("OK", "o"),),), reply_to=9)
    assert await edge.perform(effect) == Sent((1, 2, 3))
    sent = server.calls("sendMessage")
    assert "".join(part["text"] for part in sent) == text
    assert ["reply_markup" in part for part in sent] == [False, False, True]
    assert ["reply_parameters" in part for part in sent] == [True, False, False]


async def test_our_markup_that_telegram_cannot_read_goes_once_more_as_plain_text(
    server: Server, edge: TelegramEdge
) -> None:
    server.answers["sendMessage"] = one_after_another(
        refusing(400, "Bad Request: can't parse entities: Unsupported start tag"),
        answering(message(2)),
    )
    effect = SendText(GROUP, "<b>Léa &amp; Max</b> <odd>", html=True)
    assert await edge.perform(effect) == Sent((2,))
    first, second = server.calls("sendMessage")
    assert first["parse_mode"] == "HTML"
    assert "parse_mode" not in second
    assert second["text"] == "Léa & Max "


async def test_an_edit_too_long_ends_in_an_ellipsis(server: Server, edge: TelegramEdge) -> None:
    assert await edge.perform(EditText(GROUP, 1, "<b>" + "é" * 5000 + "</b>", html=True)) == Sent()
    [sent] = server.calls("editMessageText")
    assert without_tags(sent["text"]) == "é" * 4095 + "…"


async def test_one_message_is_copied_as_a_reply_and_an_album_is_kept_together(
    server: Server, edge: TelegramEdge
) -> None:
    assert await edge.perform(Copy(GROUP, CUSTOMER, (4,), thread_id=5, reply_to=3)) == Sent((12,))
    assert await edge.perform(Copy(GROUP, CUSTOMER, (9, 8), thread_id=5)) == Sent((13, 14))
    [one], [album] = server.calls("copyMessage"), server.calls("copyMessages")
    assert json.loads(one["reply_parameters"])["allow_sending_without_reply"] is True
    assert json.loads(album["message_ids"]) == [8, 9]
    assert album["message_thread_id"] == "5"


async def test_the_new_topics_number_is_told(server: Server, edge: TelegramEdge) -> None:
    assert await edge.perform(CreateTopic(GROUP, "x" * 200)) == Sent((77,))
    [sent] = server.calls("createForumTopic")
    assert len(sent["name"]) == 128


async def test_the_other_effects_arrive_as_asked(server: Server, edge: TelegramEdge) -> None:
    for effect in (
        EditButtons(GROUP, 1),
        React(CUSTOMER, 1, "👍"),
        React(CUSTOMER, 1, None),
        AnswerPress("q", "x" * 300, alert=True),
        CloseTopic(GROUP, 5),
        ReopenTopic(GROUP, 5),
    ):
        assert await edge.perform(effect) == Sent()
    assert "reply_markup" not in server.calls("editMessageReplyMarkup")[0]
    put, taken_back = server.calls("setMessageReaction")
    assert json.loads(put["reaction"]) == [{"type": "emoji", "emoji": "👍"}]
    assert "reaction" not in taken_back
    assert len(server.calls("answerCallbackQuery")[0]["text"]) == 200
    assert server.calls("closeForumTopic") == server.calls("reopenForumTopic")


# ------------------------------------------------------------------------- what became of it


@pytest.mark.parametrize(
    ("effect", "description"),
    [
        (
            EditText(GROUP, 1, "x"),
            "message is not modified: specified new message content and reply markup are exactly "
            "the same as a current content and reply markup of the message",
        ),
        (EditButtons(GROUP, 1), "message is not modified: …"),
        (
            AnswerPress("q"),
            "query is too old and response timeout expired or query ID is invalid",
        ),
        (CloseTopic(GROUP, 5), "TOPIC_NOT_MODIFIED"),
        (TakeBack(CUSTOMER, 5), "message to delete not found"),
        (ReopenTopic(GROUP, 5), "TOPIC_NOT_MODIFIED"),
    ],
)
async def test_what_is_already_so_counts_as_done(
    server: Server, edge: TelegramEdge, effect: Effect, description: str
) -> None:
    server.answers = {}
    server.answer = refusing(400, f"Bad Request: {description}")
    assert await edge.perform(effect) == Sent()


@pytest.mark.parametrize(
    ("chat_id", "code", "description", "refusal"),
    [
        (CUSTOMER, 403, "Forbidden: bot was blocked by the user", Refusal.BLOCKED),
        (CUSTOMER, 403, "Forbidden: user is deactivated", Refusal.BLOCKED),
        (
            CUSTOMER,
            403,
            "Forbidden: bot can't initiate conversation with a user",
            Refusal.BLOCKED,
        ),
        (CUSTOMER, 400, "Bad Request: chat not found", Refusal.BLOCKED),
        (GROUP, 400, "Bad Request: message thread not found", Refusal.TOPIC_GONE),
        (GROUP, 400, "Bad Request: TOPIC_DELETED", Refusal.TOPIC_GONE),
        (GROUP, 400, "Bad Request: TOPIC_ID_INVALID", Refusal.TOPIC_GONE),
        (GROUP, 403, "Forbidden: bot was kicked from the supergroup chat", Refusal.NOT_THERE),
        (GROUP, 403, "Forbidden: bot is not a member of the supergroup chat", Refusal.NOT_THERE),
        (GROUP, 400, "Bad Request: not enough rights to create a topic", Refusal.NO_RIGHTS),
        (GROUP, 400, "Bad Request: CHAT_ADMIN_REQUIRED", Refusal.NO_RIGHTS),
        (GROUP, 400, "Bad Request: the chat is not a forum", Refusal.NO_FORUM),
        (GROUP, 400, "Bad Request: chat not found", Refusal.NOT_THERE),
        (GROUP, 403, "Forbidden: not for you", Refusal.NO_RIGHTS),
        (CUSTOMER, 403, "Forbidden: not for you", Refusal.BLOCKED),
        (CUSTOMER, 400, "Bad Request: the chat is not a forum", Refusal.BLOCKED),
        (GROUP, 400, "Bad Request: REACTION_INVALID", Refusal.NO_REACTION),
        (GROUP, 400, "Bad Request: message to edit not found", Refusal.GONE),
        (GROUP, 400, "Bad Request: message to copy not found", Refusal.GONE),
        (CUSTOMER, 400, "Bad Request: message text is empty", Refusal.BAD_REQUEST),
        (CUSTOMER, 400, "Bad Request: BUTTON_DATA_INVALID", Refusal.BAD_REQUEST),
        (CUSTOMER, 401, "Unauthorized", Refusal.UNAUTHORIZED),
        (CUSTOMER, 404, "Not Found", Refusal.UNAUTHORIZED),
    ],
)
async def test_a_refusal_is_final_and_named(
    server: Server,
    edge: TelegramEdge,
    chat_id: int,
    code: int,
    description: str,
    refusal: Refusal,
) -> None:
    server.answers["sendMessage"] = refusing(code, description)
    became = await edge.perform(SendText(chat_id, "hello", thread_id=5))
    assert isinstance(became, Refused)
    assert became.refusal is refusal
    assert len(server.calls("sendMessage")) == 1


async def test_a_group_that_moved_names_its_new_address(server: Server, edge: TelegramEdge) -> None:
    server.answers["sendMessage"] = refusing(
        400,
        "Bad Request: group chat was upgraded to a supergroup chat",
        migrate_to_chat_id=-100999,
    )
    became = await edge.perform(SendText(GROUP, "hello"))
    assert isinstance(became, Refused)
    assert (became.refusal, became.new_chat_id) == (Refusal.MOVED, -100999)


async def test_too_many_requests_was_not_sent_and_says_when_to_come_back(
    server: Server, edge: TelegramEdge
) -> None:
    server.answers["sendMessage"] = refusing(
        429, "Too Many Requests: retry after 17", retry_after=17
    )
    became = await edge.perform(HELLO)
    assert isinstance(became, NotSent)
    assert became.retry_after == 17


async def test_too_many_requests_from_a_proxy_was_not_sent_either(
    server: Server, edge: TelegramEdge
) -> None:
    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(status=429, text="<html>slow down</html>")

    server.answers["sendMessage"] = answer
    assert isinstance(await edge.perform(HELLO), NotSent)


async def test_a_refused_connection_was_not_sent(server: Server, edge: TelegramEdge) -> None:
    await server.__aexit__()
    await asyncio.sleep(0.05)  # until the client has seen its idle connection close
    assert isinstance(await edge.perform(HELLO), NotSent)


async def bad_gateway(_: web.Request) -> web.StreamResponse:
    return web.Response(status=502, text="<html>Bad Gateway</html>")


async def garbled(_: web.Request) -> web.StreamResponse:
    return web.Response(text='{"ok": true, "resu')


async def not_ours(_: web.Request) -> web.StreamResponse:
    return web.json_response({"hello": "world"})


async def not_a_message(_: web.Request) -> web.StreamResponse:
    return result({"surprise": True})


@pytest.mark.parametrize(
    "answer",
    [
        cut,
        cut_midway,
        never,
        garbled,
        not_ours,
        not_a_message,
        bad_gateway,
        refusing(500, "Internal Server Error"),
        refusing(503, "Service Unavailable"),
    ],
)
@pytest.mark.parametrize("effect", [HELLO, CreateTopic(GROUP, "case"), Copy(7, GROUP, (1,))])
async def test_what_may_have_arrived_is_unsure_and_is_not_repeated(
    server: Server, edge: TelegramEdge, answer: Answer, effect: Effect
) -> None:
    server.answers, server.seen = {}, []
    server.answer = answer
    became = await edge.perform(effect)
    assert isinstance(became, Unsure)
    assert became.why
    assert len(server.seen) == 1


@pytest.mark.parametrize(
    "second",
    [
        cut,
        refusing(429, "Too Many Requests: retry after 5", retry_after=5),
        refusing(403, "Forbidden: bot was blocked by the user"),
    ],
)
async def test_a_text_of_which_only_a_part_arrived_is_unsure(
    server: Server, edge: TelegramEdge, second: Answer
) -> None:
    server.answers["sendMessage"] = one_after_another(answering(message(1)), second)
    became = await edge.perform(SendText(CUSTOMER, "word " * 1000))
    assert isinstance(became, Unsure)
    assert "part 2 of 2" in became.why


async def test_a_long_text_of_which_nothing_arrived_was_not_sent(
    server: Server, edge: TelegramEdge
) -> None:
    server.answers["sendMessage"] = refusing(429, "Too Many Requests", retry_after=5)
    assert isinstance(await edge.perform(SendText(CUSTOMER, "word " * 1000)), NotSent)
    assert len(server.calls("sendMessage")) == 1


async def test_only_being_cancelled_interrupts_an_effect(
    server: Server, edge: TelegramEdge
) -> None:
    server.answers["sendMessage"] = never
    server.arrived.clear()
    task = asyncio.create_task(edge.perform(HELLO))
    await server.arrived.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_sending_never_waits_for_the_long_poll(server: Server) -> None:
    edge = TelegramEdge(TOKEN, base_url=server.base_url, pool=1)
    await edge.start()
    server.answers["getUpdates"] = never
    poll = asyncio.create_task(edge.fetch(None, 30))
    await asyncio.sleep(0.05)
    became: Outcome = await asyncio.wait_for(edge.perform(HELLO), 2)
    assert became == Sent((11,))
    poll.cancel()
    await asyncio.gather(poll, return_exceptions=True)
    await edge.stop()


# ----------------------------------------------------------------------------------- receiving


async def test_starting_tells_who_we_are(server: Server) -> None:
    edge = TelegramEdge(TOKEN, base_url=server.base_url)
    assert await edge.start() == Person(1, "Boréal", "boreal_bot")
    await edge.stop()


async def test_updates_come_as_telegram_wrote_them(server: Server, edge: TelegramEdge) -> None:
    written = [{"update_id": 5, "message": {"odd": [1, None]}}, {"update_id": 6, "new_kind": 1}]
    server.answers["getUpdates"] = answering(written)
    assert await edge.fetch(5, 25) == written
    [asked] = server.calls("getUpdates")
    assert (asked["offset"], asked["timeout"]) == ("5", "25")
    assert json.loads(asked["allowed_updates"]) == list(HEARD)
    await edge.fetch(None, 0)
    assert "offset" not in server.calls("getUpdates")[1]


async def test_a_long_poll_may_take_its_time(server: Server, edge: TelegramEdge) -> None:
    async def slow(_: web.Request) -> web.StreamResponse:
        await asyncio.sleep(0.6)  # longer than the client waits for other answers
        return result([])

    server.answers["getUpdates"] = slow
    assert await edge.fetch(None, 1) == []


@pytest.mark.parametrize(
    ("description", "named"),
    [
        (
            "Conflict: terminated by other getUpdates request; make sure that only one bot "
            "instance is running",
            "Another process",
        ),
        (
            "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to "
            "delete the webhook first",
            "webhook",
        ),
    ],
)
async def test_a_conflict_says_which_of_the_two_it_is(
    server: Server, edge: TelegramEdge, description: str, named: str
) -> None:
    server.answers["getUpdates"] = refusing(409, description)
    with pytest.raises(TwoInstances, match=named):
        await edge.fetch(None, 1)


@pytest.mark.parametrize("code", [401, 404])
async def test_a_wrong_token_is_named_without_being_shown(server: Server, code: int) -> None:
    server.answers["getMe"] = refusing(code, "Unauthorized")
    edge = TelegramEdge(TOKEN, base_url=server.base_url)
    with pytest.raises(TelegramError, match="BotFather") as caught:
        await edge.start()
    error: BaseException | None = caught.value
    assert not isinstance(error, Unreachable)
    while error is not None:
        assert TOKEN not in str(error)
        error = error.__cause__ if error.__cause__ or error.__suppress_context__ else None
    await edge.stop()


def test_no_token_at_all_is_named() -> None:
    with pytest.raises(TelegramError, match="BotFather"):
        TelegramEdge("")


@pytest.mark.parametrize(
    "answer",
    [
        *(cut, never, garbled, not_ours, not_a_message, bad_gateway),
        answering([{"update_id": 1}, {"message": {}}]),
        answering([7]),
    ],
)
async def test_telegram_out_of_reach_is_something_to_try_again(
    server: Server, edge: TelegramEdge, answer: Answer
) -> None:
    server.answers["getUpdates"] = answer
    with pytest.raises(ConnectionError) as caught:
        await edge.fetch(None, 0)
    assert isinstance(caught.value, Unreachable)
    assert caught.value.retry_after > 0


async def test_telegram_says_how_long_to_leave_it_in_peace(
    server: Server, edge: TelegramEdge
) -> None:
    server.answers["getUpdates"] = refusing(429, "Too Many Requests", retry_after=9)
    with pytest.raises(Unreachable) as caught:
        await edge.fetch(None, 0)
    assert caught.value.retry_after == 9


async def test_a_start_without_network_may_be_tried_again(server: Server) -> None:
    server.answers["getMe"] = one_after_another(cut, answering(ME))
    edge = TelegramEdge(TOKEN, base_url=server.base_url)
    with pytest.raises(Unreachable):
        await edge.start()
    assert (await edge.start()).id == 1
    await edge.stop()


async def test_a_webhook_is_set_with_its_secret_and_taken_away_without_losing_updates(
    server: Server, edge: TelegramEdge
) -> None:
    await edge.set_webhook("https://brand.example/hook", "s3cret")
    await edge.delete_webhook()
    [asked], [deleted] = server.calls("setWebhook"), server.calls("deleteWebhook")
    assert asked["secret_token"] == "s3cret"
    assert asked["max_connections"] == "40"
    assert json.loads(asked["allowed_updates"]) == list(HEARD)
    assert deleted["drop_pending_updates"] == "false"


# --------------------------------------------------------------------------------- the staff group


def administrator(**rights: bool) -> dict[str, object]:
    names = (
        *("can_be_edited", "is_anonymous", "can_manage_chat", "can_delete_messages"),
        *("can_manage_video_chats", "can_restrict_members", "can_promote_members"),
        *("can_change_info", "can_invite_users", "can_post_stories", "can_edit_stories"),
        *("can_delete_stories", "can_pin_messages", "can_manage_topics"),
    )
    all_rights = dict.fromkeys(names, True) | rights
    return {"user": ME, "status": "administrator", **all_rights}


def forum(**changes: object) -> dict[str, object]:
    chat = {"id": GROUP, "type": "supergroup", "title": "Staff", "is_forum": True}
    return {**chat, "accent_color_id": 1, "max_reaction_count": 11, **changes}


def allowed(*emoji: str) -> list[dict[str, str]]:
    return [{"type": "emoji", "emoji": one} for one in emoji]


MEMBER = {"user": {"id": 42, "is_bot": False, "first_name": "Maude"}, "status": "member"}


@pytest.mark.parametrize(
    ("chat", "member", "missing"),
    [
        (forum(), administrator(), []),
        (forum(), {"user": ME, "status": "creator", "is_anonymous": False}, []),
        (forum(is_forum=False), administrator(), ["no topics"]),
        (forum(type="group", is_forum=False), administrator(), ["no topics"]),
        (forum(type="private"), administrator(), ["private"]),
        (forum(available_reactions=[]), administrator(), ["👌 and 🤔"]),
        (forum(available_reactions=allowed("👌", "❤")), administrator(), ["allow 🤔,"]),
        (forum(available_reactions=allowed("👌", "🤔")), administrator(), []),
        (forum(), MEMBER, ["not an administrator"]),
        (forum(), administrator(can_manage_topics=False), ["Manage topics"]),
        (
            forum(),
            administrator(can_delete_messages=False, can_pin_messages=False),
            ["Delete messages", "Pin messages"],
        ),
    ],
)
async def test_each_thing_missing_in_the_staff_group_is_named_with_its_mend(
    server: Server,
    edge: TelegramEdge,
    chat: dict[str, object],
    member: dict[str, object],
    missing: list[str],
) -> None:
    permissions = {"accepted_gift_types": dict.fromkeys(GIFTS, True)}
    server.answers |= {
        "getChat": answering(chat | permissions),
        "getChatMember": answering(member),
    }
    problems = await edge.staff_rights(GROUP)
    assert len(problems) == len(missing)
    for problem, named in zip(problems, missing, strict=True):
        assert named in problem.what
        assert problem.mend


GIFTS = (
    *("unlimited_gifts", "limited_gifts", "unique_gifts"),
    *("premium_subscription", "gifts_from_channels"),
)


@pytest.mark.parametrize(
    ("answer", "named"),
    [
        (refusing(400, "Bad Request: chat not found"), "not in this group"),
        (refusing(403, "Forbidden: bot was kicked from the group chat"), "not in this group"),
        (refusing(400, "Bad Request: upgraded", migrate_to_chat_id=-100999), "-100999"),
        (cut, "cannot be asked"),
        (not_a_message, "cannot be asked"),
    ],
)
async def test_a_staff_group_that_cannot_be_seen_is_one_problem(
    server: Server, edge: TelegramEdge, answer: Answer, named: str
) -> None:
    server.answers["getChat"] = answer
    [problem] = await edge.staff_rights(GROUP)
    assert named in problem.what


async def test_only_members_have_a_name(server: Server, edge: TelegramEdge) -> None:
    server.answers["getChatMember"] = one_after_another(
        answering(MEMBER),
        answering({**MEMBER, "status": "left"}),
        refusing(400, "Bad Request: user not found"),
        not_a_message,
    )
    names = [(m := await edge.member(GROUP, 42)) and m.name for _ in range(4)]
    assert names == ["Maude", None, None, None]


async def test_the_menu_is_set_for_each_language(server: Server, edge: TelegramEdge) -> None:
    server.answers["setMyCommands"] = fine
    await edge.set_commands({"": {"start": "Begin"}, "fr": {"start": "Commencer"}})
    everyone, french = server.calls("setMyCommands")
    assert "language_code" not in everyone
    assert french["language_code"] == "fr"
    assert json.loads(french["commands"]) == [{"command": "start", "description": "Commencer"}]
    assert json.loads(french["scope"]) == {"type": "all_private_chats"}


# --------------------------------------------------------------------------------------- parts


@given(st.text(alphabet="ab \n👍é", max_size=200), st.integers(2, 40))
def test_a_cut_text_loses_nothing_and_fits(text: str, limit: int) -> None:
    cut_up = parts(text, limit=limit)
    assert all(units(part) <= limit for part in cut_up)
    assert "".join("".join(cut_up).split()) == "".join(text.split())


tagged = st.recursive(
    st.sampled_from(["a", "bb ", "\n", "&amp;", "&lt;", "👍", "\n\n"]),
    lambda inner: st.builds(
        lambda tag, body: f"<{tag}>{''.join(body)}</{tag.split()[0]}>",
        st.sampled_from(["b", "i", 'a href="tg://user?id=1"', "blockquote"]),
        st.lists(inner, max_size=5),
    ),
    max_leaves=30,
)


@given(st.lists(tagged, max_size=8).map("".join), st.integers(2, 20))
def test_cut_markup_stays_whole_and_shows_the_same(html: str, limit: int) -> None:
    cut_up = parts(html, html=True, limit=limit)
    shown = [without_tags(part) for part in cut_up]
    assert "".join("".join(shown).split()) == "".join(without_tags(html).split())
    for part, words in zip(cut_up, shown, strict=True):
        assert units(words) <= limit
        for tag in ("b", "i", "blockquote", "a"):
            assert part.count(f"<{tag}>") + part.count(f"<{tag} ") == part.count(f"</{tag}>")


def test_a_text_is_cut_after_a_paragraph_rather_than_a_line_or_a_word() -> None:
    assert parts("one two\nthree four\n\nfive six seven", limit=25) == [
        "one two\nthree four\n\n",
        "five six seven",
    ]
    assert parts("one two\nthree four five", limit=14) == ["one two\n", "three four ", "five"]
