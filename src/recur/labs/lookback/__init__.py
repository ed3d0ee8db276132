"""How much of the past a network has to see."""
