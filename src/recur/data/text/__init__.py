"""Texts, their files, and the symbols they are made of."""
