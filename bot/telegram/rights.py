"""What the bot must be and may do in groups of staff: each thing missing with its mend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import telegram
from telegram import (
    ChatFullInfo,
    ChatMember,
    ChatMemberAdministrator,
    ChatMemberOwner,
)
from telegram.constants import ChatMemberStatus, ChatType

from bot.desk.desk_words import DELIVERED, WAITING
from bot.errors import Problem
from bot.telegram.client import Client

RIGHTS = {
    "can_manage_topics": ('"Manage topics"', "to open a topic for each case"),
    "can_delete_messages": ('"Delete messages"', "to take back what must not stay"),
    "can_pin_messages": ('"Pin messages"', "to keep the board in sight"),
}


async def missing_rights(bot: Client, chat_id: int, further: bool = False) -> list[Problem]:
    """Asks Telegram about the group and the bot in it. Never raises.

    ``further``: a group that only gets what the first cannot take: to write there is enough.
    """
    place = f"staff group {chat_id}"
    try:
        raw = await bot.raw_chat(chat_id)
        chat = ChatFullInfo.de_json(raw, bot)
        member = await bot.get_chat_member(chat_id, bot.id)
    except telegram.error.ChatMigrated as moved:
        what = f"The group became a supergroup and is now {moved.new_chat_id}."
        return [Problem(place, what, "Put the new number in the configuration.")]
    except (telegram.error.BadRequest, telegram.error.Forbidden) as error:
        mend = "Add the bot to the group and check the number: it begins with -100."
        return [Problem(place, f"The bot is not in this group ({error}).", mend)]
    except Exception as error:  # the network, or an answer PTB cannot read
        return [Problem(place, f"Telegram cannot be asked ({str(error)[:200]}).", "Try again.")]
    bots = _to_write(member) if further else _of_the_bot(member)
    marks = [] if further else _marks_missing(raw.get("available_reactions"))
    problems = [*_of_the_chat(chat, further), *bots, *marks]
    return [Problem(place, what, mend) for what, mend in problems]


def _of_the_chat(chat: ChatFullInfo, further: bool) -> list[tuple[str, str]]:
    if chat.type not in (ChatType.GROUP, ChatType.SUPERGROUP):
        return [(f"This is a {chat.type} chat.", "Make a group for the staff and add the bot.")]
    if not chat.is_forum and not further:
        return [("The group has no topics.", "Switch on Topics in the group's settings.")]
    return []


def _marks_missing(allowed: Sequence[Mapping[str, object]] | None) -> list[tuple[str, str]]:
    """The bot's marks must be among the reactions; a chat that does not say which allows all."""
    if allowed is None:
        return []
    plain = [reaction.get("emoji") for reaction in allowed]
    missing = [mark for mark in (DELIVERED, WAITING) if mark not in plain]
    if not missing:
        return []
    what = f"The group does not allow {' and '.join(missing)}, by which the bot tells staff "
    mend = f"Allow {DELIVERED} and {WAITING} in the group's settings (Reactions)."
    return [(f"{what}whether their words were delivered.", mend)]


def _of_the_bot(member: ChatMember) -> list[tuple[str, str]]:
    """An administrator also reads everything, whatever its privacy mode."""
    if isinstance(member, ChatMemberOwner):
        return []
    if not isinstance(member, ChatMemberAdministrator):
        what = "The bot is not an administrator, so it does not even see what staff write."
        return [(what, "Make it an administrator who may manage topics, delete and pin messages.")]
    return [
        (f"The bot lacks the right {name} ({purpose}).", "Give it in the group's administrators.")
        for right, (name, purpose) in RIGHTS.items()
        if not getattr(member, right)
    ]


def _to_write(member: ChatMember) -> list[tuple[str, str]]:
    if member.status in (ChatMemberStatus.LEFT, ChatMemberStatus.BANNED):
        return [("The bot is not in this group.", "Add the bot to the group.")]
    if getattr(member, "can_send_messages", True) is False:
        return [("The bot may not write here.", "Let it send messages in the group's settings.")]
    return []


async def problems_of(bot: Client, chat_id: int, person: int) -> list[Problem]:
    """What keeps somebody of staff from acting in the group. Never raises."""
    try:
        member = await bot.get_chat_member(chat_id, person)
        gone = member.status in (ChatMemberStatus.LEFT, ChatMemberStatus.BANNED)
    except Exception:  # refused, out of reach, or an answer PTB cannot read
        gone = True
    if gone:
        mend = "Add them to the group, or take the number out of [staff]."
        return [Problem("staff group", f"{person} is not a member.", mend)]
    if getattr(member, "is_anonymous", False):
        what = f"{person} is an anonymous administrator: nothing they write is delivered."
        mend = 'Switch off "Remain anonymous" among their rights as an administrator.'
        return [Problem("staff group", what, mend)]
    return []
