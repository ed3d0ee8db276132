"""A plan as the text of a module of plain NumPy."""

from __future__ import annotations

import textwrap
from pathlib import Path

from recur.export.numpy_file import python_text
from recur.export.plan import Plan
from recur.version import __version__


def model_text(plan: Plan, name: str) -> str:
    """Return the text of a file that predicts with NumPy alone.

    Args:
        plan: what is exported.
        name: of the file.
    """
    code, said = usage(plan, name)
    about = (
        f"{plan.does}\n\nExported by recur {__version__}. It needs NumPy alone:\n\n"
        f"{textwrap.indent(code, '    ')}\n\n{said}\n\n"
        "What a user calls stands at the top, then what it uses, down to the equations; long lists "
        "and the\nweights stand at the end."
    )
    first, *others = plan.front
    return python_text(about, first, plan.weights, *others)


def usage(plan: Plan, name: str) -> tuple[str, str]:
    """Return the lines that use a file, and what they give.

    Args:
        plan: what the file holds.
        name: of the file.
    """
    stem = Path(name).stem
    module = stem if stem.isidentifier() else "model"
    code, said = plan.usage.replace("model.", f"{module}.").split("\n\n", 1)
    return f"import {module}\n{code}", said
