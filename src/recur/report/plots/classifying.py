"""Pictures of a classifier: what is taken for what, and whether it knows how sure it may be."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from recur.judge.classify.judgement import ClassJudgement
from recur.report.plots.style import (
    BLUE,
    GREY,
    INK,
    HouseFigure,
    drawable,
    figure,
    house_style,
    title,
)

_NUMBERED = 20  # classes up to which the numbers stand in the picture
_LEAST_ANSWERS = 1


def confusion_picture(
    classes: Sequence[str], confusion: Sequence[Sequence[int]], under: str, what: str = "class"
) -> Figure:
    """Draw what was answered of each class, as shares of the class.

    Args:
        classes: the names of rows and columns.
        confusion: [true class][class answered].
        under: the line below the heading.
        what: a row is.
    """
    counts = np.array(confusion)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    size = len(classes)
    names = [drawable(name[:20]) for name in classes]
    with house_style():
        picture = HouseFigure((10.0, min(10.0, 5.0 + 0.25 * max(0, size - 5))))
        axes = picture.add_subplot()
        colours = LinearSegmentedColormap.from_list("house", ["white", BLUE])
        axes.imshow(shares, cmap=colours, vmin=0, vmax=1, aspect="auto")
        axes.set_xticks(range(size), names, rotation=45 if size > 5 else 0, ha="center")
        axes.set_yticks(range(size), names)
        axes.set_xlabel("answered")
        axes.set_ylabel(f"true {what}")
        axes.grid(visible=False)
        if size <= _NUMBERED:
            for i, row in enumerate(counts):
                for j, count in enumerate(row):
                    ink = "white" if shares[i, j] > 0.5 else INK
                    axes.text(j, i, f"{count}", ha="center", va="center", color=ink, fontsize=9)
        title(axes, "What is taken for what", under, legend=False)
    return picture


def reliability_picture(judgement: ClassJudgement) -> Figure:
    """Draw how often answers were right beside how sure they were."""
    told = judgement.reliability
    counts = np.array(told.counts)
    shown = counts >= _LEAST_ANSWERS
    x, y = np.array(told.confidence)[shown], np.array(told.right)[shown]
    with house_style():
        picture, axes = figure()
        axes.plot([0, 1], [0, 1], color=GREY, lw=1.0, ls="--", label="as sure as right")
        axes.plot(x, y, color=BLUE, lw=1.5)
        sizes = 20 + 280 * counts[shown] / counts.max()
        axes.scatter(
            x, y, s=sizes, color=BLUE, label="answers, by how sure", zorder=3, clip_on=False
        )
        axes.set_xlim(0, 1)
        axes.set_ylim(0, 1.02)
        axes.set_xlabel("confidence")
        axes.set_ylabel("share of right answers")
        error = judgement.answer.calibration_error or 0.0
        under = f"expected calibration error {error:.3f}; larger dots are more answers"
        title(axes, "Is it as sure as it is right?", under)
    return picture
