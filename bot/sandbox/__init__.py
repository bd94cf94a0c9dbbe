"""A Telegram on loopback: the Bot API over HTTP, people who use it, and a page to watch it on.

sandbox    the handle that tests, the demo and load hold
people     what a person can do; reach: where they may; refusals: what the apps do not let them
world      the state and how it changes; nouns: users, chats, topics, messages
hearing    what the bot is told of, and what not
membership places in chats: join, leave, promote, block, upgrade
updates    what waits for the bot; webhook: its delivery; changes: who else is told
methods    the Bot API by name: sending, editing, copying, topics, chats, business
access     where the bot may act; keyboards, media, entities (html, markdown): what it may say
limits     Telegram's budgets; faults: what goes wrong on purpose
server     HTTP; params: what a call asks; wire: shapes of JSON; control: the page's routes
"""

from .faults import Fault
from .methods import Call
from .nouns import Chat, Message
from .people import Person
from .refusals import CannotDo
from .sandbox import Sandbox

__all__ = ["Call", "CannotDo", "Chat", "Fault", "Message", "Person", "Sandbox"]
