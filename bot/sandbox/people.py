"""What a person can do on Telegram: write, edit, delete, press, react, send media, block, join."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from . import membership
from .copying import origin
from .entities import CAPTION_LIMIT, TEXT_LIMIT, parts, plain
from .media import described
from .nouns import Chat, Connection, Message, User, as_read
from .params import Params
from .reach import Place, chat_for, customer_chat, must_fit, must_own, must_see, topic_for
from .refusals import CannotDo
from .wire import REACTIONS, Json
from .world import ANONYMOUS_ADMIN, World


class Person:
    """A handle on one person: every method is something they do with their own hands."""

    def __init__(self, world: World, user: User) -> None:
        self._world = world
        self.user = user

    def __repr__(self) -> str:
        return f"<Person {self.id} {self.user.first_name}>"

    @property
    def id(self) -> int:
        return self.user.id

    @property
    def is_deactivated(self) -> bool:
        return self.user.deactivated

    @is_deactivated.setter
    def is_deactivated(self, value: bool) -> None:
        self.user.deactivated = value

    # ── words ─────────────────────────────────────────────────────────────────────────────────

    async def starts(self, payload: str | None = None) -> Message:
        """Presses Start, perhaps through a deep link that carries a payload."""
        return await self.says("/start" if payload is None else f"/start {payload}")

    async def says(
        self,
        text: str,
        chat: Place = None,
        thread: int | None = None,
        reply_to: Message | int | None = None,
        *,
        anonymous: bool = False,
        business: Connection | None = None,
    ) -> Message:
        """Writes a text; in a private chat this also starts the bot. `anonymous`: as the group.

        `business`: to the owner of that connection; the owner names the customer's id as `chat`.
        A text too long for one message goes as several, as from the apps; the first is given.
        """
        contents = [said for part in parts(text) if (said := plain(part).fields("text"))]
        if not contents:
            raise CannotDo("empty")
        if business is not None:
            place = customer_chat(self._world, self.user, business, chat)
            posted = [self._world.post(place, self.user, content) for content in contents]
        else:
            answers = [reply_to, *[None] * (len(contents) - 1)]
            posted = [
                self._send(content, chat, thread, target, anonymous=anonymous)
                for content, target in zip(contents, answers, strict=True)
            ]
        return posted[0]

    async def edits(self, message: Message, text: str) -> Message:
        """Changes the text or caption of an own message."""
        must_own(self.user, message)
        name = "text" if "text" in message.wire else "caption"
        must_fit(text, TEXT_LIMIT if name == "text" else CAPTION_LIMIT)
        entities = "entities" if name == "text" else "caption_entities"
        self._world.edit(message, {entities: None, **plain(text).fields(name)}, self.user)
        return message

    async def deletes(self, message: Message) -> None:
        """Deletes a message for everyone: an own one, or any as an administrator who may."""
        member = message.chat.member(self.id)
        private = message.chat.kind == "private" and message.chat.id == self.id
        if message.sender_id != self.id and not private and not member.may("can_delete_messages"):
            raise CannotDo("not_yours_to_delete", name=self.user.first_name)
        self._world.delete(message)

    async def forwards(self, message: Message, chat: Place = None) -> Message:
        """Forwards a message, from anywhere, to a chat."""
        return self._send(message.content | {"forward_origin": origin(message)}, chat)

    # ── media ─────────────────────────────────────────────────────────────────────────────────

    async def sends_photo(
        self,
        data: bytes,
        caption: str | None = None,
        chat: Place = None,
        thread: int | None = None,
        reply_to: Message | int | None = None,
    ) -> Message:
        return self._send(self._media("photo", data, caption), chat, thread, reply_to)

    async def sends_document(
        self,
        data: bytes,
        name: str = "file.bin",
        caption: str | None = None,
        chat: Place = None,
        thread: int | None = None,
    ) -> Message:
        return self._send(self._media("document", data, caption, name), chat, thread)

    async def sends_voice(
        self, data: bytes, duration: int = 3, chat: Place = None, thread: int | None = None
    ) -> Message:
        return self._send(self._media("voice", data, None, duration=duration), chat, thread)

    async def sends_video(
        self,
        data: bytes,
        caption: str | None = None,
        chat: Place = None,
        thread: int | None = None,
    ) -> Message:
        return self._send(self._media("video", data, caption, "video.mp4"), chat, thread)

    async def sends_sticker(
        self,
        emoji: str = "👍",
        data: bytes = b"sticker",
        chat: Place = None,
        thread: int | None = None,
    ) -> Message:
        return self._send(self._media("sticker", data, None, emoji=emoji), chat, thread)

    async def sends_location(
        self,
        latitude: float = 46.8131,
        longitude: float = -71.2075,
        chat: Place = None,
        thread: int | None = None,
    ) -> Message:
        content = {"location": {"latitude": latitude, "longitude": longitude}}
        return self._send(content, chat, thread)

    async def sends_contact(
        self,
        phone_number: str = "+14185550100",
        first_name: str | None = None,
        chat: Place = None,
        thread: int | None = None,
    ) -> Message:
        contact: Json = {"phone_number": phone_number}
        contact["first_name"] = first_name or self.user.first_name
        if first_name is None:
            contact["user_id"] = self.id
        return self._send({"contact": contact}, chat, thread)

    async def sends(
        self,
        content: Json,
        chat: Place = None,
        thread: int | None = None,
        reply_to: Message | int | None = None,
    ) -> Message:
        """Sends anything else, as it travels: a poll, a die, a story, formatted text, a quote."""
        return self._send(dict(content), chat, thread, reply_to)

    async def sends_album(
        self,
        photos: Sequence[bytes],
        caption: str | None = None,
        chat: Place = None,
        thread: int | None = None,
    ) -> list[Message]:
        """Several photos at once: one update each, held together by media_group_id."""
        album = {"media_group_id": self._world.new_album()}
        contents = [
            self._media("photo", data, caption if number == 0 else None) | album
            for number, data in enumerate(photos)
        ]
        return [self._send(content, chat, thread) for content in contents]

    def _media(
        self, kind: str, data: bytes, caption: str | None, name: str = "", **about: object
    ) -> Json:
        must_fit(caption or "", CAPTION_LIMIT)
        file = self._world.files.add(kind, data, name)
        content = described(file, Params(about))
        return content | (plain(caption).fields("caption") if caption else {})

    # ── buttons and reactions ─────────────────────────────────────────────────────────────────

    async def presses(
        self, message: Message, text: str | None = None, *, callback_data: str | None = None
    ) -> str:
        """Presses an inline button of the message as it is now; gives the callback query's id."""
        must_see(self.user, message)
        for row in message.keyboard:
            for button in row:
                if text == as_read(button["text"]) or (
                    callback_data is not None and callback_data == button.get("callback_data")
                ):
                    if "callback_data" not in button:
                        raise CannotDo("opens", button=button["text"])
                    return self._world.press(message, self.user, button["callback_data"]).id
        wanted = text if text is not None else callback_data
        raise CannotDo("no_button", button=repr(wanted), buttons=message.buttons)

    async def reacts(self, message: Message, emoji: str | None) -> None:
        """Sets the one reaction to a message, or takes it back with None."""
        must_see(self.user, message)
        if emoji is not None and emoji not in REACTIONS:
            raise CannotDo("no_reaction", emoji=emoji)
        self._world.react(message, self.user, [emoji] if emoji else [])

    # ── coming and going ──────────────────────────────────────────────────────────────────────

    async def blocks(self) -> None:
        membership.set_blocked(self._world, self.user, True)

    async def unblocks(self) -> None:
        membership.set_blocked(self._world, self.user, False)

    async def joins(self, chat: Chat, status: str = "member", rights: Iterable[str] = ()) -> None:
        membership.join(self._world, chat, self.user, status, frozenset(rights))

    async def leaves(self, chat: Chat) -> None:
        membership.leave(self._world, chat, self.user, self.user)

    # ── what is sent ──────────────────────────────────────────────────────────────────────────

    def _send(
        self,
        content: Json,
        place: Place,
        thread: int | None = None,
        reply_to: Message | int | None = None,
        *,
        anonymous: bool = False,
    ) -> Message:
        chat = chat_for(self._world, self.user, place)
        topic = topic_for(self.user, chat, thread)
        target = chat.message(reply_to) if isinstance(reply_to, int) else reply_to
        if target is not None and topic is None and target.thread is not None:
            topic = topic_for(self.user, chat, target.thread)
        sender = self.user
        if chat.is_direct_messages:
            topic_of = {"topic_id": self.id, "user": self.user.wire}
            content = {**content, "direct_messages_topic": topic_of}
        if anonymous:
            sender, content = ANONYMOUS_ADMIN, {"sender_chat": chat.wire, **content}
        return self._world.post(chat, sender, content, topic=topic, reply_to=target)
