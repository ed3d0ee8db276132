"""A noisy signal, five values in, two ahead."""

from recur.labs.course import Lab

LAB = Lab(4, "an LSTM encoder-decoder on two waves in noise, with and without forcing")
