"""The bot everyone writes first, to measure beside: python-telegram-bot as it comes, echoing.

    TELEGRAM_TOKEN=… LOOPBACK=http://127.0.0.1:PORT/ python -m tests.load.echo_bot

Polling, one update after the other, the stock httpx transport. It keeps nothing and understands
nothing; what it costs is what python-telegram-bot and HTTP cost.
"""

from __future__ import annotations

import logging
import os
from typing import Any

from telegram import Update
from telegram.ext import ApplicationBuilder, ContextTypes, MessageHandler, filters


async def echo(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
    if update.message is not None and update.message.text is not None:
        await update.message.reply_text(update.message.text)


def main() -> None:
    logging.basicConfig(level=logging.WARNING)
    address = os.environ["LOOPBACK"]
    builder: Any = ApplicationBuilder()
    application = (
        builder.token(os.environ["TELEGRAM_TOKEN"])
        .base_url(f"{address}bot")
        .base_file_url(f"{address}file/bot")
        .build()
    )
    application.add_handler(MessageHandler(filters.TEXT, echo))
    application.run_polling(allowed_updates=Update.ALL_TYPES)


if __name__ == "__main__":
    main()
