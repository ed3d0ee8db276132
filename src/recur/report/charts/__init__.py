"""The pictures of a page that a reader can zoom into, and what draws them there."""

from __future__ import annotations

from recur.report.charts.chart import Band, Chart, Line
from recur.report.charts.errors import horizon_chart
from recur.report.charts.heldout import held_out_chart

__all__ = ["Band", "Chart", "Line", "held_out_chart", "horizon_chart"]
