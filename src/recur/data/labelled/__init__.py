"""Examples with labels: texts, or series of numbers, and what each of them is."""
