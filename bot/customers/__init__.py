"""The customers' side: their words and presses, what follows a closing, their own rights."""
