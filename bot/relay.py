"""Carries words both ways while staff hold the case: text, media, albums, edits, reactions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from html import escape
from typing import Protocol

from .conversation import Author, Case, Line
from .desk.desk_words import media_name, words
from .effects import Copy, EditMedia, EditText, Effect, Forward, React, SendText
from .errand import Purpose
from .incoming import LIVE_LOCATION, MOVING, Media, Reacted, Turn, Wrote
from .marked_text import MOST_LINKS, for_staff, headed, opened
from .parts import units
from .safe_text import rings_nobody, shortened, shown

NOTE_MARK = "//"
EDITED = "✏️ "
LONGEST_CAPTION = 1024
LONGEST_QUOTE = 200
TO_COPY = 0
"""Message number that stands for "where the copy lies", known when the effect is claimed."""

CAPTIONED = frozenset({"animation", "audio", "document", "photo", "video", "voice"})
REPLACEABLE = CAPTIONED - {"voice"}
FORWARDED = frozenset({"dice", "story", "paid_media", "checklist", "giveaway", "giveaway_winners"})
"""A copy of a die is rolled anew, and Telegram copies none of the others; staff get a forward."""


class CasePen(Protocol):
    """What a step that deals with words of people may do with a case, inside the transaction."""

    @property
    def now(self) -> float: ...
    @property
    def desk_language(self) -> str: ...
    def hear(self, case: Case, line: Line, message: Wrote) -> int:
        """Write down a message somebody wrote; returns its row."""

    def send(
        self, effect: Effect, purpose: Purpose, case: Case, ref: int | None = None
    ) -> None: ...
    def tell(
        self, case: Case, html: str, *, purpose: Purpose = ..., reply_to: int | None = None
    ) -> None: ...
    def line_at(self, chat_id: int, message_id: int) -> tuple[int, Line] | None:
        """The row and line of a message that was written, or copied, there."""

    def album_of(self, case: Case, chat_id: int, message_id: int) -> list[int]:
        """The messages that were sent together with this one, which is among them."""


class Pen(CasePen, Protocol):
    """And what carrying them wants."""

    @property
    def staff_chat_id(self) -> int: ...
    def counterpart(self, chat_id: int, message_id: int) -> tuple[int, int] | None: ...
    def rewrite(self, message: Wrote) -> int | None:
        """Keep the new words of an edited message; its case, or None when it was never heard."""

    def reword(self, case: Case, ref: int, effect: Effect) -> bool:
        """An agent's line that may yet go (again) is to go so. True: nobody is sending it."""


# ------------------------------------------------------------------------------ to staff


def write_down(pen: Pen, case: Case, turn: Turn) -> None:
    """Keep a customer's turn in the transcript; an edit takes the place of what it changes.

    What it changes may stand in an older case: then it is said in this one too.
    """
    for message in turn.messages:
        if not turn.edit_of_answered or pen.rewrite(message) != case.id:
            pen.hear(case, line_of(Author.CUSTOMER, message, pen.now), message)


def to_staff(pen: Pen, case: Case, messages: Sequence[Wrote]) -> None:
    """A customer's words arrive in the topic, albums together, replies where they belong."""
    for group in albums(messages):
        refs = [pen.hear(case, line_of(Author.CUSTOMER, m, pen.now), m) for m in group]
        first = group[0]
        below = _reply_to(pen, first, pen.staff_chat_id)
        alone = len(group) == 1 and not _only_forwarded(first)
        _in_answer_to(pen, case, first, below if alone else None)
        carried, *behind = _for_topic(pen, case, group, below)
        pen.send(carried, Purpose.RELAY, case, refs[0])
        for more in behind:
            pen.send(more, Purpose.RELAY, case)
        if isinstance(carried, Forward):
            _behind_words(pen, case, group)
        if first.media is not None and first.media.kind == LIVE_LOCATION:
            pen.tell(case, words(pen.desk_language, "live"), purpose=Purpose.RELAY)


def edit_to_staff(pen: Pen, case: Case, message: Wrote) -> None:
    """A customer changed their words: staff see the new ones, marked, below the original.

    A live location is edited every few seconds; its first place was shown, and that it moves.
    """
    if pen.rewrite(message) != case.id:
        to_staff(pen, case, [message])
        return
    if message.media is not None and message.media.kind == LIVE_LOCATION:
        return
    there = pen.counterpart(message.chat_id, message.message_id)
    for effect in _edited(pen, case, message, there[1] if there else None):
        pen.send(effect, Purpose.RELAY, case)


def _edited(
    pen: Pen, case: Case, message: Wrote, below: int | None
) -> list[Copy | Forward | SendText]:
    """The new words with a mark in front of them; under media, a copy of the new media."""
    read = headed(for_staff(message), EDITED)
    if message.media is None:
        return [_as_words(pen.staff_chat_id, read, thread_id=case.thread_id, reply_to=below)]
    effects = _for_topic(pen, case, [replace(message, quote=None)], below)
    if isinstance(effects[0], Copy) and _takes_caption(read):
        return [_with_its_words(effects[0], read)]
    return effects


def _for_topic(
    pen: Pen, case: Case, group: Sequence[Wrote], below: int | None
) -> list[Copy | Forward | SendText]:
    """A customer's words as staff may see them: copied if they may be seen as they stand, else sent
    as they may be seen: under their media, or behind it where Telegram lets none be put there (an
    album, a caption too long)."""
    first, chat, thread = group[0], pen.staff_chat_id, case.thread_id
    ids = tuple(m.message_id for m in group)
    if _only_forwarded(first):
        return [Forward(chat, first.chat_id, ids, thread_id=thread)]
    read, quote = [for_staff(message) for message in group], first.quote if below else None
    copy = Copy(chat, first.chat_id, ids, thread_id=thread, reply_to=below, quote=quote)
    if read == list(group):
        return [copy]
    if first.media is None:
        return [_as_words(chat, read[0], thread_id=thread, reply_to=below, quote=quote)]
    if len(group) == 1 and _takes_caption(read[0]):
        return [_with_its_words(copy, read[0])]
    behind = [_as_words(chat, one, thread_id=thread) for one in read if one.text]
    return [replace(copy, caption=""), *behind]


def _in_answer_to(pen: Pen, case: Case, message: Wrote, below: int | None) -> None:
    """What a customer answers is shown in words where a reply cannot point at it."""
    if message.elsewhere:
        told = words(pen.desk_language, "elsewhere")
        if message.quote:
            told += " " + words(pen.desk_language, "quoted", text=_short(pen, message.quote))
    elif message.reply_to is None or below is not None:
        return
    else:
        found = pen.line_at(message.chat_id, message.reply_to)
        if found is None:
            return
        told = words(pen.desk_language, "in_answer_to", text=_short(pen, message.quote or found[1]))
    pen.tell(case, told, purpose=Purpose.RELAY)


def _behind_words(pen: Pen, case: Case, messages: Sequence[Wrote]) -> None:
    """Where links lead that stand behind other words of a forward, which comes as it is."""
    hidden = [
        mark.url
        for message in messages
        for mark in message.marks
        if mark.url and opened(replace(message, marks=(mark,))).text != message.text
    ]
    if hidden:
        shorts = [_short(pen, url) for url in dict.fromkeys(hidden)][:MOST_LINKS]
        told = words(pen.desk_language, "behind_words", places="\n".join(shorts))
        pen.tell(case, told, purpose=Purpose.RELAY)


def _only_forwarded(message: Wrote) -> bool:
    """A forward arrives as one: whose words it carries is part of what the customer says."""
    return message.forwarded or (message.media is not None and message.media.kind in FORWARDED)


# -------------------------------------------------------------------------- to the customer


def to_customer(pen: Pen, case: Case, messages: Sequence[Wrote], agent: str) -> list[int]:
    """An agent's words go to the customer, except internal notes, which stay in the record.

    Returns the rows of what goes.
    """
    gone: list[int] = []
    for group in albums(messages):
        if any(map(is_note, group)):
            for message in group:
                pen.hear(case, line_of(Author.NOTE, message, pen.now, agent), message)
            continue
        refs = [pen.hear(case, line_of(Author.AGENT, m, pen.now, agent), m) for m in group]
        pen.send(_carried(pen, case, group), Purpose.WORDS, case, refs[0])
        gone += refs
    return gone


def _carried(pen: Pen, case: Case, group: Sequence[Wrote]) -> Effect:
    """An agent's words on their way: what was read, or prepared, whatever stands there by then.

    Of an album, Telegram copies the words that stand there.
    """
    first = group[0]
    if first.pressed or first.canned:
        return SendText(case.customer_id, first.text)
    below = _reply_to(pen, first, case.customer_id)
    quote = first.quote if below else None
    if first.media is None:
        own = _as_words(case.customer_id, first, reply_to=below, quote=quote)
        return replace(own, preview=first.preview)
    ids = tuple(m.message_id for m in group)
    copy = Copy(case.customer_id, first.chat_id, ids, reply_to=below, quote=quote)
    return _with_its_words(copy, first) if len(group) == 1 and _takes_caption(first) else copy


def edit_to_customer(pen: Pen, case: Case, message: Wrote) -> None:
    """An agent changed their words: the customer's copy changes too, also one on its way.

    What was a note stays one, and what was sent does not become one; both are said, and that words
    which never went (a question about them has lapsed) do not go because they are changed.
    """
    moves = message.media is not None and message.media.kind in MOVING
    before = pen.line_at(message.chat_id, message.message_id)
    if before is None or pen.rewrite(message) is None:
        if case.state.with_staff and not moves:
            told = words(pen.desk_language, "edit_of_unsent")
            pen.tell(case, told, reply_to=message.message_id)
        return
    if moves:
        return  # each move of a live location is an edit, and so is its end: no copy follows it
    ref, line = before
    was_note = line.author is Author.NOTE
    if was_note is not is_note(message):
        key = "note_stays" if was_note else "sent_stays"
        pen.tell(case, words(pen.desk_language, key), reply_to=message.message_id)
    elif not was_note:
        if message.album is None and pen.reword(case, ref, _carried(pen, case, [message])):
            return
        media, text, marks = message.media, message.text, message.marks
        effect: Effect = EditText(case.customer_id, TO_COPY, text, marks=marks)
        if media is not None and media.kind in REPLACEABLE and media.file_id is not None:
            effect = EditMedia(case.customer_id, TO_COPY, media.kind, media.file_id, text, marks)
        pen.send(effect, Purpose.MARK, case, ref)


def reply_with(pen: Pen, case: Case, edit: Wrote) -> list[tuple[int, Wrote]]:
    """The reply of staff that an edited message is, or is a part of, as it is now: each message
    with its row. Empty when it was never heard."""
    whole: list[tuple[int, Wrote]] = []
    for number in pen.album_of(case, edit.chat_id, edit.message_id):
        found = pen.line_at(edit.chat_id, number)
        if found is None:
            continue
        ref, line = found
        kind, _, about = (line.media or "").partition(" ")
        media = Media(kind, about=about or None) if kind else None
        other = replace(edit, message_id=number, text=line.text, media=media, marks=())
        whole.append((ref, edit if number == edit.message_id else other))
    return whole


# ------------------------------------------------------------------------------- both ways


def reaction(pen: Pen, case: Case, reacted: Reacted) -> None:
    """A reaction on one side shows on the other; where it cannot, staff read it in words."""
    there = pen.counterpart(reacted.chat_id, reacted.message_id)
    emoji = reacted.emoji[0] if reacted.emoji else None
    if there is not None and not reacted.unusual:
        pen.send(React(there[0], there[1], emoji), Purpose.MARK, case)
    elif reacted.chat_id == case.customer_id and (emoji or reacted.unusual):
        found = pen.line_at(reacted.chat_id, reacted.message_id)
        told = words(
            pen.desk_language,
            "reacted",
            emoji=emoji or words(pen.desk_language, "unusual"),
            text=_short(pen, found[1]) if found else "?",
        )
        pen.tell(case, told, purpose=Purpose.RELAY, reply_to=there[1] if there else None)


def is_note(message: Wrote) -> bool:
    return message.text.lstrip().startswith(NOTE_MARK)


def albums(messages: Sequence[Wrote]) -> list[list[Wrote]]:
    """What belongs to one album, in order, where its first message stands; all else alone."""
    groups: list[list[Wrote]] = []
    by_album: dict[str, list[Wrote]] = {}
    for message in messages:
        if message.album in by_album:
            by_album[message.album].append(message)
            by_album[message.album].sort(key=lambda m: m.message_id)
            continue
        groups.append([message])
        if message.album is not None:
            by_album[message.album] = groups[-1]
    return groups


def line_of(author: Author, message: Wrote, at: float, name: str | None = None) -> Line:
    """A message as a line of the transcript; where a customer's links lead stands in it."""
    text = opened(message).text if author is Author.CUSTOMER else message.text
    return Line(author, text, at, media_word(message.media), name=name)


def media_word(media: Media | None) -> str | None:
    """Media in words: its kind, and what it says."""
    if media is None:
        return None
    return " ".join(part for part in (media.kind, media.emoji, media.about) if part)


def _as_words(
    chat_id: int,
    said: Wrote,
    *,
    thread_id: int | None = None,
    reply_to: int | None = None,
    quote: str | None = None,
) -> SendText:
    """A person's words as they were read, with their formatting."""
    return SendText(chat_id, said.text, (), thread_id, reply_to, marks=said.marks, quote=quote)


def _takes_caption(message: Wrote) -> bool:
    """Longer words than a bot may put under media are those of an author with Premium."""
    kind = None if message.media is None else message.media.kind
    return kind in CAPTIONED and units(message.text) <= LONGEST_CAPTION


def _with_its_words(copy: Copy, message: Wrote) -> Copy:
    """A copy with the words that were read, not those that stand there when it is made."""
    above = message.media is not None and message.media.caption_above
    return replace(copy, caption=message.text, marks=message.marks, caption_above=above)


def _short(pen: Pen, said: Line | str) -> str:
    if not isinstance(said, str):
        said = said.text or media_name(pen.desk_language, said.media)
    return escape(shortened(rings_nobody(shown(said)), LONGEST_QUOTE))


def _reply_to(pen: Pen, message: Wrote, chat_id: int) -> int | None:
    if message.reply_to is None:
        return None
    there = pen.counterpart(message.chat_id, message.reply_to)
    return there[1] if there is not None and there[0] == chat_id else None
