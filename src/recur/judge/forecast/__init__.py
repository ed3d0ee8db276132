"""Forecasts judged: simple answers, errors, intervals, the verdict."""
