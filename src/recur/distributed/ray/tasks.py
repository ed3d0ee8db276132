"""Parts of a job as tasks of a cluster, one a core."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import ray
from ray.exceptions import RayError

from recur.distributed.parts import Part, PartOutcome
from recur.distributed.ray.team import first_line, raise_own
from recur.distributed.running import RunPart
from recur.engines.registry import keep_to
from recur.errors import WorkersLost

_AHEAD = 3  # tasks for each core: a slow part holds up those behind it no longer than that
_RETRIES = 10  # of a part whose process or node was lost


def run_parts(run: RunPart, parts: Sequence[Part]) -> Iterator[PartOutcome]:
    """Run parts on all cores of a cluster, and give what came of each in their order.

    A process reads the model once. A part whose process or node is lost is run again elsewhere.
    """
    cores = max(1, int(ray.cluster_resources().get("CPU", 1)))
    task = ray.remote(num_cpus=1, max_retries=_RETRIES)(_run)
    handed, rest, under_way = ray.put(run), iter(parts), deque[tuple[Part, Any]]()
    try:
        while True:
            for part in islice(rest, _AHEAD * cores - len(under_way)):
                under_way.append((part, task.remote(handed, part)))
            if not under_way:
                return
            part, answer = under_way[0]
            yield _got(part, answer)
            under_way.popleft()
    finally:
        for _, answer in under_way:
            ray.cancel(answer, force=True)


def _run(run: RunPart, part: Part) -> PartOutcome:
    keep_to(1)  # the other cores have parts of their own
    return run(part)


def _got(part: Part, answer: Any) -> PartOutcome:
    try:
        outcome: PartOutcome = ray.get(answer)
    except RayError as error:
        raise_own(answer)
        raise WorkersLost(
            f"{part.describe()} was begun {_RETRIES + 1} times, and each time its process was "
            f"lost, the last time by {first_line(error)!r}; see that nodes have memory left, or "
            "name less with `memory`, then go on with the same command."
        ) from error
    return outcome
