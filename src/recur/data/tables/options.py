"""How a file is read, apart from which of its columns is what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from recur.errors import SettingsError
from recur.parameters import Help, check_names, parameters_of

DATA = "Data"

Aggregate = Literal["mean", "sum", "last", "min", "max"]


@dataclass(frozen=True)
class ReadingOptions:
    """How a file is read: each field an argument of what reads, and an option of the command."""

    strict: Annotated[
        bool, Help("Refuse what would be repaired: data are taken as they are, or not.", DATA)
    ] = False
    decimal: Annotated[
        Literal[".", ","] | None,
        Help("The decimal sign, `.` or `,`.", DATA, unset="settled by each column", metavar="SIGN"),
    ] = None
    encoding: Annotated[
        str | None,
        Help(
            "Of a text file, such as cp1252 or utf-16.",
            DATA, unset="by its mark, else UTF-8, else Windows-1252", metavar="NAME",
        ),
    ] = None  # fmt: skip
    sheet: Annotated[
        str | None,
        Help("Of a workbook, by its name.", DATA, unset="the first with cells", metavar="NAME"),
    ] = None
    every: Annotated[
        str | None,
        Help(
            "The length of a step that values are brought to, such as 10min, 1h, 1d or 1mo.",
            DATA,
            unset="as the times are",
            metavar="STEP",
        ),
    ] = None
    aggregate: Annotated[
        Aggregate | None,
        Help("What the values of one step become together.", DATA, unset="their mean"),
    ] = None


AS_USUAL = ReadingOptions()


def reading_options(given: dict[str, Any]) -> ReadingOptions:
    """Return the options that a user gives, each held to its type.

    Raises:
        SettingsError: one is unknown, or none of the values that it takes.
    """
    if not given:
        return AS_USUAL
    declared = parameters_of(ReadingOptions)
    check_names(list(given), list(declared))
    for name, value in given.items():
        one = declared[name]
        if value is None and one.default is None:
            continue
        if one.names and value not in one.names:
            known = ", ".join(f"`{each}`" for each in one.names)
            raise SettingsError(f"`{name}` is {value!r}; it is one of {known}.")
        if not isinstance(value, one.kind):
            raise SettingsError(f"`{name}` is {value!r}; it takes {_KINDS[one.kind]}.")
    return ReadingOptions(**given)


_KINDS = {bool: "True or False", str: "text", int: "a whole number", float: "a number"}
