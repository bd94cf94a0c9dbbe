"""The acts of the page, by name: each is something a person, or the owner of the group, does."""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from .faults import Fault
from .membership import person_shown
from .nouns import Chat, Message, Topic
from .people import Person
from .refusals import CannotDo
from .wire import Json

if TYPE_CHECKING:
    from .sandbox import Sandbox

Act = Callable[["Sandbox", Json], Awaitable[object]]


async def act(sandbox: Sandbox, deed: Json) -> object:
    """Does one deed; raises CannotDo with a sentence, or KeyError for what it lacks."""
    name = deed["do"]
    if name not in _ACTS:
        raise CannotDo("no_act", name=repr(name))
    return await _ACTS[name](sandbox, deed)


def _person(sandbox: Sandbox, deed: Json) -> Person:
    user = sandbox.world.users.get(deed.get("as", 0))
    if user is None or user.is_bot:
        raise CannotDo("no_person")
    return sandbox.person(user.id)


def _chat(sandbox: Sandbox, deed: Json) -> Chat:
    chat = sandbox.world.chats.get(deed.get("chat", 0))
    if chat is None:
        raise CannotDo("no_chat")
    return chat


def _message(sandbox: Sandbox, deed: Json) -> Message:
    message = _chat(sandbox, deed).message(deed["message_id"])
    if message is None:
        raise CannotDo("no_message")
    return message


def _topic(sandbox: Sandbox, deed: Json) -> tuple[Chat, Topic]:
    chat = _chat(sandbox, deed)
    topic = chat.topics.get(deed["thread"])
    if topic is None or topic.deleted:
        raise CannotDo("no_topic")
    if not chat.member(_person(sandbox, deed).id).may("can_manage_topics"):
        raise CannotDo("no_right")
    return chat, topic


def _data(deed: Json) -> bytes:
    return base64.b64decode(deed["data_base64"], validate=True)


async def _new_person(sandbox: Sandbox, deed: Json) -> Json:
    name = str(deed["first_name"]).strip()
    if not name:
        raise CannotDo("no_name")
    person = sandbox.add_person(name, language_code=deed.get("language_code"))
    return person_shown(sandbox.world, person.user)


async def _start(sandbox: Sandbox, deed: Json) -> Json:
    return (await _person(sandbox, deed).starts(deed.get("payload"))).shown


async def _say(sandbox: Sandbox, deed: Json) -> Json:
    person = _person(sandbox, deed)
    said = await person.says(
        str(deed["text"]), deed.get("chat"), deed.get("thread"), deed.get("reply_to")
    )
    return said.shown


async def _edit(sandbox: Sandbox, deed: Json) -> Json:
    person, message = _person(sandbox, deed), _message(sandbox, deed)
    return (await person.edits(message, str(deed["text"]))).shown


async def _delete(sandbox: Sandbox, deed: Json) -> None:
    await _person(sandbox, deed).deletes(_message(sandbox, deed))


async def _press(sandbox: Sandbox, deed: Json) -> str:
    person, message = _person(sandbox, deed), _message(sandbox, deed)
    return await person.presses(message, callback_data=str(deed["data"]))


async def _react(sandbox: Sandbox, deed: Json) -> None:
    await _person(sandbox, deed).reacts(_message(sandbox, deed), deed["emoji"])


async def _photo(sandbox: Sandbox, deed: Json) -> Json:
    person = _person(sandbox, deed)
    place = deed.get("chat"), deed.get("thread"), deed.get("reply_to")
    return (await person.sends_photo(_data(deed), deed.get("caption"), *place)).shown


async def _album(sandbox: Sandbox, deed: Json) -> list[Json]:
    photos = [base64.b64decode(photo, validate=True) for photo in deed["photos_base64"]]
    person, place = _person(sandbox, deed), (deed.get("chat"), deed.get("thread"))
    return [m.shown for m in await person.sends_album(photos, deed.get("caption"), *place)]


async def _document(sandbox: Sandbox, deed: Json) -> Json:
    name, caption = deed.get("name", "file.bin"), deed.get("caption")
    place = deed.get("chat"), deed.get("thread")
    person = _person(sandbox, deed)
    return (await person.sends_document(_data(deed), name, caption, *place)).shown


async def _voice(sandbox: Sandbox, deed: Json) -> Json:
    place = deed.get("chat"), deed.get("thread")
    person = _person(sandbox, deed)
    return (await person.sends_voice(_data(deed), deed.get("duration", 3), *place)).shown


async def _block(sandbox: Sandbox, deed: Json) -> None:
    await _person(sandbox, deed).blocks()


async def _unblock(sandbox: Sandbox, deed: Json) -> None:
    await _person(sandbox, deed).unblocks()


async def _delete_topic(sandbox: Sandbox, deed: Json) -> None:
    sandbox.world.delete_topic(*_topic(sandbox, deed))


async def _close_topic(sandbox: Sandbox, deed: Json) -> None:
    _set_closed(sandbox, deed, True)


async def _reopen_topic(sandbox: Sandbox, deed: Json) -> None:
    _set_closed(sandbox, deed, False)


def _set_closed(sandbox: Sandbox, deed: Json, closed: bool) -> None:
    chat, topic = _topic(sandbox, deed)
    if topic.closed != closed:
        topic.closed = closed
        service = "forum_topic_closed" if closed else "forum_topic_reopened"
        sandbox.world.tell_topic(chat, topic, _person(sandbox, deed).user, {service: {}})


async def _demote_bot(sandbox: Sandbox, deed: Json) -> None:
    sandbox.set_bot(_chat(sandbox, deed), "member", ())


async def _promote_bot(sandbox: Sandbox, deed: Json) -> None:
    sandbox.set_bot(_chat(sandbox, deed), "administrator", deed.get("rights"))


async def _upgrade_group(sandbox: Sandbox, deed: Json) -> Json:
    return sandbox.upgrade_group(_chat(sandbox, deed)).shown


async def _limits(sandbox: Sandbox, deed: Json) -> None:
    sandbox.limits.enabled = bool(deed["enabled"])


async def _fault(sandbox: Sandbox, deed: Json) -> None:
    fields = {name: value for name, value in deed.items() if name not in ("do", "as")}
    sandbox.faults.add(Fault(**fields))


_ACTS: dict[str, Act] = {
    "person": _new_person,
    "start": _start,
    "say": _say,
    "edit": _edit,
    "delete": _delete,
    "press": _press,
    "react": _react,
    "photo": _photo,
    "album": _album,
    "document": _document,
    "voice": _voice,
    "block": _block,
    "unblock": _unblock,
    "delete_topic": _delete_topic,
    "close_topic": _close_topic,
    "reopen_topic": _reopen_topic,
    "demote_bot": _demote_bot,
    "promote_bot": _promote_bot,
    "upgrade_group": _upgrade_group,
    "limits": _limits,
    "fault": _fault,
}
