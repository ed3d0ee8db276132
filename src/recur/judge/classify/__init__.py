"""Judging classifiers: counting, neighbours, random kernels, calibration, and the verdict."""
