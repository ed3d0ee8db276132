"""Stock prices, next day."""

from recur.labs.course import Lab

LAB = Lab(6, "tomorrow's price of TSLA, GOOGL, DJI, beside today's", takes_files=True)
