"""The picture of an experiment's figures: published, ours and the limit as dots on one axis."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from recur.report.findings import Row
from recur.report.findings import figure as number
from recur.report.plots.style import BLUE, GREY, INK, ORANGE, drawable, figure, house_style, title

_ROW = 0.3  # inches
_MARKS = (
    ("published", {"color": INK, "marker": "o", "mfc": "white", "ms": 8}),
    ("limit", {"color": ORANGE, "marker": "|", "ms": 16, "mew": 2.5}),
    ("ours", {"color": BLUE, "marker": "o", "ms": 8}),
)


def dots_picture(heading: str, under: str, rows: Sequence[Row], *, across: str) -> Figure:
    """Draw the figures of some rows, one below the other, on a logarithmic axis.

    Args:
        heading: what the picture shows.
        under: a line below the heading.
        rows: of one metric, from the top down; what is not above 0 is left out.
        across: what the axis measures.
    """
    with house_style():
        picture, axes = figure()
        picture.set_figheight(max(picture.get_figheight(), 2.0 + _ROW * len(rows)))
        for name, look in _MARKS:
            _draw(axes, rows, name, look)
        for at, row in enumerate(rows):
            axes.annotate(
                number(row.ours), (1.0, at), xytext=(8, 0), va="center", color=BLUE,
                xycoords=("axes fraction", "data"), textcoords="offset points",
                annotation_clip=False,
            )  # fmt: skip
        axes.set_yticks(range(len(rows)), [drawable(row.name) for row in rows])
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.tick_params(axis="y", length=0, labelcolor=INK)
        axes.grid(visible=True, axis="x")
        _logarithmic(axes)
        axes.set_xlabel(across)
        title(axes, heading, under)
    return picture


def _draw(axes: Axes, rows: Sequence[Row], name: str, look: dict[str, object]) -> None:
    """Draw one mark in every row that has its figure."""
    values = [(at, getattr(row, name)) for at, row in enumerate(rows)]
    positive = [(at, value) for at, value in values if value is not None and value > 0]
    if positive:
        places, figures = zip(*positive, strict=True)
        axes.plot(figures, places, ls="", label=name, clip_on=False, **look)  # type: ignore[arg-type]


def _logarithmic(axes: Axes) -> None:
    axes.set_xscale("log")
    low, high = axes.get_xlim()
    wide = high > 1e3 * low
    axes.xaxis.set_major_locator(LogLocator(subs=(1.0, 3.0) if wide else (1.0, 2.0, 5.0)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.spines["left"].set_color(GREY)
