"""The validated base of all settings: frozen, JSON both ways, unknown names refused."""

from __future__ import annotations

from functools import cache
from textwrap import shorten
from typing import Annotated, Any, Self, TypeVar, cast

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from recur.errors import SettingsError, nearest

_Kind = TypeVar("_Kind")

Count = Annotated[int, Field(ge=1)]
Share = Annotated[float, Field(ge=0, le=1)]


class Settings(BaseModel):
    """A frozen set of named values that goes to JSON and back unchanged."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, strict=False)

    def __init__(self, /, **values: Any) -> None:
        try:
            super().__init__(**values)
        except ValidationError as error:
            raise SettingsError(_sentence(error, type(self))) from None

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """Build the settings from plain JSON values."""
        return cls(**values)

    def to_dict(self) -> dict[str, Any]:
        """Return the settings as plain JSON values."""
        return self.model_dump(mode="json")

    def but(self, /, **changes: Any) -> Self:
        """Return a copy with some values changed, validated anew."""
        values = {name: getattr(self, name) for name in type(self).model_fields}  # no cached ones
        return type(self)(**{**values, **changes})


def from_plain(kind: type[_Kind], values: Any) -> _Kind | None:
    """Return the dataclass that plain JSON values describe; None where they do not fit it."""
    try:
        read: _Kind = _adapter(cast("Any", kind)).validate_python(values)
    except ValidationError:
        return None
    return read


@cache
def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    """Return what reads a dataclass; it takes milliseconds to build."""
    return TypeAdapter(kind)


def _sentence(error: ValidationError, cls: type[Settings]) -> str:
    """Turn the first complaint of a validation into one sentence."""
    first = error.errors(include_url=False)[0]
    name = ".".join(str(part) for part in first["loc"]) or cls.__name__
    if first["type"] == "extra_forbidden":
        return f"unknown setting `{name}`; {nearest(name, cls.model_fields)}."
    if first["type"] == "value_error":
        return str(first["ctx"]["error"])
    if first["type"] == "missing":
        return f"the setting `{name}` is missing."
    given = shorten(repr(first["input"]), 80, placeholder=" ...")
    return f"`{name}` is {given}; it must be {_expected(first)}."


def _expected(complaint: Any) -> str:
    """Say what a value has to be, in the words of the field rather than of the library."""
    bounds = complaint.get("ctx", {})
    words = {
        "greater_than_equal": "at least {ge}",
        "greater_than": "more than {gt}",
        "less_than_equal": "at most {le}",
        "less_than": "less than {lt}",
        "literal_error": "{expected}",
        "finite_number": "a finite number",
    }.get(complaint["type"])
    if words is not None:
        return words.format(**bounds)
    for kind, meaning in (("int", "a whole number"), ("float", "a number"), ("bool", "yes or no")):
        if complaint["type"].startswith(kind):
            return meaning
    return str(complaint["msg"]).removeprefix("Input should be ")
