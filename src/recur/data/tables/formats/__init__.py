"""The kinds of file that are tables, a file each; `known.py` is the table of them."""
