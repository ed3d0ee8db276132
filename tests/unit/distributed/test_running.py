"""A job as it runs: what is done is found, what is shared is found too, wherever parts run."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.unit.distributed.conftest import SETTINGS, frame_of

from recur.data.tables.parted import FilePart
from recur.distributed.folder import JobFolder, Plan, check_same, job_folder
from recur.distributed.parts import Part
from recur.distributed.running import run_job
from recur.errors import DataError, SettingsError
from recur.tasks.executor import in_turn, run_by


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    """Return a plan of three files of two series."""
    names = [str(tmp_path / f"{i}.parquet") for i in range(3)]
    for i, name in enumerate(names):
        frame_of([30, 40], 10 * i).write_parquet(name)
    return Plan({}, {}, SETTINGS, [Part(i, (FilePart(name),)) for i, name in enumerate(names)])


def backwards(run: Callable[[Any], Any], parts: Iterable[Any], **_how: Any) -> Iterator[Any]:
    """Run the last part first, and give what came of them in order."""
    yield from reversed([run(part) for part in reversed([*parts])])


def test_parts_run_anywhere_in_any_order(
    plan: Plan, models: dict[str, Path], tmp_path: Path
) -> None:
    executors: dict[str, Any] = {"one": in_turn, "other": backwards}
    for name, executor in executors.items():
        with job_folder(tmp_path / name) as folder, run_by(executor):
            tally = run_job(folder, plan, models["gru"])
            assert (tally.parts, tally.series, tally.again) == (3, 6, 0)
    one, other = (sorted((tmp_path / name).glob("part-*")) for name in ("one", "other"))
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in other]


def test_an_id_of_a_part_that_was_done_before_is_found_too(
    plan: Plan, models: dict[str, Path], tmp_path: Path
) -> None:
    with job_folder(tmp_path / "out") as folder:
        run_job(folder, plan, models["gru"])
        frame_of([30], 11).write_parquet(plan.parts[2].sources[0].file)
        folder.file(plan.parts[2], SETTINGS).unlink()
        with pytest.raises(DataError, match="series `s0011` is in part 1"):
            run_job(folder, plan, models["gru"])
        assert not folder.file(plan.parts[2], SETTINGS).exists()
        [named] = run_job(folder, plan, models["gru"], skip_bad=True).aside
        assert named == plan.parts[2].describe()


def test_what_a_kill_left_between_writing_and_looking_is_found(
    plan: Plan, models: dict[str, Path], tmp_path: Path
) -> None:
    with job_folder(tmp_path / "out") as folder:
        run_job(folder, plan, models["gru"])
        twin = pl.read_parquet(folder.file(plan.parts[0], SETTINGS))
        twin.write_parquet(folder.file(plan.parts[1], SETTINGS))
        tally = run_job(folder, plan, models["gru"])
        assert (tally.parts, tally.again) == (1, 4)


def test_ids_of_csv_files_are_read_as_they_were(
    plan: Plan, models: dict[str, Path], tmp_path: Path
) -> None:
    renamed = frame_of([30], 0).with_columns(pl.lit("=A1").alias("unique_id"))
    for part in plan.parts[:2]:
        renamed.write_parquet(part.sources[0].file)
    told = replace(plan, settings=replace(SETTINGS, end=".csv"))
    with job_folder(tmp_path / "out") as folder:
        for _ in range(2):
            with pytest.raises(DataError, match="series `=A1` is in part 0"):
                run_job(folder, told, models["gru"])
        assert folder.ids(told.parts[0], told.settings).to_list() == ["=A1"]


def test_two_ids_of_one_digest_are_two_ids(
    plan: Plan, models: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import recur.distributed.parts as parts

    monkeypatch.setattr(parts, "digests_of", lambda ids: ids.hash().to_numpy() * 0)
    with job_folder(tmp_path / "out") as folder:
        assert run_job(folder, plan, models["gru"]).series == 6


def test_a_plan_comes_back_as_it_was_written(plan: Plan, tmp_path: Path) -> None:
    with job_folder(tmp_path / "out") as folder:
        assert folder.read() is None
        folder.write(plan)
        assert folder.read() == plan
    (tmp_path / "out" / "manifest.json").write_text('{"format": 1')
    with job_folder(tmp_path / "out") as folder, pytest.raises(DataError, match="is no plan"):
        folder.read()


def test_the_job_of_another_version_is_refused(plan: Plan, tmp_path: Path) -> None:
    with job_folder(tmp_path / "out") as folder:
        folder.write(plan)
        path = tmp_path / "out" / "manifest.json"
        path.write_text(path.read_text().replace('"polars": "', '"polars": "0.'))
        with pytest.raises(SettingsError, match=r"other versions \(recur .*polars 0\."):
            folder.read()


def test_a_plan_of_another_format_is_one_of_another_version_whatever_it_holds(
    plan: Plan, tmp_path: Path
) -> None:
    with job_folder(tmp_path / "out") as folder:
        folder.write(plan)
        path = tmp_path / "out" / "manifest.json"
        held = {**json.loads(path.read_text()), "format": 3}
        for written in (held, {**held, "parts": {"of": "another kind"}, "settings": []}):
            path.write_text(json.dumps(written))
            with pytest.raises(SettingsError, match=r"a plan of format 3; here format 2"):
                folder.read()
        for number in (True, "2", None):
            path.write_text(json.dumps({**held, "format": number}))
            with pytest.raises(DataError, match="is no plan"):
                folder.read()


def test_a_file_that_went_is_named(plan: Plan) -> None:
    held = replace(plan, inputs={"a.csv": [1, 2], "b.csv": [1, 2]})
    with pytest.raises(SettingsError, match=r"`b.csv` is gone since the job in `out/` began"):
        check_same(Path("out"), held, {}, {"a.csv": [1, 2]})


def test_a_folder_is_made_for_a_job_alone(tmp_path: Path) -> None:
    with job_folder(tmp_path / "new" / "out") as folder:
        assert isinstance(folder, JobFolder)
        assert [path.name for path in folder.path.iterdir()] == [".lock"]
    (tmp_path / "file").write_text("")
    with pytest.raises(Exception, match="cannot write"), job_folder(tmp_path / "file"):
        pass
