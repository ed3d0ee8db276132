"""Draw forty of the series that the pretrained network learns from: docs/images/simulated.png.

python -m benchmarks.pretraining.gallery
"""

from __future__ import annotations

from benchmarks.gallery import DOCS, small
from matplotlib.figure import Figure

from recur.data.simulated.series import simulate
from recur.report.plots.style import BLUE, FADED, INK, HouseFigure, house_style, png

_KINDS = (
    ("40 years", 40, 1, 0), ("60 quarters", 60, 4, 0), ("96 months", 96, 12, 0),
    ("400 months", 400, 12, 0), ("140 days", 140, 7, 0), ("208 weeks", 208, 52, 0),
    ("336 hours", 336, 24, 168), ("120 steps, a season of 17", 120, 17, 0),
)  # fmt: skip
"""A row each: what it is called, length, period, longer period."""
_EACH = 5


def picture(seed: int) -> Figure:
    """Return a row for each kind of step, each series as it was drawn and none chosen."""
    with house_style():
        figure = HouseFigure((10.0, 9.0))
        grid = figure.subplots(len(_KINDS), _EACH)
        for row, (name, length, period, second) in zip(grid, _KINDS, strict=True):
            drawn = simulate(_EACH, length, period, second, seed=seed, step=length)
            for axes, values in zip(row, drawn, strict=True):
                axes.plot(values, color=BLUE, lw=0.9)
                axes.set(xticks=[], yticks=[])
                axes.margins(x=0.01)
                axes.spines[:].set_visible(False)
            row[0].set_title(name, loc="left", fontsize=9, color=FADED, pad=3)
        figure.suptitle("Forty series of the generator", x=0.01, ha="left", color=INK)
    return figure


def main() -> None:
    (DOCS / "images" / "simulated.png").write_bytes(small(png(picture(seed=1))))


if __name__ == "__main__":
    main()
