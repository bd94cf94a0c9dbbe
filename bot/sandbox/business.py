"""Business connections: the bot reads and writes in a person's own private chats."""

from __future__ import annotations

from collections.abc import Iterable

from .nouns import Chat, Connection, User
from .params import Params, bad_request
from .sending import Method
from .wire import Json
from .world import World


def connect(world: World, owner: User, rights: Iterable[str]) -> Connection:
    """The owner connects the bot to their account; it is told by business_connection."""
    id = f"BizConn{len(world.connections) + 1:016d}"
    connection = Connection(id, owner, frozenset(rights), world.clock())
    world.connections[id] = connection
    world.updates.push("business_connection", connection.wire, owner.id)
    return connection


def chat_with(world: World, connection: Connection, customer: User) -> Chat:
    """The private chat of the connection's owner with a customer."""
    if customer.id not in connection.chats:
        connection.chats[customer.id] = Chat(
            customer.id,
            "private",
            user=customer,
            business_id=connection.id,
            numbers=world.mailbox_numbers,
        )
    return connection.chats[customer.id]


def get_business_connection(world: World, params: Params) -> Json:
    connection = world.connections.get(params.text("business_connection_id"))
    if connection is None:
        raise bad_request("BUSINESS_CONNECTION_INVALID")
    return connection.wire


METHODS: dict[str, Method] = {"getBusinessConnection": get_business_connection}
