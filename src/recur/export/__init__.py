"""Trained models for other runtimes: one file of plain NumPy, or an ONNX graph."""
