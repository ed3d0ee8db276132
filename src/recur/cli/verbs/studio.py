"""`recur studio`: the server with its page opened in the browser."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from recur.cli.options import expand_options, option
from recur.server.settings import SERVER


@expand_options
def studio(
    models: Annotated[
        list[Path] | None,
        typer.Argument(help="Models to serve beside it, as `recur serve` takes them."),
    ] = None,
    port: Annotated[
        int | None, option("To listen on (default: 8000, or a free one).", SERVER, "N")
    ] = None,
    data: Annotated[
        Path | None,
        option("Keep jobs here (default: the platform's folder for caches).", SERVER, "DIR"),
    ] = None,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Print the address and open nothing.")
    ] = False,
) -> None:
    """Forecast, write and clean in the browser: drop a file, see what follows and how sure it is.

    It is a server on this machine alone, which ends with Ctrl-C; nothing leaves the machine.
    """
    from recur.cli import output
    from recur.server.run import serve
    from recur.server.settings import ServerParameters
    from recur.tasks.base import checked

    settings = checked(ServerParameters, {} if port is None else {"port": port})
    then = _say if no_browser else _open
    with output.noticing():
        serve(models or [], settings, data=data, any_port=port is None, then=then)


def _say(address: str) -> None:
    typer.echo(address)


def _open(address: str) -> None:
    """Open the page without waiting for the browser, which may be one of a terminal."""
    import threading
    import webbrowser

    _say(address)
    threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
