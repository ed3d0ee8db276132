"""`recur inspect` on a model and on a checkpoint."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from recur import __version__

Run = Callable[..., CompletedProcess[str]]


@pytest.fixture
def checkpoint(prices: Path, forecast: Run) -> Path:
    assert forecast(prices, "--checkpoint", "run").returncode == 0
    return Path("run")


def _facts(text: str) -> dict[str, str]:
    """Return the first block of a description by its names."""
    block, _, _ = text.partition("\n\n")
    lines = [line for line in block.splitlines() if not line.startswith(" ")]
    return {name: value.strip() for name, value in (line.split(None, 1) for line in lines)}


def test_a_model_is_described(folder: Path, model: Path, recur: Run) -> None:
    done = recur("inspect", model)
    assert (done.returncode, done.stderr) == (0, "")
    facts = _facts(done.stdout)
    assert facts["kind"] == f"model, saved by recur {__version__}"
    assert (facts["task"], facts["target"]) == ("forecast", "close")
    assert (facts["horizon"], facts["lookback"]) == ("3", "8")
    assert facts["series"] == "1: close"
    assert facts["verdict"].startswith("Too little data to say")
    assert ["rnn.weight_hh_l0", "12", "x", "4"] in [
        line.split() for line in done.stdout.splitlines()
    ]
    assert list(folder.iterdir()) == []


def test_a_model_as_json(model: Path, recur: Run) -> None:
    done = recur("inspect", model, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    answer = json.loads(done.stdout)
    assert (answer["recur"], answer["kind"], answer["holds"]) == (__version__, "model", "forecast")
    assert answer["settings"]["horizon"] == 3
    assert answer["tensors"]["rnn.weight_hh_l0"] == [12, 4]
    assert set(answer) == {
        *("recur", "task", "kind", "saved_by", "holds", "settings", "learned", "judgement"),
        *("tensors", "seconds", "files", "notices"),
    }


def test_a_checkpoint_is_described(checkpoint: Path, recur: Run) -> None:
    done = recur("inspect", checkpoint)
    assert (done.returncode, done.stderr) == (0, "")
    facts = _facts(done.stdout)
    assert facts["kind"] == f"checkpoint, saved by recur {__version__}"
    assert (facts["epochs"], facts["rescues"], facts["ended"]) == ("2", "0", "finished")


def test_a_checkpoint_as_json(checkpoint: Path, recur: Run) -> None:
    done = recur("inspect", checkpoint, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    answer = json.loads(done.stdout)
    assert (answer["kind"], answer["ended"]) == ("checkpoint", "finished")
    assert len(answer["history"]) == 2
    assert "now.weights" in answer["tensors"]


def test_too_little_memory_is_a_sentence(
    model: Path, recur: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_file(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("recur.tasks.inspection.read_file", read_file)
    done = recur("inspect", model)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("recur: there is not enough memory for that; ask for less")
