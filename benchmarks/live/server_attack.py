"""Requests that nobody means, and kills at moments that nobody chose: nothing may be lost.

    python -m benchmarks.live.server_attack [--requests 100000] [--drawn 100000] [--kills 50]

First so many requests that hypothesis makes are sent to a server: none may be answered by a 5xx,
each has to be answered, and the memory of the server, told at every tenth, has to stay as it is.
Making one takes as long as answering it, so that fewer may be drawn and sent again and again. Then
jobs are posted and the server, or the process of a job, is killed (SIGKILL) at random moments, and
started again: every job that was promised has to end with the bits of one that nobody disturbed,
its files whole. Prints one JSON object. Needs /proc, so Linux alone.
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

from benchmarks.live.hostile import Request, requests
from benchmarks.live.killing import killed_at_random
from benchmarks.live.serving import free_port, wait_for
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded

import recur

AT_ONCE = 500  # requests that hypothesis makes in one run
TENTHS = 10  # of the requests, after each of which memory is looked at
PATIENCE = 300  # seconds for an answer


class Server:
    """A server in a process of its own, which can be killed and started again.

    Attributes:
        port: where it listens.
        process: the newest one.
    """

    def __init__(self, models: Path, data: Path) -> None:
        self.port, self._models, self._data = free_port(), models, data
        self._log = (data / "server.log").open("ab")
        self.start()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        command = [sys.executable, "-m", "recur", "serve", str(self._models)]
        command += ["--port", str(self.port), "--data", str(self._data / "jobs")]
        self.process = subprocess.Popen(command, stderr=self._log)
        wait_for(self.port)

    @property
    def megabytes(self) -> float:
        """Return the memory that it holds."""
        status = Path(f"/proc/{self.process.pid}/status").read_text("utf-8")
        line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024

    def end(self) -> int:
        """Tell it to end, and return its exit code."""
        self.process.terminate()
        return self.process.wait()


def send(connection: http.client.HTTPConnection, request: Request) -> int:
    """Send a request, and return the status of its answer."""
    method, path, headers, body = request
    connection.request(method, path, body, headers)
    with connection.getresponse() as answer:
        answer.read()
        return answer.status


def drawn(count: int, seed: int) -> list[Request]:
    """Return so many requests that hypothesis makes."""
    found: list[Request] = []
    while len(found) < count:

        @seeded(seed + len(found))
        @settings(
            max_examples=min(AT_ONCE, count - len(found)), database=None, deadline=None,
            suppress_health_check=list(HealthCheck), phases=[Phase.generate],
        )  # fmt: skip
        @given(requests)
        def one(request: Request) -> None:
            found.append(request)

        one()
    return found


def attack(
    server: Server, count: int, made: list[Request], chance: random.Random
) -> dict[str, Any]:
    """Send so many of some requests, in any order, and return what came of them."""
    statuses: Counter[int] = Counter()
    bad: list[tuple[int, Request]] = []
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    began, megabytes, every = time.perf_counter(), [], max(1, count // TENTHS)
    while (sent := statuses.total()) < count:
        if sent % len(made) == 0:
            chance.shuffle(made)
        request = made[sent % len(made)]
        try:
            status = send(connection, request)
        except (http.client.HTTPException, OSError, ValueError):
            connection.close()
            with suppress(http.client.HTTPException, OSError, ValueError):
                send(connection, ("GET", "/health", {}, b""))
            status = 0  # it could not be sent, or was not answered
        statuses[status] += 1
        if status == 0 or status >= 500:
            bad.append((status, request))
        if (sent + 1) % every == 0:
            megabytes.append(round(server.megabytes, 1))
            print(f"{sent + 1} requests, {megabytes[-1]:.0f} MB", file=sys.stderr)
    return {
        "requests": statuses.total(),
        "of which differ": len(made),
        "a second": round(count / (time.perf_counter() - began), 1),
        "statuses": {str(status): n for status, n in sorted(statuses.items())},
        "5xx or no answer": [(status, repr(request)[:2000]) for status, request in bad[:5]],
        "MB at every tenth": megabytes,
    }


def make_models(folder: Path) -> Path:
    """Return a folder with a forecaster and a writer."""
    models = folder / "models"
    series = recur.synthetic.sine(points=300, period=12, noise=0.1).values.reshape(-1)
    forecaster = recur.Forecaster(
        horizon=3, network="trained", lookback=24, epochs=2, intervals=(80,)
    )
    forecaster.fit(series, test=60, progress=False).save(models / "wave.recur")
    text = recur.Text.of("the cat sat on the mat and the dog sat on the log. " * 20)
    recur.Writer(epochs=1, hidden=8, layers=1).fit(text, progress=False).save(
        models / "prose.recur"
    )
    return models


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--drawn", type=int, default=100_000, help="that differ")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server = Server(make_models(folder), folder)
        try:
            if asked.requests:
                found["requests"] = attack(
                    server, asked.requests,
                    drawn(min(asked.drawn, asked.requests), asked.seed), random.Random(asked.seed),
                )  # fmt: skip
            if asked.kills:
                found["kills"] = killed_at_random(
                    server, folder / "jobs", asked.kills, random.Random(asked.seed)
                )
        finally:
            found["exit code"] = server.end()
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
