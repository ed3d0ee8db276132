"""`python -m recur` is the command `recur`."""

from recur.cli.main import main

main()
