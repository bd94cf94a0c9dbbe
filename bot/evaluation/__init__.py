"""How good is it? What the bot would do with labelled messages, beside what is right."""
