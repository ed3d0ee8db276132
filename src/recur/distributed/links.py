"""Connections between workers, over which they hand on sums while they train."""

from __future__ import annotations

import socket
from typing import Any

from numpy.typing import NDArray


class SocketLink:
    """A way to another worker over a socket: bare numbers, and nothing that is run.

    Args:
        connection: to it.

    Attributes:
        sent: bytes so far.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self.sent = 0

    def send(self, array: NDArray[Any]) -> None:
        """Send the values of an array, which stand one behind the other."""
        self._connection.sendall(array.data.cast("B"))
        self.sent += array.nbytes

    def receive(self, array: NDArray[Any]) -> None:
        """Wait for as many values as an array holds, and write them to it."""
        rest = array.data.cast("B")
        while rest:
            count = self._connection.recv_into(rest)
            if not count:
                raise ConnectionError("the other worker has gone")
            rest = rest[count:]

    def close(self) -> None:
        """Let the other worker know that nothing comes any more, whoever waits for what."""
        self._connection.close()
