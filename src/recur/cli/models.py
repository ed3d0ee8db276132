"""From a model file to the model, where the verb is for its task."""

from __future__ import annotations

from pathlib import Path
from typing import Any

_DOES = {"forecast": "forecasts", "write": "writes text"}
_VERBS = {
    "forecast": "`recur predict` and `recur judge`",
    "write": "`recur sample`",
}


def load_for(task: str, path: Path) -> Any:
    """Return the model that a file holds.

    Raises:
        ModelFileError: it is of another task than the verb is for.
    """
    from recur.errors import ModelFileError
    from recur.tasks import load

    model = load(path)
    if model.task != task:
        raise ModelFileError(
            f"`{path}` holds a model that {_DOES[model.task]}, and one that {_DOES[task]} is "
            f"needed here; {_VERBS[model.task]} can use it."
        )
    return model
