"""When files are read part by part, which of them tells the columns, and what is refused."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.unit.distributed.conftest import SETTINGS, frame_of

from recur.data.clock import Clock
from recur.data.tables.parted import FilePart
from recur.distributed import jobs
from recur.distributed.folder import Plan, job_folder
from recur.distributed.jobs import forecast_parts, predict_parts, wanted
from recur.distributed.parts import Part, run_part
from recur.distributed.running import run_job
from recur.errors import DataError, SettingsError
from recur.notices import listening, unheard

HOUR = Clock("fixed", 3_600_000_000)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return a folder of two files of series."""
    (folder := tmp_path / "data").mkdir()
    frame_of([60, 50]).write_parquet(folder / "a.parquet")
    frame_of([60, 40], 7).write_parquet(folder / "b.parquet")
    return folder


def test_files_that_this_machine_cannot_hold_are_read_part_by_part_and_it_is_said(
    data: Path, models: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not wanted(data, {}, models["gru"])
    assert wanted(data, {"memory": "1GB"})
    monkeypatch.setattr(jobs, "_machine_memory", lambda: 2_000_000)
    for model in (None, models["gru"]):
        with listening() as heard:
            assert wanted(data, {}, model)
        (sentence,) = heard.sentences
        assert sentence.startswith("As one panel this would take some")
        assert sentence.endswith("it is read part by part.")
    monkeypatch.setattr(jobs, "_machine_memory", lambda: 0)  # where it does not tell
    assert not wanted(data, {})


@pytest.mark.parametrize("name", ["-", "a.xlsx::sheet", "nowhere.csv", "broken.parquet"])
def test_what_no_part_can_be_read_of_is_left_to_the_usual_way(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(jobs, "_machine_memory", lambda: 1)
    Path("broken.parquet").write_bytes(b"PAR1")
    with listening() as heard:
        assert not wanted(Path(name), {})
        assert not wanted(Path(name), {}, Path("no-model.recur"))
    assert heard.sentences == []


def test_a_system_that_does_not_tell_its_memory_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert jobs._machine_memory() > 1_000_000

    def refuses(_name: str) -> int:
        raise ValueError("unrecognized configuration name")

    monkeypatch.setattr(os, "sysconf", refuses)
    assert jobs._machine_memory() == 0


def test_a_first_file_that_is_broken_is_set_aside_where_that_is_asked_for(
    data: Path, models: dict[str, Path], tmp_path: Path
) -> None:
    (data / "0.parquet").write_bytes(b"PAR1 and nothing more")
    given: dict[str, Any] = {"model": models["pretrained"], "file": data, "given": {"horizon": 2}}
    with pytest.raises(DataError, match=r"0.parquet` cannot be read: "):
        predict_parts(**given, out=tmp_path / "out", parts={})
    assert not (tmp_path / "out").exists()
    with unheard():
        came = predict_parts(**given, out=tmp_path / "out", parts={"skip_bad": True})
    assert came.tally.series == 4
    assert [name for name in came.aside if "0.parquet" in name]
    written = pl.read_parquet(tmp_path / "out" / "*.parquet")
    assert set(written["unique_id"]) == {"s0000", "s0001", "s0007", "s0008"}


def test_files_none_of_which_can_be_read_end_the_job(
    models: dict[str, Path], tmp_path: Path
) -> None:
    (data := tmp_path / "data").mkdir()
    for name in ("0.parquet", "1.parquet"):
        (data / name).write_bytes(b"PAR1 and nothing more")
    with pytest.raises(DataError, match=r"1.parquet` cannot be read: "):
        predict_parts(models["pretrained"], data, {}, tmp_path / "out", {"skip_bad": True})
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("settings", [{"network": "trained"}, {"network": "tuned"}])
def test_nothing_is_trained_part_by_part(
    settings: dict[str, Any], data: Path, tmp_path: Path
) -> None:
    with pytest.raises(SettingsError, match="nothing is trained part by part; fit it on"):
        forecast_parts(settings, data, {}, tmp_path / "out", {})


def test_standard_input_has_no_parts(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="`-` is no file that parts of can be read; give"):
        forecast_parts({"network": "auto"}, Path("-"), {}, tmp_path / "out", {})


def test_a_part_of_another_clock_is_named_and_nothing_of_it_is_written(
    data: Path, models: dict[str, Path], tmp_path: Path
) -> None:
    part = Part(0, (FilePart(str(data / "a.parquet")),))
    hourly = replace(SETTINGS, clock=HOUR)
    came = run_part(models["pretrained"], part, hourly, tmp_path)
    ((name, why),) = came.aside.items()
    assert name.startswith("part 0 (")
    assert "has a clock of daily, and what was read before it one of hourly; forecast" in why
    assert [*tmp_path.glob("part-*")] == []
    skipped = run_part(models["pretrained"], part, hourly, tmp_path, skip_bad=True)
    assert (skipped.series, skipped.aside) == (0, came.aside)


def test_a_model_that_went_meanwhile_is_a_sentence_of_its_part(data: Path, tmp_path: Path) -> None:
    part = Part(0, (FilePart(str(data / "a.parquet")),))
    came = run_part(tmp_path / "gone.recur", part, SETTINGS, tmp_path)
    assert "gone.recur" in came.aside[part.describe()]


def test_a_table_of_ids_that_takes_its_share_of_the_memory_is_told_once(
    data: Path, models: dict[str, Path], tmp_path: Path
) -> None:
    parts = [Part(i, (FilePart(str(data / f"{name}.parquet")),)) for i, name in enumerate("ab")]
    plan = Plan({}, {}, SETTINGS, parts)
    with job_folder(tmp_path / "out") as folder, listening() as heard:
        folder.write(plan)
        tally = run_job(folder, plan, models["pretrained"], for_ids=0)
    assert (tally.parts, tally.series) == (2, 4)
    assert [x for x in heard.sentences if "the table of 2 ids takes" in x] == heard.sentences
