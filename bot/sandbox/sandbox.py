"""One loopback Telegram with one bot: the handle that tests, the demo and load hold."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import Self

from . import business, membership
from .control import Control
from .copying import publish
from .entities import plain
from .faults import Faults
from .limits import Limits
from .methods import BotApi, Call
from .nouns import Chat, Connection, Member, Message, User
from .people import Person
from .server import Server
from .wire import CHANNEL_RIGHTS, GROUP_RIGHTS, Json
from .world import World


class Sandbox:
    """A Telegram on 127.0.0.1.

    `port` 0 takes a free one; `clock` gives Unix seconds; `privacy` is Telegram's default, that a
    bot which is no administrator hears little in groups; `light` and `memory` (messages kept per
    chat) keep it small under load; `first_retry` is the webhook's first pause in real seconds.
    """

    def __init__(
        self,
        port: int = 0,
        clock: Callable[[], float] | None = None,
        *,
        privacy: bool = True,
        light: bool = False,
        memory: int | None = None,
        first_retry: float = 1.0,
    ) -> None:
        self.world = World(clock or time.time, reads_all=not privacy, memory=memory)
        self.api = BotApi(self.world, light=light, first_retry=first_retry)
        self.suggestions: dict[str, list[str]] = {}
        """Per language, texts the page offers to try."""
        self._server = Server(self.api, Control(self), port)

    async def start(self) -> Self:
        await self._server.start()
        return self

    async def stop(self) -> None:
        await self._server.stop()

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    # ── addresses ─────────────────────────────────────────────────────────────────────────────

    @property
    def base_url(self) -> str:
        return f"{self.page_url}bot"

    @property
    def base_file_url(self) -> str:
        return f"{self.page_url}file/bot"

    @property
    def page_url(self) -> str:
        return f"http://127.0.0.1:{self._server.port}/"

    @property
    def token(self) -> str:
        return self.world.token

    @property
    def bot(self) -> User:
        return self.world.bot

    # ── what is switched, scripted and recorded ───────────────────────────────────────────────

    @property
    def calls(self) -> list[Call]:
        return self.api.calls

    @property
    def faults(self) -> Faults:
        return self.api.faults

    @property
    def limits(self) -> Limits:
        return self.api.limits

    def calls_of(self, *methods: str, done: bool = True) -> list[Call]:
        """The calls of these methods; by default only those that took effect."""
        return [c for c in self.api.calls if c.method in methods and (c.done or not done)]

    # ── who and where ─────────────────────────────────────────────────────────────────────────

    def add_person(
        self,
        first_name: str,
        language_code: str | None = None,
        username: str | None = None,
        id: int | None = None,
    ) -> Person:
        """Someone with the app; the bot cannot write to them before they start it."""
        user = self.world.add_user(
            first_name, language_code=language_code, username=username, id=id
        )
        shown = membership.person_shown(self.world, user)
        self.world.changes.tell("person", person=shown)
        return Person(self.world, user)

    def person(self, id: int) -> Person:
        """The handle of someone added before."""
        return Person(self.world, self.world.users[id])

    def add_group(
        self,
        title: str,
        forum: bool = False,
        members: Mapping[int, str] | None = None,
        *,
        kind: str = "supergroup",
    ) -> Chat:
        """A group ("supergroup" or basic "group") with the bot in it, who has every right.

        `members` are statuses of the Bot API by person id.
        """
        return self.world.add_chat(
            kind,
            title,
            is_forum=forum,
            members=(members or {}).items(),
            bot=Member("administrator", frozenset(GROUP_RIGHTS)),
        )

    def add_channel(self, title: str, discussion: Chat | None = None) -> Chat:
        """A channel with the bot as administrator, and perhaps the group of its comments."""
        channel = self.world.add_chat("channel", title, rights=CHANNEL_RIGHTS)
        if discussion is not None:
            channel.linked_id, discussion.linked_id = discussion.id, channel.id
        return channel

    def add_direct_messages(self, channel: Chat) -> Chat:
        """The chat where anyone may write to a channel; one topic per person."""
        chat = self.world.add_chat("supergroup", channel.title or "", is_direct_messages=True)
        chat.linked_id = channel.id
        return chat

    def posts(self, channel: Chat, text: str) -> Message:
        """The channel publishes a post; its discussion group gets the automatic forward."""
        return publish(self.world, channel, plain(text).fields("text"))

    def add_business(
        self, owner: Person, rights: Iterable[str] = ("can_reply", "can_read_messages")
    ) -> Connection:
        """The owner connects the bot to their own chats."""
        return business.connect(self.world, owner.user, rights)

    def set_bot(
        self,
        group: Chat,
        status: str,
        rights: Iterable[str] | None = None,
        by: Person | None = None,
    ) -> None:
        """Promotes, demotes, restricts or removes the bot; it is told by my_chat_member."""
        given = frozenset(GROUP_RIGHTS if rights is None else rights)
        actor = by.user if by else self._an_admin(group)
        if status == "kicked":
            membership.leave(self.world, group, self.bot, actor)
        else:
            membership.set_member(self.world, group, self.bot, Member(status, given), actor)

    def upgrade_group(self, group: Chat) -> Chat:
        """The group gets another id, as a basic group does when it becomes a supergroup."""
        return membership.upgrade(self.world, group, self._an_admin(group))

    def _an_admin(self, group: Chat) -> User:
        admins = [id for id, m in group.members.items() if m.is_admin and id != self.bot.id]
        return self.world.users[admins[0]] if admins else self.bot

    # ── looking ───────────────────────────────────────────────────────────────────────────────

    def history(self, place: Chat | Person | int, thread: int | None = None) -> list[Message]:
        """The messages one sees there now, oldest first; `thread` 0 is General only."""
        id = place if isinstance(place, int) else place.id
        chat = place if isinstance(place, Chat) else self.world.chats.get(id)
        messages = chat.visible() if chat is not None else []
        if thread is None:
            return messages
        return [message for message in messages if (message.thread or 0) == thread]

    async def wait_for(
        self,
        predicate: Callable[[Sandbox], object],
        timeout: float = 5.0,  # noqa: ASYNC109 (the name a test expects)
    ) -> object:
        """Waits, woken by each change, until `predicate(sandbox)` is true; gives what it gave."""
        deadline = asyncio.get_running_loop().time() + timeout
        while not (found := predicate(self)):
            left = deadline - asyncio.get_running_loop().time()
            try:
                await self.world.changes.next(left)
            except TimeoutError:
                if found := predicate(self):
                    return found
                raise
        return found

    def feed(self, update: Json) -> int:
        """Queues a raw update, however malformed; gives its update_id."""
        return self.world.updates.feed(update)
