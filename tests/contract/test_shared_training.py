"""A network trained by several workers has the bits of one that is trained by one."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from recur.data.panel.scaling import Scaler
from recur.data.sources.sequences import Sequences
from recur.data.sources.streams import Streams
from recur.data.sources.windows import Windows
from recur.data.synthetic import sine
from recur.data.tables.readers import read_panel
from recur.distributed.links import SocketLink
from recur.engines.base import Chunk, Snapshot, Source, StepRecipe
from recur.engines.compiled import shared
from recur.engines.compiled.engine import CompiledEngine
from recur.engines.compiled.shared import Place, SharedTrainer, losses_of_all, state_of_all
from recur.engines.compiled.threads import Threads
from recur.engines.compiled.trainer import mean_loss
from recur.networks.initial import initial_values
from recur.networks.spec import NetworkSpec

STEPS = 3


def windows() -> Source:
    values = sine(500, period=12, noise=0.2).values
    return Windows.over(read_panel(values), Scaler.fit("window", [values]), 12, 3)


def sequences() -> Source:
    rows = np.random.default_rng(0).normal(size=(130 * STEPS * 12, 1)).astype(np.float32)
    starts = np.arange(130 * STEPS) * 12
    lengths = 1 + np.arange(len(starts)) % 12
    return Sequences(rows, np.roll(rows, 1), starts, 12, lengths, carried=True)


def streams() -> Source:
    return Streams(np.random.default_rng(0).integers(0, 9, 4000).astype(np.int32), 10)


FORECAST = StepRecipe()
QUANTILES = StepRecipe(loss="quantile", quantiles=(0.1, 0.5, 0.9), decay=0.01)
WRITE = StepRecipe(loss="cross_entropy", clip=0.1)
CASES: dict[str, tuple[int, Callable[[], Source], StepRecipe, dict[str, Any]]] = {
    "rnn": (130, windows, FORECAST, {"cell": "rnn", "hidden": 20}),
    "gru": (260, windows, FORECAST, {"hidden": 20, "dropout": 0.3}),
    "lstm": (70, windows, FORECAST, {"cell": "lstm", "hidden": 20, "layers": 2, "dropout": 0.2}),
    "mingru": (130, windows, FORECAST, {"cell": "mingru", "hidden": 20, "layers": 2}),
    "slstm": (130, windows, FORECAST, {"cell": "slstm", "hidden": 20}),
    "mlp": (130, windows, FORECAST, {"cell": "mlp", "steps": 12, "hidden": 40, "layers": 2}),
    "both": (130, windows, QUANTILES, {"hidden": 20, "bidirectional": True, "outputs": 9}),
    "decoder": (130, windows, FORECAST, {"hidden": 15, "decoder": True, "outputs": 1}),
    "large": (70, windows, FORECAST, {"hidden": 300, "layers": 2}),
    "shared rows": (5, windows, FORECAST, {"hidden": 257}),
    "carried": (130, sequences, FORECAST, {"hidden": 20, "reads": "every", "outputs": 1}),
    "writer": (130, streams, WRITE, {"symbols": 9, "inputs": 9, "outputs": 9, "hidden": 20,
                                     "reads": "every"}),
}  # fmt: skip


def chunk(source: Source, batch: int, first: int = 0) -> Chunk:
    counters = first + np.arange(STEPS)
    indices = np.random.default_rng(first).integers(0, len(source), (STEPS, batch))
    if source.carried:
        indices = counters[:, None] + STEPS * np.arange(batch)
    elif batch > 100:
        indices[1, 20:] = -1  # a batch of fewer tiles
    fresh = np.random.default_rng(first).random((STEPS, batch)) < 0.1 if source.carried else None
    return Chunk(
        indices % len(source), np.full(STEPS, 0.01), counters, seed=3,
        forcing=np.full(STEPS, 0.5), fresh=fresh,
    )  # fmt: skip


class Team:
    """Workers in threads of their own, that share what `SharedTrainer` does."""

    def __init__(
        self, workers: int, spec: NetworkSpec, recipe: StepRecipe, source: Source, start: Snapshot
    ) -> None:
        ways = [tuple(map(SocketLink, socket.socketpair())) for _ in range(workers - 1)]
        self.links = [link for way in ways for link in way]
        self.pool = ThreadPoolExecutor(workers)
        self.spec = spec
        self.trainers = [
            SharedTrainer(
                Threads(1 + number % 2, worth=0), spec, recipe, source, start,
                Place(
                    number, workers, ways[number - 1][1] if number else None,
                    ways[number][0] if number < workers - 1 else None,
                ),
            )
            for number in range(workers)
        ]  # fmt: skip

    def all(self, name: str, *args: Any) -> list[Any]:
        return list(self.pool.map(lambda trainer: getattr(trainer, name)(*args), self.trainers))

    def close(self) -> None:
        self.pool.shutdown()
        for link in self.links:
            link.close()

    def snapshot(self) -> Snapshot:
        return state_of_all(self.spec, self.all("snapshot"))

    def evaluate(self, indices: Any) -> float:
        return mean_loss(losses_of_all(self.all("share_of_losses", indices)))


def same(one: Snapshot, other: Snapshot) -> bool:
    arrays = [(s.weights, s.mean, s.square, *s.carried) for s in (one, other)]
    return one.steps == other.steps and all(
        a.tobytes() == b.tobytes() for a, b in zip(*arrays, strict=True)
    )


MakeTeam = Callable[..., Team]


@pytest.fixture
def team_of() -> Iterator[MakeTeam]:
    """Make teams, whose connections are closed in the end."""
    teams: list[Team] = []

    def made(*given: Any) -> Team:
        teams.append(Team(*given))
        return teams[-1]

    yield made
    for team in teams:
        team.close()


@pytest.mark.parametrize("workers", [1, 2, 4])
@pytest.mark.parametrize("case", CASES)
def test_the_number_of_workers_changes_no_bit(case: str, workers: int, team_of: MakeTeam) -> None:
    batch, source_of, recipe, settings = CASES[case]
    source, spec = source_of(), NetworkSpec(**{"outputs": 3, **settings})
    start = Snapshot.first(initial_values(spec, 0))
    alone = CompiledEngine().trainer(spec, recipe, source, start)
    team = team_of(workers, spec, recipe, source, start)
    held = np.arange(min(200, len(source)))
    if source.carried:
        held = np.arange(STEPS)[:, None] + STEPS * np.arange(5)
    for first in (0, STEPS):
        expected, results = (
            alone.run(chunk(source, batch, first)),
            team.all("run", chunk(source, batch, first)),
        )
        for result in results:
            assert result.losses.tobytes() == expected.losses.tobytes()
            assert result.norms.tobytes() == expected.norms.tobytes()
            assert result.finite
        assert same(team.snapshot(), alone.snapshot())
        assert team.evaluate(held) == alone.evaluate(held)
        team = team_of(workers % 4 + 1, spec, recipe, source, team.snapshot())  # of another size


def test_a_gradient_larger_than_a_message_is_added_up_alike(
    monkeypatch: pytest.MonkeyPatch, team_of: MakeTeam
) -> None:
    monkeypatch.setattr(shared, "_AT_ONCE", 1)
    test_the_number_of_workers_changes_no_bit("gru", 4, team_of)


def test_each_worker_sends_a_gradient_each_way_however_many_tiles_it_has(team_of: MakeTeam) -> None:
    batch, source_of, recipe, settings = CASES["gru"]
    source, spec = source_of(), NetworkSpec(outputs=3, **settings)
    team = team_of(2, spec, recipe, source, Snapshot.first(initial_values(spec, 0)))
    team.all("run", chunk(source, batch))
    for link in team.links:
        assert 0 <= link.sent - STEPS * 4 * spec.size <= STEPS * 8 * 8  # and the losses of tiles


def test_workers_stop_together_where_a_loss_is_not_finite(team_of: MakeTeam) -> None:
    batch, source_of, recipe, settings = CASES["gru"]
    source, spec = source_of(), NetworkSpec(outputs=3, **settings)
    start = Snapshot.first(initial_values(spec, 0))
    wild = replace(chunk(source, batch), rates=np.full(STEPS, 1e300))
    results = team_of(2, spec, recipe, source, start).all("run", wild)
    assert [(len(r.losses), r.finite) for r in results] == [(1, False)] * 2
