"""`recur export`: a saved model for other runtimes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from recur.cli.options import Json, Model


def export(
    model: Model,
    file: Annotated[
        Path, typer.Argument(help="What to write: a file ending in .py or .onnx.", metavar="FILE")
    ],
    as_json: Json = False,
) -> None:
    """Write a saved model for another runtime: plain NumPy, or an ONNX graph.

    A .py file predicts with NumPy alone, and can be read: its equations stand as
    they are taught, its weights at the end. An .onnx file (extra onnx) holds
    scaling, network, intervals and scaling back; streams have their state as
    inputs and outputs.
    """
    from recur.cli import output
    from recur.export.exporting import export_model
    from recur.tasks.kinds import load

    with output.noticing() as heard:
        output.tell(export_model(load(model), file), heard, as_json=as_json)
