"""Very many small files: put together to parts, and each that is bad is named by itself."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from tests.unit.distributed.conftest import SETTINGS, frame_of

from recur.data.clock import Clock
from recur.data.tables.parted import FilePart
from recur.distributed.folder import JobFolder, Plan, job_folder
from recur.distributed.parts import Part, run_part
from recur.distributed.plan import BASE, plan
from recur.distributed.running import Tally, run_job
from recur.errors import DataError
from recur.notices import listening

ENOUGH = 2 * BASE


def written(folder: Path, frame: pl.DataFrame, end: str = ".parquet") -> list[str]:
    """Write each series into a file of its own; return their names in order."""
    folder.mkdir()
    names = []
    for i, one in enumerate(frame.partition_by("unique_id", maintain_order=True)):
        names.append(str(folder / f"{i:04d}{end}"))
        one.write_csv(names[-1]) if end == ".csv" else one.write_parquet(names[-1])
    return names


@pytest.fixture
def small(tmp_path: Path) -> Plan:
    """Return the plan of nine files of one series, three in each part."""
    names = written(tmp_path / "data", frame_of([30, 40, 50] * 3))
    sources = [FilePart(name, several=True) for name in names]
    parts = [Part(i, tuple(sources[3 * i : 3 * i + 3])) for i in range(3)]
    return Plan({}, {}, SETTINGS, parts)


def file_of(plan: Plan, number: int) -> Path:
    """Return one of the nine files."""
    return Path(plan.parts[number // 3].sources[number % 3].file)


def run(folder: JobFolder, plan: Plan, models: dict[str, Path], **how: bool) -> Tally:
    return run_job(folder, plan, models["gru"], **how)


def ids_in(folder: JobFolder, plan: Plan) -> list[list[str]]:
    """Return the ids of the series of each part that is there."""
    return [
        folder.ids(part, SETTINGS).to_list()
        for part in plan.parts
        if folder.file(part, SETTINGS).exists()
    ]


def test_small_files_are_put_together_in_order_and_others_stand_alone(tmp_path: Path) -> None:
    names = written(tmp_path / "data", frame_of([20] * 300))
    frame_of([20] * 400, 1000).write_parquet(names[100])
    Path(names[200]).write_bytes(b"PAR1 and no more")
    parts = plan(names, "unique_id", ENOUGH, skip_bad=True)
    assert [source.file for part in parts for source in part.sources] == names
    assert len(parts) < 70
    alone = [part.sources[0].file for part in parts if len(part.sources) == 1]
    assert {names[100], names[200]} <= {*alone}
    assert all(source.several for part in parts for source in part.sources)
    some = plan(names[:60], "unique_id", ENOUGH)
    assert [len(part.sources) for part in some] == [1] * 60


@pytest.mark.parametrize("kind", ["pretrained", "gru", "tuned", "seasonal_naive"])
def test_a_series_has_the_same_bits_whatever_files_are_read_with_its_own(
    kind: str, frame: pl.DataFrame, models: dict[str, Path], tmp_path: Path
) -> None:
    frame.write_parquet(tmp_path / "all.parquet")
    sources = [FilePart(name, several=True) for name in written(tmp_path / "data", frame)]
    made = [
        run_part(models[kind], Part(number, together), SETTINGS, tmp_path)
        for number, together in enumerate(
            [(FilePart(str(tmp_path / "all.parquet")),), tuple(sources[:50]), tuple(sources[50:])]
        )
    ]
    assert [outcome.series for outcome in made] == [90, 50, 40]
    whole, one, other = (pl.read_parquet(tmp_path / f"{x.part.name}.parquet") for x in made)
    assert_frame_equal(pl.concat([one, other]), whole, check_exact=True)
    assert made[0].digests.tolist() == [*made[1].digests.tolist(), *made[2].digests.tolist()]


def test_files_of_csv_and_on_other_days_of_a_month_are_one_table(
    models: dict[str, Path], tmp_path: Path
) -> None:
    months = pl.date_range(pl.date(2020, 2, 1), pl.date(2024, 2, 1), "1mo")
    rows = [
        frame_of([49], i).with_columns(ds=x) for i, x in enumerate([months, months.dt.month_end()])
    ]
    names = written(tmp_path / "data", pl.concat(rows), ".csv")
    settings = replace(SETTINGS, clock=Clock("months"), end=".csv")
    part = Part(0, tuple(FilePart(name, several=True) for name in names))
    assert not run_part(models["gru"], part, settings, tmp_path).aside
    header, *lines = (tmp_path / "part-000000.csv").read_text().splitlines()
    assert header == "unique_id,ds,y,low_80,high_80"
    assert [line.split(",")[:2] for line in lines[::4]] == [
        *(["s0000", "2024-03-01"], ["s0000", "2024-07-01"], ["s0001", "2024-06-30"])
    ]


def test_a_broken_file_is_named_alone_and_the_others_of_its_part_come(
    small: Plan, models: dict[str, Path], tmp_path: Path
) -> None:
    broken = file_of(small, 4)
    whole = broken.read_bytes()
    broken.write_bytes(whole[:-40])
    weekly = pl.datetime(2024, 1, 1) + pl.duration(weeks=pl.int_range(pl.len()))
    frame_of([40], 7).with_columns(weekly.alias("ds")).write_parquet(file_of(small, 7))
    named = [f"part {number // 3} ({file_of(small, number)})" for number in (4, 7)]
    with job_folder(tmp_path / "out") as folder:
        with pytest.raises(DataError, match=r"part 1 \(.*0004.parquet\): .* damaged"):
            run(folder, small, models)
        assert ids_in(folder, small) == [["s0000", "s0001", "s0002"]]
        for _ in range(2):  # what was set aside is tried again
            tally = run(folder, small, models, skip_bad=True)
            assert [*tally.aside] == named
            assert ids_in(folder, small)[1:] == [["s0003", "s0005"], ["s0006", "s0008"]]
            assert tally.series == 7
        broken.write_bytes(whole)
        tally = run(folder, small, models, skip_bad=True)
        assert ([*tally.aside], tally.before, tally.series) == (named[1:], 1, 8)
        assert ids_in(folder, small)[1] == ["s0003", "s0004", "s0005"]
        assert run(folder, small, models, skip_bad=True).before == 2


def test_what_a_kill_left_of_a_part_with_a_broken_file_is_done_again(
    small: Plan, models: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file_of(small, 4).write_bytes(b"PAR1 and no more")
    import recur.distributed.parts as parts

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with job_folder(tmp_path / "out") as folder:
        with monkeypatch.context() as patch:
            patch.setattr(parts, "_write", killed)
            with pytest.raises(KeyboardInterrupt):
                run_part(models["gru"], small.parts[1], SETTINGS, folder.path, skip_bad=True)
        run_part(models["gru"], small.parts[1], SETTINGS, folder.path, skip_bad=True)
        assert not folder.done(small.parts[1], SETTINGS)


@pytest.mark.parametrize("other", [0, 3])
def test_a_series_of_two_files_is_found_and_its_second_file_set_aside(
    other: int, small: Plan, models: dict[str, Path], tmp_path: Path
) -> None:
    pl.concat([frame_of([30], 4), frame_of([30], other)]).write_parquet(file_of(small, 4))
    with job_folder(tmp_path / "out") as folder:
        sentence = rf"0004.parquet\): series `s000{other}` is in part {other // 3} \("
        with pytest.raises(DataError, match=sentence):
            run(folder, small, models)
        for _ in range(2):
            tally = run(folder, small, models, skip_bad=True)
            assert [*tally.aside] == [f"part 1 ({file_of(small, 4)})"]
            assert ids_in(folder, small)[1] == ["s0003", "s0005"]


def test_a_part_of_which_nothing_can_be_forecast_is_not_there(
    small: Plan, models: dict[str, Path], tmp_path: Path
) -> None:
    for i in range(3, 6):
        frame_of([30], 0).write_parquet(file_of(small, i))
    file_of(small, 5).write_bytes(b"")
    with job_folder(tmp_path / "out") as folder:
        tally = run(folder, small, models, skip_bad=True)
        assert (len(tally.aside), tally.parts) == (3, 2)
        assert [ids[0] for ids in ids_in(folder, small)] == ["s0000", "s0006"]


def test_a_plan_of_several_files_a_part_comes_back(small: Plan, tmp_path: Path) -> None:
    with job_folder(tmp_path / "out") as folder:
        folder.write(small)
        assert folder.read() == small


def test_ids_beyond_their_share_of_the_memory_are_told_once(
    small: Plan, models: dict[str, Path], tmp_path: Path
) -> None:
    with job_folder(tmp_path / "out") as folder, listening() as heard:
        run_job(folder, small, models["gru"], for_ids=9 * 40)
        assert not heard.sentences
    with job_folder(tmp_path / "new") as folder, listening() as heard:
        run_job(folder, small, models["gru"], for_ids=200)
        [told] = heard.sentences
    assert "the table of 6 ids takes 0MB" in told
    assert "than it was allowed" in told
