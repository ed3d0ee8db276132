"""Cells that learn to write like Sherlock Holmes."""
