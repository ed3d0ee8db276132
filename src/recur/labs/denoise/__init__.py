"""Noisy sines, and how well they can be cleaned."""

from recur.labs.course import Lab

LAB = Lab(3, "a GRU cleans sines in noise, beside the best that anyone could do")
