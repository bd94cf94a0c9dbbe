"""How many sends Telegram allows now: for the bot, for a private chat, for a group.

The figures (core.telegram.org/bots/faq, "My bot is hitting limits"; PTB's AIORateLimiter and a
peer that stood still after 20 messages in its first minute bear out the last one):

* about 30 messages a second over all chats;
* about one a second in one private chat, short bursts allowed: here 3 in any 3 s;
* 20 a minute in one group, *all its topics together*, topics created included.

Only what makes a new message counts for a chat. Edits, reactions, closing and reopening a topic
count for the bot as a whole; answers to presses count for nothing and never wait, because
Telegram forgets a press after a while. Whatever Telegram really counts, it has the last word:
``hold`` keeps the chat a 429 was about silent for as long as it asks, and no other chat.
"""

from __future__ import annotations

from collections import deque

from bot.effects import MAKERS, AnswerPress, Copy, Effect, Forward, SendText
from bot.parts import MESSAGE_UNITS


class Window:
    """At most ``limit`` sends in any ``seconds``.

    With ``spread``, half of the places may be taken at once and the others are handed out evenly
    over what is left of the window: with 20 a minute, an angry case that comes after a burst
    waits some seconds for its place, not the rest of the minute.
    """

    def __init__(self, limit: int, seconds: float, spread: bool = False) -> None:
        self._limit = limit
        self._seconds = seconds
        self._spread = spread
        self._sent: deque[float] = deque()

    def wait(self, count: int, now: float) -> float:
        """Seconds until ``count`` sends fit. More than the limit fit once the window is empty."""
        self._forget(now)
        sent = self._sent
        free = self._limit - len(sent)
        missing = min(count, self._limit) - free
        if missing > 0:
            return sent[missing - 1] + self._seconds - now
        if self._spread and free <= self._limit // 2:
            gap = (sent[0] + self._seconds - sent[-1]) / (free + 1)
            return max(0.0, sent[-1] + gap - now)
        return 0.0

    def spend(self, count: int, now: float) -> None:
        """Record ``count`` sends; what is over the limit takes the places of later windows."""
        self._sent.extend(now + i // self._limit * self._seconds for i in range(count))

    def idle(self, now: float) -> bool:
        self._forget(now)
        return not self._sent

    def _forget(self, now: float) -> None:
        while self._sent and self._sent[0] + self._seconds <= now:
            self._sent.popleft()


class Budget:
    """Telegram's limits over what was sent so far. Times are given, in seconds.

    ``wait`` asks, ``spend`` takes; what is known of a chat is forgotten once it no longer limits
    anything, so memory is bounded by what was sent in the last minute. A clock that steps back
    forgets everything: sending a little too soon costs a 429, waiting two hours costs a customer.
    """

    def __init__(self) -> None:
        self._latest = 0.0
        self._bot = _bot_window()
        self._chats: dict[int, Window] = {}
        self._held: dict[int, float] = {}

    def wait(self, effect: Effect, now: float) -> float:
        """Seconds until Telegram allows ``effect``; 0: now."""
        if isinstance(effect, AnswerPress):
            return 0.0
        self._mind_the_clock(now)
        count = _messages(effect)
        waits = [self._bot.wait(max(count, 1), now), self._held.get(effect.chat_id, now) - now]
        if count and (window := self._chats.get(effect.chat_id)):
            waits.append(window.wait(count, now))
        return max(0.0, *waits)

    def spend(self, effect: Effect, now: float) -> None:
        """Take the places ``effect`` needs; call it once for each time it is sent."""
        if isinstance(effect, AnswerPress):
            return
        self._mind_the_clock(now)
        self._tidy(now)
        count = _messages(effect)
        self._bot.spend(max(count, 1), now)
        if count:
            window = self._chats.pop(effect.chat_id, None) or _window(effect.chat_id)
            window.spend(count, now)
            self._chats[effect.chat_id] = window  # the latest is last: `_tidy` begins at the front

    def hold(self, chat_id: int, until: float) -> None:
        """Telegram asked for silence in one chat until then (429, ``retry_after``)."""
        self._held = {chat: end for chat, end in self._held.items() if end > self._latest}
        self._held[chat_id] = max(until, self._held.get(chat_id, until))

    def _mind_the_clock(self, now: float) -> None:
        if now < self._latest - 1.0:
            self._bot = _bot_window()
            self._chats.clear()
            self._held.clear()
            self._latest = now
        self._latest = max(self._latest, now)

    def _tidy(self, now: float) -> None:
        """Forget the chats that limit nothing any more; the longest silent are in front."""
        while self._chats:
            chat_id, window = next(iter(self._chats.items()))
            if not window.idle(now):
                return
            del self._chats[chat_id]


def _messages(effect: Effect) -> int:
    """How many new messages, topics included, ``effect`` makes in its chat."""
    match effect:
        case SendText(text=text):
            return 1 + (len(text) - 1) // MESSAGE_UNITS if text else 1
        case Copy(message_ids=message_ids) | Forward(message_ids=message_ids):
            return len(message_ids)
    return 1 if isinstance(effect, MAKERS) else 0


def _bot_window() -> Window:
    return Window(30, 1.0)


def _window(chat_id: int) -> Window:
    """Private chats have the id of their person, groups are negative."""
    return Window(3, 3.0) if chat_id > 0 else Window(20, 60.0, spread=True)
