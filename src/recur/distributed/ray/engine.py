"""The compiled engine whose training steps are taken by the workers of a cluster."""

from __future__ import annotations

import time
import weakref
from copy import deepcopy
from itertools import count
from typing import Any

import ray

from recur.arrays import Indices
from recur.distributed.ray.team import Team, WorkerLostError
from recur.engines.base import Chunk, ChunkResult, Snapshot, Source, StepRecipe, Trainer
from recur.engines.checks.training import check_snapshot, check_training
from recur.engines.compiled.engine import CompiledEngine
from recur.engines.compiled.shared import losses_of_all, state_of_all
from recur.engines.compiled.trainer import mean_loss
from recur.networks.spec import NetworkSpec

_OFTEN = 10.0  # seconds of training that are done again at most where workers are lost

_keys = count()


class RayEngine(CompiledEngine):
    """Predicts in this process and trains on a cluster; its bits depend on neither.

    Args:
        threads: the most that predictions run on.
        team: the workers that train.
    """

    def __init__(self, threads: int, team: Team) -> None:
        super().__init__(threads)
        self._team = team

    def trainer(  # type: ignore[override]  # it answers the same protocol
        self, spec: NetworkSpec, recipe: StepRecipe, source: Source, snapshot: Snapshot
    ) -> Trainer:
        """Return a trainer that starts from the snapshot."""
        return RayTrainer(self._team, spec, recipe, source, snapshot)


class RayTrainer:
    """One network that is trained by the workers of a cluster.

    It knows a state of the network and the chunks of steps since: where a worker is lost, they are
    taken anew from there, to the same bits.
    """

    def __init__(
        self, team: Team, spec: NetworkSpec, recipe: StepRecipe, source: Source, snapshot: Snapshot
    ) -> None:
        check_training(spec, recipe, source)
        check_snapshot(spec, source, snapshot)
        self._team, self._spec, self._source = team, spec, source
        self._task = ray.put((spec, recipe, source))
        self._key, self._row = next(_keys), 0
        self._known, self._since = snapshot, list[Chunk]()
        self._when = time.monotonic()
        weakref.finalize(self, team.tell, "forget", self._key)

    def run(self, chunk: Chunk) -> ChunkResult:
        """Take the steps of a chunk."""
        result: ChunkResult = self._ask("run", chunk)[0]
        self._since.append(chunk)
        # It decides how much is done again at a loss, and no result, so a clock may.
        if result.finite and time.monotonic() - self._when > _OFTEN:
            self.snapshot()
        return result

    def evaluate(self, indices: Indices | range) -> float:
        """Return the mean loss over what stands at the indices, without dropout."""
        return mean_loss(losses_of_all(self._ask("share_of_losses", indices)))

    def snapshot(self) -> Snapshot:
        """Return a copy of the state."""
        states = self._ask("snapshot", first=not self._source.carried)
        own = deepcopy(state_of_all(self._spec, states))  # what Ray gives may not be written
        self._known, self._since, self._when = own, [], time.monotonic()
        return deepcopy(own)

    def restore(self, snapshot: Snapshot) -> None:
        """Go back to a state."""
        check_snapshot(self._spec, self._source, snapshot)
        self._known, self._since = snapshot, []
        self._row = 0  # the workers are told with the next that is asked of them

    def sent(self) -> int:
        """Return how many bytes the workers have sent each other, in this row of theirs."""
        return sum(self._team.ask("sent"))

    def _ask(self, method: str, *args: Any, first: bool = False) -> list[Any]:
        """Ask the workers, who are first brought to the state if they do not know it."""
        while True:
            row = self._team.ready()
            try:
                if self._row != row:
                    self._team.ask("begin", self._key, self._task, self._known)
                    for chunk in self._since:
                        self._team.ask("run", self._key, chunk)
                    self._row = row
                return self._team.ask(method, self._key, *args, first=first)
            except WorkerLostError:
                continue
