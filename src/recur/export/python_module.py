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
    code, said = plan.usage.split("\n\n", 1)
    module = Path(name).stem if Path(name).stem.isidentifier() else "model"
    code, said = (text.replace("model.", f"{module}.") for text in (code, said))
    about = (
        f"{plan.does}\n\nExported by recur {__version__}. It needs NumPy alone:\n\n"
        f"    import {module}\n{textwrap.indent(code, '    ')}\n\n{said}\n\n"
        "What a user calls stands at the top, then what it uses, down to the equations; the "
        "weights stand\nat the end."
    )
    first, *others = plan.front
    return python_text(about, first, plan.weights, *others)
