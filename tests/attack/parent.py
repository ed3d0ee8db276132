"""Runs the cases of a kind in child processes, a new one where one died or took too long."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from tests.attack.outcomes import Outcome

PATIENCE = 60.0  # seconds for a case, on a machine that has other things to do
ROOT = Path(__file__).parents[2]


def run_cases(
    kind: str, first: int, last: int, folder: Path, *, seed: int = 0, patience: float = PATIENCE
) -> Iterator[Outcome]:
    """Yield what comes of the cases from `first` on, before `last`."""
    while first < last:
        for outcome in _until_it_ends(kind, first, last, folder, seed, patience):
            yield outcome
            first = outcome.number + 1


def _until_it_ends(
    kind: str, first: int, last: int, folder: Path, seed: int, patience: float
) -> Iterator[Outcome]:
    """Yield the outcomes of one child; where it ends too early, how it did is the last of them."""
    words = [kind, str(first), str(last), str(seed), str(folder.resolve())]
    path = os.pathsep.join([str(ROOT), str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.attack.child", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
        env={**os.environ, "PYTHONPATH": path},
    )
    assert child.stdout is not None
    assert child.stderr is not None
    lines: queue.Queue[str | None] = queue.Queue()
    threading.Thread(target=_pass_on, args=(child.stdout, lines), daemon=True).start()
    told: list[str] = []
    listener = threading.Thread(target=_keep, args=(child.stderr, told), daemon=True)
    listener.start()
    number, running, name = first, True, "died"
    try:
        while running:
            try:
                line = lines.get(timeout=patience + (60 if number == first else 0))
            except queue.Empty:
                name = "slow"
                break
            if line is None:
                break
            answer = json.loads(line)
            if "begins" in answer:
                number = answer["begins"]
                continue
            yield Outcome(**answer)
            running = number + 1 < last
            number += 1
    finally:
        if running:
            child.kill()
        child.wait()
        listener.join()
        child.stdout.close()
        child.stderr.close()
    if running:
        end = "" if name == "slow" else f"exit code {child.returncode}: {''.join(told)[-2000:]}"
        yield Outcome(kind, number, "the process", name, end)


def _pass_on(stream: IO[str], lines: queue.Queue[str | None]) -> None:
    for line in stream:
        lines.put(line)
    lines.put(None)


def _keep(stream: IO[str], told: list[str]) -> None:
    for line in stream:
        told.append(line)
        del told[:-200]
