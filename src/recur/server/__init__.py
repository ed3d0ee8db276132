"""Models behind HTTP: forecasts, verdicts, streams and trainings for whoever asks."""
