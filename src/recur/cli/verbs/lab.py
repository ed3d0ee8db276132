"""`recur lab`: an experiment of the course, its published figures beside ours and the limit."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from recur.cli.options import Json, Out, flag

_LIST, _ALL = "list", "all"


def lab(
    name: Annotated[
        str,
        typer.Argument(
            help="A lab, `list` for their names, or `all` of them.", metavar="NAME"
        ),
    ],
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Files of your own: prices for stocks, a text for shakespeare or sherlock.",
            metavar="FILE",
        ),
    ] = None,
    quick: Annotated[
        bool, flag("--quick", "Show the same on less data, in under 20 s.", "Options")
    ] = False,
    out: Out = None,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Run an experiment of the course: the published figures, ours, and the limit.

    Each shows the course's recipe followed to the letter and what recur does by default.
    """
    from recur.cli import output
    from recur.files.atomic import writable_folder
    from recur.labs.experiment import LABS, Setting
    from recur.labs.result import LabList, LabsResult, lab_result

    if name == _LIST:
        output.tell(LabList(labs=LABS), as_json=as_json)
        return
    several = name == _ALL
    if several:
        _refuse_files(files)
    if out is not None:
        writable_folder(out)
    results = []
    with output.noticing() as heard:
        for lab_name in LABS if several else (name,):
            folder = out / lab_name if out is not None and several else out
            setting = Setting(files=tuple(files or ()), quick=quick, say=output.print_notice)
            results.append(lab_result(lab_name, LABS.get(lab_name, ""), setting, folder))
            if several and not as_json:
                output.print_blocks(results[-1].blocks())
        result = LabsResult(labs=tuple(results)) if several else results[0]
        output.tell(result, heard, as_json=as_json)


def _refuse_files(files: list[Path] | None) -> None:
    from recur.errors import SettingsError

    if files:
        raise SettingsError(
            f"`recur lab all` takes no files, and got `{files[0]}`; give it to the lab it is for."
        )
