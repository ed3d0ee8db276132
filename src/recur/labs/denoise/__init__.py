"""Noisy sines, and how well they can be cleaned."""
