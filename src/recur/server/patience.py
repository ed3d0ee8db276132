"""Connections on which nobody finishes a request are closed; the library waits for ever."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol


class Patient(H11Protocol):
    """A connection that is closed when no request has been finished on it for some seconds.

    Attributes:
        patience: how many.
    """

    patience = 60.0

    def connection_made(self, transport: Any) -> None:
        """Begin to wait for a request."""
        super().connection_made(transport)
        self._look_again(None)

    def _look_again(self, seen: Any) -> None:
        self.loop.call_later(self.patience, self._look, seen)

    def _look(self, seen: Any) -> None:
        """Close the connection, unless a request is being answered or has come since."""
        transport: asyncio.Transport = self.transport
        if transport.is_closing() or transport.get_protocol() is not self:  # a WebSocket by now
            return
        answered = self.cycle is None or self.cycle.response_complete
        if answered and self.cycle is seen:
            transport.close()
        else:
            self._look_again(self.cycle)


def patient(seconds: float) -> type[Patient]:
    """Return connections that wait for so long."""
    return type("Patient", (Patient,), {"patience": seconds})
