"""`recur inspect`: what a model file holds, without running anything."""

from __future__ import annotations

from recur.cli.options import Json, Model


def inspect(model: Model, as_json: Json = False) -> None:
    """Say what a model file holds, without running anything."""
    from recur.cli.output import tell
    from recur.tasks.inspection import inspect as inspected

    tell(inspected(model), as_json=as_json)
