"""The engine for processors: recurrent networks as machine code, compiled here by numba."""
