"""`recur demo`: the main jobs on data made here, and a series with nothing to learn."""

from __future__ import annotations

import sys
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from recur.report.result import Result

_FOLDER = Path("recur-demo")
_CHARACTERS = 60_000  # of the text to be learnt

_NEXT = """\
The walk is there for a reason: most prices are like it, and a network that has learnt nothing
from one should say so. So is counting: a network that has read for seconds writes worse than a
table of what followed what. Now for files of your own:

  {command} forecast FILE.csv --target COLUMN --horizon 12 --out results
  {command} denoise FILE.csv --noisy COLUMN --clean COLUMN --out results
  {command} write FILE.txt --minutes 5 --out results

or from Python:

  import recur
  model = recur.Forecaster(horizon=12).fit("FILE.csv", target="COLUMN")
  print(model.judgement_.verdict.sentence)"""


def demo() -> None:
    """Forecast, clean and write on data made here, in under a minute, into recur-demo/."""
    from recur.cli import output
    from recur.files.atomic import writable_folder

    writable_folder(_FOLDER)
    _write_data(_FOLDER)
    with output.noticing():
        _run()
    # Where the command is not on the path, say how it was called.
    called = Path(sys.argv[0])
    command = called if called.stem == "recur" and not which("recur") else "recur"
    output.stdout().print(f"\n{_NEXT.format(command=command)}", soft_wrap=True)


def _run() -> None:
    trained = {"epochs": 40, "intervals": (80, 95)}
    heading = "1. Forecast eleven years of sales, with a network that has learnt before"
    _forecast(heading, "sales", 12)
    heading = "2. Forecast a chaotic signal in noise, with one that learns its law"
    _forecast(heading, "signal", 6, 240, **trained)
    heading = "3. Forecast a random walk, like a price: there is nothing to learn"
    _forecast(heading, "walk", 1, 240, **trained)
    _denoise("4. Clean a signal as it comes in, its jumps kept", "recording")
    _write("5. Learn to write, from Python's own help", "help")


def _forecast(
    heading: str, name: str, horizon: int, test: int | None = None, **parameters: Any
) -> None:
    """Fit, judge and write what `recur forecast FILE --out FOLDER` would."""
    from recur.tasks.forecast.folder import write_folder
    from recur.tasks.forecast.forecaster import Forecaster
    from recur.tasks.forecast.results import FitResult

    _print_heading(heading)
    model = Forecaster(horizon=horizon, **parameters)
    model.fit(_FOLDER / f"{name}.csv", test=test)
    files = write_folder(model, model.predict(), _FOLDER / name)
    _print(FitResult(model=model, files=files))


def _denoise(heading: str, name: str) -> None:
    """Fit, judge and write what `recur denoise FILE --out FOLDER` would."""
    from recur.tasks.denoise.denoiser import Denoiser
    from recur.tasks.denoise.runs import learn_to_clean

    _print_heading(heading)
    kinds = {"noisy": "noisy", "clean": "clean"}
    _print(learn_to_clean(Denoiser(), _FOLDER / f"{name}.csv", kinds, {}, folder=_FOLDER / name))


def _write(heading: str, name: str) -> None:
    """Fit, judge and write what `recur write FILE --out FOLDER` would."""
    from recur.data.text.text import read_text
    from recur.tasks.write.folder import write_writer
    from recur.tasks.write.results import WriterResult
    from recur.tasks.write.writer import Writer

    _print_heading(heading)
    text = read_text(_FOLDER / f"{name}.txt")
    model = Writer(hidden=128, epochs=12).fit(text)
    sample = ("sample", model.sample("The ", 300, temperature=0.7)[0])
    files = write_writer(model, [sample], _FOLDER / name)
    _print(WriterResult(model=model, text=text, samples=(sample,), files=files))


def _print(result: Result) -> None:
    from recur.cli.output import tell

    tell(result, as_json=False)


def _print_heading(heading: str) -> None:
    from recur.cli import output

    output.stdout().print(f"\n{heading}\n", style="bold")


def _write_data(folder: Path) -> None:
    """Write what is learnt from as files, so that it can be tried again."""
    from recur.data.examples import example
    from recur.files.atomic import write_text
    from recur.labs.text import python_text

    for name in ("sales", "signal", "walk", "recording"):
        write_text(folder / f"{name}.csv", example(name))
    write_text(folder / "help.txt", python_text()[:_CHARACTERS])
