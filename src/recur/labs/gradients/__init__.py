"""Gradients that vanish and explode."""
