"""Two sines in noise, one step and ten ahead."""

from recur.labs.course import Lab

LAB = Lab(5, "one and ten steps ahead, from repeating the last value to a deep network")
