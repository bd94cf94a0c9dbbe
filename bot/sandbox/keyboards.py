"""Inline keyboards: read from a call, checked as Telegram checks them."""

from __future__ import annotations

from typing import Any

from .params import Params, bad_request
from .wire import Json

DATA_LIMIT_BYTES = 64
_BUTTON_LIMIT = 100
_ACTIONS = frozenset(
    [
        "url",
        "callback_data",
        "switch_inline_query",
        "switch_inline_query_current_chat",
        "callback_game",
        "pay",
        "login_url",
        "web_app",
        "switch_inline_query_chosen_chat",
        "copy_text",
    ]
)
_OTHER_MARKUPS = frozenset({"keyboard", "remove_keyboard", "force_reply"})


def inline_keyboard(params: Params) -> Json | None:
    """The inline keyboard of a call; None without one (other markups show no buttons in it)."""
    markup = params.object("reply_markup")
    if markup is None or _OTHER_MARKUPS & markup.keys():
        return None
    rows = markup.get("inline_keyboard")
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request("object expected as reply markup")
    if sum(map(len, rows)) > _BUTTON_LIMIT:
        raise bad_request("reply markup is too long")
    checked = [[_button(button) for button in row] for row in rows if row]
    return {"inline_keyboard": checked} if checked else None


def _button(button: Any) -> Json:
    if not isinstance(button, dict) or not isinstance(button.get("text"), str):
        raise bad_request('can\'t parse inline keyboard button: Field "text" must be specified')
    if not button["text"].strip():
        raise bad_request("BUTTON_TEXT_INVALID")
    if not _ACTIONS & button.keys():
        raise bad_request(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )
    data = button.get("callback_data")
    if data is not None and not 1 <= len(str(data).encode()) <= DATA_LIMIT_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")
    url = button.get("url")
    if url is not None and "." not in url and not url.startswith("tg://"):
        raise bad_request("BUTTON_URL_INVALID")
    return button
