"""The command `recur`: one file a verb, which parses, calls a task and prints."""
