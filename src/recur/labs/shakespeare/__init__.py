"""A character RNN on the first characters of Shakespeare."""
