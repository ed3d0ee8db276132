"""Workers of a cluster by themselves: who may join a row, and what is left when one fails."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from recur.data.panel.scaling import Scaler
from recur.data.sources.windows import Windows
from recur.data.synthetic import sine
from recur.data.tables.readers import read_panel
from recur.engines.base import Chunk, Snapshot, StepRecipe
from recur.engines.compiled.engine import CompiledEngine
from recur.engines.compiled.shared import losses_of_all
from recur.engines.compiled.trainer import mean_loss
from recur.errors import RecurError
from recur.networks.initial import initial_values
from recur.networks.spec import NetworkSpec

pytest.importorskip("ray", reason="Ray is not installed (the extra `ray`)")
from recur.distributed.ray import worker as workers
from recur.distributed.ray.worker import Task, Worker

TOKEN = b"known to this row"


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "get_node_ip_address", lambda: "127.0.0.1")


@pytest.fixture
def row() -> Iterator[list[Worker]]:
    """Return two workers that are connected."""
    two = [Worker(), Worker()]
    places = [worker.listen() for worker in two]
    with ThreadPoolExecutor(2) as pool:
        joined = [
            pool.submit(two[0].join, 0, 2, None, TOKEN),
            pool.submit(two[1].join, 1, 2, places[0], TOKEN),
        ]
        for each in joined:
            each.result()
    yield two
    for worker in two:
        worker._close()


def task() -> tuple[Task, Snapshot]:
    """Return a network, how and on what it is trained, and its first state."""
    values = sine(300, period=12, noise=0.2).values
    source = Windows.over(read_panel(values), Scaler.fit("window", [values]), 12, 3)
    spec = NetworkSpec(outputs=3, hidden=8)
    return (spec, StepRecipe(), source), Snapshot.first(initial_values(spec, 0))


def chunk() -> Chunk:
    indices = np.random.default_rng(0).integers(0, 200, (2, 130))
    return Chunk(indices, np.full(2, 0.01), np.arange(2), seed=3)


def test_two_workers_train_to_the_bits_of_one_and_go_back_to_a_state(row: list[Worker]) -> None:
    given, start = task()
    alone = CompiledEngine().trainer(*given, start)
    losses = alone.run(chunk()).losses
    with ThreadPoolExecutor(2) as pool:
        for worker in row:
            worker.begin(1, given, start)
        assert [x.losses.tobytes() for x in pool.map(lambda w: w.run(1, chunk()), row)] == [
            losses.tobytes()
        ] * 2
        shares = list(pool.map(lambda w: w.share_of_losses(1, range(90)), row))
    assert mean_loss(losses_of_all(shares)) == alone.evaluate(range(90))
    assert all(worker.sent() > 0 for worker in row)
    for worker in row:
        assert worker.snapshot(1).weights.tobytes() == alone.snapshot().weights.tobytes()
        worker.restore(1, start)
        assert worker.snapshot(1).weights.tobytes() == start.weights.tobytes()
        worker.forget(1)
        worker.forget(1)  # a row that was made anew never knew it
        with pytest.raises(KeyError):
            worker.snapshot(1)


def test_whoever_does_not_know_the_token_is_turned_away() -> None:
    first, second = Worker(), Worker()
    place = first.listen()
    second.listen()
    with ThreadPoolExecutor(2) as pool:
        waiting = pool.submit(first.join, 0, 2, None, TOKEN)
        with socket.create_connection(place) as stranger:
            stranger.sendall(b"x" * len(TOKEN))
            assert stranger.recv(1) == b""  # hung up
        second.join(1, 2, place, TOKEN)
        waiting.result()
    first._close()
    second._close()


def test_a_neighbour_that_never_comes_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    first = Worker()
    first.listen()
    monkeypatch.setattr(workers, "_PATIENCE", -1.0)
    with pytest.raises(TimeoutError, match="no other worker has come"):
        first.join(0, 2, None, TOKEN)
    first._close()


def test_a_worker_that_fails_hangs_up_so_that_no_other_waits_for_ever(row: list[Worker]) -> None:
    given, start = task()
    for worker in row:
        worker.begin(1, given, start)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(row[1].run, 1, chunk())
        with pytest.raises(RecurError, match="rates"):
            row[0].run(1, replace(chunk(), rates=np.ones(7)))
        with pytest.raises(OSError, match=r"gone|reset|descriptor|pipe"):
            waiting.result()
