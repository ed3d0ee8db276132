"""`recur compare`: simple answers, networks and classical methods side by side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from recur.cli.options import (
    NETWORK,
    Columns,
    File,
    Json,
    Network,
    Out,
    Span,
    Stride,
    Test,
    Training,
    expand_options,
    option,
)

if TYPE_CHECKING:
    from recur.tasks.forecast.comparison import Ladder


@expand_options
def compare(
    file: File,
    columns: Columns,
    span: Span,
    network: Network,
    training: Training,
    test: Test = None,
    rungs: Annotated[
        str | None,
        option(
            "Which, with commas between: one_value, mlp, rnn, gru, lstm, deep, conv_gru, "
            "encoder_decoder, classical (default all).",
            NETWORK,
            "A,B",
        ),
    ] = None,
    stride: Stride = None,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Train networks from small to large, and judge them beside the simple answers.

    All meet the same end of the file. The verdict is on the GRU, the default of
    recur forecast, or, where it is left out, on the first network.

    With --out: the table as CSV, and pictures.
    """
    from recur.cli.reading import read
    from recur.cli.values import check_together
    from recur.files.atomic import writable_folder
    from recur.tasks import Forecaster
    from recur.tasks.forecast.compare import compare as run

    given: dict[str, Any] = {**span, **network, **training}
    if stride is not None:
        given["stride"] = stride
    check_together(given)
    base = Forecaster().set_params(**given)
    names = None if rungs is None else [name.strip() for name in rungs.split(",")]
    if out is not None:
        writable_folder(out)
    panel = read(file, columns)
    found = run(panel, test=test, rungs=names, base=base)
    _tell(found, panel.describe(), out, as_json=as_json)


def _tell(found: Ladder, data: str, out: Path | None, *, as_json: bool) -> None:
    """Print, and write where asked to, what a comparison has found."""
    from recur.cli import output
    from recur.report.ladder_tables import rung_label, standings_note, standings_table
    from recur.tasks.forecast.comparison_folder import write_ladder

    files = write_ladder(found, out) if out is not None else {}
    if as_json:
        output.print_json({"task": "compare", **found.to_dict()})
        return
    output.print_lines(data=data)
    console = output.stdout()
    console.print()
    console.print(
        standings_table(
            found.ranking,
            {one.name: found.errors(one.name) for one in found.ranking},
            found.parameters,
            found.seconds,
            found.judged,
        )
    )
    notes = standings_note(found.ranking, found.judgement.walk)
    console.print("\n".join(notes), style="dim italic")
    console.print()
    sentence = found.judgement.verdict.sentence
    on = f"On {rung_label(found.judged)}, chosen beforehand: {sentence}"
    console.print(output.paragraph(on, console.width), style="bold")
    output.notice(*(f"{rung_label(name)} left out: {why}" for name, why in found.skipped.items()))
    if files:
        output.print_files(files)
