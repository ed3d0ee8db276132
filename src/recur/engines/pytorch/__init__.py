"""The PyTorch engine; the only place that imports torch, and only when asked for."""
