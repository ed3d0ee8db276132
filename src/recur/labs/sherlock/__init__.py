"""Cells that learn to write like Sherlock Holmes."""

from recur.labs.course import Lab

LAB = Lab(8, "a vanilla RNN against a GRU on the same text", takes_files=True)
