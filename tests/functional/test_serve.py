"""`recur serve`: as a user starts it, and what it refuses to start with."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from subprocess import Popen

import pytest
from tests.functional.conftest import Run

pytest.importorskip("fastapi", reason="FastAPI, of the extra `server`, is not installed")
pytest.importorskip("uvicorn", reason="uvicorn, of the extra `server`, is not installed")
httpx = pytest.importorskip("httpx", reason="httpx is not installed")


def test_it_serves_until_it_is_told_to_end(
    model: Path, folder: Path, environment: dict[str, str]
) -> None:
    command = [sys.executable, "-m", "recur", "serve", str(model), "--port", "0", "--log", "json"]
    command += ["--data", str(folder / "jobs")]
    with subprocess.Popen(
        command, env=environment, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        try:
            line = next(line for line in process.stderr if "http://" in line)
            url = json.loads(line)["event"].split()[-1]
            with urllib.request.urlopen(f"{url}/v1/models") as answer:
                names = [each["name"] for each in json.load(answer)["models"]]
            assert names == ["pretrained", model.name.removesuffix(".recur")]
        finally:
            process.send_signal(signal.SIGTERM)
            _, rest = process.communicate()
    assert process.returncode == 0
    assert '"path": "/v1/models"' in rest
    assert "the server has ended" in rest


@contextlib.contextmanager
def started(environment: dict[str, str], *options: object) -> Iterator[tuple[Popen[str], str]]:
    """Give a server in a process of its own, and its address."""
    command = [sys.executable, "-m", "recur", "serve", "--port", "0", *map(str, options)]
    pipe = subprocess.PIPE
    with Popen(command, env=environment, stderr=pipe, stdout=pipe, text=True) as process:
        assert process.stderr is not None
        try:
            line = next(line for line in process.stderr if "http://" in line)
            yield process, line.split()[-1]
        finally:
            process.kill()


def test_what_runs_is_finished_when_it_is_told_to_end(
    folder: Path, environment: dict[str, str]
) -> None:
    series = {"series": [[float(i % 7) for i in range(400)]] * 400, "horizon": 60}
    with started(environment, "--data", folder / "jobs") as (process, url):
        asking = urllib.request.Request(
            f"{url}/v1/models/pretrained/predict", json.dumps(series).encode(),
            {"Content-Type": "application/json"},
        )  # fmt: skip
        with ThreadPoolExecutor() as pool:
            answer = pool.submit(lambda: json.load(urllib.request.urlopen(asking)))
            while (
                b"recur_requests_computing 1" not in urllib.request.urlopen(f"{url}/metrics").read()
            ):
                pass
            process.send_signal(signal.SIGTERM)
            assert len(answer.result()["forecast"]) == 400 * 60
        assert process.wait() == 0


def test_a_server_that_is_killed_loses_no_job(prices: Path, environment: dict[str, str]) -> None:
    settings = {"horizon": 2, "network": "trained", "epochs": 40, "hidden": 4, "patience": None}
    form = [("verb", "forecast"), ("settings", json.dumps(settings))]
    with started(environment, "--data", "jobs") as (process, url), httpx.Client() as client:
        with prices.open("rb") as file:
            posted = client.post(f"{url}/v1/jobs", data=dict(form), files={"file": file})
        path = f"/v1/jobs/{posted.json()['id']}"
        with client.stream("GET", f"{url}{path}/events") as events:
            assert any(line == "event: epoch" for line in events.iter_lines())
        process.kill()
    with started(environment, "--data", "jobs") as (process, url), httpx.Client() as client:
        events = client.get(f"{url}{path}/events", timeout=120).text
        assert events.strip().split("\n\n")[-1].startswith("event: end")
        job = client.get(f"{url}{path}").json()
        assert (job["status"], job["files"][0]) == ("done", "forecast.csv")
        with client.stream("GET", f"{url}{path}/events") as again:  # what streams ends with it
            again.read()
        process.send_signal(signal.SIGTERM)
        assert process.wait() == 0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("nothing.recur",), "no file or folder `nothing.recur`"),
        (("n" * 300,), "no file or folder `nnn"),
        (("prices.csv",), "not a file that recur saved"),
        (("--port", "70000"), "70000"),
        (("--threads", "0"), "0"),
        (("--host", "0.0.0.0"), "`--token-file`"),
        (("--host", "no.such.host.invalid"), "`--host`"),
        (("--data", "short.txt"), "cannot write"),
        (("--token-file", "none.txt"), "cannot be read"),
        (("--token-file", "empty.txt"), "no token"),
        (("--token-file", "short.txt"), "fewer than 16"),
    ],
)
def test_what_it_does_not_start_with(
    options: tuple[str, ...], said: str, prices: Path, recur: Run
) -> None:
    Path("empty.txt").write_text("# nothing\n", encoding="utf-8")
    Path("short.txt").write_text("secret\n", encoding="utf-8")
    ended = recur("serve", *options)
    assert ended.returncode == 2
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_port_in_use(recur: Run) -> None:
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        ended = recur("serve", "--port", port)
    assert ended.returncode == 2
    assert f"cannot listen on port {port}" in ended.stderr
    assert "`--port`" in ended.stderr


@pytest.mark.skipif(os.name != "posix", reason="files have no such permissions here")
def test_a_token_file_that_others_can_read_is_told(folder: Path) -> None:
    from recur.notices import listening
    from recur.server.run import read_tokens

    path = Path("tokens.txt")
    path.write_text("# of the studio\na-token-of-sixteen-and-more\n", encoding="utf-8")
    path.chmod(0o644)
    with listening() as heard:
        assert read_tokens(path) == (b"a-token-of-sixteen-and-more",)
    assert "chmod 600" in heard.sentences[0]
    path.chmod(0o600)
    with listening() as heard:
        read_tokens(path)
    assert heard.sentences == []


def test_the_studio_takes_a_free_port_where_the_usual_one_is_in_use() -> None:
    from recur.server.run import listening_socket

    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        with contextlib.closing(listening_socket("127.0.0.1", port, any_port=True)) as found:
            assert found.getsockname()[1] not in (0, port)


def test_the_studio_says_that_a_port_that_was_asked_for_is_in_use(recur: Run) -> None:
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as taken:
        ended = recur("studio", "--no-browser", "--port", taken.getsockname()[1])
    assert ended.returncode == 2
    assert "choose another with `--port`" in ended.stderr


def test_the_studio_opens_its_page_and_tells_its_address(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import webbrowser

    from recur.cli.verbs.studio import _open

    opened = queue.Queue[str]()
    monkeypatch.setattr(webbrowser, "open", opened.put)
    _open("http://127.0.0.1:8000/")
    assert opened.get(timeout=60) == "http://127.0.0.1:8000/"
    assert capsys.readouterr().out == "http://127.0.0.1:8000/\n"
