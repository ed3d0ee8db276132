"""The pictures of a page that a reader can zoom into, and what draws them there."""

from __future__ import annotations

from recur.report.charts.chart import Band, Chart, Charts, Line
from recur.report.charts.errors import horizon_chart
from recur.report.charts.heldout import held_out_chart, held_out_charts

__all__ = ["Band", "Chart", "Charts", "Line", "held_out_chart", "held_out_charts", "horizon_chart"]
