"""What a server can be asked to be: each parameter with its bounds, default and meaning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Ge, Le

from recur.parameters import Count, Help, Positive

SERVER = "Server"
LIMITS = "Limits"


@dataclass(frozen=True)
class ServerParameters:
    """The parameters of a server."""

    host: Annotated[
        str,
        Help(
            "The address to listen on; any other than this machine's own needs a token file.",
            SERVER, metavar="ADDRESS",
        ),
    ] = "127.0.0.1"  # fmt: skip
    port: Annotated[int, Ge(0), Le(65535), Help("To listen on; 0 takes a free one.", SERVER)] = 8000
    log: Annotated[
        Literal["text", "json"],
        Help("A line for each request on standard error: text, or json.", SERVER, metavar="KIND"),
    ] = "text"
    jobs: Annotated[Count, Help("That run at once, a process each.", SERVER)] = 1
    keep: Annotated[
        Positive, Help("Days that what came of a job is kept.", SERVER, metavar="DAYS")
    ] = 7.0
    max_body: Annotated[
        Count, Help("Millions of bytes that a request may send.", LIMITS, metavar="MB")
    ] = 64
    max_series: Annotated[Count, Help("Series, texts or recordings of a request.", LIMITS)] = 10_000
    max_length: Annotated[Count, Help("Values of a series.", LIMITS)] = 1_000_000
    max_horizon: Annotated[Count, Help("Steps ahead.", LIMITS)] = 10_000
    timeout: Annotated[
        Positive,
        Help("Seconds that a request may take to arrive, and to be answered.", LIMITS, metavar="S"),
    ] = 60.0
    queue: Annotated[
        Count, Help("Requests that wait for their turn; more are sent away.", LIMITS)
    ] = 256
    threads: Annotated[
        Count | None,
        Help("Requests that are computed at once, a thread each.", LIMITS, unset="processors"),
    ] = None
