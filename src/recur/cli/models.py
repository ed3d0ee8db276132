"""From a model file to the model, where the verb is for its task."""

from __future__ import annotations

from pathlib import Path
from typing import Any

_DOES = {"forecast": "forecasts", "denoise": "cleans signals", "write": "writes text"}
_VERBS = {
    "forecast": "`recur predict` and `recur judge`",
    "denoise": "`recur predict` and `recur judge`",
    "write": "`recur sample`",
}


def load_for(path: Path, *tasks: str) -> Any:
    """Return the model that a file holds.

    Args:
        path: the file.
        tasks: those that the verb is for.

    Raises:
        ModelFileError: it is of another task than the verb is for.
    """
    from recur.errors import ModelFileError
    from recur.tasks import load

    model = load(path)
    if model.task not in tasks:
        wanted = " or ".join(_DOES[task] for task in tasks)
        raise ModelFileError(
            f"`{path}` holds a model that {_DOES[model.task]}, and one that {wanted} is needed "
            f"here; {_VERBS[model.task]} can use it."
        )
    return model
