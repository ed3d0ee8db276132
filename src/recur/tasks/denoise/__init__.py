"""Cleaning signals: settings, training, cleaning."""
