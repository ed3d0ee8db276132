"""Translating: learn what should come out of each text from pairs."""
