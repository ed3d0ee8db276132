"""Running the server: what it is asked to be is checked, then it listens until told to end."""

from __future__ import annotations

import os
import signal
import socket
import stat
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recur.engines.registry import keep_to, machine_threads
from recur.errors import DataError, InputError, SettingsError, not_installed
from recur.judge.words import counted
from recur.notices import notice
from recur.server.settings import ServerParameters

if TYPE_CHECKING:
    from recur.server.app import Service

_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_ENDING = (signal.SIGINT, signal.SIGTERM)
_MEGA = 1_000_000
_GRACE = 30  # seconds that requests have to end once the server is told to


def serve(
    places: Sequence[Path],
    settings: ServerParameters,
    token_file: Path | None = None,
    data: Path | None = None,
    *,
    any_port: bool = False,
    then: Callable[[str], None] = lambda _: None,
) -> None:
    """Serve models until the process is told to end.

    Args:
        places: model files, and folders of such.
        settings: what the server is asked to be.
        token_file: the tokens that let one in, one a line.
        data: the folder of the jobs; the platform's folder for caches where none is named.
        any_port: take a free port where the one that is named is in use.
        then: called with the address as soon as it is listened to.

    Raises:
        SettingsError: something of it cannot be, in one sentence.
    """
    missing = next((name for name in ("fastapi", "uvicorn") if find_spec(name) is None), None)
    if missing is not None:
        raise SettingsError(f"a server needs another package: {not_installed(missing, 'server')}.")
    tokens = () if token_file is None else read_tokens(token_file)
    check_host(settings.host, tokens)
    listener = listening_socket(settings.host, settings.port, any_port=any_port)
    try:
        service = make_service(places, settings, tokens, data)
        try:
            _run(service, listener, then)
        finally:
            if service.jobs is not None:
                service.jobs.close()
    finally:
        listener.close()
        keep_to(None)


def make_service(
    places: Sequence[Path],
    settings: ServerParameters,
    tokens: tuple[bytes, ...] = (),
    data: Path | None = None,
) -> Service:
    """Return all that a server has, its models loaded."""
    from platformdirs import user_cache_path

    from recur.server.app import Service
    from recur.server.guard import Door
    from recur.server.jobs.runner import Jobs
    from recur.server.limits import Limits
    from recur.server.log import Log
    from recur.server.models import Models

    for place in places:
        try:
            there = place.exists()
        except OSError:  # it is too long to be a name
            there = False
        if not there:
            raise DataError(f"there is no file or folder `{place}` with a model; check the name.")
    machine = machine_threads()
    keep_to(1)  # a thread a request
    log = Log(settings.log)
    models = Models(tuple(places), log.say)
    models.load()
    return Service(
        models=models,
        threads=settings.threads or machine,
        limits=Limits(
            settings.max_body * _MEGA, settings.max_series, settings.max_length,
            settings.max_horizon,
        ),
        queue=settings.queue,
        timeout=settings.timeout,
        door=Door(tokens, (*_LOOPBACK, settings.host.lower())),
        log=log,
        jobs=Jobs(
            data or user_cache_path("recur", appauthor=False) / "server",
            at_once=settings.jobs, threads=max(1, machine // settings.jobs), keep=settings.keep,
            say=log.say,
        ),
    )  # fmt: skip


def _run(service: Service, listener: socket.socket, then: Callable[[str], None]) -> None:
    import uvicorn

    from recur.server.app import make_app
    from recur.server.patience import patient

    class Server(uvicorn.Server):
        """One that tells what is streaming to end when it is told to."""

        def handle_exit(self, sig: int, frame: Any) -> None:
            service.ending.set()
            super().handle_exit(sig, frame)

        @contextmanager
        def capture_signals(self) -> Iterator[None]:
            # The library's own raises the signal again once all is done: a death, not an end.
            before = {one: signal.signal(one, self.handle_exit) for one in _ENDING}
            try:
                yield
            finally:
                for one, handler in before.items():
                    signal.signal(one, handler)

    service.log.take_over("uvicorn.error")
    service.log.take_over("asyncio")
    host, port = listener.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    address = f"http://{shown}:{port}"
    service.log.say(f"recur serves {counted(len(service.models), 'model')} at {address}")
    then(address)
    config = uvicorn.Config(
        make_app(service), http=patient(service.timeout), access_log=False,
        log_config=None, lifespan="on",
        timeout_graceful_shutdown=_GRACE, server_header=False, ws_max_size=service.limits.body,
    )  # fmt: skip
    Server(config).run(sockets=[listener])
    service.log.say("the server has ended.")


def read_tokens(path: Path) -> tuple[bytes, ...]:
    """Return the tokens of a file, one a line; lines that begin with # are none.

    Raises:
        InputError: it cannot be read, or has no token of 16 characters and more.
    """
    try:
        data = path.read_bytes()
        mode = path.stat().st_mode
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError(f"the token file `{path}` cannot be read: {reason}.") from None
    if os.name == "posix" and mode & (stat.S_IRGRP | stat.S_IROTH):
        notice(f"Others on this machine can read `{path}`; `chmod 600` it.")
    lines = (line.strip() for line in data.splitlines())
    tokens = tuple(line for line in lines if line and not line.startswith(b"#"))
    short = next((token for token in tokens if len(token) < 16), None)
    if not tokens or short is not None:
        problem = "has a token of fewer than 16 characters" if tokens else "has no token in it"
        raise InputError(
            f"the token file `{path}` {problem}; write one a line, such as what "
            "`python -c 'import secrets; print(secrets.token_urlsafe())'` prints."
        )
    return tokens


def check_host(host: str, tokens: tuple[bytes, ...]) -> None:
    """Refuse to let everybody in who can reach the machine."""
    if host not in _LOOPBACK and not tokens:
        raise SettingsError(
            f"`host` is {host}, where others can reach the server too; name a file of tokens with "
            "`token_file`, or leave `host` out."
        )


def listening_socket(host: str, port: int, *, any_port: bool = False) -> socket.socket:
    """Return a socket that listens, so that a port in use is known before anything is loaded.

    Where any port will do, a free one takes the place of one in use.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        made = socket.socket(family, kind, protocol)
    except OSError as error:
        raise SettingsError(f"`host` is {host}, which is no address of this machine.") from error
    try:
        if sys.platform != "win32":  # where it would let two servers have one port
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
        made.listen(2048)
    except OSError as error:
        made.close()
        if any_port and port:
            return listening_socket(host, 0)
        reason = (error.strerror or str(error)).lower()
        raise SettingsError(
            f"cannot listen on port {port} of {host}: {reason}; choose another with `port`."
        ) from None
    made.set_inheritable(False)
    return made
