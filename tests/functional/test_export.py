"""`recur export` as a user runs it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import numpy as np
import onnx
import pytest
from tests.parity.exported import by_onnxruntime, called

import recur as package

Run = Callable[..., CompletedProcess[str]]


def test_a_file_of_numpy_says_what_it_does_and_forecasts(
    folder: Path, model: Path, prices: Path, recur: Run
) -> None:
    done = recur("export", model, "forecaster.py")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Forecasts `close` 3 steps ahead." in done.stdout
    assert "forecast = forecaster.forecast(values)" in done.stdout
    text = Path("forecaster.py").read_text(encoding="utf-8")
    assert text.startswith('"""Forecasts `close` 3 steps ahead.')
    assert "n  = tanh(W_n x + b_n + r * (U_n h + c_n))" in text  # the equation, as it is taught
    assert max(map(len, text.splitlines())) <= 100
    values = [float(line.split(",")[1]) for line in prices.read_text().splitlines()[1:]]
    (answer,) = called([(folder / "forecaster.py", "forecast", (values,))])
    loaded = package.load(model)
    np.testing.assert_allclose(answer, loaded.predict(prices).values, rtol=1e-6)


def test_a_graph_says_what_goes_in_and_comes_out(folder: Path, model: Path, recur: Run) -> None:
    done = recur("export", model, "model.onnx", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    answer = json.loads(done.stdout)
    assert (answer["task"], answer["holds"], answer["opset"]) == ("export", "forecast", 18)
    assert answer["bytes"] == Path("model.onnx").stat().st_size
    assert answer["inputs"]["values"]["axes"] == ["batch", "time"]
    assert answer["outputs"]["forecast"]["axes"] == ["batch", 3]
    assert answer["files"] == {"onnx": "model.onnx"}
    graph = onnx.load("model.onnx")
    onnx.checker.check_model(graph, full_check=True)
    said = {one.key: one.value for one in graph.metadata_props}
    assert (said["target"], said["horizon"], said["opset"]) == ("close", "3", "18")
    assert said["recur"] == package.__version__
    assert "GRU" in {node.op_type for node in graph.graph.node}


def test_a_history_that_is_too_short_gives_no_number(folder: Path, model: Path, recur: Run) -> None:
    assert recur("export", model, "model.onnx").returncode == 0
    values = np.full((2, 20), np.nan)
    values[0, 12:], values[1, 13:] = 1500.0, 1500.0  # eight values, and one too few
    (made,) = by_onnxruntime(Path("model.onnx").read_bytes(), {"values": values, "series": [0, 0]})
    assert np.isfinite(made[0]).all()
    assert np.isnan(made[1]).all()


@pytest.mark.parametrize("name", ["model", "model.pt", "model.recur"])
def test_another_ending_is_refused(folder: Path, model: Path, recur: Run, name: str) -> None:
    done = recur("export", model, name)
    assert (done.returncode, done.stdout) == (2, "")
    assert "ends in .py (plain NumPy) or .onnx" in done.stderr
    assert list(folder.iterdir()) == []


def test_without_onnx_the_extra_is_named(
    folder: Path, model: Path, recur: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.startswith("recur.export.onnx")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "onnx", None)
    done = recur("export", model, "model.onnx")
    assert done.returncode == 2
    assert "pip install 'recurnets[onnx]'" in done.stderr
    assert recur("export", model, "model.py").returncode == 0


def test_what_is_no_model_is_refused(prices: Path, recur: Run) -> None:
    done = recur("export", prices, "model.py")
    assert (done.returncode, done.stdout) == (2, "")
    assert "is not a file that recur saved" in done.stderr
