"""The plan of a job: which parts it has, and what is refused before anything is done."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from recur.data.tables.parted import FilePart, kind_of, rows_between
from recur.distributed.cuts import cut, names_in
from recur.distributed.jobs import wanted
from recur.distributed.plan import BASE, needed, plan, sample_of
from recur.distributed.settings import parse_memory
from recur.errors import DataError, SettingsError

ENOUGH = 2 * BASE


def test_a_file_that_fits_is_a_part(frame: pl.DataFrame, tmp_path: Path) -> None:
    files = [str(tmp_path / name) for name in ("b.parquet", "a.parquet")]
    for file in files:
        frame.write_parquet(file)
    made = plan(files, "unique_id", ENOUGH)
    assert [(part.number, part.sources[0].file, part.sources[0].end) for part in made] == [
        (0, files[0], None),
        (1, files[1], None),
    ]
    assert needed(files) - BASE == 2 * (needed(files[:1]) - BASE)
    assert sample_of(files[0], several=True).end is None


@pytest.mark.parametrize("each", [1, 50, 1000, 10**9])
@pytest.mark.parametrize("end", [".parquet", ".arrow", ".csv"])
def test_cuts_lie_between_series_and_lose_nothing(
    each: int, end: str, frame: pl.DataFrame, tmp_path: Path
) -> None:
    file = tmp_path / f"all{end}"
    if end == ".csv":
        frame.write_csv(file)
    else:
        (frame.write_ipc if end == ".arrow" else frame.write_parquet)(file)
    kind = kind_of(str(file))
    read = [rows_between(part) for part in cut(str(file), kind, "UNIQUE_ID", each)]
    tables = [
        pl.read_csv(one, try_parse_dates=True) if isinstance(one, bytes) else one for one in read
    ]
    assert pl.concat(tables)["unique_id"].equals(frame["unique_id"])
    ids = [set(table["unique_id"].to_list()) for table in tables]
    assert sum(map(len, ids)) == 90
    assert len(tables) == {1: 90, 50: len(tables), 1000: len(tables), 10**9: 1}[each]


def test_a_part_is_at_least_as_large_as_asked(frame: pl.DataFrame, tmp_path: Path) -> None:
    frame.write_parquet(file := tmp_path / "all.parquet")
    *parts, _ = cut(str(file), "parquet", "unique_id", 1000)
    sizes = [(part.end or 0) - part.begin for part in parts]
    assert min(sizes) >= 1000
    assert max(sizes) < 1000 + 400


def test_what_cannot_be_cut_says_what_to_do(frame: pl.DataFrame, tmp_path: Path) -> None:
    frame.write_parquet(file := tmp_path / "all.parquet")
    with pytest.raises(DataError, match="no column tells series apart"):
        list(cut(str(file), "parquet", None, 1000))
    with pytest.raises(DataError, match="no column `store`; there are `unique_id`"):
        list(cut(str(file), "parquet", "store", 1000))
    with pytest.raises(DataError, match="write it as Parquet"):
        list(cut("all.xlsx", "other", "unique_id", 1000))
    (tmp_path / "wide.csv").write_text("unique_id,y\na,1\n", encoding="utf-16")
    with pytest.raises(DataError, match="not in UTF-8"):
        list(cut(str(tmp_path / "wide.csv"), "text", "unique_id", 3))


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        (pl.col("y").alias("z"), "has other columns .* than"),
        (pl.col("y").cast(pl.String), "column `y` holds text in .* and numbers in"),
    ],
)
def test_files_of_other_columns_are_refused(
    other: pl.Expr, sentence: str, frame: pl.DataFrame, tmp_path: Path
) -> None:
    files = [str(tmp_path / name) for name in ("a.parquet", "b.parquet")]
    frame.write_parquet(files[0])
    frame.with_columns(other).write_parquet(files[1])
    with pytest.raises(DataError, match=sentence):
        plan(files, "unique_id", ENOUGH)


def test_texts_of_other_columns_are_refused_and_other_numbers_are_not(
    frame: pl.DataFrame, tmp_path: Path
) -> None:
    files = [str(tmp_path / name) for name in ("a.csv", "b.csv")]
    frame.write_csv(files[0])
    frame.rename({"y": "z"}).write_csv(files[1])
    with pytest.raises(DataError, match="has other columns"):
        plan(files, "unique_id", ENOUGH)
    typed = [str(tmp_path / name) for name in ("a.parquet", "b.parquet")]
    frame.write_parquet(typed[0])
    frame.with_columns(pl.col("y").fill_nan(0).cast(pl.Int64)).write_parquet(typed[1])
    assert len(plan(typed, "unique_id", ENOUGH)) == 2


def test_a_file_that_cannot_be_looked_at_ends_it_or_is_left_for_later(
    frame: pl.DataFrame, tmp_path: Path
) -> None:
    files = [str(tmp_path / name) for name in ("a.parquet", "b.parquet")]
    frame.write_parquet(files[0])
    (tmp_path / "b.parquet").write_bytes(Path(files[0]).read_bytes()[:-40])
    with pytest.raises(DataError, match=r"b.parquet` cannot be read"):
        plan(files, "unique_id", ENOUGH)
    assert len(plan(files, "unique_id", ENOUGH, skip_bad=True)) == 2


def test_less_memory_than_recur_takes_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"it must be 375MB or more"):
        plan([], None, BASE)


@pytest.mark.parametrize("text", ["2", "much", "-1GB", "2PB", ""])
def test_a_memory_that_is_none_is_refused(text: str) -> None:
    if text == "2":
        assert parse_memory(text) == 2
        return
    with pytest.raises(SettingsError, match="2GB or 500MB"):
        parse_memory(text)


def test_a_panic_of_the_reader_is_an_error_like_any_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.parquet"
    pl.DataFrame({"y": [1.0, 2.0]}).write_parquet(file)

    def panics(*_: object) -> None:
        raise pl.exceptions.PanicException("range end index 9 out of range")

    for module in ("data.tables.parted", "distributed.plan", "distributed.cuts"):
        monkeypatch.setattr(f"recur.{module}.scan", panics)
    assert not wanted(file, {})
    with pytest.raises(DataError, match=r"a\.parquet` cannot be read: range end index 9"):
        plan([str(file)], "unique_id", ENOUGH)
    with pytest.raises(DataError, match="damaged Parquet file"):
        rows_between(FilePart(str(file), 0, 1))
    with pytest.raises(pl.exceptions.ComputeError):
        names_in(str(file), "parquet")
