"""What runs on a core of a cluster: one of the workers that train a network together."""

from __future__ import annotations

import hmac
import socket
import time
from collections.abc import Callable
from typing import TypeVar

from ray.util import get_node_ip_address

from recur.arrays import Indices
from recur.distributed.links import SocketLink
from recur.engines.base import Chunk, ChunkResult, Snapshot, Source, StepRecipe
from recur.engines.compiled.shared import Place, SharedTrainer
from recur.engines.compiled.threads import Threads
from recur.engines.compiled.trainer import PortionLosses
from recur.networks.spec import NetworkSpec

Task = tuple[NetworkSpec, StepRecipe, Source]
"""What is trained, how, and on what."""

Address = tuple[str, int]

_PATIENCE = 20.0  # seconds to wait for a neighbour that is there

_Answer = TypeVar("_Answer")


class Worker:
    """One of some workers in a row, each connected to the one before it and the one behind it."""

    def __init__(self) -> None:
        self._server: socket.socket | None = None
        self._place = Place()
        self._links: list[SocketLink] = []
        self._trainers: dict[int, SharedTrainer] = {}

    def listen(self) -> Address:
        """Leave the row for a new one; return where the worker behind this one finds it."""
        self._close()
        host = get_node_ip_address()
        self._server = socket.create_server((host, 0))
        self._server.settimeout(_PATIENCE)
        return host, int(self._server.getsockname()[1])

    def join(self, number: int, workers: int, before: Address | None, token: bytes) -> None:
        """Connect to the neighbours.

        Args:
            number: of this worker in the row.
            workers: how many there are.
            before: where the one before it listens; none for the first.
            token: known to the workers of the row alone.
        """
        ways: list[SocketLink | None] = [None, None]
        if before:
            connection = socket.create_connection(before, _PATIENCE)
            connection.sendall(token)
            ways[0] = self._linked(connection)
        if number < workers - 1:
            ways[1] = self._linked(self._accepted(token))
        self._place = Place(number, workers, *ways)

    def begin(self, key: int, task: Task, snapshot: Snapshot) -> None:
        """Make ready to train a network, which later calls name by its key."""
        self._trainers[key] = SharedTrainer(Threads(1), *task, snapshot, self._place)

    def forget(self, key: int) -> None:
        """Let go of a network."""
        self._trainers.pop(key, None)

    def run(self, key: int, chunk: Chunk) -> ChunkResult:
        """Take the steps of a chunk, together with all others of the row."""
        return self._together(lambda: self._trainers[key].run(chunk))

    def share_of_losses(self, key: int, indices: Indices | range) -> PortionLosses:
        """Return what this worker has evaluated; see `SharedTrainer.share_of_losses`."""
        return self._together(lambda: self._trainers[key].share_of_losses(indices))

    def snapshot(self, key: int) -> Snapshot:
        """Return the state of a network, as far as it is known to this worker."""
        return self._trainers[key].snapshot()

    def restore(self, key: int, snapshot: Snapshot) -> None:
        """Go back to a state."""
        self._trainers[key].restore(snapshot)

    def sent(self) -> int:
        """Return how many bytes this worker has sent to its neighbours."""
        return sum(link.sent for link in self._links)

    def _together(self, work: Callable[[], _Answer]) -> _Answer:
        try:
            return work()
        except BaseException:
            self._close()  # else the others would wait for what never comes
            raise

    def _accepted(self, token: bytes) -> socket.socket:
        """Return the connection of the worker behind this one; anybody else is turned away."""
        assert self._server is not None
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            connection, _ = self._server.accept()
            connection.settimeout(_PATIENCE)
            said = connection.recv(len(token), socket.MSG_WAITALL)
            if hmac.compare_digest(said, token):
                return connection
            connection.close()
        raise TimeoutError("no other worker has come")

    def _linked(self, connection: socket.socket) -> SocketLink:
        connection.settimeout(None)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._links.append(SocketLink(connection))
        return self._links[-1]

    def _close(self) -> None:
        for link in self._links:
            link.close()
        if self._server is not None:
            self._server.close()
        self._links, self._server, self._trainers = [], None, {}
