"""Measures of a forecast, the simple answers, and the verdict: pure functions on arrays."""
