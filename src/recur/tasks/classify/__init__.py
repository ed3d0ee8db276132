"""Telling classes apart: texts or series of numbers, each with a label."""
