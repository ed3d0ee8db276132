"""What a recurrent network can map to what."""

from recur.labs.course import Lab

LAB = Lab(9, "one to one, one to many, many to one, many to many: each at its smallest")
