"""What workers share: a job comes in a file, its answer goes out in another, both JSON.

Runs in the environment of any library, so it imports nothing but the standard library.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

Job = dict[str, Any]
Answer = dict[str, Any]

REPEATS, LEAST_SECONDS = 30, 0.5
"""Predictions that a latency is the mean of, and for how many processor seconds at least."""


class Clock:
    """Seconds since it was made, by the wall and of the processor, on all threads and children."""

    def __init__(self) -> None:
        self._wall, self._processor = time.perf_counter(), processor()

    def spent(self) -> dict[str, float]:
        """Return both."""
        return {
            "seconds": round(time.perf_counter() - self._wall, 3),
            "processor": round(processor() - self._processor, 3),
        }


def processor() -> float:
    """Return the processor seconds of this process and of all that it has waited for."""
    return sum(os.times()[:4])


def serve(tasks: Mapping[str, Callable[[Job], Answer]]) -> None:
    """Do the job of the file that is named first, and write its answer to the second."""
    job = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    answer = tasks[job["do"]](job)
    Path(sys.argv[2]).write_text(json.dumps(answer), "utf-8")


def for_each_panel(job: Job, forecast: Callable[[Job, Job], Answer]) -> Answer:
    """Return a method's forecasts of all panels of a job, each with its seconds.

    `forecast` takes the job and a panel, and answers with `forecast` [series, horizon], where it
    has intervals with `low` and `high`, and where something should be said with a `note`. What it
    cannot do is the `error` of that panel.
    """
    answers = []
    for panel in job["panels"]:
        clock = Clock()
        try:
            answer = forecast(job, panel)
        except Exception as why:  # of any kind, each library has its own
            answer = {"error": f"{type(why).__name__}: {why}"}
        answers.append({**clock.spent(), **answer})
    return {"panels": answers}


def timed(predict: Callable[[], object]) -> Answer:
    """Return the processor milliseconds of a prediction, the mean of many after the first ones.

    The clock of a process is coarse, so quick predictions are made until it has moved on.
    """
    for _ in range(3):
        predict()
    began, count = time.process_time(), 0
    while count < REPEATS or time.process_time() - began < LEAST_SECONDS:
        predict()
        count += 1
    return {"milliseconds": 1000 * (time.process_time() - began) / count}
