"""The pictures of a report: the held-out stretch, errors and coverage by step, the training."""

from __future__ import annotations

from recur.report.plots.bands import Bands
from recur.report.plots.coverage import coverage_picture
from recur.report.plots.errors import horizon_picture
from recur.report.plots.heldout import ModelInputs, held_out_picture
from recur.report.plots.style import png
from recur.report.plots.training import training_picture

__all__ = [
    "Bands",
    "ModelInputs",
    "coverage_picture",
    "held_out_picture",
    "horizon_picture",
    "png",
    "training_picture",
]
