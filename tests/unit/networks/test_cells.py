"""The cells: their way back against finite differences, and how their names are found."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from recur.networks import cells
from recur.networks.cell import Equations
from recur.networks.cells import CELLS, cell

VARIANTS = [(name, kind) for name in CELLS for kind in cell(name).variants]
STEPS, UNITS, SHIFT = 6, 4, 1e-6


def run(equations: Equations, sums: Any, first: Any) -> list[Any]:
    """Return what is kept and the states before and after of each step."""
    states, steps = tuple(first), []
    for own in sums:
        kept, after = equations.step(tuple(own), states)
        steps.append((kept, states, after))
        states = after
    return steps


def loss_of(equations: Equations, sums: Any, first: Any, weights: Any) -> float:
    steps = run(equations, sums, first)
    return sum(float((w * after[0]).sum()) for w, (*_, after) in zip(weights, steps, strict=True))


@pytest.mark.parametrize(("name", "kind"), VARIANTS)
def test_the_way_back_is_the_gradient_of_the_outputs(name: str, kind: str) -> None:
    definition, random = cell(name), np.random.default_rng(0)
    equations = definition.variants[kind]
    sums = random.normal(size=(STEPS, definition.sums, UNITS))
    weights = random.normal(size=(STEPS, UNITS))
    zeros = np.zeros((len(definition.states), UNITS))
    first = run(equations, random.normal(size=(3, definition.sums, UNITS)), zeros)[-1][2]

    grads, found = tuple(zeros), np.empty_like(sums)
    for t, (kept, before, after) in reversed(list(enumerate(run(equations, sums, first)))):
        grads = (grads[0] + weights[t], *grads[1:])
        to_sums, grads = equations.backward(kept, before, after, grads)
        found[t] = to_sums
    expected = np.empty_like(sums)
    for place in np.ndindex(sums.shape):
        moved = sums.copy()
        losses = []
        for shift in (SHIFT, -SHIFT):
            moved[place] = sums[place] + shift
            losses.append(loss_of(equations, moved, first, weights))
        expected[place] = (losses[0] - losses[1]) / (2 * SHIFT)
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("name", CELLS)
def test_a_description_says_how_many_there_are_of_everything(name: str) -> None:
    definition = cell(name)
    assert definition.joint <= min(len(definition.gates), len(definition.recurrent))
    assert 1 <= definition.bridged <= len(definition.states)
    assert set(definition.biases) <= set(definition.gates)
    for equations in definition.variants.values():
        vectors = tuple(np.ones((max(definition.sums, 4), UNITS)))
        kept, after = equations.step(vectors[: definition.sums], vectors[: len(definition.states)])
        assert len(kept) == len(definition.kept)
        assert len(after) == len(definition.states)
        assert kept or definition.sums == 1  # which then computes in the place of its output


def test_a_cell_is_a_file_and_its_name_is_known_without_opening_it() -> None:
    folder = Path(cells.__file__).parent
    assert set(CELLS) == {path.stem for path in folder.glob("*.py")} - {"__init__"}
    program = "import sys, recur.networks.cells as c; print(*c.CELLS, 'numpy' in sys.modules)"
    said = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert said.stdout.split() == [*CELLS, "False"]
