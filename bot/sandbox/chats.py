"""Methods about chats and their members, and about the bot itself."""

from __future__ import annotations

import re

from .access import find_chat
from .membership import leave, member_wire
from .nouns import User
from .params import Params, bad_request
from .sending import Method
from .wire import PERMISSIONS, Json
from .world import World

_COMMAND_LIMIT = 100
_COMMAND = re.compile(r"/?[a-z0-9_]{1,32}")
_ALLOWED_BY_DEFAULT = frozenset(PERMISSIONS) - {
    "can_change_info",
    "can_pin_messages",
    "can_manage_topics",
}


def get_me(world: World, _: Params) -> Json:
    return world.bot.wire | {
        "can_join_groups": True,
        "can_read_all_group_messages": world.reads_all,
        "supports_inline_queries": False,
        "can_connect_to_business": True,
        "has_main_web_app": False,
        "has_topics_enabled": False,
        "allows_users_to_create_topics": False,
        "can_manage_bots": False,
        "supports_guest_queries": False,
    }


def get_chat(world: World, params: Params) -> Json:
    """ChatFullInfo."""
    chat = find_chat(world, params)
    full = chat.wire | {
        "accent_color_id": chat.id % 7,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(
            (
                "unlimited_gifts",
                "limited_gifts",
                "unique_gifts",
                "premium_subscription",
                "gifts_from_channels",
            ),
            chat.kind == "private",
        ),
    }
    if chat.kind in ("group", "supergroup"):
        full["permissions"] = {name: name in _ALLOWED_BY_DEFAULT for name in PERMISSIONS}
    if chat.linked_id is not None and chat.is_direct_messages:
        full["parent_chat"] = world.chats[chat.linked_id].wire
    elif chat.linked_id is not None:
        full["linked_chat_id"] = chat.linked_id
    if chat.pinned and (pinned := chat.message(chat.pinned[-1])):
        full["pinned_message"] = pinned.quoted
    return full


def _user(world: World, params: Params) -> User:
    user = world.users.get(params.integer("user_id") or 0)
    if user is None:
        raise bad_request("PARTICIPANT_ID_INVALID")
    return user


def get_chat_member(world: World, params: Params) -> Json:
    chat = find_chat(world, params)
    user = _user(world, params)
    if chat.kind == "private":
        return {"user": user.wire, "status": "member"}
    return member_wire(chat, user, chat.member(user.id))


def get_chat_administrators(world: World, params: Params) -> list[Json]:
    chat = find_chat(world, params)
    if chat.kind == "private":
        raise bad_request("there are no administrators in the private chat")
    return [
        member_wire(chat, world.users[id], member)
        for id, member in chat.members.items()
        if member.is_admin and id != world.bot.id
    ]


def get_chat_member_count(world: World, params: Params) -> int:
    chat = find_chat(world, params)
    if chat.kind == "private":
        return 2
    return sum(member.is_present for member in chat.members.values())


def leave_chat(world: World, params: Params) -> bool:
    chat = find_chat(world, params)
    if chat.kind == "private":
        raise bad_request("chat member status can't be changed in private chats")
    leave(world, chat, world.bot, world.bot)
    return True


def _scope(params: Params) -> str:
    """Commands and descriptions are kept per scope and language."""
    scope = params.object("scope") or {"type": "default"}
    place = ":".join(str(scope[name]) for name in sorted(scope))
    return f"{place}/{params.text('language_code')}"


def set_my_commands(world: World, params: Params) -> bool:
    commands = params.array("commands") or []
    if len(commands) > _COMMAND_LIMIT:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for one in commands:
        if not _COMMAND.fullmatch(str(one.get("command", ""))):
            raise bad_request("BOT_COMMAND_INVALID")
        if not one.get("description"):
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    world.profile["commands", _scope(params)] = commands
    return True


def get_my_commands(world: World, params: Params) -> object:
    return world.profile.get(("commands", _scope(params)), [])


def menus(world: World) -> dict[str, object]:
    """The commands people see in their private chats, by language; "" is for every other one."""
    found: dict[str, dict[str, object]] = {"default": {}, "all_private_chats": {}}
    for (field, place), commands in world.profile.items():
        scope, _, language = place.partition("/")
        if field == "commands" and scope in found:
            found[scope][language] = commands
    own = found["all_private_chats"]
    return own if "" in own else found["default"] | own


def delete_my_commands(world: World, params: Params) -> bool:
    world.profile.pop(("commands", _scope(params)), None)
    return True


def _setter(field: str) -> Method:
    def set_value(world: World, params: Params) -> bool:
        world.profile[field, _scope(params)] = params.text(field)
        return True

    return set_value


def _getter(field: str) -> Method:
    def get_value(world: World, params: Params) -> Json:
        usual = world.bot.first_name if field == "name" else ""
        own = world.profile.get((field, _scope(params)))
        return {field: own or world.profile.get((field, "default/"), usual)}

    return get_value


def log_out(_world: World, _: Params) -> bool:
    return True


METHODS: dict[str, Method] = {
    "getMe": get_me,
    "getChat": get_chat,
    "getChatMember": get_chat_member,
    "getChatAdministrators": get_chat_administrators,
    "getChatMemberCount": get_chat_member_count,
    "leaveChat": leave_chat,
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "deleteMyCommands": delete_my_commands,
    "setMyName": _setter("name"),
    "getMyName": _getter("name"),
    "setMyDescription": _setter("description"),
    "getMyDescription": _getter("description"),
    "setMyShortDescription": _setter("short_description"),
    "getMyShortDescription": _getter("short_description"),
    "logOut": log_out,
    "close": log_out,
}
