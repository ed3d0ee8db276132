"""The options of the command: those of parameters, made from them, and those of files."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from inspect import Parameter as Argument
from inspect import signature
from pathlib import Path
from typing import Annotated, Any, Literal, TypedDict, get_args, get_type_hints, is_typeddict

import typer

from recur.data.tables.options import ReadingOptions
from recur.distributed.settings import PartsParameters
from recur.errors import RecurError, SettingsError
from recur.parameters import Parameter, parameters_of
from recur.tasks.parameters import DATA, TRAINING

_METAVARS = {int: "N", float: "X", str: "NAME", tuple: "A,B"}
# What stands in backquotes after one of these is a name of the user's data, not a parameter.
_OF_DATA = r"(?<!column )(?<!columns )(?<!series )"
_NO_LISTING = r"(?<!is )(?<!are )(?<!, )(?<!and )(?<!named )(?<!called )"


@dataclass(frozen=True)
class Parameters:
    """Parameters of a task that a verb takes as options, in the order of its help.

    Attributes:
        declared: the class that declares them.
        names: those that the verb takes.
    """

    declared: type
    names: tuple[str, ...]

    def options(self) -> dict[str, Any]:
        """Return by name the type of each for typer."""
        declared = parameters_of(self.declared)
        return {name: _option_of(declared[name]) for name in self.names}


def _option_of(parameter: Parameter) -> Any:
    about, kind = parameter.help, parameter.kind
    common: dict[str, Any] = {
        "help": parameter.sentence,
        "rich_help_panel": about.group,
        "show_default": False,
    }
    if kind is bool:
        name = f"--{parameter.name.replace('_', '-')}"
        if parameter.default is not False:  # which can be taken back
            name = f"{name}/--no-{name.removeprefix('--')}"
        return Annotated[bool | None, typer.Option(name, metavar="", **common)]
    metavar = about.metavar or _METAVARS[kind]
    parse = about.parse and _parsing(about.parse, parameter.name)
    option = typer.Option(metavar=metavar, callback=parse, **common)
    if about.parse is not None:
        return Annotated[str | None, option]
    if parameter.names:
        names: Any = Literal.__getitem__(parameter.names)
        return Annotated[names | None, option]
    return Annotated[kind | None, option]


def _parsing(parse: Callable[[str | None], Any], name: str) -> Callable[[str | None], Any]:
    """Return what makes a value of an option's text; its complaints name the option."""

    def parsed(text: str | None) -> Any:
        try:
            return parse(text)
        except RecurError as error:
            error.args = (_by_options(error, {name}),)
            raise

    return parsed


def option(help: str, panel: str, metavar: str = "N", **more: Any) -> Any:  # noqa: A002 (typer's)
    """Return an option of a panel of the help; `metavar` stands for its value there."""
    return typer.Option(
        help=help, rich_help_panel=panel, metavar=metavar, show_default=False, **more
    )


def flag(name: str, help: str, panel: str) -> Any:  # noqa: A002 (typer's)
    """Return an option that is on or off and takes no value."""
    return typer.Option(name, help=help, rich_help_panel=panel, metavar="", show_default=False)


File = Annotated[
    Path,
    typer.Argument(
        help="A table: CSV, Excel, Parquet, JSON, ...; - for standard input, a folder or a pattern "
        "for several files as one.",
        metavar="FILE",
    ),
]
Recording = Annotated[
    Path, typer.Argument(help="A table (CSV, Excel, Parquet, ...), or a WAV file.", metavar="FILE")
]
Model = Annotated[Path, typer.Argument(help="A model that recur saved.", metavar="MODEL")]
Target = Annotated[
    str | None, option("Column of values; without it, the only one of numbers.", DATA, "COL")
]
Time = Annotated[
    str | None, option("Column of times; without it, found by name or content.", DATA, "COL")
]
Id = Annotated[
    str | None,
    option("Column that tells series apart; without it, unique_id or none.", DATA, "COL"),
]
Filling = Annotated[
    Literal["none", "previous", "zero"] | None,
    option(
        "Gaps and missing values: none takes them as unknown, up to half of a series; previous "
        "repeats the last known value however many there are; zero says that they are 0 (default "
        "none).",
        DATA, "HOW",
    ),
]  # fmt: skip
Test = Annotated[
    int | None, option("Values at the end held out for judging; without it, a fifth or more.", DATA)
]
Checkpoint = Annotated[
    Path | None,
    option("Save the run here now and then; resume it if the file exists.", TRAINING, "PATH"),
]
On = Annotated[
    str | None,
    option(
        "Train, try settings and forecast parts on a Ray cluster, to the same bits: ray for this "
        "machine's, ray:HOST:PORT for that of a head node.",
        TRAINING, "PLACE",
    ),
]  # fmt: skip
Out = Annotated[
    Path | None,
    typer.Option(help="Folder to write to; nothing is written without it.", metavar="DIR"),
]
Json = Annotated[
    bool,
    typer.Option(
        "--json", help="Print one JSON object on standard output, nothing else.", metavar=""
    ),
]


Reading = Annotated[
    dict[str, Any], Parameters(ReadingOptions, tuple(parameters_of(ReadingOptions)))
]


Parts = Annotated[dict[str, Any], Parameters(PartsParameters, ("memory", "skip_bad"))]
TrainingParts = Annotated[
    dict[str, Any], Parameters(PartsParameters, ("memory", "parts_in", "skip_bad"))
]


class Source(TypedDict, total=False):
    """Where in a file the values are, and how it is read."""

    target: Annotated[
        list[str] | None,
        option("Column of values, or several; without it, the only one of numbers.", DATA, "A,B"),
    ]
    time: Time
    id: Id
    fill: Filling
    reading: Reading


TestFile = Annotated[Path | None, option("A file to judge by, read as FILE is.", DATA, "FILE")]
TextEncoding = Annotated[
    str | None, option("How texts are encoded (default utf-8, or latin-1).", DATA, "NAME")
]


def held_out(usual: str) -> Any:
    """Return the option of the share that is held out to judge by; `usual` says which as a rule."""
    return option(
        f"Share to judge by, drawn at random; 0 for none (default: {usual}).",
        DATA, "P", min=0.0, max=0.9,
    )  # fmt: skip


class TokenColumns(TypedDict, total=False):
    """Which columns of a file of tokens are words and tags."""

    word: Annotated[
        int | None, option("Of tokens: column of the words, from 1 on (default 1).", DATA, "N",
                           min=1)
    ]  # fmt: skip
    tag: Annotated[
        int | None, option("Of tokens: column of the tags (default: the last).", DATA, "N", min=1)
    ]


class Columns(Source, total=False):
    """What the columns of a file are, as `read_columns` takes them."""

    wide: Annotated[
        bool | None,
        flag(
            "--wide",
            "Take every column of numbers as a series; --target 'store*' takes those like it.",
            DATA,
        ),
    ]
    past: Annotated[
        list[str] | None, option("Columns of numbers known up to the newest value.", DATA, "A,B")
    ]
    known: Annotated[
        list[str] | None,
        option(
            "Columns of numbers known ahead too; rows at the end without a target are the future.",
            DATA, "A,B",
        ),
    ]  # fmt: skip
    static: Annotated[
        list[str] | None,
        option("Columns with one value for a series, a number or a category.", DATA, "A,B"),
    ]


def expand_options(verb: Callable[..., None]) -> Callable[..., None]:
    """Return a verb for typer, each of its groups of options in the place of its parameter.

    A group is a class above, or `Parameters`; the verb gets a dictionary of those of its options
    that were given. What a message calls a parameter is called by its option.
    """
    hints = get_type_hints(verb, include_extras=True)
    groups = {name: _members(hint) for name, hint in hints.items() if _members(hint)}
    names = {each for members in groups.values() for each in members} | hints.keys()

    @wraps(verb)
    def run(**given: Any) -> None:
        for name, options in groups.items():
            values = {each: given.pop(each) for each in options}
            given[name] = {each: value for each, value in values.items() if value is not None}
        try:
            verb(**given)
        except RecurError as error:
            error.args = (_by_options(error, names),)
            raise

    arguments: list[Argument] = []
    for name, parameter in signature(verb).parameters.items():
        members = groups.get(name, {name: hints[name]})
        default = None if name in groups else parameter.default
        arguments += [
            Argument(each, Argument.KEYWORD_ONLY, default=default, annotation=hint)
            for each, hint in members.items()
        ]
    run.__annotations__ = {each.name: each.annotation for each in arguments}
    run.__signature__ = signature(verb).replace(parameters=arguments)  # type: ignore[attr-defined]
    return run


def _members(hint: Any) -> dict[str, Any]:
    """Return the options of a group by name; nothing for what is a single option."""
    if is_typeddict(hint):
        each = get_type_hints(hint, include_extras=True).items()
        return {key: one for name, of in each for key, one in (_members(of) or {name: of}).items()}
    groups = [part for part in get_args(hint) if isinstance(part, Parameters)]
    return groups[0].options() if groups else {}


def _by_options(error: RecurError, names: set[str]) -> str:
    """Return the message of an error with options in the place of parameters."""
    outside = _OF_DATA if isinstance(error, SettingsError) else _OF_DATA + _NO_LISTING

    def spelt(match: re.Match[str]) -> str:
        name = match[1]
        return f"`--{name.replace('_', '-')}`" if name in names else match[0]

    return re.sub(rf"{outside}`([a-z]\w*)`", spelt, str(error))
