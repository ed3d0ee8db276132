"""Jobs: the same result as in Python, however often what does them is killed; nothing by halves."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.unit.server.conftest import Asked, serving

import recur
from recur.arrays import Float64s
from recur.errors import SettingsError
from recur.notices import unheard
from recur.server.jobs.doing import do
from recur.server.jobs.runner import Jobs
from recur.server.jobs.verbs import asked as as_asked

QUICK = {"horizon": 2, "network": "trained", "epochs": 3, "hidden": 4, "lookback": 12, "test": 30}
LONG = {**QUICK, "epochs": 100_000, "patience": None, "keep_best": False}


@pytest.fixture(scope="module")
def table(series: Float64s) -> bytes:
    return ("y\n" + "".join(f"{value!r}\n" for value in series.tolist())).encode()


@pytest.fixture(scope="module")
def server(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    with serving(models, data=tmp_path_factory.mktemp("jobs")) as asked:
        yield asked


def post(asked: Asked, verb: str, settings: dict[str, Any], *files: tuple[str, str, bytes]) -> Any:
    """Post a job, and return what it is."""
    parts = [(part, (name, data)) for part, name, data in files]
    told = {"verb": verb, "settings": json.dumps(settings)}
    return asked.client.post("/v1/jobs", data=told, files=parts)


def ended(asked: Asked, id_: str) -> dict[str, Any]:
    """Return a job once it has ended, as its events tell."""
    with asked.client.stream("GET", f"/v1/jobs/{id_}/events") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        last = [line for line in answer.iter_lines() if line.startswith("event: ")][-1]
    assert last == "event: end"
    job: dict[str, Any] = asked.client.get(f"/v1/jobs/{id_}").json()
    return job


def events(asked: Asked, id_: str, kind: str, since: str = "") -> list[dict[str, Any]]:
    """Return the events of a kind of a job that has ended."""
    headers = {"last-event-id": since} if since else {}
    text = asked.client.get(f"/v1/jobs/{id_}/events", headers=headers).text
    parts = [part.split("\n") for part in text.split("\n\n") if part.startswith(f"event: {kind}\n")]
    return [json.loads(lines[2].removeprefix("data: ")) for lines in parts]


def learning(asked: Asked, id_: str) -> None:
    """Wait until a job has finished an epoch."""
    jobs = asked.service.jobs
    assert jobs is not None
    while not any("epoch" in event for _, event in jobs.place(id_).events()):
        time.sleep(0.01)


@pytest.fixture(scope="module")
def done(server: Asked, table: bytes) -> dict[str, Any]:
    answer = post(server, "forecast", QUICK, ("file", "../../sales.csv", table))
    assert answer.status_code == 202, answer.text
    assert answer.json()["status"] in ("queued", "running")
    assert answer.headers["location"] == f"/v1/jobs/{answer.json()['id']}"
    return ended(server, answer.json()["id"])


def test_a_training_gives_what_python_gives(
    done: dict[str, Any], server: Asked, series: Float64s, tmp_path: Path
) -> None:
    assert (done["status"], done["error"]) == ("done", None)
    assert done["sent"] == {"file": ["sales.csv"]}
    given = {name: value for name, value in QUICK.items() if name != "test"}
    model = recur.Forecaster(**given).fit(series, test=30, progress=False)  # type: ignore[arg-type]
    assert done["result"]["forecast"] == model.predict().rows()
    assert done["result"]["verdict"]["sentence"] == model.judgement_.verdict.sentence  # type: ignore[union-attr]
    path = f"/v1/jobs/{done['id']}/files/"
    saved = tmp_path / "model.recur"
    saved.write_bytes(server.client.get(f"{path}model.recur").content)
    assert recur.load(saved).predict(series).rows() == done["result"]["forecast"]
    page = server.client.get(f"{path}report.html")
    assert "sandbox" in page.headers["content-security-policy"]
    jobs = server.service.jobs
    assert jobs is not None
    assert str(jobs.folder) not in json.dumps(done) + page.text


def test_a_job_chooses_the_network_that_the_command_does(server: Asked, table: bytes) -> None:
    job = ended(
        server, post(server, "forecast", {"horizon": 2}, ("file", "a.csv", table)).json()["id"]
    )
    assert job["result"]["settings"]["network"] == "pretrained"  # few values: nothing is trained
    assert "low_80" in job["result"]["forecast"][0]


def test_what_happens_is_told_once_and_from_where_one_left_off(
    done: dict[str, Any], server: Asked
) -> None:
    epochs = [told["epoch"]["number"] for told in events(server, done["id"], "epoch")]
    assert epochs[:3] == [1, 2, 3]
    assert events(server, done["id"], "status")[-1]["status"] == "done"
    text = server.client.get(f"/v1/jobs/{done['id']}/events").text
    last = [line for line in text.split("\n") if line.startswith("id: ")][-1].removeprefix("id: ")
    assert events(server, done["id"], "epoch", since=last) == []
    assert len(events(server, done["id"], "end", since=last)) == 1


def test_what_was_found_is_told_before_the_files_are_drawn(
    done: dict[str, Any], server: Asked, table: bytes, tmp_path: Path
) -> None:
    (told,) = events(server, done["id"], "judged")
    for name in ("verdict", "errors", "walk", "forecast"):
        assert told["judged"][name] == done["result"][name]
    file, seen = tmp_path / "a.csv", list[list[Path]]()
    file.write_bytes(table)

    def tell(event: dict[str, Any]) -> None:
        if "judged" in event:
            seen.append([*(tmp_path / "out").glob("*")])

    with unheard():
        do(as_asked("forecast", QUICK), {"file": [file]}, tmp_path, tell)
    assert seen == [[]]
    assert (tmp_path / "out" / "report.html").exists()


def test_files_that_are_none_of_a_job_are_not_given(done: dict[str, Any], server: Asked) -> None:
    for name in ("none.csv", "..%2foutcome.json", "../asked.json", "checkpoint"):
        assert server.client.get(f"/v1/jobs/{done['id']}/files/{name}").status_code == 404
    assert server.client.get("/v1/jobs/none").status_code == 404
    assert server.client.get("/v1/jobs/none/events").status_code == 404


def test_rungs_of_a_comparison_come_as_they_are_finished(server: Asked, table: bytes) -> None:
    settings = {"horizon": 2, "epochs": 1, "hidden": 4, "lookback": 12, "test": 30}
    answer = post(
        server, "compare", {**settings, "methods": ["rnn", "gru"]}, ("file", "a.csv", table)
    )
    job = ended(server, answer.json()["id"])
    assert job["status"] == "done", job
    rungs = events(server, job["id"], "method")
    assert [rung["method"] for rung in rungs] == ["gru", "rnn"]
    told = {row["name"]: row["rmse"] for row in job["result"]["rows"]}
    first = {name: errors["rmse"] for name, errors in rungs[0]["errors"].items()}
    assert first == {name: told[name] for name in first}
    assert len(first) > 2  # the simple answers among them


def test_a_writer_shows_what_it_writes_while_it_learns(server: Asked) -> None:
    text = b"the cat sat on the mat and the dog sat on the log. " * 20
    settings = {"epochs": 2, "hidden": 4, "layers": 1, "samples": True}
    job = ended(server, post(server, "write", settings, ("file", "a.txt", text)).json()["id"])
    assert job["status"] == "done", job
    assert len(events(server, job["id"], "sample")) == 2


def test_a_model_that_is_served_judges_a_file(server: Asked, table: bytes) -> None:
    settings = {"model": "wave", "test": 30}
    job = ended(server, post(server, "judge", settings, ("file", "a.csv", table)).json()["id"])
    assert job["result"]["verdict"]["claim"] in ("skill", "none", "unclear")
    assert "no file" in post(
        server, "judge", {"model": "pretrained"}, ("file", "a.csv", table)
    ).json()["error"]  # fmt: skip


def test_a_file_that_is_no_table_fails_in_one_sentence(server: Asked) -> None:
    answer = post(server, "forecast", QUICK, ("file", "broken.csv", b"\x00\x01\x02" * 100))
    job = ended(server, answer.json()["id"])
    assert job["status"] == "failed"
    assert job["error"].startswith("broken.csv ")
    assert "/" not in job["error"]
    assert server.client.get(f"/v1/jobs/{job['id']}/files/model.recur").status_code == 404


@pytest.mark.parametrize(
    ("verb", "settings", "parts", "said"),
    [
        ("fly", {}, ("file",), "there is no verb `fly`"),
        ("forecast", {"horizn": 2}, ("file",), "the nearest is `horizon`"),
        ("forecast", {"horizon": -1}, ("file",), "`horizon` is -1"),
        ("forecast", {"threads": 64}, ("file",), "unknown setting `threads`"),
        ("forecast", {"checkpoint": "/etc/x"}, ("file",), "unknown setting `checkpoint`"),
        ("forecast", {"epochs": 1, "minutes": 1}, ("file",), "give one of them"),
        ("forecast", {"cell": "nix"}, ("file",), "`cell`"),
        ("compare", {"cell": "gru"}, ("file",), "unknown setting `cell`"),
        ("forecast", {}, (), "needs a file"),
        ("forecast", {}, ("file", "file"), "takes one file"),
        ("forecast", {}, ("file", "model"), "knows no part `model`"),
        ("classify", {}, ("file", "file"), "two files are called"),
        ("judge", {}, ("file",), "a model is needed"),
        ("judge", {"model": "none"}, ("file",), "there is no model `none`"),
    ],
)
def test_jobs_that_are_not_taken(
    verb: str, settings: dict[str, Any], parts: tuple[str, ...], said: str, server: Asked
) -> None:
    jobs = server.service.jobs
    assert jobs is not None
    before = sorted((jobs.folder / "jobs").iterdir())
    answer = post(server, verb, settings, *((part, "a.csv", b"y\n1\n") for part in parts))
    if not parts:
        told = {"verb": (None, verb), "settings": (None, "{}")}
        answer = server.client.post("/v1/jobs", files=told)
    assert answer.status_code in (404, 422)
    assert said in answer.json()["error"]
    assert sorted((jobs.folder / "jobs").iterdir()) == before


@pytest.mark.parametrize("body", [b"", b"--x\r\n", b"--x--\r\n", b"no form"])
def test_forms_that_are_none(body: bytes, server: Asked) -> None:
    for kind in ("multipart/form-data; boundary=x", "multipart/form-data", "text/plain"):
        server.error("/v1/jobs", 422, content=body, headers={"content-type": kind})


def test_a_job_that_is_cancelled_leaves_nothing(server: Asked, table: bytes) -> None:
    first = post(server, "forecast", LONG, ("file", "a.csv", table)).json()["id"]
    second = post(server, "forecast", LONG, ("file", "a.csv", table)).json()["id"]
    learning(server, first)
    assert server.client.get(f"/v1/jobs/{second}").json()["status"] == "queued"
    for id_ in (second, first):
        assert server.client.delete(f"/v1/jobs/{id_}").json()["status"] == "cancelled"
        assert ended(server, id_)["status"] == "cancelled"
    jobs = server.service.jobs
    assert jobs is not None
    while jobs.place(first).path.exists():
        time.sleep(0.01)
    assert not jobs.place(second).path.exists()
    assert server.client.delete(f"/v1/jobs/{first}").status_code == 200
    assert server.client.get(f"/v1/jobs/{first}").status_code == 404


def test_a_worker_that_is_killed_goes_on_to_the_same_bits(
    server: Asked, table: bytes, done: dict[str, Any]
) -> None:
    settings = {**QUICK, "epochs": 40, "patience": None}
    whole = ended(server, post(server, "forecast", settings, ("file", "a.csv", table)).json()["id"])
    id_ = post(server, "forecast", settings, ("file", "a.csv", table)).json()["id"]
    learning(server, id_)
    jobs = server.service.jobs
    assert jobs is not None
    process = jobs._running[id_].pid
    os.kill(process, signal.SIGKILL)
    again = ended(server, id_)
    assert jobs.get(id_).deaths == 1
    assert again["status"] == "done"
    assert again["result"]["forecast"] == whole["result"]["forecast"]
    models = [
        server.client.get(f"/v1/jobs/{job['id']}/files/model.recur").content
        for job in (whole, again)
    ]
    assert models[0] == models[1]


def test_a_job_whose_process_is_killed_again_and_again_is_given_up(
    server: Asked, table: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recur.server.jobs.runner._DEATHS", 1)
    id_ = post(server, "forecast", LONG, ("file", "a.csv", table)).json()["id"]
    learning(server, id_)
    jobs = server.service.jobs
    assert jobs is not None
    os.kill(jobs._running[id_].pid, signal.SIGKILL)
    job = ended(server, id_)
    assert job["status"] == "failed"
    assert "given up" in job["error"]


def test_a_server_that_ends_takes_its_jobs_up_again(
    models: Path, table: bytes, tmp_path: Path
) -> None:
    with serving(models, data=tmp_path) as asked:
        settings = {**QUICK, "epochs": 60, "patience": None}
        first = post(asked, "forecast", settings, ("file", "a.csv", table)).json()["id"]
        second = post(asked, "forecast", QUICK, ("file", "b.csv", table)).json()["id"]
        learning(asked, first)
        with pytest.raises(SettingsError, match="another server keeps its jobs"):
            Jobs(tmp_path, at_once=1, threads=1, keep=1)
    (tmp_path / "jobs" / ".half").mkdir()  # of one that was killed
    with serving(models, data=tmp_path) as asked:
        assert [ended(asked, id_)["status"] for id_ in (first, second)] == ["done", "done"]
        assert "goes on" in asked.log.getvalue()
        assert not (tmp_path / "jobs" / ".half").exists()
    with serving(models, data=tmp_path, keep=1e-9) as asked:
        while asked.client.get("/v1/jobs").json()["jobs"]:
            time.sleep(0.01)
        assert list((tmp_path / "jobs").iterdir()) == []


def test_what_jobs_can_do_is_told(server: Asked) -> None:
    verbs = {verb["verb"]: verb for verb in server.client.get("/v1/verbs").json()["verbs"]}
    horizon = next(p for p in verbs["forecast"]["parameters"] if p["name"] == "horizon")
    assert (horizon["kind"], horizon["default"]) == ("int", 0)
    assert "threads" not in {parameter["name"] for parameter in verbs["write"]["parameters"]}


def test_a_writer_is_told_what_counting_reaches_before_it_learns(server: Asked) -> None:
    text = b"the cat sat on the mat and the dog sat on the log. " * 40
    settings = {"epochs": 1, "hidden": 4, "layers": 1, "samples": True}
    job = ended(server, post(server, "write", settings, ("file", "a.txt", text)).json()["id"])
    (told,) = events(server, job["id"], "counting")
    assert told["counting"] == pytest.approx(job["result"]["baselines"]["ngram"]["nats"], abs=0.05)


def test_the_model_of_a_job_is_asked(server: Asked, done: dict[str, Any]) -> None:
    answer = server.post(f"/v1/jobs/{done['id']}/predict", {"series": [1.0, 2.0] * 20})
    assert answer.status_code == 200, answer.text
    assert len(answer.json()["forecast"]) == 2
    assert "no job" in server.error("/v1/jobs/none/predict", 404, {})
