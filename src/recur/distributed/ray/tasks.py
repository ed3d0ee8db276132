"""Pieces of work as tasks of a cluster, one a core: parts of a job, settings and methods tried."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from itertools import islice
from typing import Any, NamedTuple, TypeVar

import ray
from ray.exceptions import RayError
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from recur.distributed.ray.team import first_line, raise_own
from recur.engines.compiled.engine import CompiledEngine
from recur.engines.registry import keep_to, opened_by
from recur.errors import WorkersLost
from recur.notices import listening, notice
from recur.progress import showing, told
from recur.tasks.executor import Piece

_AHEAD = 3  # tasks for each core: a slow one at the front holds up those behind it no longer
_RETRIES = 10  # of a piece whose process or node was lost
_OFTEN = 0.3  # seconds between two words of what is under way

_Piece = TypeVar("_Piece", bound=Piece)
_Outcome = TypeVar("_Outcome")


class _Task(NamedTuple):
    number: int
    piece: Piece
    answer: Any  # of Ray


def run_pieces(
    run: Callable[[_Piece], _Outcome],
    pieces: Iterable[_Piece],
    *,
    ahead: int | None = None,
    moved: Callable[[float], None] | None = None,
) -> Iterator[_Outcome]:
    """Run pieces on all cores of a cluster; see `recur.tasks.executor.Executor`.

    A process keeps what it was given for all pieces, a model say. A piece whose process or node is
    lost is run again elsewhere.
    """
    cores = max(1, int(ray.cluster_resources().get("CPU", 1)))
    most = min(_AHEAD * cores, ahead or _AHEAD * cores)
    task = ray.remote(num_cpus=1, max_retries=_RETRIES)(_run)
    board = _board() if moved else None
    handed, rest, under_way = ray.put(run), enumerate(pieces), deque[_Task]()
    try:
        while True:
            for number, piece in islice(rest, most - len(under_way)):
                answer = task.remote(handed, piece, number, board)
                under_way.append(_Task(number, piece, answer))
            if not under_way:
                return
            while moved and not ray.wait([under_way[0].answer], timeout=_OFTEN)[0]:
                moved(_done(under_way, board))
            yield _got(under_way[0])
            under_way.popleft()
    finally:
        for left in under_way:
            ray.cancel(left.answer, force=True)
        if board is not None:
            ray.kill(board)


def _run(run: Callable[[Any], Any], piece: Any, number: int, board: Any) -> Any:
    """Return what came of a piece, the notices of it, and what else has to be said."""
    keep_to(1)  # the other cores have pieces of their own
    said, when = list[str](), 0.0

    def tell(facts: dict[str, Any]) -> None:
        nonlocal when
        if "said" in facts:
            said.append(facts["said"])
        elif "progress" in facts and board is not None and time.monotonic() - when > _OFTEN:
            when = time.monotonic()
            board.tell.remote(number, _share(facts["progress"]))

    with opened_by(CompiledEngine), listening() as heard, told(tell):
        return run(piece), heard.sentences, said


def _got(task: _Task) -> Any:
    try:
        outcome, notices, said = ray.get(task.answer)
    except RayError as error:
        raise_own(task.answer)
        raise WorkersLost(
            f"{task.piece.describe()} was begun {_RETRIES + 1} times, and each time its process "
            f"was lost, the last time by {first_line(error)!r}; see that the nodes have memory "
            "left, then give the same command again."
        ) from error
    for sentence in notices:
        notice(sentence)
    if said:
        with showing("tasks") as line:
            for sentence in said:
                line.say(sentence)
    return deepcopy(outcome)  # what Ray gives may not be written


class _Board:
    """What tasks say of how far they are."""

    def __init__(self) -> None:
        self._shares: dict[int, float] = {}

    def tell(self, number: int, share: float) -> None:
        """Take note of how much of a task is done; what it begins anew is not taken back."""
        self._shares[number] = max(share, self._shares.get(number, 0.0))

    def shares(self) -> dict[int, float]:
        """Return how much is done of each."""
        return self._shares


def _board() -> Any:
    """Return a board on the node of this process, which takes no core."""
    here = NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), soft=True)
    return ray.remote(num_cpus=0, scheduling_strategy=here)(_Board).remote()


def _share(lines: list[dict[str, Any]]) -> float:
    """Return how much is done of what some lines tell, each of which goes on in the one before."""
    share = 0.0
    for line in reversed(lines):
        if line["total"]:
            share = min(1.0, (line["done"] + share) / line["total"])
    return share


def _done(under_way: deque[_Task], board: Any) -> float:
    """Return how many of the tasks under way are done, with the shares of those that are not."""
    try:
        shares = ray.get(board.shares.remote(), timeout=_OFTEN)
    except RayError:  # it is not there yet, or lost: nothing but a bar depends on it
        shares = {}
    answers = [task.answer for task in under_way]
    ended = set(ray.wait(answers, num_returns=len(answers), timeout=0, fetch_local=False)[0])
    return sum(1.0 if x.answer in ended else shares.get(x.number, 0.0) for x in under_way)
