"""How much of the past a network has to see."""

from recur.labs.course import Lab

LAB = Lab(1, "a network that sees one value of a sine, two, or carries a memory")
