"""Training on a Ray cluster of several nodes: the same bytes, whatever becomes of its workers."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.functional.conftest import Run

from recur.data.panel.scaling import Scaler
from recur.data.sources.windows import Windows
from recur.data.synthetic import sine
from recur.data.tables.parted import FilePart
from recur.data.tables.readers import read_panel
from recur.distributed import on
from recur.distributed.parts import Part, PartOutcome
from recur.engines.base import Chunk, Snapshot, StepRecipe, Trainer
from recur.engines.registry import open_engine
from recur.errors import SettingsError
from recur.networks.initial import initial_values
from recur.networks.spec import NetworkSpec
from recur.notices import listening, notice
from recur.progress import showing, told
from recur.tasks.executor import executor

ray = pytest.importorskip("ray", reason="Ray is not installed (the extra `ray`)")

pytestmark = pytest.mark.filterwarnings("ignore")  # Ray leaves sockets and processes to others

_NODE = {
    "num_cpus": 1, "object_store_memory": 80 << 20, "node_ip_address": "127.0.0.1",
    "include_dashboard": False,
}  # fmt: skip


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Return a cluster of a head node and three nodes of one core each."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        import ray._private.services
        from ray.cluster_utils import Cluster

        # Without it Ray takes another address of this machine for 127.0.0.1.
        patch.setattr(
            ray._private.services, "node_ip_address_from_perspective", lambda *_: "127.0.0.1"
        )
        # What Ray says of processes that are lost would stand among results.
        patch.setattr(ray._private.worker, "print_to_stdstream", lambda *_, **__: None)
        made = Cluster(initialize_head=True, head_node_args=_NODE | {"num_cpus": 0})
        for _ in range(3):
            made.add_node(**_NODE)
        yield made
        made.shutdown()


@pytest.fixture(scope="module")
def joined(cluster: Any) -> Iterator[str]:
    """Return the place of the cluster, which this process is part of for all tests that ask."""
    ray.init(cluster.address, log_to_driver=False)
    yield f"ray:{cluster.address}"
    ray.shutdown()


@pytest.fixture
def place(cluster: Any) -> str:
    return f"ray:{cluster.address}"


def titles() -> dict[int, str]:
    """Return the processes of this machine with what each is called."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            title = (process / "cmdline").read_bytes().split(b"\0")[0].decode()
        except OSError:
            continue
        found[int(process.name)] = title
    return found


def processes(title: str) -> set[int]:
    """Return the processes that are called so."""
    return {process for process, name in titles().items() if name.startswith(title)}


def workers() -> dict[int, str]:
    """Return the workers of the cluster by their processes, with what each is doing."""
    return {process: x for process, x in titles().items() if x.startswith("ray::Worker")}


def assert_no_worker_is_left() -> None:
    assert_none_is_left("ray::Worker")


def assert_no_task_is_left() -> None:
    assert_none_is_left("ray::_run")


def assert_none_is_left(title: str) -> None:
    """Wait for processes that are ending."""
    for _ in range(300):
        if not processes(title):
            return
        time.sleep(0.1)
    raise AssertionError(titles())


def parent(process: int) -> int:
    """Return the process that started another one."""
    status = Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
    return int(status.rpartition(")")[2].split()[1])


@contextmanager
def while_training(work: Callable[[int], None]) -> Iterator[None]:
    """Do something with the process of a worker as soon as it takes steps."""

    def look() -> None:
        while not ended.is_set():
            busy = [process for process, title in workers().items() if title.endswith(".run")]
            if busy:
                return work(busy[0])
            time.sleep(0.001)
        return None

    ended = threading.Event()
    watching = threading.Thread(target=look)
    watching.start()
    try:
        yield
    finally:
        ended.set()
        watching.join()


def kill_all(_process: int) -> None:
    for process in workers():
        os.kill(process, signal.SIGKILL)


def trainer() -> Trainer:
    values = sine(700, period=12, noise=0.2).values
    source = Windows.over(read_panel(values), Scaler.fit("window", [values]), 12, 3)
    spec = NetworkSpec(outputs=3, hidden=40, dropout=0.2)
    start = Snapshot.first(initial_values(spec, 0))
    return open_engine("compiled").trainer(spec, StepRecipe(), source, start)


def chunk(first: int, steps: int = 3) -> Chunk:
    indices = np.random.default_rng(first).integers(0, 600, (steps, 200))
    return Chunk(indices, np.full(steps, 0.01), first + np.arange(steps), seed=3)


def bits(trainer: Trainer) -> list[bytes]:
    state = trainer.snapshot()
    return [state.weights.tobytes(), state.mean.tobytes(), state.square.tobytes()]


def test_a_forecast_has_the_same_bytes_on_a_cluster(
    place: str, forecast: Run, prices: Path, folder: Path
) -> None:
    runs = [
        forecast(prices, "--json", "--out", name, *options)
        for name, options in (("alone", ()), ("cluster", ("--on", place)))
    ]
    assert [run.returncode for run in runs] == [0, 0]
    models = [(folder / name / "model.recur").read_bytes() for name in ("alone", "cluster")]
    assert models[0] == models[1]
    alone, cluster = (json.loads(run.stdout) for run in runs)
    assert alone["verdict"] == cluster["verdict"]


def test_another_version_of_ray_is_refused(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ray, "__version__", "2.0.0")
    with pytest.raises(SettingsError, match=r"(?i)version"), on(place):
        pass


def test_what_a_worker_refuses_is_said_as_it_is(joined: str) -> None:
    with on(joined, workers=1):
        team = trainer()
        team.run(chunk(0))
        with pytest.raises(SettingsError, match="rates") as refused:
            team.run(replace(chunk(3), rates=np.ones(2)))
        assert type(refused.value) is SettingsError


def test_parts_are_forecast_to_the_same_bytes_in_their_order(
    joined: str, recur: Run, model: Path, prices: Path, folder: Path
) -> None:
    (folder / "files").mkdir()
    lines = prices.read_text(encoding="utf-8").splitlines(keepends=True)
    for i in range(4):
        text = "".join([lines[0], *lines[1 : 60 + 5 * i]])
        (folder / "files" / f"{i}.csv").write_text(
            "".join(f"unique_id,{x}" if not n else f"s{i},{x}" for n, x in
                    enumerate(text.splitlines(keepends=True))), encoding="utf-8"
        )  # fmt: skip
    runs = [
        recur("predict", model, "files", "--out", name, "--memory", "2GB", *options)
        for name, options in (("alone", ()), ("cluster", ("--on", joined)))
    ]
    assert [run.returncode for run in runs] == [0, 0], runs[-1].stderr
    alone, cluster = (
        {p.name: p.read_bytes() for p in Path(name).glob("*.csv")} for name in ("alone", "cluster")
    )
    assert len(alone) == 4
    assert alone == cluster


def test_parts_whose_process_is_lost_are_run_again_and_stay_in_order(
    joined: str, tmp_path: Path
) -> None:
    from recur.distributed.ray.tasks import run_pieces

    def run(part: Part) -> PartOutcome:
        mark = tmp_path / str(part.number)
        if part.number % 3 == 0 and not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return PartOutcome(part, rows=part.number)

    parts = [Part(number, (FilePart("x.csv"),)) for number in range(7)]
    with on(joined):
        assert [outcome.rows for outcome in run_pieces(run, parts)] == list(range(7))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0", "3", "6"]


def results(text: str) -> dict[str, Any]:
    """Return what is in a result and does not depend on the clock or on names of folders."""
    read: dict[str, Any] = json.loads(text)
    read.pop("seconds", None)
    read.pop("files", None)
    return read | {"rows": [row | {"seconds": 0} for row in read.get("rows", ())]}


@contextmanager
def while_trying(*, kills: int) -> Iterator[list[int]]:
    """Kill processes of tasks while they train; give their numbers."""

    def look() -> None:
        while not ended.wait(0.05) and len(killed) < kills:
            for process in processes("ray::_run") - {*killed}:
                with suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
                    killed.append(process)
                break

    killed, ended = list[int](), threading.Event()
    watching = threading.Thread(target=look)
    watching.start()
    try:
        yield killed
    finally:
        ended.set()
        watching.join()


def test_methods_are_compared_side_by_side_to_the_same_bytes_though_workers_are_killed(
    joined: str, recur: Run, prices: Path, folder: Path
) -> None:
    options = ("--horizon", 2, "--epochs", 30, "--hidden", 4, "--test", 40, "--threads", 1,
               "--methods", "gru,rnn,lstm,mlp,pretrained", "--best", "--json")  # fmt: skip
    alone = recur("compare", prices, *options, "--out", "alone")
    with while_trying(kills=2) as killed:
        cluster = recur("compare", prices, *options, "--out", "cluster", "--on", joined)
    assert (alone.returncode, cluster.returncode) == (0, 0), cluster.stderr
    assert len(killed) == 2
    assert results(alone.stdout) == results(cluster.stdout)
    for name in ("model.recur", "by_horizon.csv"):
        assert Path("alone", name).read_bytes() == Path("cluster", name).read_bytes()


def test_settings_are_tried_side_by_side_and_the_same_are_chosen_though_workers_are_killed(
    joined: str, forecast: Run, prices: Path, folder: Path
) -> None:
    pytest.importorskip("optuna", reason="Optuna, of the extra `sweep`, is not installed")
    options = ("--tune", 5, "--epochs", 8, "--json")
    alone = forecast(prices, *options, "--out", "alone", "--storage", "one")
    with while_trying(kills=2) as killed:
        cluster = forecast(prices, *options, "--out", "cluster", "--storage", "two", "--on", joined)
    assert (alone.returncode, cluster.returncode) == (0, 0), cluster.stderr
    assert len(killed) == 2
    assert results(alone.stdout) == results(cluster.stdout)
    models = [Path(name, "model.recur").read_bytes() for name in ("alone", "cluster")]
    assert models[0] == models[1]


def test_what_a_task_refuses_or_has_to_say_is_said_here(joined: str) -> None:
    def run(part: Part) -> int:
        notice(f"of {part.number}")
        if part.number == 2:
            raise SettingsError("`rate` is 7; it must be less.")
        return part.number

    pieces = [Part(number, (FilePart("x.csv"),)) for number in range(3)]
    moves = list[float]()
    with on(joined), listening() as heard:
        tried = executor()(run, pieces, moved=moves.append)
        assert [next(tried), next(tried)] == [0, 1]
        with pytest.raises(SettingsError, match="`rate` is 7") as refused:
            next(tried)
    assert type(refused.value) is SettingsError
    assert heard.sentences == ["of 0", "of 1"]


def test_all_tasks_are_one_line_that_moves_on(joined: str, tmp_path: Path) -> None:
    heard = tmp_path / "heard"

    def run(part: Part) -> None:
        with showing("half") as line:
            for _ in range(600):
                line.at(30 + 15 * part.number, 60)
                time.sleep(0.1)
                if heard.exists():
                    break

    def moved(more: float) -> None:
        moves.append(more)
        if more > 1.0:  # a half and three quarters, and none is done
            heard.touch()

    told_of, moves = list[dict[str, Any]](), list[float]()
    with on(joined), told(told_of.append):
        pieces = [Part(number, (FilePart("x.csv"),)) for number in range(2)]
        list(executor()(run, pieces, moved=moved))
    assert not told_of  # no line but that of whoever asked
    assert any(move % 1 for move in moves)
    assert max(moves) > 0.5
    assert heard.exists()


def test_ctrl_c_ends_what_is_tried_on_the_cluster(
    joined: str, forecast: Run, prices: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("optuna", reason="Optuna, of the extra `sweep`, is not installed")
    from recur.tasks.forecast.tuning_search import Search

    searching, wishes = threading.Event(), Search.wishes

    def noted(*arguments: Any) -> Iterator[Any]:
        searching.set()
        yield from wishes(*arguments)

    monkeypatch.setattr(Search, "wishes", noted)

    def interrupt() -> None:
        searching.wait()  # before, a task of an earlier test may come late
        while not processes("ray::_run"):
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)

    watching = threading.Thread(target=interrupt)
    watching.start()
    run = forecast(prices, "--on", joined, "--tune", 50)
    watching.join()
    assert run.returncode == 0
    assert "The search was interrupted: finished trials are kept." in run.stderr
    assert_no_task_is_left()


def test_ctrl_c_ends_the_job_on_the_cluster(
    joined: str, forecast: Run, prices: Path, folder: Path
) -> None:
    def interrupt(_process: int) -> None:  # once training here takes Ctrl-C for a wish to end
        while getattr(signal.getsignal(signal.SIGINT), "__name__", "") != "ask":
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)

    with while_training(interrupt):
        run = forecast(prices, "--on", joined, "--epochs", 100000)
    assert run.returncode == 0
    assert "Interrupted: what was learnt so far is kept." in run.stderr
    assert_no_worker_is_left()


def test_nodes_that_differ_are_refused(joined: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recur.version.__version__", "0.0.1")
    with (
        pytest.raises(
            SettingsError, match=r"node 127.0.0.1 .* has recur .* and this process 0.0.1"
        ),
        on(joined),
    ):
        pass


def test_more_workers_than_cores_are_refused(joined: str) -> None:
    refused = pytest.raises(SettingsError, match="`workers` is 50, and the cluster has")
    with refused, on(joined, workers=50):
        pass


def test_lost_workers_and_nodes_change_no_bit(joined: str) -> None:
    alone = trainer()
    for first in (0, 3, 6):
        alone.run(chunk(first))
    results = [alone.run(chunk(9, 2000)), alone.run(chunk(3000))]
    loss = alone.evaluate(np.arange(600))
    with on(joined, workers=2):
        team = trainer()
        team.run(chunk(0))
        team.run(chunk(3))
        team.snapshot()
        team.run(chunk(6))
        with while_training(kill_all):
            again = [team.run(chunk(9, 2000))]
        os.kill(parent(next(iter(workers()))), signal.SIGKILL)  # its node
        again.append(team.run(chunk(3000)))
        assert [r.losses.tobytes() for r in again] == [r.losses.tobytes() for r in results]
        assert bits(team) == bits(alone)
        assert team.evaluate(np.arange(600)) == loss
        team.restore(alone.snapshot())
        assert bits(team) == bits(alone)
    assert_no_worker_is_left()
