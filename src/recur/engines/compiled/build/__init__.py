"""How functions and equations become machine code, once, and where that is kept."""
