"""Panels that memory does not hold: the same values, fits and judgements from files."""

from __future__ import annotations

import os
import time
import tracemalloc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from recur.data.panel.panel import Panel
from recur.data.panel.store import PanelStore, stored
from recur.data.tables.readers import read_panel
from recur.distributed import mapping
from recur.distributed.mapping import mapped_panel
from recur.errors import DataError, InputError, RecurError, SettingsError
from recur.judge import Judgement
from recur.judge.forecast import walk
from recur.notices import unheard
from recur.tasks.forecast import intervals
from recur.tasks.forecast.forecaster import Forecaster

MEMORY = "400MB"
Write = Callable[..., Path]


def frame(names: list[str], length: int, *, step: str = "1d", holes: float = 0.0) -> pl.DataFrame:
    """Return walks with a price beside them that is known ahead, and the region of each."""
    numbers = np.random.default_rng(length)
    count = len(names)
    days = np.arange(length) * np.timedelta64(1 if step == "1d" else 7, "D")
    values = numbers.normal(size=(count, length)).cumsum(axis=1).reshape(-1)
    values[numbers.uniform(size=values.size) < holes] = np.nan
    made = pl.DataFrame(
        {
            "unique_id": np.repeat(names, length),
            "ds": np.tile(np.datetime64("2020-01-01", "us") + days, count),
            "y": values,
            "price": numbers.uniform(1, 2, values.size),
            "region": np.repeat([f"r{i % 3}" for i in range(count)], length),
        },
        nan_to_null=True,
    )
    known_ahead = pl.int_range(pl.len()).over("unique_id") >= length - 5
    return made.with_columns(pl.when(known_ahead).then(None).otherwise("y").alias("y"))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return a folder of three files of eight series each, with holes in the last one."""
    folder = tmp_path / "data"
    folder.mkdir()
    for k in range(3):
        names = [f"s{k}{i}" for i in range(8)]
        rows = frame(names, 120 + 10 * k, holes=0.05 * (k == 2))
        rows.write_parquet(folder / f"part{k}.parquet")
    return folder


def mapped(data: Path, **columns: Any) -> Panel:
    """Return the panel of some files, whose values lie in files beside them."""
    with unheard():
        return mapped_panel(data, memory=MEMORY, parts_in=data.parent / "maps", **columns)


BESIDE = {"target": "y", "known": ["price"], "static": ["region"]}


@pytest.mark.parametrize("columns", [{"target": "y"}, BESIDE])
def test_values_and_what_stands_beside_them_are_those_from_memory(
    data: Path, columns: dict[str, Any]
) -> None:
    from_files, read = mapped(data, **columns), read_panel(data, **columns)
    assert from_files.mapped
    assert not read.mapped
    assert from_files.ids == read.ids
    for name in ("values", "times", "offsets", "filled"):
        np.testing.assert_array_equal(getattr(from_files, name), getattr(read, name))
    assert (from_files.clock, from_files.source) == (read.clock, read.source)
    assert (from_files.covariates is None) == (read.covariates is None)
    if from_files.covariates is not None and read.covariates is not None:
        for name in ("past", "known", "ahead", "labels", "known_names"):
            expected = getattr(read.covariates, name)
            np.testing.assert_array_equal(getattr(from_files.covariates, name), expected)


@pytest.mark.parametrize("columns", [{"target": "y"}, BESIDE])
@pytest.mark.parametrize(
    "asked",
    [
        {"network": "trained", "intervals": (80.0,), "calendar": True},
        {"network": "tuned"},
    ],
    ids=["trained", "tuned"],
)
def test_a_fit_a_judgement_and_a_forecast_have_the_bits_that_they_have_from_memory(
    monkeypatch: pytest.MonkeyPatch, data: Path, columns: dict[str, Any], asked: dict[str, Any]
) -> None:
    if asked["network"] == "tuned" and columns is BESIDE:
        pytest.skip("the pretrained network sees the values alone")
    monkeypatch.setattr(walk, "_TOGETHER", 2_000)
    made = []
    for panel in (read_panel(data, **columns), mapped(data, **columns)):
        model = Forecaster(horizon=4, epochs=2, hidden=8, threads=1, **asked)
        if asked["network"] == "tuned":
            model = Forecaster(horizon=4, threads=1, **asked)
        with unheard():
            model.fit(panel, progress=False)
            forecast = model.predict()
        fitted = model.fitted_
        arrays = [*fitted.tensors().values(), forecast.values, forecast.low, forecast.high]
        made.append((arrays, model.judgement_, model))
    (tensors, judgement, _), (from_files, of_files, model) = made
    assert judgement is not None
    assert of_files is not None
    for one, other in zip(tensors, from_files, strict=True):
        np.testing.assert_array_equal(one, other)
    assert of_files.to_dict() == judgement.to_dict()
    assert isinstance(judgement, Judgement)
    assert not isinstance(of_files, Judgement)  # which would hold every forecast
    assert model.judge() is of_files
    with unheard():
        again = model.judge(test=8)
        assert again.to_dict() == made[0][2].judge(test=8).to_dict()


def test_it_is_written_once_and_anew_where_a_file_has_changed(data: Path) -> None:
    folder = data.parent / "maps"
    mapped(data)
    [values] = folder.glob("*/values.npy")
    before = values.stat()
    mapped(data)
    assert [*folder.glob("*/values.npy")] == [values]
    assert values.stat().st_mtime_ns == before.st_mtime_ns
    mapped(data, fill="previous")
    frame(["t"], 130).write_parquet(data / "part3.parquet")
    assert mapped(data).ids[-1] == "t"
    assert len([*folder.glob("*/values.npy")]) == 3


def test_two_that_write_the_same_at_once_end_with_one(data: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(mapped, [data, data])
    np.testing.assert_array_equal(one.values, other.values)
    names = [path.suffix for path in (data.parent / "maps").iterdir()]
    assert sorted(names) == ["", ".lock"]


def test_a_writer_that_fails_or_was_killed_leaves_nothing_half_done(data: Path) -> None:
    mapped(data)
    maps = data.parent / "maps"
    [folder] = (path.parent for path in maps.glob("*/series.json"))
    folder.rename(folder.with_suffix(".part"))  # as one that was killed leaves it
    assert mapped(data).mapped
    assert not folder.with_suffix(".part").exists()
    frame(["s00"], 130).write_parquet(data / "part3.parquet")
    with pytest.raises(DataError):
        mapped(data)
    assert len([*maps.glob("*/")]) == 1


def test_panels_of_the_cache_folder_that_nobody_uses_are_removed(
    monkeypatch: pytest.MonkeyPatch, data: Path
) -> None:
    cache = data.parent / "cache"

    def use(**columns: Any) -> None:
        with unheard():
            mapped_panel(data, memory=MEMORY, **columns)

    monkeypatch.setattr(mapping, "_cache_folder", lambda: cache)
    use(target="y")
    [head] = cache.glob("*/series.json")
    old = time.time() - 40 * 86_400
    os.utime(head, (old, old))
    use(target="y")  # which uses it
    use(target="price")
    assert len([*cache.glob("*/series.json")]) == 2
    os.utime(head, (old, old))
    use(target="y", fill="zero")
    assert not head.exists()
    assert len([*cache.glob("*/series.json")]) == 2


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (frame(["s00"], 120), r"`s00` stands in part0\.parquet and again in part3\.parquet"),
        (frame(["t"], 120).rename({"price": "cost"}), "has other columns"),
        (frame(["t"], 120).with_columns(pl.col("y").cast(pl.String)), "holds text"),
        (frame(["t", "u"], 120, step="7d"), "has a clock of weekly"),
    ],
    ids=["the same id", "other columns", "other types", "another clock"],
)
def test_what_parts_do_not_have_alike_is_refused_in_one_sentence(
    data: Path, rows: pl.DataFrame, sentence: str
) -> None:
    rows.write_parquet(data / "part3.parquet")
    with pytest.raises(RecurError, match=sentence) as refused:
        mapped(data, target="y")
    assert "\n" not in str(refused.value)


def test_a_folder_that_cannot_be_written_and_several_targets_are_refused(data: Path) -> None:
    (data.parent / "maps").write_text("a file")
    with pytest.raises(InputError, match="cannot write"):
        mapped(data)
    (data.parent / "maps").unlink()
    with pytest.raises(SettingsError, match="several columns"):
        mapped(data, target=["y", "price"])


def test_a_fit_and_a_judgement_take_no_memory_for_the_values(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(walk, "_TOGETHER", 100_000)
    monkeypatch.setattr(intervals, "_ANSWERS", 100_000)
    series, length = 400, 20_000
    values = np.random.default_rng(0).normal(size=(series, length)).cumsum(axis=1)
    with unheard(), PanelStore(tmp_path) as store:
        for one in np.array_split(np.arange(series), 10):
            ids, days = np.repeat([f"s{i}" for i in one], length), np.tile(np.arange(length), 40)
            rows = {"unique_id": ids, "ds": days, "y": values[one].reshape(-1)}
            store.add(read_panel(pl.DataFrame(rows)))
    store.finish("walks", {})
    size = values.nbytes
    del values
    panel = stored(tmp_path)
    assert panel is not None
    model = Forecaster(
        horizon=4, lookback=8, season=1, network="trained", hidden=4, epochs=1, stride=2_000,
        intervals=(80.0,), threads=1,
    )  # fmt: skip
    tracemalloc.start()
    model.fit(panel, test=40, progress=False)
    model.predict()
    taken = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert taken < size
