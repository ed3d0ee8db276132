"""`recur engines`: what can train and run networks on this machine."""

from __future__ import annotations

from recur.cli.options import Json


def engines(as_json: Json = False) -> None:
    """Say what can train and run networks on this machine, and why something cannot."""
    from recur.cli.output import noticing, tell
    from recur.report.engines import listed_engines

    with noticing() as heard:
        tell(listed_engines(), heard, as_json=as_json)
