"""The workers of a cluster as their driver sees them, on a Ray that is played."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from recur.data.tables.parted import FilePart
from recur.distributed.parts import Part
from recur.errors import SettingsError, WorkersLost

pytest.importorskip("ray", reason="Ray is not installed (the extra `ray`)")
from ray.exceptions import RayActorError, RayError, RayTaskError

from recur.distributed.ray import cluster, tasks, team
from recur.distributed.ray.team import Team, WorkerLostError


class Played:
    """A Ray whose answers are values, or errors that are raised.

    Args:
        cores: of the cluster.
    """

    def __init__(self, cores: int = 2) -> None:
        self.killed: list[Any] = []
        self.late: list[Any] = []
        self.cores = cores

    def cluster_resources(self) -> dict[str, float]:
        return {"CPU": float(self.cores)}

    def is_initialized(self) -> bool:
        return True

    def kill(self, worker: Any) -> None:
        self.killed.append(worker)

    def wait(self, answers: list[Any], **_how: Any) -> tuple[list[Any], list[Any]]:
        late = [answer for answer in answers if any(answer is x for x in self.late)]
        return [answer for answer in answers if answer not in late], late

    def get(self, answer: Any, timeout: float | None = None) -> Any:
        for each in answer if isinstance(answer, list) else [answer]:
            if isinstance(each, BaseException):
                raise each
        return answer


def worker(answers: Callable[[str], Any]) -> Any:
    """Return a worker that answers each method so."""

    class Methods:
        def __getattr__(self, name: str) -> Any:
            return SimpleNamespace(remote=lambda *_: answers(name))

    return Methods()


def failed(cause: Exception) -> RayTaskError:
    """Return what Ray raises for what a worker raised."""
    return RayTaskError("run", f"Traceback\n{cause}", cause)


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> Played:
    ray = Played()
    for module in (team, tasks, cluster):
        monkeypatch.setattr(module, "ray", ray)
    return ray


def of(monkeypatch: pytest.MonkeyPatch, answers: Callable[[str], Any]) -> None:
    """Let new workers answer so."""
    monkeypatch.setattr(team, "_Worker", SimpleNamespace(remote=lambda: worker(answers)))


def test_a_cluster_without_a_free_core_is_refused(
    played: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    of(monkeypatch, lambda _: RayActorError())
    with pytest.raises(SettingsError, match="no free core within 30 s; wait"):
        Team(2).ready()
    assert len(played.killed) == 2


def test_workers_that_are_lost_again_and_again_are_given_up(
    played: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = RayActorError(error_msg="out of memory\nand more")
    of(monkeypatch, lambda name: ("h", 1) if name == "listen" else lost)
    with pytest.raises(WorkersLost, match=r"lost 10 times .* last time by '.*out of memory'"):
        Team(2).ready()


def test_a_lost_worker_is_replaced_and_it_is_said(
    played: Played, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = deque([failed(OSError("connection reset")), 7])

    def first(name: str) -> Any:
        return answers.popleft() if name == "run" else ("h", 1)

    of(monkeypatch, first)
    row = Team(1)
    assert row.ready() == 1
    with pytest.raises(WorkerLostError):
        row.ask("run")
    row.tell("forget", 1)  # to nobody: the row is broken
    assert row.ready() == 2
    assert "A worker was lost: going on from the last state with 1 of 1." in capsys.readouterr().err
    assert row.ask("run", first=True) == [7]
    row.tell("forget", 1)
    row.close()
    assert len(played.killed) == 1


def test_a_worker_that_does_not_answer_is_ended(
    played: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent = RayActorError()
    played.late.append(silent)
    of(monkeypatch, lambda name: silent if name == "run" else ("h", 1))
    row = Team(1)
    row.ready()
    with pytest.raises(WorkerLostError):
        row.ask("run")
    assert len(played.killed) == 1


@pytest.mark.parametrize(
    ("cause", "raised"),
    [(SettingsError("`rate` is 7."), SettingsError), (TypeError("a mistake"), RayTaskError)],
)
def test_what_a_worker_raises_is_no_loss(
    played: Played, monkeypatch: pytest.MonkeyPatch, cause: Exception, raised: type[Exception]
) -> None:
    of(monkeypatch, lambda name: failed(cause) if name == "run" else ("h", 1))
    row = Team(1)
    row.ready()
    with pytest.raises(raised):
        row.ask("run")


@pytest.mark.parametrize("error", [RayActorError(), failed(OSError("no route"))])
def test_a_piece_that_is_lost_each_time_is_named(played: Played, error: RayError) -> None:
    piece = Part(3, (FilePart("x.csv"),))
    with pytest.raises(WorkersLost, match=r"part 3 \(x.csv\) was begun 11 times"):
        tasks._got(tasks._Task(0, piece, error))


def test_how_much_is_done_is_told_without_the_board_too(played: Played) -> None:
    piece = Part(0, (FilePart("x.csv"),))
    played.late.append(late := "an answer")
    under_way = deque([tasks._Task(0, piece, 1), tasks._Task(1, piece, late)])

    def board(shares: Any) -> Any:
        return SimpleNamespace(shares=SimpleNamespace(remote=lambda: shares))

    assert tasks._done(under_way, board({0: 0.3, 1: 0.25})) == 1.25
    assert tasks._done(under_way, board(RayActorError())) == 1


def test_a_line_in_a_line_is_a_share_of_it() -> None:
    outer, inner = {"done": 1, "total": 4}, {"done": 5, "total": 10}
    assert tasks._share([outer, inner]) == 0.375
    assert tasks._share([outer, {"done": 3, "total": None}]) == 0.25
    assert tasks._share([{"done": 9, "total": 3}]) == 1
    board = tasks._Board()
    board.tell(0, 0.5)
    board.tell(0, 0.2)
    assert board.shares() == {0: 0.5}
