"""Whatever Telegram sends becomes a noun of ours, or is named as something it never sends."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.conversation import Person
from bot.incoming import (
    Edited,
    Incoming,
    Media,
    Moved,
    Pressed,
    Reachability,
    Reacted,
    Standing,
    Unheard,
    Wrote,
)
from bot.telegram.checked import Unparsable
from bot.telegram.parse import conversation_key, parse

Json = dict[str, object]

STAFF = -1001234
LEA: Json = {"id": 7, "is_bot": False, "first_name": "Léa", "last_name": "Roy", "username": "lea"}
LEA_WHO = Person(7, "Léa Roy", "lea")
AGENT: Json = {"id": 42, "is_bot": False, "first_name": "Maude"}
PRIVATE: Json = {"id": 7, "type": "private", "first_name": "Léa"}
GROUP: Json = {"id": STAFF, "type": "supergroup", "title": "Staff", "is_forum": True}
ANOTHER_GROUP: Json = {"id": -100999, "type": "supergroup", "title": "Elsewhere"}
AT = 1_700_000_000


def message(chat: Json = PRIVATE, sender: Json | None = LEA, **content: object) -> Json:
    sent: Json = {"message_id": 3, "date": AT, "chat": chat, **content}
    return sent if sender is None else {**sent, "from": sender}


def update(kind: str = "message", /, **content: object) -> Json:
    return {"update_id": 1, kind: content}


def wrote(**content: object) -> Json:
    return update("message", **message(**content))  # type: ignore[arg-type]


def read(whole: Json) -> Incoming:
    return parse(json.dumps(whole), received_at=AT + 9.0)


def key(whole: Json) -> str:
    return conversation_key(whole, STAFF)


TEXT = Wrote(1, LEA_WHO, chat_id=7, message_id=3, at=AT, text="où est ma commande?")


# --------------------------------------------------------------------------------- customers


def test_a_customers_words_stay_as_they_were_written() -> None:
    whole = wrote(text="  où est ma commande? 👍\n")
    assert read(whole) == replace(TEXT, text="  où est ma commande? 👍\n")
    assert key(whole) == "c:7"


def test_the_language_of_the_app_is_kept() -> None:
    noun = read(wrote(sender={**LEA, "language_code": "fr-CA"}, text="allo"))
    assert isinstance(noun, Wrote)
    assert noun.who.language_code == "fr-CA"


FILE: Json = {"file_id": "F", "file_unique_id": "U"}
SIZED: Json = {**FILE, "width": 1, "height": 1}
TIMED: Json = {**FILE, "duration": 1}
MOVING: Json = {**SIZED, "duration": 1}
PLACE: Json = {"longitude": 1.0, "latitude": 2.0}


@pytest.mark.parametrize(
    ("content", "media"),
    [
        ({"photo": [{**SIZED, "file_id": "small"}, SIZED]}, Media("photo", "F")),
        ({"video": MOVING}, Media("video", "F")),
        ({"animation": MOVING, "document": FILE}, Media("animation", "F")),
        ({"audio": TIMED}, Media("audio", "F")),
        ({"voice": TIMED}, Media("voice", "F")),
        ({"video_note": {**TIMED, "length": 1}}, Media("video_note", "F")),
        ({"document": FILE}, Media("document", "F")),
        (
            {
                "sticker": {
                    **SIZED,
                    "type": "regular",
                    "is_animated": False,
                    "is_video": False,
                    "emoji": "😡",
                }
            },
            Media("sticker", "F", "😡"),
        ),
        ({"location": PLACE}, Media("location", about="2.0 1.0")),
        (
            {"venue": {"location": PLACE, "title": "t", "address": "a"}, "location": PLACE},
            Media("venue", about="t a"),
        ),
        ({"contact": {"phone_number": "1", "first_name": "x"}}, Media("contact", about="x 1")),
        ({"dice": {"emoji": "🎲", "value": 3}}, Media("dice", None, "🎲", "3")),
        ({"story": {"chat": PRIVATE, "id": 1}}, Media("story")),
        ({"hologram": {"file_id": "F"}}, Media("hologram")),
    ],
)
def test_media_is_named_by_its_kind_and_never_lost(content: Json, media: Media) -> None:
    noun = read(wrote(**content))
    assert isinstance(noun, Wrote)
    assert noun.media == media
    assert noun.text == ""
    captioned = read(wrote(caption="voici", **content))
    assert isinstance(captioned, Wrote)
    assert captioned.text == "voici"


def test_a_message_of_an_album_names_its_album() -> None:
    noun = read(wrote(photo=[SIZED], media_group_id="A1"))
    assert isinstance(noun, Wrote)
    assert noun.album == "A1"


def test_a_reply_names_the_message_it_answers() -> None:
    noun = read(wrote(text="oui", reply_to_message=message(text="?") | {"message_id": 2}))
    assert isinstance(noun, Wrote)
    assert noun.reply_to == 2


def test_an_edit_holds_the_whole_new_message_and_the_time_of_the_edit() -> None:
    whole = update("edited_message", **message(text="neuf", edit_date=AT + 60))
    assert read(whole) == Edited(replace(TEXT, text="neuf", at=AT + 60))
    assert read(whole).update_id == 1
    assert key(whole) == "c:7"


@pytest.mark.parametrize(("status", "blocked"), [("kicked", True), ("member", False)])
def test_blocking_and_unblocking_the_bot_is_heard(status: str, blocked: bool) -> None:
    bot: Json = {"id": 1, "is_bot": True, "first_name": "Bot"}
    new: Json = {"user": bot, "status": status, **({"until_date": 0} if blocked else {})}
    old: Json = {"user": bot, "status": "left"}
    content = {"chat": PRIVATE, "from": LEA, "date": AT, "old_chat_member": old}
    whole = update("my_chat_member", **content, new_chat_member=new)
    assert read(whole) == Reachability(1, LEA_WHO, blocked, AT)
    assert key(whole) == "c:7"
    in_a_group = update("my_chat_member", **{**content, "chat": GROUP}, new_chat_member=new)
    assert read(in_a_group) == Standing(1, STAFF, status, not blocked, False, AT)


def pressed(**changes: object) -> Json:
    content = {"id": "99", "from": LEA, "chat_instance": "i", "data": "a1", **changes}
    return update("callback_query", **content)


def test_a_press_is_dated_by_its_arrival_because_telegram_does_not() -> None:
    whole = pressed(message=message(text="?"))
    assert read(whole) == Pressed(1, LEA_WHO, 7, 3, "99", "a1", AT + 9)
    assert key(whole) == "c:7"


def test_a_press_under_a_message_telegram_has_forgotten_still_counts() -> None:
    whole = pressed(message={"chat": PRIVATE, "message_id": 3, "date": 0})
    assert read(whole) == Pressed(1, LEA_WHO, 7, 3, "99", "a1", AT + 9)


@pytest.mark.parametrize(
    "whole",
    [pressed(inline_message_id="x"), pressed(message=message(text="?"), data=None)],
)
def test_a_press_outside_our_chats_asks_nothing_of_us(whole: Json) -> None:
    assert read(whole) == Unheard(1, "callback_query", AT + 9)


def reacted(*emoji: Json, **changes: object) -> Json:
    content = {"chat": PRIVATE, "message_id": 3, "date": AT, "user": LEA, "old_reaction": []}
    return update("message_reaction", **{**content, "new_reaction": emoji, **changes})


def test_a_reaction_names_its_emoji_and_taking_it_back_names_none() -> None:
    thumb: Json = {"type": "emoji", "emoji": "👍"}
    assert read(reacted(thumb)) == Reacted(1, LEA_WHO, 7, 3, ("👍",), AT)
    assert read(reacted()) == Reacted(1, LEA_WHO, 7, 3, (), AT)
    assert read(reacted({"type": "custom_emoji", "custom_emoji_id": "1"}, thumb)) == read(
        reacted(thumb)
    )
    assert key(reacted(thumb)) == "c:7"


def test_a_reaction_in_the_name_of_a_chat_asks_nothing_of_us() -> None:
    whole = reacted(user=None, actor_chat=GROUP)
    assert read(whole) == Unheard(1, "message_reaction", AT + 9)


# ------------------------------------------------------------------------------------- staff


def test_staff_write_in_a_topic() -> None:
    whole = wrote(
        chat=GROUP, sender=AGENT, text="bonjour", message_thread_id=5, is_topic_message=True
    )
    assert read(whole) == Wrote(1, Person(42, "Maude"), STAFF, 3, AT, "bonjour", thread_id=5)
    assert key(whole) == f"s:{STAFF}:5"


def test_what_is_first_in_a_topic_answers_nobody() -> None:
    """Telegram says that every message of a topic replies to the one that created it."""
    created = message(GROUP, AGENT, forum_topic_created={"name": "t", "icon_color": 1})
    topic = {"message_thread_id": 5, "is_topic_message": True}
    whole = wrote(
        chat=GROUP, sender=AGENT, text="x", reply_to_message={**created, "message_id": 5}, **topic
    )
    noun = read(whole)
    assert isinstance(noun, Wrote)
    assert (noun.thread_id, noun.reply_to, noun.topic) == (5, None, "t")
    assert noun.below_bot == ""
    created["from"] = {"id": 9, "is_bot": True, "first_name": "B", "username": "brand_bot"}
    by_a_bot = read(wrote(chat=GROUP, sender=AGENT, text="x", reply_to_message=created, **topic))
    assert isinstance(by_a_bot, Wrote) and by_a_bot.below_bot == "brand_bot"


def test_a_reply_in_the_general_topic_has_a_thread_id_that_is_no_topic() -> None:
    root = message(GROUP, AGENT, text="?")
    whole = wrote(
        chat=GROUP,
        sender=AGENT,
        text="x",
        message_thread_id=3,
        reply_to_message={**root, "message_id": 3},
    )
    noun = read(whole)
    assert isinstance(noun, Wrote)
    assert (noun.thread_id, noun.reply_to) == (None, 3)
    assert key(whole) == f"s:{STAFF}:0"


def test_a_press_in_a_topic_belongs_to_its_topic() -> None:
    card = message(GROUP, AGENT, text="?", message_thread_id=5, is_topic_message=True)
    noun = read(pressed(message=card))
    assert isinstance(noun, Pressed)
    assert (noun.chat_id, noun.thread_id) == (STAFF, 5)
    assert key(pressed(message=card)) == f"s:{STAFF}:5"


def test_a_reaction_in_the_staff_chat_does_not_tell_its_topic() -> None:
    assert key(reacted(chat=GROUP)) == f"s:{STAFF}:0"


@pytest.mark.parametrize(
    "sender",
    [
        {"sender": {"id": 1087968824, "is_bot": True, "first_name": "Group"}},
        {"sender": {"id": 136817688, "is_bot": True, "first_name": "Channel"}},
        {"sender": {"id": 777000, "is_bot": False, "first_name": "Telegram"}},
        {"sender": AGENT, "sender_chat": GROUP},
    ],
)
def test_words_in_the_name_of_a_chat_are_anonymous(sender: Json) -> None:
    noun = read(wrote(chat=GROUP, text="x", **sender))
    assert isinstance(noun, Wrote)
    assert noun.anonymous


def test_ordinary_words_are_not_anonymous() -> None:
    noun = read(wrote(chat=GROUP, sender=AGENT, text="x"))
    assert isinstance(noun, Wrote)
    assert not noun.anonymous


def test_another_bot_is_not_listened_to() -> None:
    other: Json = {"id": 55, "is_bot": True, "first_name": "Other bot"}
    assert read(wrote(chat=GROUP, sender=other, text="x")) == Unheard(1, "bot_message", AT)


@pytest.mark.parametrize(
    "content",
    [
        {"chat": {"id": -50, "type": "group", "title": "Staff"}, "migrate_to_chat_id": STAFF},
        {"chat": GROUP, "migrate_from_chat_id": -50},
    ],
)
def test_both_notices_of_a_group_that_moved_say_the_same(content: Json) -> None:
    whole = wrote(sender=AGENT, **content)
    assert read(whole) == Moved(1, -50, STAFF, AT)
    assert key(whole) == "s:-50:0"


# ------------------------------------------------------------------------- what asks nothing


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("new_chat_members", {"new_chat_members": [AGENT]}),
        ("left_chat_member", {"left_chat_member": AGENT}),
        ("pinned_message", {"pinned_message": message(GROUP, AGENT, text="x")}),
        ("forum_topic_created", {"forum_topic_created": {"name": "t", "icon_color": 1}}),
        ("forum_topic_closed", {"forum_topic_closed": {}}),
        ("new_chat_title", {"new_chat_title": "x", "new_flag": True}),
        ("message", {}),
    ],
)
def test_a_service_message_asks_nothing_of_us(kind: str, content: Json) -> None:
    assert read(wrote(chat=GROUP, sender=AGENT, **content)) == Unheard(1, kind, AT)


@pytest.mark.parametrize(
    "kind",
    ["channel_post", "edited_channel_post", "business_message", "edited_business_message"],
)
def test_channels_and_business_chats_are_not_heard_yet(kind: str) -> None:
    whole = update(kind, **message({"id": -9, "type": "channel", "title": "c"}, None, text="x"))
    assert read(whole) == Unheard(1, kind, AT + 9)
    assert key(whole) == f"x:{kind}"


def test_a_kind_of_update_nobody_knows_yet_is_kept_by_name() -> None:
    whole: Json = {"update_id": 1, "telepathy": {"text": "x"}}
    assert read(whole) == Unheard(1, "telepathy", AT + 9)
    assert key(whole) == "x:telepathy"


def test_another_group_is_nobodys_conversation() -> None:
    assert key(wrote(chat=ANOTHER_GROUP, sender=LEA, text="x")) == "x:message"
    assert key(pressed(message=message(ANOTHER_GROUP, text="x"))) == "x:callback_query"


# ----------------------------------------------------------------------------------- oddities


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "7",
        "null",
        "{}",
        '{"update_id": "1"}',
        '{"update_id": true}',
        '{"update_id": 1, "message": 7}',
        '{"update_id": 1, "message": {"text": "x"}}',
        json.dumps(wrote(text=7)),
        json.dumps(wrote(text=["x"])),
        json.dumps(wrote(text="x", sender={**LEA, "id": "7"})),
        json.dumps(wrote(text="x", sender={**LEA, "username": 7})),
        json.dumps(wrote(text="x", date="now")),
        json.dumps(wrote(text="x", date=10**18)),
        json.dumps(wrote(text="x", message_id=2**70)),
        json.dumps(wrote(text="x", chat={"id": None, "type": "private"})),
        json.dumps(wrote(photo="F")),
        "[" * 100_000,
    ],
)
def test_what_telegram_never_sends_is_named_in_a_sentence(body: str) -> None:
    with pytest.raises(Unparsable) as caught:
        parse(body)
    assert str(caught.value).endswith(".")


def test_half_a_character_never_reaches_the_store() -> None:
    noun = read(wrote(text="a\ud83d", sender={**LEA, "first_name": "L\udc00"}))
    assert isinstance(noun, Wrote)
    assert noun.text == "a?"
    assert noun.who.name.encode()


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**66), 2**66)
    | st.floats(allow_nan=False)
    | st.text(max_size=5)
    | st.sampled_from(["private", "supergroup", "emoji", "kicked", "member", "a\ud800"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=3,
)
NAMES = (
    *("update_id", "message", "edited_message", "callback_query", "message_reaction"),
    *("my_chat_member", "chat", "from", "user", "id", "type", "text", "date", "message_id"),
    *("message_thread_id", "is_topic_message", "migrate_to_chat_id", "migrate_from_chat_id"),
    *("new_reaction", "old_reaction", "photo", "sticker", "data", "chat_instance", "is_bot"),
    *("first_name", "emoji", "file_id", "reply_to_message", "media_group_id", "sender_chat"),
    *("new_chat_member", "old_chat_member", "status", "caption", "api_kwargs", "edit_date"),
)
telegram_like = st.recursive(
    json_values,
    lambda inner: st.dictionaries(st.sampled_from(NAMES), inner, max_size=5),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=5), telegram_like, max_size=4))
def test_no_json_whatever_breaks_more_than_itself(whole: Json) -> None:
    understood_or_named({"update_id": 1, **whole})
    understood_or_named(whole)


good = st.sampled_from(
    [
        wrote(text="x"),
        wrote(chat=GROUP, sender=AGENT, text="x", message_thread_id=5, is_topic_message=True),
        wrote(photo=[SIZED], caption="x", media_group_id="A", reply_to_message=message(text="?")),
        pressed(message=message(text="?")),
        reacted({"type": "emoji", "emoji": "👍"}),
    ]
)


@settings(max_examples=150, deadline=None)
@given(good, st.lists(st.integers(0, 30), min_size=1, max_size=3), telegram_like)
def test_a_good_update_with_one_thing_wrong_breaks_no_more_than_itself(
    whole: Json, path: list[int], wrong: object
) -> None:
    spoiled: Json = json.loads(json.dumps(whole))
    place: object = spoiled
    for depth, step in enumerate(path, start=1):
        if not isinstance(place, dict) or not place:
            break
        name = sorted(place)[step % len(place)]
        if depth == len(path):
            place[name] = wrong
        place = place[name]
    understood_or_named(spoiled)


def understood_or_named(whole: Json) -> None:
    """Either a noun the store can hold, or a ValueError; and always a conversation."""
    assert key(whole).encode()[:2] in (b"c:", b"s:", b"x:")
    try:
        noun = read(whole)
    except ValueError:
        return
    assert noun.update_id == whole["update_id"]
    json.dumps(asdict(noun), ensure_ascii=False).encode()
    if isinstance(noun, Wrote):
        assert type(noun.chat_id) is int
        assert type(noun.text) is str
