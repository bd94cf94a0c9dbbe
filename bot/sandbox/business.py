"""Business connections: the bot reads and writes in a person's own private chats."""

from __future__ import annotations

from .params import Params, bad_request
from .sending import Method
from .wire import Json
from .world import World


def get_business_connection(world: World, params: Params) -> Json:
    raise bad_request("BUSINESS_CONNECTION_INVALID")


METHODS: dict[str, Method] = {"getBusinessConnection": get_business_connection}
