"""What stands in front of every request: who may ask, how much may come, what is noted."""

from __future__ import annotations

import asyncio
import hmac
import time
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from recur.server.bodies import json_bytes
from recur.server.errors import Refusal, mistake
from recur.server.log import Log
from recur.server.metrics import Metrics

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_CLOSED = ("/v1/", "/metrics")  # what a token is needed for, where there is one
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "WEBSOCKET")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_NO_ANSWER = 499  # the client had gone before
_POLICY_VIOLATION = 1008  # of WebSockets
_DRAINED = 2  # times the limit, which are read away so that the answer is heard


@dataclass(frozen=True)
class Door:
    """Who may ask.

    Attributes:
        tokens: any of which lets one in; none where everybody on this machine may.
        hosts: names that the server is called by, where there are no tokens: a page of somebody
            else's, opened in a browser on this machine, calls it by another.
    """

    tokens: tuple[bytes, ...] = ()
    hosts: tuple[str, ...] = _LOOPBACK

    def check(self, scope: Scope) -> None:
        """Refuse whoever may not ask.

        Raises:
            Refusal: without a token where one is needed, or from a page of another place.
        """
        headers = {name: value for name, value in scope["headers"] if name in _READ}
        if self.tokens:
            if scope["path"].startswith(_CLOSED):
                self._check_token(headers.get(b"authorization", b""), scope)
            return
        host = _host(headers.get(b"host", b"").decode("latin-1"))
        if host not in self.hosts:
            raise Refusal(403, f"the server is not called `{host[:100]}`; use 127.0.0.1.")
        origin = headers.get(b"origin")
        if origin is not None and urlsplit(origin.decode("latin-1")).netloc.encode(
            "latin-1"
        ) != headers.get(b"host"):
            raise Refusal(403, "pages of other places may not ask this server.")

    def _check_token(self, given: bytes, scope: Scope) -> None:
        kind, _, token = given.partition(b" ")
        if kind.lower() != b"bearer":
            token = _token_of_socket(scope)
        right = False
        for known in self.tokens:  # each of them, so that the time tells nothing
            right |= hmac.compare_digest(known, token.strip())
        if not right:
            raise Refusal(
                401, "a token is needed, in the header `Authorization: Bearer TOKEN`.",
                {"WWW-Authenticate": "Bearer"},
            )  # fmt: skip


_READ = (b"authorization", b"host", b"origin", b"content-length")


def _token_of_socket(scope: Scope) -> bytes:
    """Return the token of a WebSocket from a browser, which can send no header: a subprotocol."""
    for protocol in scope.get("subprotocols", ()) if scope["type"] == "websocket" else ():
        if protocol.startswith("token."):
            return str(protocol).removeprefix("token.").encode("latin-1", "replace")
    return b""


def _host(header: str) -> str:
    """Return a host without its port."""
    try:
        return (urlsplit(f"//{header}").hostname or "").lower()
    except ValueError:
        return header


class Guard:
    """Answers for what the application behind it is never asked.

    Args:
        app: the application.
        door: who may ask.
        most: bytes that a request may send.
        timeout: seconds in which all of it has to come.
        log: where each request is noted.
        metrics: where each request is counted.
    """

    def __init__(
        self, app: App, door: Door, most: int, timeout: float, log: Log, metrics: Metrics
    ) -> None:
        self._app, self._door, self._most, self._timeout = app, door, most, timeout
        self._log, self._metrics = log, metrics
        self.running = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take a request."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        began, noted = time.perf_counter(), _Noted()
        self.running += 1
        try:
            await self._answer(scope, receive, noted.on(send))
        except Exception as error:  # a mistake of ours, which costs nobody their connection
            if scope["type"] == "websocket":
                raise
            self._log.mistake(error)
            if noted.status == _NO_ANSWER:
                await send_refusal(noted.on(send), mistake())
        finally:
            self.running -= 1
            self._note(scope, noted, time.perf_counter() - began)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            self._door.check(scope)
            bounded = receive if scope["type"] == "websocket" else self._bounded(scope, receive)
            await self._app(scope, bounded, send)
        except Refusal as refused:
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": _POLICY_VIOLATION,
                            "reason": refused.sentence[:120]})  # fmt: skip
            else:
                await send_refusal(send, refused)

    def _bounded(self, scope: Scope, receive: Receive) -> Receive:
        """Return how a request is received, which ends where it is too much or too slow."""
        self._check_announced(scope["headers"])
        deadline = asyncio.get_running_loop().time() + self._timeout
        came, done = 0, False

        async def bounded() -> Message:
            nonlocal came, done
            if done:  # what comes then is that the client has gone
                return await receive()
            while True:
                try:
                    async with asyncio.timeout_at(deadline):
                        message = await receive()
                except TimeoutError:
                    raise Refusal(
                        408, f"the request did not come in {self._timeout:g} seconds."
                    ) from None
                done = message["type"] != "http.request" or not message.get("more_body")
                came += len(message.get("body", b""))
                if came <= self._most:
                    return message
                if done or came > _DRAINED * self._most:
                    raise self._too_large()

        return bounded

    def _check_announced(self, headers: Sequence[tuple[bytes, bytes]]) -> None:
        announced = next((value for name, value in headers if name == b"content-length"), b"0")
        if announced.isdigit() and int(announced) > _DRAINED * self._most:
            raise self._too_large()

    def _too_large(self) -> Refusal:
        return Refusal(413, f"the body is larger than {self._most:,} bytes; send it in parts.")

    def _note(self, scope: Scope, noted: _Noted, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", None) or "none"
        method = scope.get("method", "WEBSOCKET")
        counted = method if method in _METHODS else "other"  # anybody can make one up
        self._metrics.add(counted, route, noted.status, seconds)
        client = scope.get("client")
        self._log.request(
            status=noted.status, method=method, path=scope["path"], seconds=seconds,
            bytes=noted.sent, client=client[0] if client else None,
        )  # fmt: skip


class _Noted:
    """What went out in answer to a request, if anything did."""

    def __init__(self) -> None:
        self.status, self.sent = _NO_ANSWER, 0

    def on(self, send: Send) -> Send:
        async def noting(message: Message) -> None:
            await send(message)
            if message["type"] == "http.response.start":
                self.status = message["status"]
            elif message["type"] == "websocket.accept":
                self.status = 101
            elif message["type"] == "websocket.close" and self.status != 101:
                self.status = 403
            self.sent += len(message.get("body", b""))

        return noting


async def send_refusal(send: Send, refused: Refusal) -> None:
    """Answer with a refusal: its status, and one sentence as JSON."""
    body = json_bytes({"error": refused.sentence})
    headers = {"content-type": "application/json", "content-length": str(len(body))}
    headers |= {name.lower(): value for name, value in refused.headers.items()}
    told = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": refused.status, "headers": told})
    await send({"type": "http.response.body", "body": body})
