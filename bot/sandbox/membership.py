"""Places in chats: the shapes of ChatMember, and what happens when one changes."""

from __future__ import annotations

from .nouns import Chat, Member, User
from .wire import CHANNEL_RIGHTS, GROUP_RIGHTS, PERMISSIONS, Json
from .world import World


def member_wire(chat: Chat, user: User, member: Member) -> Json:
    """A ChatMember, of the class its status asks for."""
    shape: Json = {"user": user.wire, "status": member.status}
    if member.status == "creator":
        shape["is_anonymous"] = member.is_anonymous
    elif member.status == "administrator":
        names = CHANNEL_RIGHTS if chat.kind == "channel" else GROUP_RIGHTS
        shape |= {"can_be_edited": False, "is_anonymous": member.is_anonymous}
        shape |= {name: name == "can_manage_chat" or name in member.rights for name in names}
    elif member.status == "restricted":
        shape |= {"is_member": True, "until_date": 0}
        shape |= {name: name in member.rights for name in PERMISSIONS}
    elif member.status == "kicked":
        shape["until_date"] = 0
    return shape


def set_member(world: World, chat: Chat, user: User, new: Member, actor: User) -> None:
    """Gives a person (or the bot) another place in a chat and tells the bot as Telegram does."""
    old = chat.member(user.id)
    chat.members[user.id] = new
    kind = "my_chat_member" if user is world.bot else "chat_member"
    if kind == "my_chat_member" or chat.member(world.bot.id).is_admin:
        tell(world, kind, chat, user, actor, (old, new))
    world.changes.tell("chat", chat=chat)


def tell(
    world: World, kind: str, chat: Chat, user: User, actor: User, change: tuple[Member, Member]
) -> None:
    """The update that says that `actor` has changed the place of `user`."""
    old, new = change
    payload = {
        "chat": chat.wire,
        "from": actor.wire,
        "date": int(world.clock()),
        "old_chat_member": member_wire(chat, user, old),
        "new_chat_member": member_wire(chat, user, new),
    }
    world.updates.push(kind, payload, chat.id)


def set_blocked(world: World, user: User, blocked: bool) -> None:
    """A person blocks the bot or lets it speak again."""
    if user.blocked == blocked:
        return
    user.blocked = blocked
    free, out = Member("member"), Member("kicked")
    change = (free, out) if blocked else (out, free)
    tell(world, "my_chat_member", world.private_chat(user), world.bot, user, change)
    world.changes.tell("person", person=person_shown(world, user))


def join(world: World, chat: Chat, user: User, status: str, rights: frozenset[str]) -> None:
    """A person enters: a service message, and chat_member for a bot that asked for it."""
    set_member(world, chat, user, Member(status, rights), user)
    if chat.kind != "channel":
        world.post(chat, user, {"new_chat_members": [user.wire]})


def leave(world: World, chat: Chat, user: User, actor: User) -> None:
    """A person goes (or, when `actor` is another, is removed)."""
    status = "left" if actor is user else "kicked"
    if chat.kind != "channel":
        world.post(chat, actor, {"left_chat_member": user.wire})
    set_member(world, chat, user, Member(status), actor)


def upgrade(world: World, chat: Chat, actor: User) -> Chat:
    """The group becomes a supergroup with another id; both service messages are sent.

    Telegram does this to basic groups only. For a chat that is already a supergroup the sandbox
    carries topics and history over, so that the rewriting of ids can be exercised anywhere.
    """
    new = world.add_chat(
        "supergroup", chat.title or "", is_forum=chat.is_forum, bot=chat.member(world.bot.id)
    )
    new.members = dict(chat.members)
    new.topics = chat.topics
    if chat.kind == "supergroup":
        new.numbers = chat.numbers
        new.messages = chat.messages
        for message in new.messages.values():
            message.chat = new
            message.wire = {**message.wire, "chat": new.wire}
        chat.messages = {}
    world.post(chat, actor, {"migrate_to_chat_id": new.id})
    chat.migrated_to = new.id
    world.post(new, actor, {"migrate_from_chat_id": chat.id})
    world.changes.close()
    return new


def person_shown(world: World, user: User) -> Json:
    """The person as the page shows it; who belongs to a group is staff."""
    in_a_group = any(
        chat.kind != "private" and user.id in chat.members and chat.member(user.id).is_present
        for chat in world.chats.values()
    )
    return {
        "id": user.id,
        "first_name": user.first_name,
        "username": user.username,
        "language_code": user.language_code,
        "blocked": user.blocked,
        "roles": ["staff" if in_a_group else "customer"],
    }
