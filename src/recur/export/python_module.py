"""A plan as the text of a module of plain NumPy."""

from __future__ import annotations

import textwrap

from recur.export.numpy_file import python_text
from recur.export.plan import Plan
from recur.version import __version__


def model_text(plan: Plan, name: str) -> str:
    """Return the text of a file that predicts with NumPy alone.

    Args:
        plan: what is exported.
        name: of the model.
    """
    usage = textwrap.indent(f"import model\n\n{plan.usage}", "    ")
    usage = plan.usage
    about = (
        f"{plan.does}\n\nExported from `{name}` by recur {__version__}. Needs NumPy alone:\n\n"
        f"{usage}\n\nWhat a user calls stands at the top, then what it uses, down to the equations;"
        "\nthe weights stand at the end."
    )
    first, *others = plan.front
    return python_text(about, first, plan.weights, *others)
