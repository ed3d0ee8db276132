"""The experiments of the course, each one command: `recur lab NAME`."""
