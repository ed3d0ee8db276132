"""How every picture looks: palette, type, size, and the bytes of a PNG."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from io import BytesIO
from typing import Any

import numpy as np
from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, fontManager, get_font
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from recur.arrays import Float64s
from recur.errors import visible

INK = "#1a1a1a"
FADED = "#6b6b6b"
GREY = "#9c9c9c"
PALE = "#f1f4f7"
BLUE = "#0072b2"
ORANGE = "#d55e00"
"""Blue and orange of Okabe and Ito: told apart by colour-blind readers, and in greyscale."""

_SIZE = (10.0, 5.0)  # inches
_DOTS = 160  # per inch: 1600 x 800
_LEGEND_ROW = 18  # points
_LEGEND_WIDTH, _HANDLE = 88, 6  # characters: of a row of the legend, and of a line in it
_ABSENT = "\N{WHITE SQUARE}"
_SCRIPTS = (  # fonts with Chinese, Japanese and Korean, as systems name them
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Noto Sans SC",
    "Source Han Sans SC",
    "PingFang SC",
    "Hiragino Sans",
    "Apple SD Gothic Neo",
    "Microsoft YaHei",
    "Yu Gothic",
    "Malgun Gothic",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Droid Sans Fallback",
    "Arial Unicode MS",
)


@contextmanager
def house_style() -> Iterator[None]:
    """Draw in the house's style, and leave the settings of matplotlib as they were."""
    with style.context(["default", _style()]):
        yield


class HouseFigure(Figure):
    """A picture that looks the same wherever it is drawn, and shows itself in a notebook.

    A notebook shows what pyplot has drawn; this has nothing to do with pyplot, so that a cell that
    ends with it asks it for its PNG.

    Args:
        size: width and height in inches.
    """

    def __init__(self, size: tuple[float, float] = _SIZE) -> None:
        super().__init__(figsize=size, dpi=_DOTS, layout="constrained")

    def draw(self, renderer: RendererBase) -> None:
        """Draw in the house's style, whatever the style of the user."""
        with house_style():
            super().draw(renderer)

    def _repr_png_(self) -> bytes:
        return png(self)


def figure() -> tuple[Figure, Axes]:
    """Return an empty picture with one pair of axes."""
    picture = HouseFigure()
    return picture, picture.add_subplot()


def title(axes: Axes, heading: str, under: str, *, legend: bool = True) -> None:
    """Head a picture: what it shows, a line under it, and its legend, all above the data."""
    columns, rows = _legend_shape(axes.get_legend_handles_labels()[1]) if legend else (0, 0)
    above = 10 + _LEGEND_ROW * rows
    axes.set_title(drawable(heading), loc="left", pad=above + 18)
    axes.annotate(
        drawable(under),
        (0.0, 1.0),
        xytext=(0, above),
        xycoords="axes fraction",
        textcoords="offset points",
        color=FADED,
    )
    if legend:
        axes.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=columns)


def _legend_shape(labels: list[str]) -> tuple[int, int]:
    """Return in how many columns and rows labels fit above the axes.

    >>> _legend_shape(["noisy", "clean", "cleaned"]), _legend_shape(["a label of many words"] * 7)
    ((3, 1), (3, 3))
    """
    widths = [len(label) + _HANDLE for label in labels]
    if sum(widths) <= _LEGEND_WIDTH:
        return max(1, len(labels)), 1
    columns = max(1, _LEGEND_WIDTH // max(widths))
    return columns, -(-len(labels) // columns)


def logarithmic(axes: Axes, values: Float64s, log_from: float) -> bool:
    """Take a logarithmic scale where a linear one would flatten the smaller values.

    Args:
        axes: what `values` are drawn on, upwards.
        values: of any shape; what is not finite is passed over.
        log_from: times between the largest and the smallest value.

    Returns:
        Whether the scale is now logarithmic; it cannot be where a value is not above 0.
    """
    if not flattened(values, log_from):
        return False
    axes.set_yscale("log")
    wide = flattened(values, 1e3)
    axes.yaxis.set_major_locator(LogLocator(subs=(1.0,) if wide else (1.0, 2.0, 5.0), numticks=8))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.yaxis.set_minor_locator(NullLocator())
    return True


def flattened(values: Float64s, log_from: float) -> bool:
    """Return whether a linear scale would flatten the smaller values; see `logarithmic`."""
    finite = values[np.isfinite(values)]
    return len(finite) > 0 and bool(0 < finite.min() < finite.max() / log_from)


def drawable(text: str) -> str:
    """Return text on one line, a square for each character that no font here has."""
    glyphs = _glyphs()
    return "".join(c if ord(c) in glyphs else _ABSENT for c in visible(text))


def png(picture: Figure) -> bytes:
    """Return a picture as the bytes of a PNG; the same picture gives the same bytes."""
    buffer = BytesIO()
    with house_style():
        picture.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()


@cache
def _fonts() -> tuple[str, ...]:
    """Return the families to draw with: matplotlib's own, then any for scripts that it lacks."""
    installed = {font.name for font in fontManager.ttflist}
    return ("DejaVu Sans", *(name for name in _SCRIPTS if name in installed))


@cache
def _glyphs() -> frozenset[int]:
    """Return the characters that some font here has."""
    paths = [fontManager.findfont(FontProperties(family=name)) for name in _fonts()]
    return frozenset(code for path in paths for code in get_font(path).get_charmap())


def _style() -> dict[Any, Any]:
    return {
        "text.parse_math": False,  # a column called $x^$ is a name, not a formula
        "text.usetex": False,
        "font.family": list(_fonts()),
        "font.size": 12,
        "text.color": INK,
        "axes.titlesize": 15,
        "axes.labelcolor": FADED,
        "axes.edgecolor": "#c8c8c8",
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "axes.grid.axis": "y",
        "axes.axisbelow": True,
        "grid.color": "#e6e6e6",
        "grid.linewidth": 0.8,
        "xtick.color": "#c8c8c8",
        "ytick.color": "#c8c8c8",
        "xtick.labelcolor": FADED,
        "ytick.labelcolor": FADED,
        "legend.frameon": False,
        "legend.borderaxespad": 0.3,
        "legend.borderpad": 0.2,
        "legend.handlelength": 1.8,
        "lines.solid_capstyle": "round",
        "figure.constrained_layout.w_pad": 0.12,  # inches
        "figure.constrained_layout.h_pad": 0.12,
        "savefig.dpi": "figure",
        "savefig.facecolor": "white",
        "figure.facecolor": "white",
    }
