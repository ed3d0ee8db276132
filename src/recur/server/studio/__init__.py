"""The studio: a page in the browser from a file to a judged forecast."""
