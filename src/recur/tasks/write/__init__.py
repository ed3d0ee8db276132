"""Writing like a text: settings, training, samples."""
