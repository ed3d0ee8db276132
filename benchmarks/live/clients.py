"""Clients that ask a server over connections that stay, as many at once as are wanted."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from websockets.sync.client import connect


@dataclass(frozen=True)
class Load:
    """What a server was asked, and how long each answer took.

    Attributes:
        seconds: of each request.
        span: from the first request to the last answer.
        failed: how many were not answered with 200.
    """

    seconds: list[float]
    span: float
    failed: int

    def to_dict(self) -> dict[str, float]:
        """Return medians and the like, in milliseconds."""
        middle, far = np.percentile(np.array(self.seconds) * 1000, [50, 99])
        return {
            "requests": len(self.seconds),
            "failed": self.failed,
            "p50_ms": round(float(middle), 2),
            "p99_ms": round(float(far), 2),
            "a_second": round(len(self.seconds) / self.span, 1),
        }


def request_bytes(path: str, body: bytes) -> bytes:
    """Return a request that posts JSON."""
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


async def answer(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes
) -> tuple[int, bytes]:
    """Send a request and return the status and the body of its answer."""
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    length = next(int(x.partition(b":")[2]) for x in lines if x.startswith(b"content-length:"))
    return int(head.split(b" ", 2)[1]), await reader.readexactly(length)


def ask(port: int, path: str, body: object) -> dict[str, object]:
    """Return what a server answers to one request."""

    async def once() -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        _, told = await answer(reader, writer, request_bytes(path, json.dumps(body).encode()))
        writer.close()
        return told

    found: dict[str, object] = json.loads(asyncio.run(once()))
    return found


def push(port: int, path: str, values: Sequence[float]) -> Load:
    """Push values into a stream one after the other, each when the one before is answered."""
    seconds, failed = [], 0
    with connect(f"ws://127.0.0.1:{port}{path}") as socket:
        began = time.perf_counter()
        for value in values:
            start = time.perf_counter()
            socket.send(json.dumps({"value": value}))
            failed += "error" in json.loads(socket.recv())
            seconds.append(time.perf_counter() - start)
        span = time.perf_counter() - began
    return Load(seconds, span, failed)


def load(port: int, path: str, body: object, *, clients: int, requests: int) -> Load:
    """Ask as many clients at once, each the next as soon as it has its answer."""
    request = request_bytes(path, json.dumps(body).encode())
    seconds: list[float] = []
    failed = 0

    async def client(count: int) -> None:
        nonlocal failed
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(count):
            began = time.perf_counter()
            status, _ = await answer(reader, writer, request)
            seconds.append(time.perf_counter() - began)
            failed += status != 200
        writer.close()

    async def all_of_them() -> float:
        began = time.perf_counter()
        each = [len(range(i, requests, clients)) for i in range(clients)]
        await asyncio.gather(*(client(count) for count in each))
        return time.perf_counter() - began

    return Load(seconds, asyncio.run(all_of_them()), failed)
