"""The edge to Telegram: the only files that know the Bot API."""
