"""How the reference reads docstrings: as they are at run time, their examples set as code."""

from __future__ import annotations

import inspect
import re
from dataclasses import replace
from importlib import import_module
from typing import Any

import griffe

# From a prompt to the next empty line: Markdown would take it for a quotation of a quotation.
EXAMPLE = re.compile(r"^( *)>>> .*(?:\n(?! *$).+)*", re.MULTILINE)

FENCE = "```python"


class RunTimeDocstrings(griffe.Extension):  # type: ignore[misc]  # griffe's types are not read
    """Takes the docstring of a task from the class itself, where its parameters are told of."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Replace what a docstring says by what a page shows."""
        if isinstance(obj, griffe.Attribute):
            obj.annotation = _bare(obj.annotation)
        if obj.docstring is None:
            return
        if isinstance(obj, griffe.Class) and "task" in obj.members:
            told = getattr(import_module(obj.module.path), obj.name).__doc__
            obj.docstring.value = inspect.cleandoc(told or "")
        if FENCE not in obj.docstring.value:  # which a second look at the object finds
            obj.docstring.value = EXAMPLE.sub(rf"\1{FENCE}\n\g<0>\n\1```", obj.docstring.value)


def _bare(annotation: Any) -> Any:
    """Return the type of a parameter without its bounds and its help, which are told in words."""
    if isinstance(annotation, griffe.ExprBinOp):
        return replace(annotation, left=_bare(annotation.left), right=_bare(annotation.right))
    if isinstance(annotation, griffe.ExprSubscript) and str(annotation.left) == "Annotated":
        return annotation.slice.elements[0]
    return annotation
