"""Recordings, noisy and clean, and the files and noises they come from."""
