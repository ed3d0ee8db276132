"""Lab `lookback`, last part: what the noisy sine is, said before anything is modelled."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from recur.arrays import Indices
from recur.data.describe.description import describe
from recur.data.synthetic import sine
from recur.labs.experiment import Setting
from recur.labs.lookback.windows import NOISE, PERIOD
from recur.report.findings import Findings, Picture, Row

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from recur.data.clock import Clock
    from recur.data.describe.decomposition import Decomposition

POINTS = 600


def described(setting: Setting) -> Findings:
    """Say what the noisy sine is, as `recur describe` does before anything is modelled."""
    description = describe(sine(POINTS, PERIOD, NOISE, setting.seed).values)
    series, clock = description.series[0], description.panel.clock
    parts, deviation = series.decomposition, series.statistics.deviation
    assert parts is not None  # a series this long can always be taken apart
    assert deviation is not None
    word = (
        f"{series.rows} values of the noisy sine have the mean {series.statistics.mean:.2f} and "
        f"the standard deviation {deviation:.2f}; they correlate by "
        f"{series.autocorrelation[1]:.2f} with the value before. The season found in them explains "
        f"{100 * parts.season_strength:.0f} % of their variance."
    )
    picture = Picture(
        "decomposition",
        "The noisy sine taken apart: a trend, the season, and the rest, which is the noise.",
        partial(_decomposition_picture, clock, description.panel.clock_times(0), parts),
    )
    return Findings((Row("season found, noisy sine", "steps", series.season),), (word,), (picture,))


def _decomposition_picture(clock: Clock, times: Indices, parts: Decomposition) -> Figure:
    from recur.report.plots.decomposition import decomposition_picture

    return decomposition_picture("Sine of period 50 in noise", clock, times, (parts,))
