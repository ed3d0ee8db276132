"""recur."""
