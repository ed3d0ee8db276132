"""A character RNN on the first characters of Shakespeare."""

from recur.labs.course import Lab

LAB = Lab(7, "a ReLU RNN of three layers learns 10,000 characters", takes_files=True)
