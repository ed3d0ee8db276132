"""What a request may say beside its data: each option with the kind of value that it takes."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from typing import Any

from recur.data.tables.options import ReadingOptions
from recur.errors import SettingsError, nearest
from recur.parameters import parameters_of

_MOST = 2**53  # a whole number that JSON has everywhere

Kind = str
"""`text`, `texts`, `count`, `whole`, `number`, `numbers` or `flag`."""

READING: dict[str, Kind] = {
    "target": "texts",
    "time": "text",
    "id": "text",
    "fill": "text",
    "wide": "flag",
    **{
        name: "flag" if one.kind is bool else "text"
        for name, one in parameters_of(ReadingOptions).items()
    },
}
COVARIATES: dict[str, Kind] = {"past": "texts", "known": "texts", "static": "texts"}
TOKENS: dict[str, Kind] = {"word": "count", "tag": "count"}
_SAID = {
    "text": "text",
    "texts": "text, or a list of texts",
    "count": "a whole number from 1 on",
    "whole": "a whole number from 0 on",
    "number": "a number",
    "numbers": "a list of numbers",
    "flag": "true or false",
}


def taken(given: Mapping[str, Any], known: Mapping[str, Kind]) -> dict[str, Any]:
    """Return the options of a request, each held to its kind; null is as if it were not given.

    Args:
        given: values of JSON, or the texts of a query.
        known: what may be given.

    Raises:
        SettingsError: one is unknown or of another kind.
    """
    found = {}
    for name, value in given.items():
        if name not in known:
            raise SettingsError(f"unknown option `{_short(name)}`; {nearest(name, known)}.")
        if value is not None:
            found[name] = _value(name, value, known[name])
    return found


def _value(name: str, value: Any, kind: Kind) -> Any:
    read = _READERS[kind](value)
    if read is None:
        raise SettingsError(f"`{name}` is {_short(repr(value))}; it takes {_SAID[kind]}.")
    return read


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and "\0" not in value else None


def _texts(value: Any) -> list[str] | None:
    listed = [value] if isinstance(value, str) else value
    whole = isinstance(listed, list) and all(_text(one) is not None for one in listed)
    return list(listed) if whole else None


def _whole(value: Any) -> int | None:
    if isinstance(value, str):
        value = int(value) if value.isascii() and value.isdigit() and len(value) < 17 else None
    fits = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _MOST
    return value if fits else None


def _count(value: Any) -> int | None:
    return _whole(value) or None


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _numbers(value: Any) -> tuple[float, ...] | None:
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, list):
        return None
    numbers = [_number(part) for part in parts]
    return None if None in numbers else tuple(number for number in numbers if number is not None)


def _flag(value: Any) -> bool | None:
    return {"true": True, "false": False}.get(str(value).lower()) if _plain(value) else None


def _plain(value: Any) -> bool:
    return isinstance(value, bool | str)


_READERS = {
    "text": _text,
    "texts": _texts,
    "count": _count,
    "whole": _whole,
    "number": _number,
    "numbers": _numbers,
    "flag": _flag,
}


def without(values: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    """Return values but for those of some names."""
    return {name: value for name, value in values.items() if name not in names}


def _short(text: str) -> str:
    return text if len(text) < 80 else f"{text[:76]} ..."
