"""Model files are picked up whole or not at all, and what is wrong with them is told."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import recur
from recur.arrays import Float64s
from recur.errors import ModelFileError, SettingsError
from recur.server.models import Models


@pytest.fixture
def folder(tmp_path: Path, models: Path) -> Path:
    shutil.copy(models / "wave.recur", tmp_path / "wave.recur")
    return tmp_path


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def loaded(folder: Path, said: list[str]) -> Models:
    made = Models((folder,), said.append)
    made.load()
    return made


def test_a_replaced_file_is_picked_up(
    folder: Path, loaded: Models, said: list[str], series: Float64s
) -> None:
    before = loaded.get("wave")
    loaded.refresh()
    assert loaded.get("wave") is before
    newer = recur.Forecaster(horizon=5, lookback=12, epochs=1, hidden=4)
    newer.fit(series, test=40, progress=False).save(folder / "wave.recur")
    loaded.refresh()
    assert loaded.describe("wave")["horizon"] == 5
    assert loaded.get("wave").digest != before.digest
    assert "replaced" in said[-1]


@pytest.mark.parametrize("how", ["cut", "changed", "foreign", "newer format"])
def test_a_broken_file_leaves_the_model_as_it_was(
    how: str, folder: Path, loaded: Models, said: list[str]
) -> None:
    path, before = folder / "wave.recur", loaded.get("wave")
    data = path.read_bytes()
    broken = {
        "cut": data[: len(data) // 2],
        "changed": data[:-3] + b"abc",
        "foreign": b"ds,y\n1,2\n",
        "newer format": data.replace(b'\\"format\\": 2', b'\\"format\\": 9'),
    }[how]
    assert broken != data
    path.write_bytes(broken)
    loaded.refresh()
    assert loaded.get("wave") is before
    problem = loaded.describe("wave")["problem"]
    assert problem in said[-1]
    assert "stays" in said[-1]
    assert str(folder) not in problem
    if how == "newer format":
        assert "install a newer one" in problem
    path.write_bytes(data)
    loaded.refresh()
    assert loaded.describe("wave")["problem"] is None


def test_files_that_come_and_go(folder: Path, loaded: Models, said: list[str]) -> None:
    shutil.copy(folder / "wave.recur", folder / "other.recur")
    (folder / ".other.recur.0123.part").write_bytes(b"half")
    (folder / "notes.txt").write_text("no model", encoding="utf-8")
    (folder / "broken.recur").write_bytes(b"no model")
    loaded.refresh()
    assert [model["name"] for model in loaded.listing()["models"]] == [
        "pretrained",
        "wave",
        "other",
    ]
    assert [one["file"] for one in loaded.listing()["broken"]] == ["broken.recur"]
    (folder / "other.recur").unlink()
    loaded.refresh()
    assert "gone" in said[-1]
    assert len(loaded) == 2


def test_two_models_of_one_name(folder: Path, models: Path, said: list[str]) -> None:
    with pytest.raises(SettingsError, match="two models are called `wave`"):
        Models((folder, models)).load()
    late = folder / "late"
    late.mkdir()
    both = Models((models, late), said.append)
    both.load()
    first = both.get("wave")
    shutil.copy(folder / "wave.recur", late / "wave.recur")
    both.refresh()
    assert both.get("wave") is first
    assert "first is served" in said[-1]
    assert both.listing()["broken"][0]["problem"] in said[-1]
    shutil.copy(folder / "wave.recur", late / "pretrained.recur")
    both.refresh()
    assert both.get("pretrained").model is None


def test_a_file_that_was_named_has_to_be_a_model(folder: Path) -> None:
    (folder / "broken.recur").write_bytes(b"no model")
    with pytest.raises(ModelFileError):
        Models((folder / "broken.recur",)).load()
    with pytest.raises(ModelFileError):
        Models((folder / "none.recur",)).load()
    kept = Models((folder / "wave.recur",))
    kept.load()
    (folder / "wave.recur").unlink()
    kept.refresh()
    assert kept.get("wave").task == "forecast"
