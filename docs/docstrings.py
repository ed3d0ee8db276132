"""How the reference reads docstrings: as they are at run time, their examples set as code."""

from __future__ import annotations

import inspect
import re
from importlib import import_module
from typing import Any

import griffe

# From a prompt to the next empty line: Markdown would take it for a quotation of a quotation.
EXAMPLE = re.compile(r"^( *)>>> .*(?:\n(?! *$).+)*", re.MULTILINE)


class RunTimeDocstrings(griffe.Extension):  # type: ignore[misc]  # griffe's types are not read
    """Takes the docstring of a task from the class itself, where its parameters are told of."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Replace what a docstring says by what a page shows."""
        if obj.docstring is None:
            return
        if isinstance(obj, griffe.Class) and "task" in obj.members:
            told = getattr(import_module(obj.module.path), obj.name).__doc__
            obj.docstring.value = inspect.cleandoc(told or "")
        obj.docstring.value = EXAMPLE.sub(r"\1```python\n\g<0>\n\1```", obj.docstring.value)
