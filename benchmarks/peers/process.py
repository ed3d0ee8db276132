"""A job done by a library in a process of its own: JSON goes in and comes out by files."""

from __future__ import annotations

import json
import math
import os
import resource
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.peers.environments import ROOT, Installed

WORKERS = {
    "recur": "with_recur",
    "statsforecast": "with_statsforecast",
    "neuralforecast": "with_neuralforecast",
    "Darts": "with_darts",
    "PyTorch": "with_torch",
    "scikit-learn": "with_sklearn",
    "aeon": "with_aeon",
}
_POOLS = tuple(
    f"{name}_THREADS"
    for name in ("OMP_NUM", "MKL_NUM", "OPENBLAS_NUM", "NUMEXPR_NUM", "NUMBA_NUM", "POLARS_MAX")
)
_LONGEST = 300  # characters of a reason


@dataclass(frozen=True)
class Peers:
    """The libraries, and how they are asked.

    Attributes:
        places: the environment of each.
        threads: that each may use.
        only: texts that the name of what is run has to hold.
    """

    places: Mapping[str, Installed]
    threads: int = 2
    only: Sequence[str] = ()

    def wanted(self, name: str) -> bool:
        """Say whether what has this name is to be run."""
        return all(text in name for text in self.only)

    def ask(self, peer: str, job: dict[str, Any], limit: float, **variables: str) -> dict[str, Any]:
        """Return a worker's answer, with the seconds and the memory of its process in `process`.

        Args:
            peer: the library.
            job: what is to be done, see the workers.
            limit: processor seconds after which the process is ended.
            **variables: more of the environment.

        Returns:
            The answer, or why there is none in `error`.
        """
        place = self.places[peer]
        if place.error:
            return {"error": f"not installed: {place.error}"}
        with tempfile.TemporaryDirectory() as folder:
            scratch = Path(folder)
            told = json.dumps({"threads": self.threads, **job})
            (scratch / "job.json").write_text(told, "utf-8")
            worker = f"benchmarks.peers.workers.{WORKERS[peer]}"
            command = [place.python, "-m", worker, "job.json", "answer.json"]
            spent, why = run(command, scratch, limit, self.threads, variables)
            if why:
                return {"error": why, "process": spent}
            answer = json.loads((scratch / "answer.json").read_text("utf-8"))
            return {**answer, "process": spent}


def run(
    command: list[str], scratch: Path, limit: float, count: int, variables: dict[str, str]
) -> tuple[dict[str, float], str]:
    """Run a command in a folder; return what it took, and why it did not end well."""
    threads = dict.fromkeys(_POOLS, str(count))
    surroundings = {**os.environ, **threads, "PYTHONPATH": str(ROOT), **variables}
    most = math.ceil(limit)
    with (scratch / "log").open("wb") as log:
        began = time.perf_counter()
        running = subprocess.Popen(
            command, cwd=scratch, env=surroundings, stdout=log, stderr=log,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (most, most)),
        )  # fmt: skip
        _, status, usage = os.wait4(running.pid, 0)
        running.returncode = os.waitstatus_to_exitcode(status)
    spent = {
        "seconds": round(time.perf_counter() - began, 2),
        "processor": round(usage.ru_utime + usage.ru_stime, 2),
        "megabytes": round(usage.ru_maxrss / 1e3, 1),  # Linux counts kilobytes
    }
    if running.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        return spent, f"did not end within {most} processor seconds"
    if running.returncode:
        lines = (scratch / "log").read_text("utf-8", errors="replace").strip().splitlines()
        return spent, (lines or [f"ended with {running.returncode}"])[-1][:_LONGEST]
    return spent, ""
