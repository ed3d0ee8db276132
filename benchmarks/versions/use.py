"""What every environment has to do: `python benchmarks/versions/use.py`, with recur's dependencies.

Holds the compiled engine to the equations in NumPy, and does from a file to a saved model what a
user does. Prints one JSON object: what passed, and digests of bits that may differ between versions
of what compiles. Ends with 1 where anything failed. It starts no process of its own.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
import traceback
from contextlib import chdir, redirect_stdout
from datetime import date, timedelta
from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2] / "src"))

import recur
from recur.cli.main import main as command
from recur.engines.registry import open_engine
from recur.networks import reference
from recur.networks.cells import CELLS
from recur.networks.spec import NetworkSpec

ENDS = (2e-4, 2e-9)  # relative and absolute; of grads in float32 beside differences in float64
QUICK: dict[str, Any] = {"network": "trained", "cell": "gru", "hidden": 8, "epochs": 4}


def parity() -> str:
    """Outputs and grads of every cell, beside the equations."""
    engine, kept = open_engine("compiled"), b""
    for cell in CELLS:
        spec = NetworkSpec(cell=cell, inputs=2, hidden=6, outputs=3)
        random = np.random.default_rng(3)
        weights = random.normal(0, 0.3, spec.size).astype(np.float32)
        inputs = random.normal(size=(7, 20, 2)).astype(np.float32)
        grad = random.normal(size=(20, 3)).astype(np.float32)
        made, _ = engine.forward(spec, weights, inputs)
        exact, _ = reference.forward(spec, weights.astype(np.float64), inputs)
        np.testing.assert_allclose(made, exact, rtol=1e-5, atol=1e-5)
        back, _ = engine.gradient(spec, weights, inputs, grad)
        step = 1e-6 * random.normal(size=spec.size)
        ends = [reference.forward(spec, w, inputs)[0] for w in (weights - step, weights + step)]
        np.testing.assert_allclose(
            (back * step).sum(), ((ends[1] - ends[0]) * grad).sum() / 2, *ENDS
        )
        kept += made.tobytes() + back.tobytes()
    return kept.hex()


def from_file_to_forecast() -> str:
    """Read, fit, judge, forecast, save, load, and the same bits from the loaded model."""
    model = recur.Forecaster(horizon=3, **QUICK)
    model.fit("sales.csv", target="units", test=30, progress=False)
    assert model.judgement_ is not None
    assert model.judgement_.verdict.sentence
    values = model.predict().values
    model.save("model.recur")
    assert np.array_equal(recur.load("model.recur").predict("sales.csv").values, values)
    return values.tobytes().hex()


def without_a_training() -> str:
    """Forecast with the network that comes with recur, from a table in a frame and in Parquet."""
    import polars as pl

    frame = pl.read_csv("sales.csv", try_parse_dates=True)
    frame.write_parquet("sales.parquet")
    one, other = (
        recur.Forecaster(horizon=3).fit(source, target="units").predict().values
        for source in (frame, "sales.parquet")
    )
    assert np.array_equal(one, other)
    return one.tobytes().hex()


def other_tasks() -> str:
    """Learn to clean, to write and to classify, and use each."""
    random = np.random.default_rng(0)
    clean = np.sin(np.arange(600) / 9).reshape(6, 100)
    denoiser = recur.Denoiser(hidden=4, epochs=2).fit(
        clean + random.normal(0, 0.2, clean.shape), clean, progress=False
    )
    Path("cat.txt").write_text("the cat sat on the mat. " * 80)
    writer = recur.Writer(hidden=8, epochs=1).fit("cat.txt", progress=False)
    texts = ["good day", "bad night", "good meal", "bad road"] * 12
    labels = [text.split()[0] for text in texts]
    classifier = recur.Classifier(hidden=4, epochs=2).fit(texts, labels, progress=False)
    cleaned = np.asarray(denoiser.predict(clean[:1]))
    assert np.isfinite(cleaned).all()
    assert len(writer.sample("the ", length=20)[0]) > 0
    assert len(classifier.predict(["good morning"])) == 1
    return cleaned.tobytes().hex()


def command_line() -> str:
    """Write the folder of results with its pictures and page, and use it by the command."""
    given = "--target units --horizon 2 --epochs 2 --hidden 4 --lookback 8 --test 30"
    answer = _said("forecast", "sales.csv", *given.split(), "--out", "out", "--json")
    assert json.loads(answer)["verdict"]["sentence"]
    names = {path.name for path in Path("out").iterdir()}
    assert {"model.recur", "forecast.csv", "report.html"} <= names
    assert any(name.endswith(".png") for name in names)
    for verb in ("predict", "judge"):
        json.loads(_said(verb, "out/model.recur", "sales.csv", "--json"))
    assert "GRU" in _said("inspect", "out/model.recur").upper()
    assert "--horizon" in _said("forecast", "--help")
    assert "units" in _said("describe", "sales.csv", "--target", "units")
    return ""


def _said(*words: str) -> str:
    out, code = StringIO(), None
    with redirect_stdout(out):
        try:
            command(list(words))
        except SystemExit as ending:
            code = ending.code
    if code:
        raise AssertionError(f"`recur {' '.join(words)}` ended with {code}")
    return out.getvalue()


def main() -> None:
    """Do all of it in a folder of its own."""
    random, first = np.random.default_rng(1), date(2024, 1, 1)
    rows = [
        f"{first + timedelta(day)},{40 + 9 * np.sin(day / 7 * 2 * np.pi) + random.normal():.3f}"
        for day in range(240)
    ]
    told: dict[str, Any] = {"passed": [], "failed": {}, "bits": {}}
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        Path("sales.csv").write_text("\n".join(["day,units", *rows]) + "\n")
        began = time.perf_counter()
        for work in (parity, from_file_to_forecast, without_a_training, other_tasks, command_line):
            try:
                bits = work()
                told["passed"].append(work.__name__)
                if bits:
                    told["bits"][work.__name__] = sha256(bits.encode()).hexdigest()[:8]
            except Exception as error:  # whatever a version ends in
                traceback.print_exc()
                told["failed"][work.__name__] = f"{type(error).__name__}: {error}"[:300]
        told["seconds"] = round(time.perf_counter() - began, 1)
    print(json.dumps(told))
    sys.exit(bool(told["failed"]))


if __name__ == "__main__":
    main()
