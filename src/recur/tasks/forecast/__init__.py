"""Forecasting: settings, training, prediction, comparison."""
