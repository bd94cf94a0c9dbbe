"""The customers' side beside the path: their words, what follows a closing, their own rights."""
