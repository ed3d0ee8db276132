"""What is compiled: the arithmetic of networks."""
