"""Loaded by the process that bots are forked from, and by nobody else: it ends with the run."""

from .forked import die_with_parent

die_with_parent()
