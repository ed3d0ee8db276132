"""Exported networks over a cover of everything that a network can be, against the compiled engine.

The files run as their users run them: by NumPy without recur, and by onnxruntime.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.parity import test_cover
from tests.parity.exported import by_onnxruntime, called
from tests.parity.pairwise import Case, Pairwise
from tests.parity.test_cover import close, name_of

from recur.engines.registry import open_engine
from recur.export.network import Masked, network_program
from recur.export.numpy_file import python_text
from recur.export.onnx_model import model_bytes
from recur.export.plan import Plan, Port, state_ports

_OF_TRAINING = {"dropout": "", "loss": "mse", "clip": None, "decay": 0.0}
_PATTERNS = (False, True, "anywhere")  # which steps are masked: none, at the end, any
FACTORS = {
    name: _PATTERNS if name == "masked" else values
    for name, values in test_cover.FACTORS.items()
    if name not in _OF_TRAINING
}
IMPOSSIBLE = [
    *(p for p in test_cover.IMPOSSIBLE if not {p[0][0], p[1][0]} & _OF_TRAINING.keys()),
    *(((p[0]), ("masked", "anywhere")) for p in test_cover.IMPOSSIBLE if p[1] == ("masked", True)),
]
PAIRWISE = Pairwise(FACTORS, IMPOSSIBLE, times=2, lessen=test_cover.lessen)
CASES = PAIRWISE.cover()
TOLERANCE = 1e-5


def test_the_cover_holds_every_pair_that_can_be() -> None:
    PAIRWISE.check(CASES)


@dataclass(frozen=True)
class Exported:
    """A case, what the engine says of it, and what is given to the exported network."""

    plan: Plan
    given: dict[str, Any]
    arguments: tuple[Any, ...]
    expected: list[Any]
    real: Any

    def check(self, answer: Any) -> None:
        outputs, *after = answer
        close(outputs[self.real], self.expected[0][self.real], "outputs", TOLERANCE)
        assert len(after) == len(self.expected) - 1
        for ours, theirs in zip(after, self.expected[1:], strict=True):
            close(ours, theirs, "final states", TOLERANCE)


def exported(case: Case, number: int) -> Exported:
    at = test_cover.problem(_OF_TRAINING | case | {"masked": case["masked"] is True}, number)
    spec, batch = at.spec, at.source.gather(at.row)
    mask, masked = batch.mask, "not" if batch.mask is None else "at the end"
    if case["masked"] == "anywhere":
        mask = np.random.default_rng(number).random(batch.inputs.shape[:2]) < 0.6
        mask[-1] = True
        masked = "at any step"
    carried = spec.recurrent and bool(case["carried"])
    state = at.state if carried else None
    outputs, end = open_engine("compiled").forward(spec, at.weights, batch.inputs, state, mask=mask)
    how: Masked = masked  # type: ignore[assignment]
    kind = "i4" if spec.symbols else "f4"
    time = "time" if spec.recurrent else spec.steps
    ports = state_ports(spec) if carried else ((), ())
    axes = ("time", "batch", spec.outputs) if spec.reads == "every" else ("batch", spec.outputs)
    plan = Plan(
        does="A network.", usage="", facts={}, front=(),
        core=network_program(spec, masked=how, carried=carried),
        inputs=(
            Port("x", kind, (time, "batch", *spec.step_shape), ""),
            *([] if mask is None else [Port("mask", "?", ("time", "batch"), "")]),
            *ports[0],
        ),
        outputs=(Port("outputs", "f4", axes, ""), *ports[1]),
        weights=spec.named(at.weights),
        fewest={"time": 3},
    )  # fmt: skip
    states = dict(zip((port.name for port in ports[0]), state or (), strict=True))
    given = {"x": batch.inputs, "mask": mask, **states}
    arguments = (batch.inputs, *([] if mask is None else [mask]), *([state] if carried else []))
    real: Any = np.ones(outputs.shape[:-1], bool)
    if spec.reads == "every" and mask is not None:
        real = mask
    return Exported(plan, given, arguments, [outputs, *(end if carried else ())], real)


def test_files_of_numpy_answer_as_the_engine_without_recur(tmp_path: Path) -> None:
    everything = [exported(case, number) for number, case in enumerate(CASES)]
    calls = []
    for number, one in enumerate(everything):
        path = tmp_path / f"model_{number}.py"
        path.write_text(python_text("A network.", one.plan.core, one.plan.weights), "utf-8")
        calls.append((path, "network", one.arguments))
    for number, (one, answer) in enumerate(zip(everything, called(calls), strict=True)):
        flat = (answer[0], *answer[1]) if isinstance(answer, tuple) else (answer,)
        try:
            one.check(flat)
        except AssertionError as error:
            raise AssertionError(f"{number}: {name_of(CASES[number])}") from error


@pytest.mark.parametrize("number", range(len(CASES)), ids=lambda i: f"{i}-{name_of(CASES[i])}")
def test_graphs_answer_as_the_engine(number: int) -> None:
    one = exported(CASES[number], number)
    one.check(by_onnxruntime(model_bytes(one.plan, "network"), one.given))
