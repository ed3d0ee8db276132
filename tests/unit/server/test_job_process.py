"""The process of a job, and what is refused before there is one; in this process."""

from __future__ import annotations

import asyncio
import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn

import pytest

from recur.errors import DataError, SettingsError
from recur.server.errors import Refusal
from recur.server.jobs import runner, worker
from recur.server.jobs.doing import do
from recur.server.jobs.folder import EVENTS, IN, OUT, Events, JobFolder
from recur.server.jobs.runner import Jobs
from recur.server.jobs.store import FAILED, QUEUED
from recur.server.jobs.verbs import asked

TABLE = "y\n" + "".join(f"{i % 7}.5\n" for i in range(60))
SIMPLE = {"horizon": 2, "method": "last_value", "test": 12}


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> JobFolder:
    """Return the folder of a job that forecasts, and stand where its process would."""
    sent = tmp_path / IN / "file"
    sent.mkdir(parents=True)
    (sent / "a.csv").write_text(TABLE)
    monkeypatch.chdir(sent)
    folder = JobFolder(tmp_path)
    folder.ask("forecast", SIMPLE, {"file": ["a.csv"]})
    return folder


@pytest.fixture(autouse=True)
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Events]]:
    """Return what makes `Events`, whose files are closed at the end, as at the end of a process."""
    made = list[Events]()

    def make(*given: Any) -> Events:
        made.append(Events(*given))
        return made[-1]

    monkeypatch.setattr("recur.server.jobs.worker.Events", make)
    yield make
    for each in made:
        each._file.close()


@pytest.fixture
def outcome(job: JobFolder, told: Callable[..., Events]) -> Callable[[], dict[str, Any]]:
    """Return what does the job as its process would, and returns what came of it."""
    return lambda: worker._outcome(JobFolder(Path("..") / ".."), told(job.path, lambda: 0.0))


def test_what_came_of_a_job_names_its_files_in_its_own_folder(
    job: JobFolder, outcome: Callable[[], dict[str, Any]]
) -> None:
    came = outcome()
    assert came["status"] == "done"
    assert "model.recur" in came["files"]
    assert came["result"]["files"]["model"] == "model.recur"
    assert all((job.path / OUT / name).exists() for name in came["files"])
    assert str(job.path) not in str(came)


def test_what_is_wrong_with_a_file_is_its_sentence(outcome: Callable[[], dict[str, Any]]) -> None:
    Path("a.csv").write_text("y\n1\n")
    came = outcome()
    assert came["status"] == "failed"
    assert came["error"].count("\n") == 0
    assert "Traceback" not in came["error"]


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (MemoryError(), "there is not memory enough for this job."),
        (ZeroDivisionError("/secret/place"), "this is a mistake in recur, not in what was sent"),
    ],
)
def test_no_error_of_a_job_is_told_but_in_a_sentence(
    error: Exception, sentence: str, outcome: Callable[[], dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    def fails(*_given: Any) -> NoReturn:
        raise error

    monkeypatch.setattr(worker, "do", fails)
    came = outcome()
    assert came["status"] == "failed"
    assert came["error"].startswith(sentence)
    assert "secret" not in came["error"]
    assert ("/secret/place" in capsys.readouterr().err) == isinstance(error, ZeroDivisionError)


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Keep what a process of a job does to itself from this one; return its threads."""
    threads = list[int]()
    monkeypatch.setattr(worker, "keep_to", threads.append)
    monkeypatch.setattr(worker, "_end_with_the_server", lambda: None)
    monkeypatch.setattr(os, "nice", lambda _: 0, raising=False)
    return threads


def test_a_job_is_done_once(job: JobFolder, alone: list[int]) -> None:
    worker.main(job.path, 1)
    assert alone == [1]
    came = job.outcome()
    assert came is not None
    assert came["status"] == "done"
    job.end({"status": "done", "files": []})
    worker.main(job.path, 1)  # as after a server that was killed before it took note
    assert job.outcome() == {"status": "done", "files": []}


def test_the_process_ends_when_nobody_holds_its_input(monkeypatch: pytest.MonkeyPatch) -> None:
    read, ended = iter([b"x", b""]), list[int]()
    monkeypatch.setattr(os, "read", lambda *_: next(read))
    monkeypatch.setattr(os, "_exit", ended.append)
    worker._end_with_the_server()

    def closed(*_given: Any) -> NoReturn:
        raise OSError(9, "Bad file descriptor")

    monkeypatch.setattr(os, "read", closed)
    worker._end_with_the_server()
    assert ended == [1, 1]


def test_what_a_killed_writer_of_events_has_left_is_passed_over(
    job: JobFolder, told: Callable[..., Events]
) -> None:
    (job.path / EVENTS).write_bytes(b'{"said": 1}\n[2]\n{"sa')
    told(job.path, lambda: 0.0).tell({"said": 3})
    assert [event for _, event in job.events()] == [{"said": 1}, {"said": 3}]
    with (job.path / EVENTS).open("ab") as file:
        file.write(b'{"said": 4')
    assert [event for _, event in job.events()][-1] == {"said": 3}
    (job.path / EVENTS).unlink()
    assert [*job.events()] == []


def test_progress_is_told_not_too_often_and_the_last_of_it_before_what_follows(
    job: JobFolder, told: Callable[..., Events]
) -> None:
    times = iter([0.0, 0.1, 0.15, 0.2])
    events = told(job.path, lambda: next(times))
    for event in ({"progress": 1}, {"progress": 2}, {"progress": 3}, {"epoch": 1}):
        events.tell(event)
    assert [event for _, event in job.events()] == [{"progress": 1}, {"progress": 3}, {"epoch": 1}]


@pytest.mark.parametrize(
    ("verb", "settings", "files", "error", "sentence"),
    [
        ("forecast", {}, {}, DataError, "a job needs a file"),
        ("judge", {}, {"file": "a.csv"}, DataError, "a model is needed; send its file"),
        ("tag", {"held_out": 1.5}, {"file": "a.csv"}, SettingsError, "`held_out` is 1.5"),
        ("tag", {"held_out": 0.2}, {"file": "a.csv", "test": "a.csv"}, SettingsError, "held_out"),
        ("denoise", {"clean": "y"}, {"file": "a.txt"}, SettingsError, "`clean` names a column"),
        ("classify", {"label": "y"}, {"file": "a.txt"}, SettingsError, "`label` names a column"),
        ("judge", {"label": "y"}, {"file": "a.txt", "model": "m"}, SettingsError, "`a.txt` is"),
    ],
)  # fmt: skip
def test_what_no_job_can_do_is_one_sentence(
    verb: str, settings: dict[str, Any], files: dict[str, str], error: type[Exception],
    sentence: str, tmp_path: Path,
) -> None:  # fmt: skip
    for name in files.values():
        (tmp_path / name).write_text(TABLE)
    given = {part: [tmp_path / name] for part, name in files.items()}
    with pytest.raises(error, match=sentence):
        do(asked(verb, settings), given, tmp_path, lambda _: None)


Of = Callable[[Path], Jobs]


@pytest.fixture
def jobs_of() -> Of:
    return lambda path: Jobs(path, at_once=1, threads=1, keep=1)


def queued(jobs: Jobs) -> str:
    """Add a job that nobody runs; return its id."""
    staged = jobs.stage()
    JobFolder(staged).ask("forecast", SIMPLE, {"file": []})
    return jobs.add(staged).id


def test_more_jobs_than_may_wait_are_refused(
    jobs_of: Of, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "_MOST", 1)
    jobs = jobs_of(tmp_path)
    queued(jobs)
    with pytest.raises(Refusal, match="1 jobs wait already") as refused:
        jobs.stage()
    assert refused.value.status == 429
    jobs.close()


def test_a_process_that_falls_is_begun_again_and_in_the_end_given_up(
    jobs_of: Of, tmp_path: Path
) -> None:
    jobs = jobs_of(tmp_path)
    id_ = queued(jobs)
    for deaths in range(1, runner._DEATHS):
        jobs._note(id_, -9)
        assert (jobs.get(id_).status, jobs.get(id_).deaths) == (QUEUED, deaths)
    jobs._note(id_, -9)
    assert jobs.get(id_).status == FAILED
    assert "ended 5 times before it was done" in str(jobs.get(id_).error)
    assert jobs.drop(id_).status == FAILED  # forgotten, with its folder
    assert not jobs.place(id_).path.exists()
    jobs._note(id_, 0)  # of a job that is gone
    with pytest.raises(Refusal, match="there is no job"):
        jobs.get(id_)
    jobs.close()


def form(**parts: Any) -> Any:
    """Return a form as it is sent; bytes are files."""
    from starlette.datastructures import FormData, UploadFile

    return FormData(
        [
            (name, UploadFile(io.BytesIO(one), filename="a.csv") if isinstance(one, bytes) else one)
            for name, some in parts.items()
            for one in (some if isinstance(some, list) else [some])
        ]
    )


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        ({}, "`verb` is expected"),
        ({"verb": b"forecast"}, "each a text"),
        ({"verb": "forecast", "settings": "{"}, "`settings` is expected to be a JSON object"),
        ({"verb": "forecast", "settings": "[1]"}, "`settings` is expected to be a JSON object"),
        ({"verb": "forecast", "settings": "[" * 10**6}, "`settings` is expected to be a JSON"),
        ({"verb": "forecast", "file": "y"}, "`file` is expected to be a file with a name"),
        ({"verb": "forecast", "file": [b"y", b"y"]}, "takes one file as `file`; 2 came"),
        ({"verb": "classify", "test": [b"y", b"y"]}, "takes one file as `test`; 2 came"),
    ],
)
def test_forms_that_ask_for_no_job(parts: dict[str, Any], sentence: str) -> None:
    from recur.server.jobs.routes import _asked

    with pytest.raises(Refusal, match=sentence) as refused:
        _asked(form(**parts))
    assert refused.value.status == 422


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("x" * 300 + ".csv", "x" * 116 + ".csv"),
        ("y" * 300, "y" * 120),
        ("a." + "z" * 300, "z" * 120),
        ("...", "data"),
        ("C:\\secret\\a.csv", "a.csv"),
    ],
)
def test_the_name_of_a_file_is_short_and_of_no_folder(given: str, kept: str) -> None:
    from recur.server.jobs.routes import plain_name

    assert plain_name(given) == kept


def test_a_connection_with_nothing_to_tell_stays_until_somebody_goes(
    jobs_of: Of, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from recur.server.jobs import routes

    monkeypatch.setattr(routes, "_OFTEN", 0.0)
    monkeypatch.setattr(routes, "_QUIET", 0.0)
    jobs = jobs_of(tmp_path)
    id_, looks = queued(jobs), iter([False, False, True])

    async def is_disconnected() -> bool:
        return next(looks)

    async def told() -> list[bytes]:
        request: Any = SimpleNamespace(is_disconnected=is_disconnected)
        return [event async for event in routes._events(jobs, id_, 0, request, asyncio.Event())]

    status, *rest = asyncio.run(told())
    assert b'"queued"' in status
    assert rest == [b": still here\n\n"] * 2
    jobs.close()
