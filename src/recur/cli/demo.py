"""`recur demo`: the main job on data made here, once with something to learn and once without."""

from __future__ import annotations

import sys
from pathlib import Path
from shutil import which

_FOLDER = Path("recur-demo")

_NEXT = """\
The walk is there for a reason: most prices are like it, and a network that has learnt nothing
from one should say so. Now for a file of your own:

  {command} forecast FILE.csv --target COLUMN --horizon 12 --out results

or from Python:

  import recur
  model = recur.Forecaster(horizon=12).fit("FILE.csv", target="COLUMN")
  print(model.judgement_.verdict.sentence)"""


def demo() -> None:
    """Do the main job on data made here, in under a minute, and write to recur-demo/."""
    from recur.cli import output
    from recur.files.atomic import writable_folder

    writable_folder(_FOLDER)
    signal, walk = _write_data(_FOLDER)
    _show("1. A chaotic signal in noise: there is something to learn", signal, horizon=6)
    _show("2. A random walk, like a price: there is nothing to learn", walk, horizon=1)
    # Where the command is not on the path, say how it was called.
    called = Path(sys.argv[0])
    command = called if called.stem == "recur" and not which("recur") else "recur"
    output.stdout().print(f"\n{_NEXT.format(command=command)}", soft_wrap=True)


def _show(heading: str, file: Path, horizon: int) -> None:
    """Fit, judge and write what `recur forecast FILE --out FOLDER` would."""
    from recur.cli import output
    from recur.tasks import Forecaster
    from recur.tasks.folder import write_folder

    console = output.stdout()
    console.print(f"\n{heading}\n", style="bold")
    model = Forecaster(horizon=horizon, epochs=40, intervals=(80, 95)).fit(file, test=240)
    output.print_fit(model)
    output.print_files(write_folder(model, model.predict(), _FOLDER / file.stem))


def _write_data(folder: Path) -> tuple[Path, Path]:
    """Write the two series as CSV files, so that they can be tried again."""
    import numpy as np

    from recur.data.synthetic import mackey_glass, random_walk
    from recur.files.atomic import write_text

    hours = np.datetime64("2025-01-01T00:00") + 60 * np.arange(1200)
    days = np.busday_offset("2021-01-04", np.arange(1200), roll="forward")
    series = {
        "signal": (hours, mackey_glass(len(hours)).values),
        "walk": (days, 100 * np.exp(0.01 * random_walk(len(days)).values)),
    }
    for name, (times, values) in series.items():
        rows = (f"{time},{value:.5f}" for time, value in zip(times, values, strict=True))
        write_text(folder / f"{name}.csv", "\n".join([f"time,{name}", *rows, ""]))
    return folder / "signal.csv", folder / "walk.csv"
