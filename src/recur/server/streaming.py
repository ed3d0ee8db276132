"""Streams over HTTP: a WebSocket that values are pushed into, and text as server-sent events."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from typing import Any

from fastapi import FastAPI, Request, Response, WebSocket

from recur.errors import RecurError
from recur.server import others
from recur.server.bodies import Body, body_of, json_bytes, json_object
from recur.server.errors import Refusal, refusal_of
from recur.server.examples import EVENTS, STREAM
from recur.server.limits import Limits
from recur.server.models import Models
from recur.server.pool import Pool
from recur.server.sse import EventStream, event_bytes
from recur.server.streams import Streaming

_AT_ONCE = 0.1  # seconds of text that are written in one turn
_PROTOCOL = "recur"
_GOING_AWAY, _REFUSED, _FULL = 1001, 1008, 1013  # of WebSockets


class Streams:
    """The streams of a server.

    Args:
        models: that are followed.
        pool: where it is computed.
        limits: of what may be asked for.
        most: streams that are open at once.
        ending: set when the server ends.
    """

    def __init__(
        self, models: Models, pool: Pool, limits: Limits, most: int, ending: asyncio.Event
    ) -> None:
        self._models, self._pool, self._limits = models, pool, limits
        self._most, self._ending = most, ending
        self.open = 0

    def add_routes(self, app: FastAPI) -> None:
        """Add the addresses of streams to an application."""

        @app.websocket("/v1/models/{name}/stream")
        async def stream(name: str, socket: WebSocket) -> None:
            await self._serve(name, socket)

        about: dict[str, Any] = {"summary": "Text as it is written, by a writer"}

        @app.get("/v1/models/{name}/stream", openapi_extra=EVENTS, **about)
        async def events(name: str, request: Request) -> Response:
            return self._text(name, Body(None, query=dict(request.query_params)), request)

        @app.post("/v1/models/{name}/stream", openapi_extra=EVENTS | STREAM, **about)
        async def posted(name: str, request: Request) -> Response:
            kind = request.headers.get("content-type", "")
            return self._text(name, body_of(kind, await request.body(), {}), request)

    async def _serve(self, name: str, socket: WebSocket) -> None:
        """Answer the messages of a socket until somebody ends it."""
        offered = socket.scope.get("subprotocols", ())
        await socket.accept(subprotocol=_PROTOCOL if _PROTOCOL in offered else None)
        try:
            streaming = Streaming(self._models.get(name), self._limits)
        except Refusal as refused:
            await self._close(socket, _REFUSED, refused.sentence)
            return
        if self.open >= self._most:
            await self._close(socket, _FULL, f"{self._most} streams are open; try again later.")
            return
        self.open += 1
        try:
            while (text := await self._message(socket)) is not None:
                await socket.send_text(await self._answer(streaming, text))
        finally:
            self.open -= 1

    async def _close(self, socket: WebSocket, code: int, sentence: str) -> None:
        await socket.send_text(json.dumps({"error": sentence}))
        await socket.close(code, sentence[:100])

    async def _message(self, socket: WebSocket) -> str | None:
        """Return the next message; None where there is none any more."""
        coming = asyncio.ensure_future(socket.receive())
        ending = asyncio.ensure_future(self._ending.wait())
        try:
            await asyncio.wait((coming, ending), return_when=asyncio.FIRST_COMPLETED)
        finally:
            ending.cancel()
        if not coming.done():
            coming.cancel()
            with suppress(RuntimeError):
                await socket.close(_GOING_AWAY, "the server ends.")
            return None
        message = coming.result()
        if message["type"] == "websocket.disconnect":
            return None
        data = message.get("text")
        return (
            data if data is not None else (message.get("bytes") or b"").decode("utf-8", "replace")
        )

    async def _answer(self, streaming: Streaming, text: str) -> str:
        def work() -> dict[str, Any]:
            try:
                return streaming.take(json_object(text))
            except RecurError as error:
                return {"error": str(error)}

        try:
            told = await self._pool.run(work)
        except Refusal as refused:
            told = {"error": refused.sentence}
        return json_bytes(told).decode()

    def _text(self, name: str, body: Body, request: Request) -> Response:
        served = self._models.get(name)
        if served.model is None or served.task != "write":
            raise Refusal(422, f"`{name}` writes nothing; a WebSocket here follows its values.")
        try:
            parts = others.pieces(served.model, body, self._limits)
        except RecurError as error:
            raise refusal_of(error) from None
        return EventStream(self._events(parts, request))

    async def _events(
        self, parts: Iterator[tuple[str, ...]], request: Request
    ) -> AsyncIterator[bytes]:
        """Yield pieces of text as they are written, until all are or somebody has gone."""
        while not (self._ending.is_set() or await request.is_disconnected()):
            try:
                written = await self._pool.run(lambda: _some(parts))
            except (RecurError, Refusal) as error:
                yield event_bytes("error", {"error": str(error)})
                return
            if not written:
                yield event_bytes("end", {})
                return
            yield event_bytes(
                "text", {"texts": ["".join(text) for text in zip(*written, strict=True)]}
            )


def _some(parts: Iterator[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Return what is written of some texts in a short time; nothing where all is."""
    until, written = time.monotonic() + _AT_ONCE, []
    for part in parts:
        written.append(part)
        if time.monotonic() > until:
            break
    return written
