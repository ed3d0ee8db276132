"""A trained model written for another runtime, as the file's ending says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar

from recur.errors import SettingsError, not_installed
from recur.export.plan import Plan, Port
from recur.export.python_module import model_text, usage
from recur.files.atomic import write_bytes
from recur.report.blocks import Block, Facts, Prose, Sentence
from recur.report.result import Result
from recur.tasks.base import Task

_PLANS = {
    "forecast": "recur.export.forecast",
    "denoise": "recur.export.denoise",
    "write": "recur.export.write",
    "classify": "recur.export.classify",
    "tag": "recur.export.tag",
    "translate": "recur.export.translate",
}
"""Each task and the module whose `plan_of(fitted, kind)` says what is exported of it."""

_PYTHON, _ONNX = ".py", ".onnx"


@dataclass(frozen=True, eq=False, kw_only=True)
class ExportResult(Result):
    """What was exported.

    Attributes:
        plan: what the file holds.
        kind: `.py` or `.onnx`.
        size: bytes of the file.
    """

    task: ClassVar[str] = "export"

    plan: Plan
    kind: str
    size: int

    def facts(self) -> dict[str, Any]:
        """Return what is particular to it, as plain JSON values."""
        graph = {} if self.kind == _PYTHON else {"opset": _opset(), **self._ports()}
        holds = {"holds": self.plan.facts["task"], "does": self.plan.does}
        return {**holds, "bytes": self.size, **graph}

    def findings(self) -> Iterator[Block]:
        """Yield what it does, and how it is used."""
        yield Sentence(self.plan.does)
        if self.kind == _PYTHON:
            code, said = usage(self.plan, self.files[_PYTHON[1:]].name)
            yield Prose(code)
            yield Prose(said)
            return
        yield Facts(
            {
                "opset": _opset(),
                **{f"in: {one.name}": _described(one) for one in self.plan.inputs},
                **{f"out: {one.name}": _described(one) for one in self.plan.outputs},
            }
        )

    def _ports(self) -> dict[str, Any]:
        sides = {"inputs": self.plan.inputs, "outputs": self.plan.outputs}
        return {
            side: {
                one.name: {"type": one.kind, "axes": list(one.axes), "about": one.about}
                for one in ports
            }
            for side, ports in sides.items()
        }


def export_model(model: Task, path: str | Path) -> ExportResult:
    """Write a trained model for another runtime, whole or not at all.

    Args:
        model: of any task.
        path: `.py` for a file of plain NumPy, which predicts without recur; `.onnx` for an ONNX
            graph, by the extra of that name.

    Raises:
        SettingsError: the file ends in neither, the model has learnt nothing, or it is of a kind
            that cannot be written so.
    """
    path = Path(path)
    writer = _WRITERS.get(path.suffix.casefold())
    if writer is None:
        raise SettingsError(
            f"the file `{path}` ends in {path.suffix or 'nothing'!r}; a model is exported to a "
            "file that ends in .py (plain NumPy) or .onnx."
        )
    kind = path.suffix.casefold()
    if kind == _ONNX:
        try:
            import_module("recur.export.onnx_file")
        except ImportError:
            raise SettingsError(
                f"a graph cannot be written: {not_installed('ONNX', 'onnx')}."
            ) from None
    fitted = model._fitted("exported")
    plan: Plan = import_module(_PLANS[model.task]).plan_of(fitted, kind)
    data = writer(plan, path.name)
    write_bytes(path, data)
    return ExportResult(
        plan=plan, kind=kind, size=len(data), notices=plan.without, files={kind[1:]: path}
    )


def _python(plan: Plan, name: str) -> bytes:
    return model_text(plan, name).encode()


def _onnx(plan: Plan, name: str) -> bytes:
    from recur.export.onnx_model import model_bytes  # it imports onnx

    return model_bytes(plan, Path(name).stem)


_WRITERS: Mapping[str, Callable[[Plan, str], bytes]] = {_PYTHON: _python, _ONNX: _onnx}


def _opset() -> int:
    from recur.export.onnx_file import OPSET

    return OPSET


def _described(port: Port) -> str:
    """Return the type, the axes and the meaning of what comes in or out."""
    kinds = {"f8": "float64", "f4": "float32", "i8": "int64", "i4": "int32", "?": "bool"}
    return f"{kinds[port.kind]} [{', '.join(map(str, port.axes))}], {port.about}"
