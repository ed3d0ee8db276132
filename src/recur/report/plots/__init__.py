"""The three pictures of a report: the held-out stretch, the training, the error by step ahead."""

from __future__ import annotations

from recur.report.plots.errors import horizon_picture
from recur.report.plots.heldout import Outlook, held_out_picture
from recur.report.plots.style import png
from recur.report.plots.training import training_picture

__all__ = ["Outlook", "held_out_picture", "horizon_picture", "png", "training_picture"]
