"""The picture of the five configurations: what goes in, the hidden states, what comes out."""

from __future__ import annotations

from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from recur.report.plots.style import (
    BLUE,
    FADED,
    GREY,
    INK,
    ORANGE,
    drawable,
    figure,
    house_style,
    title,
)

_WIDE, _HIGH = 0.62, 0.36  # of a box, in steps and levels
_GAP = 1.1  # steps between two shapes
_LEVELS = {"in": (0.0, BLUE), "hidden": (1.0, GREY), "out": (2.0, ORANGE)}


@dataclass(frozen=True)
class Shape:
    """A configuration.

    Attributes:
        name: of it.
        use: what it is used for.
        steps: hidden states.
        reads: the steps at which something goes in.
        says: the steps at which something comes out.
    """

    name: str
    use: str
    steps: int
    reads: tuple[int, ...]
    says: tuple[int, ...]

    @property
    def fed_back(self) -> tuple[int, ...]:
        """Return the steps whose output goes into the next one, which nothing else does."""
        return tuple(t for t in self.says if t + 1 in self.says and t + 1 not in self.reads)


SHAPES = (
    Shape("one to one", "an image", 1, (0,), (0,)),
    Shape("one to many", "captions, music", 3, (0,), (0, 1, 2)),
    Shape("many to one", "sentiment", 3, (0, 1, 2), (2,)),
    Shape("many to many", "tags: aligned", 3, (0, 1, 2), (0, 1, 2)),
    Shape("many to many", "translation: not aligned", 5, (0, 1, 2), (3, 4)),
)


def shapes_picture(shapes: tuple[Shape, ...] = SHAPES) -> Figure:
    """Draw configurations side by side, boxes and arrows."""
    with house_style():
        picture, axes = figure()
        left = 0.0
        for shape in shapes:
            _draw(axes, shape, left)
            left += shape.steps - 1 + 1 + _GAP
        axes.set_xlim(-0.9, left - _GAP - 0.1)
        axes.set_ylim(-0.95, 2.75)
        axes.set_axis_off()
        _legend(axes)
        under = "a broken arrow feeds an output back as the next input"
        title(axes, "One to one, one to many, many to one, many to many", under)
    return picture


def _draw(axes: Axes, shape: Shape, left: float) -> None:
    """Draw one shape, its first step at `left`."""
    boxes = {"in": shape.reads, "hidden": tuple(range(shape.steps)), "out": shape.says}
    for kind, steps in boxes.items():
        for step in steps:
            _box(axes, left + step, *_LEVELS[kind])
    for step in shape.reads:
        _arrow(axes, (left + step, _HIGH / 2), (left + step, 1 - _HIGH / 2))
    for step in shape.says:
        _arrow(axes, (left + step, 1 + _HIGH / 2), (left + step, 2 - _HIGH / 2))
    for step in range(shape.steps - 1):
        _arrow(axes, (left + step + _WIDE / 2, 1), (left + step + 1 - _WIDE / 2, 1))
    for step in shape.fed_back:
        start = (left + step + _WIDE / 2, 2 - _HIGH / 4)
        _arrow(axes, start, (left + step + 1 - _WIDE / 4, 1 + _HIGH / 2), back=True)
    middle = left + (shape.steps - 1) / 2
    axes.text(middle, 2.6, drawable(shape.name), ha="center", va="center", fontsize=11)
    axes.text(middle, -0.6, drawable(shape.use), ha="center", va="center", fontsize=10, color=FADED)


def _box(axes: Axes, x: float, y: float, colour: str) -> None:
    corner = (x - _WIDE / 2, y - _HIGH / 2)
    look = {"fc": colour, "ec": INK, "lw": 0.8, "boxstyle": "round,pad=0,rounding_size=0.06"}
    axes.add_patch(FancyBboxPatch(corner, _WIDE, _HIGH, **look))  # type: ignore[arg-type]


def _arrow(
    axes: Axes, start: tuple[float, float], end: tuple[float, float], *, back: bool = False
) -> None:
    axes.add_patch(
        FancyArrowPatch(
            start, end, arrowstyle="-|>", mutation_scale=11, shrinkA=1, shrinkB=1, color=INK,
            lw=1.2, ls="--" if back else "-", connectionstyle="arc3,rad=-0.25" if back else "arc3",
        )
    )  # fmt: skip


def _legend(axes: Axes) -> None:
    """Name the three kinds of boxes for the legend."""
    names = {"in": "goes in", "hidden": "hidden state", "out": "comes out"}
    for kind, (_, colour) in _LEVELS.items():
        axes.plot([], [], color=colour, marker="s", ms=9, ls="", label=names[kind])
