"""Jobs of a server that is killed, and whose workers are, at moments that nobody chose."""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import sys
import time
from pathlib import Path
from typing import Any, Protocol

import numpy as np

import recur
from recur.errors import RecurError

MOST_OF_A_JOB = 4  # kills of its process; with one more it would be given up
PATIENCE = 900  # seconds for an answer, and for a job that nobody disturbs, on a busy machine
LONGEST = 8  # seconds from one kill to the next
SETTINGS = {
    "horizon": 3, "network": "trained", "lookback": 12, "hidden": 8, "test": 40, "epochs": 30,
    "patience": None,
}  # fmt: skip
BOUNDARY = "a-boundary-that-is-nowhere-else"


class Killable(Protocol):
    """A server that can be killed and started again."""

    port: int
    process: Any

    def start(self) -> None:
        """Start it."""


def asked(server: Killable, method: str, path: str, body: bytes = b"") -> Any:
    """Return what the server answers; files as bytes. What only looks is asked again."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return _asked(server, method, path, body)
        except (http.client.HTTPException, OSError):
            if method != "GET" or time.monotonic() > until:
                raise
            time.sleep(1)


def _asked(server: Killable, method: str, path: str, body: bytes) -> Any:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    kind = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    connection.request(method, path, body, kind)
    with connection.getresponse() as answer:
        data = answer.read()
        if answer.status >= 400:
            raise SystemExit(f"{method} {path}: {data.decode('utf-8', 'replace')}")
        return json.loads(data) if "json" in answer.headers["content-type"] else data


def form(seed: int) -> bytes:
    """Return the body that posts a job."""
    values = np.sin(np.arange(200) / 2) + np.random.default_rng(seed).normal(0, 0.1, 200)
    table = "y\n" + "".join(f"{value!r}\n" for value in values.tolist())
    parts = [
        'Content-Disposition: form-data; name="verb"\r\n\r\nforecast',
        f'Content-Disposition: form-data; name="settings"\r\n\r\n{json.dumps(SETTINGS)}',
        'Content-Disposition: form-data; name="file"; filename="a.csv"\r\n'
        f"Content-Type: text/csv\r\n\r\n{table}",
    ]
    between = f"--{BOUNDARY}\r\n"
    return ("".join(f"{between}{part}\r\n" for part in parts) + f"--{BOUNDARY}--\r\n").encode()


def workers(server: int) -> dict[str, int]:
    """Return the processes of the jobs of a server, by the job."""
    found = {}
    for path in Path("/proc").iterdir():
        if path.name.isdigit():
            try:
                parent = int((path / "stat").read_text("utf-8").rpartition(")")[2].split()[1])
                words = (path / "cmdline").read_bytes().split(b"\0")
            except (OSError, ValueError):
                continue
            if parent == server and b"recur.server.jobs.worker" in words:
                found[Path(os.fsdecode(words[-3])).name] = int(path.name)
    return found


def ended(server: Killable, id_: str) -> dict[str, Any]:
    """Return a job once it has ended."""
    until = time.monotonic() + PATIENCE
    while (job := asked(server, "GET", f"/v1/jobs/{id_}"))["status"] in ("queued", "running"):
        if time.monotonic() > until:
            raise SystemExit(f"job {id_} has not ended: {job}")
        time.sleep(0.1)
    told: dict[str, Any] = job
    return told


def killed_at_random(
    server: Killable, data: Path, kills: int, chance: random.Random
) -> dict[str, Any]:
    """Post jobs, kill what does them, and return what came of them."""
    whole = ended(server, asked(server, "POST", "/v1/jobs", form(0))["id"])
    expected = (whole["result"]["forecast"], model_of(server, whole["id"], data))
    posted: list[str] = []
    deaths: dict[str, int] = {}
    done, began = {"server": 0, "worker": 0}, time.monotonic()
    span = max(1.0, whole["ended"] - whole["started"])
    while sum(done.values()) < kills:
        waiting = [
            job for job in asked(server, "GET", "/v1/jobs")["jobs"]
            if job["status"] in ("queued", "running")
        ]  # fmt: skip
        if len(waiting) < 2:
            posted.append(asked(server, "POST", "/v1/jobs", form(0))["id"])
            continue
        time.sleep(chance.uniform(0, min(1.2 * span, LONGEST)))
        running = {
            job: process for job, process in workers(server.process.pid).items()
            if deaths.get(job, 0) < MOST_OF_A_JOB
        }  # fmt: skip
        if running and chance.random() < 0.5:
            job, process = chance.choice(sorted(running.items()))
            os.kill(process, signal.SIGKILL)
            deaths[job] = deaths.get(job, 0) + 1
            done["worker"] += 1
        else:
            server.process.send_signal(signal.SIGKILL)
            server.process.wait()
            done["server"] += 1
            server.start()
        print(f"kills: {done}", file=sys.stderr)
    jobs = [ended(server, id_) for id_ in posted]
    wrong = [job["id"] for job in jobs if job["status"] != "done"]
    same = [
        (job["result"]["forecast"], model_of(server, job["id"], data)) == expected
        for job in jobs if job["status"] == "done"
    ]  # fmt: skip
    known = {"server.log", whole["id"], *posted}
    stray = [path.name for path in (data / "jobs").iterdir() if path.name not in known]
    return {
        "kills": done,
        "minutes": round((time.monotonic() - began) / 60, 1),
        "seconds of a job": round(span, 1),
        "jobs": len(jobs),
        "lost": len(wrong),
        "other bits": same.count(False),
        "half files": half_files(data),
        "folders of no job": len(stray),
    }


def model_of(server: Killable, id_: str, data: Path) -> bytes:
    """Return the model file of a job, which has to be the one that lies there."""
    sent: bytes = asked(server, "GET", f"/v1/jobs/{id_}/files/model.recur")
    if sent != (data / "jobs" / id_ / "out" / "model.recur").read_bytes():
        raise SystemExit(f"the model of job {id_} was not sent as it is.")
    return sent


def half_files(data: Path) -> int:
    """Return how many results are not whole: models that do not load, forecasts without an end."""
    found = 0
    for path in (data / "jobs").glob("*/out/*"):
        if path.suffix == ".recur":
            try:
                recur.load(path)
            except RecurError:
                found += 1
        elif path.suffix == ".csv":
            found += not path.read_text("utf-8").endswith("\n")
        elif path.suffix == ".html":
            found += not path.read_text("utf-8").rstrip().endswith("</html>")
        elif path.suffix == ".part":
            found += 1
    return found
