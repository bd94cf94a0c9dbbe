"""The commands of the program, one file each; `__main__.py` runs what was typed."""
