"""Connections as the server keeps them, where it would rather not have them as the library does.

Those on which nobody finishes a request are closed; the library waits for ever. Head and body of an
answer are sent in one piece; the library's two cost a call of the system more, and wake the client
twice.
"""

from __future__ import annotations

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

_LARGEST = 64 * 1024  # bytes of a head


class Together(h11.Connection):
    """Keeps the head of an answer of known length until what comes behind it."""

    _head = b""

    def send(self, event: h11.Event) -> bytes | None:  # type: ignore[override]
        """Return what is to be sent now."""
        data = super().send(event)
        if data is None:
            return None
        if isinstance(event, h11.Response):
            if any(name == b"content-length" for name, _ in event.headers):
                self._head = data
                return b""
            return data
        data, self._head = self._head + data, b""
        return data


class Patient(H11Protocol):
    """A connection that is closed when no request has been finished on it for some seconds.

    Attributes:
        patience: how many.
    """

    patience = 60.0

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.conn = Together(h11.SERVER, _LARGEST)

    def connection_made(self, transport: Any) -> None:
        """Begin to wait for a request."""
        super().connection_made(transport)
        self._look_again(None)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer, or all that has come would be kept for as long as that."""
        self._waiting.cancel()
        super().connection_lost(exc)

    def _look_again(self, seen: Any) -> None:
        self._waiting = self.loop.call_later(self.patience, self._look, seen)

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
