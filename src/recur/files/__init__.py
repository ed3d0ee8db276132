"""Files that recur writes: whole or not at all, and data only."""
