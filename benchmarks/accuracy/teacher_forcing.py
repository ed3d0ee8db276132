"""What teacher forcing does: one decoder fed the truth, itself, or the truth less and less.

    python benchmarks/accuracy/teacher_forcing.py [PICTURE.png]

An LSTM encoder-decoder learns to continue a chaotic signal (Mackey-Glass) by twenty steps.
Validation always lets the decoder run by itself. Prints one line of JSON each; writes the picture
where asked.
"""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path

import numpy as np

from recur import Forecaster
from recur.data.synthetic import mackey_glass
from recur.report.plots import png
from recur.report.plots.style import BLUE, INK, ORANGE, figure, house_style, logarithmic, title

WAYS = {
    "always fed the truth": ((1.0, 1.0), ORANGE),
    "never": ((0.0, 0.0), INK),
    "less and less": ((1.0, 0.0), BLUE),
}
SEEDS = range(5)


def main() -> None:
    warnings.simplefilter("ignore")
    values = mackey_glass(1500).values
    with house_style():
        picture, axes = figure()
        everything: list[float] = []
        for name, (forcing, colour) in WAYS.items():
            losses = []
            for seed in SEEDS:
                model = Forecaster(
                    horizon=20, lookback=40, strategy="encoder_decoder", cell="lstm", hidden=24,
                    season=1, scaling="series", forcing=forcing, epochs=40, patience=None,
                    seed=seed,
                ).fit(values, test=200, progress=False)  # fmt: skip
                losses.append([epoch.validation or 0.0 for epoch in model.history_])
            middle = np.median(losses, axis=0)
            everything.extend(middle)
            axes.plot(np.arange(1, len(middle) + 1), middle, color=colour, lw=2, label=name)
            told = {"fed the truth": name, "after 5 epochs": round(float(middle[4]), 4)}
            print(json.dumps({**told, "least": round(float(middle.min()), 4)}), flush=True)
        logarithmic(axes, np.array(everything), 2.0)
        axes.set_ylabel("validation loss, running by itself")
        axes.set_xlabel("epoch")
        title(axes, "Teacher forcing", f"medians over {len(SEEDS)} seeds", legend=True)
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_bytes(png(picture))


if __name__ == "__main__":
    main()
