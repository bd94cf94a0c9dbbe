"""What a monitor sees: whether the bot is well, and its figures. No words, no names, no token."""
