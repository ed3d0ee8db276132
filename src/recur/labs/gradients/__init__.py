"""Gradients that vanish and explode."""

from recur.labs.course import Lab

LAB = Lab(2, "vanishing and exploding gradients, the remedies, and what gates do")
