"""A parameter is declared once: its type, its bounds, its default, and what it is.

    horizon: Annotated[Count, Help("Steps ahead.", DATA)] = 1

From that line come the constructor, the validation, `get_params`, the saved settings, the table in
the class's docstring and the option of the command. Nothing heavy is imported here: the command
reads it to show its help.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import MISSING, dataclass, fields, replace
from textwrap import fill
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from annotated_types import Ge, Gt, Le, Lt

FURTHEST = 100_000  # steps ahead
Count = Annotated[int, Ge(1), Le(10**9)]
Size = Annotated[int, Ge(1), Le(65_536)]
SizeOrNone = Annotated[int, Ge(0), Le(65_536)]
Few = Annotated[int, Ge(1), Le(1_000)]
Ahead = Annotated[int, Ge(1), Le(FURTHEST)]
Share = Annotated[float, Ge(0), Le(1)]
ShareBelowOne = Annotated[float, Ge(0), Lt(1)]
Positive = Annotated[float, Gt(0)]
Seed = Annotated[int, Ge(0), Lt(2**63)]


@dataclass(frozen=True)
class Help:
    """What a parameter is, for a reader of the command's help and of the reference.

    Attributes:
        text: whole sentences, the default not among them.
        group: the heading that the command shows it under.
        unset: what happens where it is None, such as "from the season".
        metavar: what stands for its value in the command's help.
        parse: makes the value of its text in a command, where the type alone does not say how.
    """

    text: str
    group: str
    unset: str = ""
    metavar: str = ""
    parse: Callable[[str | None], Any] | None = None


@dataclass(frozen=True)
class Unset:
    """What happens where a parameter is None that elsewhere has to have a value."""

    text: str


@dataclass(frozen=True)
class OneOf:
    """Names that a parameter takes, where they are found rather than written down."""

    names: tuple[str, ...]

    def __get_pydantic_core_schema__(self, _source: Any, _handler: Any) -> Any:
        """Let pydantic accept these names alone."""
        from pydantic_core import core_schema

        return core_schema.literal_schema(list(self.names))


@dataclass(frozen=True)
class Parameter:
    """A declared parameter, taken apart.

    Attributes:
        name: of the field.
        hint: its type, bounds and all.
        default: what it is where nothing is given.
        help: what it is.
    """

    name: str
    hint: Any
    default: Any
    help: Help

    @property
    def kind(self) -> type:
        """Return the type of a value that is not None: `int`, `float`, `bool`, `str` or `tuple`."""
        bare = _without_none(_bare(self.hint))
        if get_origin(bare) is Literal:
            return str
        kind = get_origin(bare) or bare
        assert isinstance(kind, type)
        return kind

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names that it takes; none where it is no name."""
        bare = _without_none(_bare(self.hint))
        if get_origin(bare) is Literal:
            return get_args(bare)
        found = [one.names for one in _metadata(self.hint) if isinstance(one, OneOf)]
        return found[0] if found else ()

    @property
    def by_default(self) -> str:
        """Return what happens where nothing is given, in words; "" for a flag that is off."""
        if self.default is None:
            return self.help.unset
        if self.kind is bool:
            return "on" if self.default else ""
        if isinstance(self.default, tuple):
            between = ":" if ":" in self.help.metavar else ","
            return between.join(f"{part:g}" for part in self.default) or self.help.unset
        return str(self.default)

    @property
    def sentence(self) -> str:
        """Return what it is, with its default."""
        if not self.by_default:
            return self.help.text
        listing = f": {self.by_default}" if self.default is None else f" {self.by_default}"
        return f"{self.help.text.rstrip('.')} (default{listing})."


def parameters_of(cls: type) -> dict[str, Parameter]:
    """Return the parameters that a class declares, by name, in order."""
    return {parameter.name: parameter for parameter in _declared(cls)}


def reference_table(cls: type) -> str:
    """Return the part of a docstring that tells of each parameter."""
    rows = (
        fill(f"{one.name}: {one.sentence}", 96, initial_indent=" " * 8, subsequent_indent=" " * 12)
        for one in _declared(cls)
    )
    return "\n".join(["    Attributes:", *rows])


def check_names(given: Sequence[str], known: Sequence[str]) -> None:
    """Refuse names that are none of the parameters.

    Raises:
        SettingsError: with the nearest one that there is.
    """
    from recur.errors import SettingsError, nearest

    for name in given:
        if name not in known:
            raise SettingsError(f"unknown parameter `{name}`; {nearest(name, known)}.")


def _declared(cls: type) -> Iterator[Parameter]:
    hints = get_type_hints(cls, include_extras=True)
    for field in fields(cls):
        if not field.init:
            continue
        default = field.default_factory() if callable(field.default_factory) else field.default
        about = [one for one in _metadata(hints[field.name]) if isinstance(one, Help)]
        unset = [one for one in _metadata(hints[field.name]) if isinstance(one, Unset)]
        if default is MISSING or not about:
            raise TypeError(f"`{cls.__name__}.{field.name}` needs a default and a `Help`.")
        help_ = replace(about[0], unset=unset[0].text) if unset else about[0]
        yield Parameter(field.name, hints[field.name], default, help_)


def _metadata(hint: Any) -> Iterator[Any]:
    """Yield what a type is annotated with, outermost first, that of its parts included."""
    if get_origin(hint) is Annotated:
        inner, *metadata = get_args(hint)
        yield from metadata
        yield from _metadata(inner)
    elif get_origin(hint) in (Union, UnionType):
        for part in get_args(hint):
            yield from _metadata(part)


def _bare(hint: Any) -> Any:
    """Return a type without what it is annotated with."""
    if get_origin(hint) is Annotated:
        return _bare(get_args(hint)[0])
    if get_origin(hint) in (Union, UnionType):
        return Union[tuple(_bare(part) for part in get_args(hint))]  # noqa: UP007 (made here)
    return hint


def _without_none(hint: Any) -> Any:
    parts = [part for part in get_args(hint) if part is not NoneType]
    return parts[0] if get_origin(hint) in (Union, UnionType) and len(parts) == 1 else hint
