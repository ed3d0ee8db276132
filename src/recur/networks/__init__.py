"""What a network is: its settings, its table of parameters, its equations. No engine here."""
