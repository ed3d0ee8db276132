"""What the lab `denoise` draws."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from recur.labs.denoise.problem import PUBLISHED, Cleaner, Sines
from recur.report.findings import Picture

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHOWN = 60  # steps of the example


def pictures(cleaners: Sequence[Cleaner], sines: Sines) -> tuple[Picture, ...]:
    """Return an example, the error along the sequence, and the training; none is drawn yet."""
    recipe, *_, longer, deeper = cleaners
    example = (
        "The beginning of a test sequence with about the mean error: as it came, as it was, as two "
        "networks clean it, and the best answer of somebody who sees what came before."
    )
    steps = (
        "The mean absolute error at each step of the test sequences. Who sees what came before "
        "cannot know the phase at the beginning; who reads both ways can. The best causal answer "
        "is drawn as far as it is near the networks', and falls on."
    )
    training = (
        "The mean absolute error on sequences that are not learnt from, after each pass over those "
        "that are. The causal limit does not hold for a network that reads both ways."
    )
    return (
        Picture("example", example, partial(_example_picture, longer, deeper, sines)),
        Picture("steps", steps, partial(_steps_picture, recipe, longer, deeper, sines)),
        Picture("training", training, partial(_training_picture, recipe, longer, deeper, sines)),
    )


def _example_picture(causal: Cleaner, both: Cleaner, sines: Sines) -> Figure:
    from recur.report.plots.denoising import typical_recording
    from recur.report.plots.lines import Line, lines_picture
    from recur.report.plots.style import BLUE, GREY, INK, ORANGE

    noisy, clean = sines.tested
    i = typical_recording(list(clean), list(causal.answers)), slice(SHOWN)
    lines = (
        Line("noisy", noisy[i], None, GREY, 0.8, "o"),
        Line("both ways", both.answers[i], None, BLUE, 3.0),
        Line("clean", clean[i], None, INK, 1.2),
        Line("causal network", causal.answers[i], None, ORANGE, 3.0),
        Line("best causal answer", sines.best[False][i], None, INK, 1.4, dashed=True),
    )
    return lines_picture(
        "A sine in noise, cleaned", f"the first {SHOWN} steps of a test sequence",
        lines, across="step", up="value",
    )  # fmt: skip


def _steps_picture(recipe: Cleaner, causal: Cleaner, both: Cleaner, sines: Sines) -> Figure:
    from recur.report.plots.lines import Line, lines_picture
    from recur.report.plots.style import BLUE, GREY, INK, ORANGE

    errors = [sines.errors(cleaner.answers) for cleaner in (recipe, causal, both)]
    limit = sines.errors(sines.best[False])
    drawn = np.where(limit > min(map(np.min, errors)) / 4, limit, np.nan)  # it falls to nothing
    lines = (
        Line("course's recipe", errors[0], None, GREY),
        Line("causal network", errors[1], None, ORANGE),
        Line("both ways", errors[2], None, BLUE),
        Line("best causal answer", drawn, None, INK, 1.4, dashed=True),
    )
    return lines_picture(
        "Error along the sequence", "mean absolute error at each step, over all test sequences",
        lines, across="step", up="mean absolute error", log_from=3.0,
    )  # fmt: skip


def _training_picture(recipe: Cleaner, causal: Cleaner, both: Cleaner, sines: Sines) -> Figure:
    from recur.report.plots.lines import Line, lines_picture
    from recur.report.plots.style import BLUE, GREY, ORANGE

    lines = [
        Line(
            cleaner.name, cleaner.curve, 1 + np.arange(len(cleaner.curve), dtype=np.float64), colour
        )
        for cleaner, colour in ((recipe, GREY), (causal, ORANGE), (both, BLUE))
    ]
    return lines_picture(
        "Training", "mean absolute error on sequences that are not learnt from", lines,
        across="epoch", up="mean absolute error", log_from=3.0,
        levels=[("published", PUBLISHED), ("causal limit", sines.limit(False))],
    )  # fmt: skip
