"""How long a forecast over HTTP takes, beside a FastAPI server around a `torch.nn` model.

    python -m benchmarks.live.serving [--requests 2000] [--clients 1,10,100]

Both servers hold the same network with the same weights, a GRU of 30 units over 48 values; what
they answer has to agree before anything is timed. Then each is asked by as many clients at once,
the two in turns, warm, on this machine. Prints one JSON object: the medians of three turns, and
what a value takes that is pushed into a stream.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import numpy as np
from benchmarks.live.clients import ask, load, push

import recur

TURNS = 3
AGREE = 1e-4


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        return int(taken.getsockname()[1])


@contextmanager
def running(*command: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server for as long as the block lasts."""
    process = subprocess.Popen([sys.executable, *command], stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def wait_for(port: int) -> None:
    """Wait until a server answers."""
    for _ in range(3000):
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("a server did not start.")


def make_model(folder: Path) -> tuple[Path, list[float]]:
    """Return a trained GRU(30), and a series to ask about."""
    series = recur.synthetic.sine(points=600, period=24, noise=0.1).values.reshape(-1)
    model = recur.Forecaster(
        horizon=12, network="trained", lookback=48, hidden=30, epochs=3, scaling="none",
        residual="none", intervals=(), refit=False, threads=1,
    )  # fmt: skip
    path = model.fit(series, test=120, progress=False).save(folder / "wave.recur")
    return path, series[-100:].tolist()


def processor_seconds(process: subprocess.Popen[bytes]) -> float:
    """Return the processor time that a process has taken so far; NaN where that is not told."""
    try:
        fields = Path(f"/proc/{process.pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    except OSError:
        return math.nan
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def check(ours: dict[str, object], theirs: dict[str, object]) -> float:
    """Return how far two answers are apart; end where they do not agree."""
    rows = ours["forecast"]
    assert isinstance(rows, list)
    apart = float(np.abs(np.array([row["value"] for row in rows]) - theirs["forecast"]).max())
    if apart > AGREE:
        raise SystemExit(f"the two servers do not agree: {apart:g} apart.")
    return apart


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=2000)
    parser.add_argument("--clients", default="1,10,100")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        path, series = make_model(folder)
        ports = {"recur": free_port(), "torch": free_port()}
        paths = {"recur": "/v1/models/wave/predict", "torch": "/predict"}
        ours = ("-m", "recur", "serve", str(path), "--port", str(ports["recur"]), "--data", name)
        theirs = ("-m", "benchmarks.live.torch_server", str(path), str(ports["torch"]))
        processes: list[subprocess.Popen[bytes]] = []
        for command, port in ((ours, ports["recur"]), (theirs, ports["torch"])):
            processes.append(stack.enter_context(running(*command)))
            wait_for(port)
        body = {"series": series}
        answers = {each: ask(ports[each], paths[each], body) for each in ports}
        measured: dict[str, object] = {"apart": check(answers["recur"], answers["torch"])}
        for each in ports:
            load(ports[each], paths[each], body, clients=4, requests=200)  # warm
        for clients in map(int, given.clients.split(",")):
            turns = []
            for _ in range(TURNS):
                turn = {}
                for each, process in zip(ports, processes, strict=True):
                    before = processor_seconds(process)
                    made = load(
                        ports[each], paths[each], body, clients=clients, requests=given.requests
                    )
                    spent = processor_seconds(process) - before
                    processor = round(1000 * spent / given.requests, 3)
                    turn[each] = {**made.to_dict(), "processor_ms": processor}
                turns.append(turn)
            measured[f"{clients} clients"] = summary(turns)
        values = [*series, *np.sin(np.arange(given.requests) / 4).tolist()]
        measured["stream"] = push(ports["recur"], "/v1/models/wave/stream", values).to_dict()
        print(json.dumps(measured, indent=2))


def summary(turns: list[dict[str, dict[str, float]]]) -> dict[str, object]:
    """Return medians over the turns, and ratios of the second server's to the first one's."""
    found: dict[str, object] = {
        each: {
            name: statistics.median(turn[each][name] for turn in turns) for name in turns[0][each]
        }
        for each in turns[0]
    }
    ratios = {
        name: round(statistics.median(t["torch"][name] / t["recur"][name] for t in turns), 2)
        for name in ("p50_ms", "p99_ms", "processor_ms")
    }
    return {**found, "torch over recur": ratios}


if __name__ == "__main__":
    main()
