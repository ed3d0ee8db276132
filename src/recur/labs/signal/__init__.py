"""A noisy signal, five values in, two ahead."""
