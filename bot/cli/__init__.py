"""The commands of the program, one file each; `__main__.py` reads the command line."""
