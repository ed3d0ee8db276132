"""What predictions are made of, in plain NumPy: copied into `model.py`, traced into an ONNX graph.

Each function takes whole arrays and branches on nothing that they hold, so that the text of it is
the graph. What loops over time is left to each writer; see `recur.export.onnx_own`.
"""

from __future__ import annotations

from typing import Any

Array = Any
"""An array of NumPy, or one that writes down what is done to it; see `recur.export.traced`."""
