"""The picture of short series must show what was known, what came and every forecast."""

from __future__ import annotations

import numpy as np

from recur.report.plots.forecasts import Shown, forecasts_picture
from recur.report.plots.style import png


def shown(bands: bool = True) -> Shown:
    ahead = np.arange(3.0)
    return Shown(
        known=np.arange(30.0),
        truth=ahead,
        forecasts={"one": ahead + 1, "two": ahead - 1},
        bands={95.0: (ahead - 2, ahead + 2)} if bands else {},
    )


def test_each_series_has_its_own_panel_with_what_came_after_the_newest_known_value() -> None:
    panels = forecasts_picture("Ahead", "two series", [shown(), shown()], newest=10).axes
    assert len(panels) == 2
    for axes in panels:
        lines = {line.get_label(): line for line in axes.lines}
        known, truth, one = (lines[name] for name in ("known", "truth", "one"))
        assert list(known.get_xdata()) == list(range(-9, 1))  # type: ignore[arg-type]
        assert list(truth.get_xdata()) == [1, 2, 3]  # type: ignore[arg-type]
        assert list(one.get_ydata()) == [29, 1, 2, 3]  # type: ignore[arg-type]


def test_the_legend_names_the_interval_once() -> None:
    axes = forecasts_picture("Ahead", "", [shown()], newest=10).axes[0]
    legend = axes.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()].count("95 % interval") == 1


def test_it_can_be_drawn_without_intervals() -> None:
    assert png(forecasts_picture("Ahead", "", [shown(bands=False)], newest=5))
