"""Server-sent events: what happens, told as it does."""

from __future__ import annotations

from collections.abc import AsyncIterable, Mapping
from typing import Any

from starlette.responses import StreamingResponse

from recur.server.bodies import json_bytes


class EventStream(StreamingResponse):
    """An answer that goes on for as long as there is something to tell."""

    media_type = "text/event-stream"

    def __init__(self, content: AsyncIterable[bytes], status_code: int = 200) -> None:
        super().__init__(content, status_code, {"Cache-Control": "no-cache"})


def event_bytes(kind: str, told: Mapping[str, Any], place: int | None = None) -> bytes:
    """Return an event as it is sent; whoever has lost touch goes on behind its place."""
    id_ = b"" if place is None else b"id: %d\n" % place
    return b"event: %s\n%sdata: %s\n\n" % (kind.encode(), id_, json_bytes(told))
