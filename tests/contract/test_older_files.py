"""Models that an older version saved load, and predict what they did then.

`assets/v1` was written by recur 0.1.0 (format 1): three small models, what they were given
afterwards, and what they answered. `assets/v2` is of format 2, all that it is written for.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from tests.assets.kept import ANSWERS, HERE, plan

import recur
import recur.distributed.folder
from recur.distributed.folder import JobFolder
from recur.errors import DataWarning

ASSETS = HERE / "v1"
SECOND = HERE / "v2"


@pytest.fixture(scope="module")
def recorded() -> dict[str, Any]:
    recorded: dict[str, Any] = json.loads((ASSETS / "expected.json").read_text("utf-8"))
    return recorded


def test_a_forecaster_of_format_1_forecasts_the_same(recorded: dict[str, Any]) -> None:
    data, expected = recorded["forecast"]["data"], recorded["forecast"]["expected"]
    model = recur.load(ASSETS / "forecast.recur")
    with pytest.warns(DataWarning, match="as its future"):
        frame = model.predict(pl.DataFrame(data)).frame()
    assert frame["unique_id"].to_list() == expected["unique_id"]
    assert [str(time) for time in frame["ds"]] == expected["ds"]
    for name in ("y", "low_80", "high_80"):
        np.testing.assert_allclose(frame[name].to_numpy(), expected[name], atol=1e-6, rtol=1e-6)


def test_a_denoiser_of_format_1_cleans_the_same(recorded: dict[str, Any]) -> None:
    cleaned = recur.load(ASSETS / "denoise.recur").predict(
        [np.array(recording) for recording in recorded["denoise"]["noisy"]]
    )
    for ours, expected in zip(cleaned, recorded["denoise"]["expected"], strict=True):
        np.testing.assert_allclose(ours, expected, atol=1e-6)


def test_a_writer_of_format_1_scores_and_writes_the_same(recorded: dict[str, Any]) -> None:
    written = recorded["write"]
    writer = recur.load(ASSETS / "write.recur")
    assert writer.score(written["text"]) == pytest.approx(-written["score"], abs=1e-6)
    sample = writer.sample(written["prime"], length=written["length"], seed=written["seed"])
    assert sample == written["sample"]


@pytest.mark.parametrize("name", ["forecast", "denoise", "write"])
def test_a_model_of_format_1_can_be_saved_anew(name: str, tmp_path: Path) -> None:
    model = recur.load(ASSETS / f"{name}.recur")
    model.save(tmp_path / "new.recur")
    again = recur.load(tmp_path / "new.recur")
    assert again.weights_.tobytes() == model.weights_.tobytes()


@pytest.fixture(scope="module")
def answered() -> dict[str, Any]:
    answered: dict[str, Any] = json.loads((SECOND / "expected.json").read_text("utf-8"))
    return answered


@pytest.mark.parametrize("name", [name for name in ANSWERS if name != "network"])
@pytest.mark.filterwarnings("ignore::recur.errors.DataWarning")
def test_a_file_of_format_2_answers_the_same(name: str, answered: dict[str, Any]) -> None:
    now = ANSWERS[name](SECOND)
    if name == "pretrained" and ANSWERS["network"](SECOND) != answered["network"]:
        pytest.skip("the network that comes with recur is another one, and this file points at it")
    assert_close(now, answered[name])


def test_a_plan_of_parts_of_format_2_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    held = json.loads((SECOND / "manifest.json").read_text("utf-8"))
    monkeypatch.setattr(recur.distributed.folder, "VERSIONS", held["versions"])
    assert JobFolder(SECOND).read() == plan()


def assert_close(now: Any, then: Any) -> None:
    """Hold lists of numbers and texts to each other; compilers differ in a number's last bits."""
    if isinstance(then, list):
        assert len(now) == len(then)
        for ours, theirs in zip(now, then, strict=True):
            assert_close(ours, theirs)
    elif isinstance(then, float):
        assert now == pytest.approx(then, rel=1e-5, abs=1e-6)
    else:
        assert now == then
