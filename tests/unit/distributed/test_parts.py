"""A part by itself: its bits, its file, and what is said of what is wrong with it."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal
from tests.unit.distributed.conftest import SETTINGS, frame_of

from recur.data.panel.panel import Panel
from recur.data.tables.parted import FilePart
from recur.data.tables.readers import read_panel
from recur.distributed.cuts import cut
from recur.distributed.parts import Part, run_part
from recur.engines.registry import keep_to
from recur.tasks.forecast.batches import TILE
from recur.tasks.kinds import load


def run_all(model: Path, sources: list[FilePart], folder: Path) -> pl.DataFrame:
    """Return the forecasts of some parts, one below the other."""
    folder.mkdir()
    for number, source in enumerate(sources):
        outcome = run_part(model, Part(number, (source,)), SETTINGS, folder)
        assert not outcome.aside
    return pl.concat([pl.read_parquet(path) for path in sorted(folder.glob("*.parquet"))])


@pytest.mark.parametrize("kind", ["pretrained", "gru", "tuned", "seasonal_naive"])
def test_a_series_has_the_same_bits_whatever_part_it_is_in(
    kind: str, frame: pl.DataFrame, models: dict[str, Path], tmp_path: Path
) -> None:
    file = tmp_path / "all.parquet"
    frame.write_parquet(file)
    whole = run_all(models[kind], [FilePart(str(file))], tmp_path / "whole")
    for each in (1, 400, 3000):
        sources = list(cut(str(file), "parquet", "unique_id", each))
        assert len(sources) > 3
        cut_up = run_all(models[kind], sources, tmp_path / f"by {each}")
        assert_frame_equal(cut_up, whole, check_exact=True)


@pytest.mark.parametrize("kind", ["pretrained", "gru"])
def test_a_series_of_a_part_is_forecast_as_it_is_by_itself(
    kind: str, frame: pl.DataFrame, models: dict[str, Path]
) -> None:
    model = load(models[kind])
    long = frame.filter(pl.len().over("unique_id") >= 60, pl.col("y").is_not_nan())
    panel = read_panel(long)
    together = model.predict(replace(panel, whole=False))
    assert len(set(panel.lengths.tolist())) > 20
    for i in (0, 1, 2, 17, 50):
        alone = panel.only(np.array([i]))
        apart, by_itself = model.predict(replace(alone, whole=False)), model.predict(alone)
        assert np.array_equal(together.values[i], apart.values[0])
        assert np.array_equal(together.low[:, i], apart.low[:, 0])
        assert together.values[i] == pytest.approx(by_itself.values[0], rel=1e-4)


def test_a_part_has_the_same_bits_on_any_threads(models: dict[str, Path]) -> None:
    model = load(models["pretrained"])
    values = frame_of([40, 44, 90] * 100).filter(pl.col("y").is_not_nan())
    panel = replace(read_panel(values), whole=False)
    together = model.predict(panel)
    keep_to(1)
    try:
        alone = model.predict(panel)
    finally:
        keep_to(None)
    assert np.array_equal(together.values, alone.values)
    assert np.array_equal(together.high, alone.high)


def test_tiles_are_as_wide_as_the_engine_computes_them() -> None:
    from recur.engines.compiled.kernels.tiles import LANES

    assert TILE == LANES


def test_a_model_of_one_series_takes_no_part_of_one_series_for_it(frame: pl.DataFrame) -> None:
    from recur.tasks.forecast.scales import places_of

    panel: Panel = read_panel(frame).only(np.array([3]))
    assert places_of(panel, ("other",)).tolist() == [0]
    assert places_of(replace(panel, whole=False), ("other",)).tolist() == [-1]


@pytest.mark.parametrize("end", [".arrow", ".csv"])
def test_other_kinds_of_files_are_cut_too(
    end: str, frame: pl.DataFrame, models: dict[str, Path], tmp_path: Path
) -> None:
    file = tmp_path / f"all{end}"
    frame.write_csv(file) if end == ".csv" else frame.write_ipc(file)
    kind = "text" if end == ".csv" else "arrow"
    sources = list(cut(str(file), kind, "unique_id", 40_000 if end == ".csv" else 1000))  # type: ignore[arg-type]
    assert len(sources) > 5
    parted = run_all(models["gru"], sources, tmp_path / "parted")
    whole = run_all(models["gru"], [FilePart(str(file))], tmp_path / "whole")
    assert_frame_equal(parted, whole, check_exact=True)


def test_a_series_without_a_name_is_named_after_its_file(
    models: dict[str, Path], frame: pl.DataFrame, tmp_path: Path
) -> None:
    file = tmp_path / "north.parquet"
    frame.filter(pl.col("unique_id") == "s0000").drop("unique_id").write_parquet(file)
    settings = replace(SETTINGS, columns={"target": ["y"], "time": "ds", "id": "unique_id"})
    outcome = run_part(
        models["gru"], Part(0, (FilePart(str(file), several=True),)), settings, tmp_path
    )
    assert not outcome.aside
    assert pl.read_parquet(tmp_path / "part-000000.parquet")["unique_id"].unique().to_list() == [
        "north"
    ]


def test_what_is_wrong_is_told_and_nothing_is_written(
    models: dict[str, Path], frame: pl.DataFrame, tmp_path: Path
) -> None:
    weekly = frame.filter(pl.col("unique_id") == "s0000").with_columns(
        pl.datetime_range(pl.datetime(2024, 1, 1), pl.datetime(2026, 4, 13), "1w").alias("ds")
    )
    weekly.write_parquet(tmp_path / "weekly.parquet")
    (tmp_path / "torn.parquet").write_bytes((tmp_path / "weekly.parquet").read_bytes()[:-40])
    told = {
        name: run_part(
            models["gru"], Part(0, (FilePart(str(tmp_path / name)),)), SETTINGS, tmp_path
        ).aside[f"part 0 ({tmp_path / name})"]
        for name in ("weekly.parquet", "torn.parquet", "none.parquet")
    }
    assert "a clock of weekly" in told["weekly.parquet"]
    assert "damaged Parquet file" in told["torn.parquet"]
    assert "There is no file" in told["none.parquet"]
    assert not list(tmp_path.glob("part-*"))


def test_parts_and_what_comes_of_them_go_to_other_processes(
    models: dict[str, Path], frame: pl.DataFrame, tmp_path: Path
) -> None:
    file = tmp_path / "all.parquet"
    frame.write_parquet(file)
    part, settings = pickle.loads(pickle.dumps((Part(0, (FilePart(str(file)),)), SETTINGS)))
    outcome = pickle.loads(pickle.dumps(run_part(models["gru"], part, settings, tmp_path)))
    assert (outcome.series, outcome.rows) == (90, read_panel(frame).rows)
    assert outcome.seconds.keys() == {"read", "forecast", "write"}
