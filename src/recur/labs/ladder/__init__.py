"""Two sines in noise, one step and ten ahead."""
