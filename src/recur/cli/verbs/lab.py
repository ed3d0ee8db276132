"""`recur lab`: an experiment of the course, its published figures beside ours and the limit."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from recur.cli.options import Json, Out, flag

if TYPE_CHECKING:
    from recur.report.findings import Findings

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
    from recur.cli.output import print_json
    from recur.files.atomic import writable_folder
    from recur.labs.experiment import LABS

    if name == _LIST:
        _print_list(as_json)
        return
    if name == _ALL:
        _refuse_files(files)
    if out is not None:
        writable_folder(out)
    several = name == _ALL
    told = []
    for one in LABS if several else (name,):
        place = out / one if out is not None and several else out
        told.append(_run(one, tuple(files or ()), quick=quick, out=place, quiet=as_json))
    if as_json:
        print_json({"labs": told} if several else told[0])


def _run(
    name: str, files: tuple[Path, ...], *, quick: bool, out: Path | None, quiet: bool
) -> dict[str, Any]:
    """Run a lab, print and write what it found; return it as the JSON output has it."""
    from recur.cli.output import notice, print_files
    from recur.labs.experiment import LABS, Setting, run_lab
    from recur.labs.folder import write_lab

    found = run_lab(name, Setting(files=files, quick=quick, say=notice))
    written = write_lab(name, LABS[name], found, out) if out is not None else {}
    if not quiet:
        _print(name, LABS[name], found)
        if written:
            print_files(written)
    return {"lab": name, **found.to_dict(), "files": [str(path) for path in written.values()]}


def _print(name: str, summary: str, found: Findings) -> None:
    from recur.cli.output import paragraph, print_heading, stdout
    from recur.report.findings import findings_table
    from recur.report.writing import legible

    print_heading(f"{name}: {summary}")
    console = stdout()
    if found.rows:
        console.print(findings_table(found.rows))
    for word in found.words:
        console.print()
        console.print(paragraph(word, console.width))
    for heading, text in found.texts:
        console.print(f"\n{heading}\n", style="dim")
        console.print(legible(text), soft_wrap=True)


def _print_list(as_json: bool) -> None:
    from recur.cli.output import print_json, stdout
    from recur.labs.experiment import LABS

    if as_json:
        print_json({"labs": [{"lab": name, "shows": shows} for name, shows in LABS.items()]})
        return
    widest = max(map(len, LABS))
    for name, shows in LABS.items():
        stdout().print(f"{name:{widest}}  {shows}", soft_wrap=True)


def _refuse_files(files: list[Path] | None) -> None:
    from recur.errors import SettingsError

    if files:
        raise SettingsError(
            f"`recur lab all` takes no files, and got `{files[0]}`; give it to the lab it is for."
        )
