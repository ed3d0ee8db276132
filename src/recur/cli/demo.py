"""`recur demo`: the main job on data made here."""

from __future__ import annotations

from pathlib import Path

from recur.cli.options import Json

_FOLDER = Path("recur-demo")


def demo(as_json: Json = False) -> None:
    """Do the main job on data made here, in under a minute; write to recur-demo/."""
