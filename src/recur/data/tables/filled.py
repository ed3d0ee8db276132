"""What is told of values and steps that were missing, or refused because they are."""

from __future__ import annotations

from typing import Literal

import numpy as np

from recur.arrays import Flags
from recur.data.clock import Clock
from recur.data.tables.repairs import Repairs
from recur.data.tables.stack import Stack

Fill = Literal["none", "previous", "zero"]
Notes = tuple[str, ...]

FILLERS = {"previous": "the last known value", "zero": "0"}


def first_missing(stack: Stack, known: list[Flags], past: tuple[str, ...]) -> str:
    """Name the first missing value of the target or else of the past covariates."""
    lost, name = next(
        (np.flatnonzero(~column), name)
        for column, name in zip(known, (None, *past), strict=True)
        if not column.all()
    )
    first = int(lost[int(np.argmin(stack.rows[lost]))])
    return (
        f"{stack.place(first)}: {_are(len(lost), 'value')} missing or infinite in column "
        f"`{name or stack.column(first)}`, the first one here; correct the data, leave out "
        "`strict` to have them masked, or fill them with `fill=previous` (`--fill previous`), "
        "which repeats the last known value, or `fill=zero`."
    )


def tell_missing(
    stack: Stack,
    known: list[Flags],
    begun: Flags,
    kept: Flags,
    past: tuple[str, ...],
    repairs: Repairs,
    refusal: str,
) -> None:
    """Tell what was masked, carried on and left out, or refuse it."""
    if count := int((~known[0] & kept).sum()):
        told = (
            f"Took {many(count, 'missing value')} of `{stack.target}` as unknown: no target of a "
            "training, and not judged."
        )
        repairs.made("missing", count, told, refusal)
    for name, column in zip(past, known[1:], strict=True):
        if count := int((~column & kept).sum()):
            told = f"Filled {many(count, 'missing value')} of `{name}` with the last known value."
            repairs.made("missing_covariates", count, told, refusal)
    if count := int((~begun).sum()):
        told = f"Dropped {many(count, 'row')} before the first known value of a series."
        repairs.made("leading", count, told, refusal)
    if count := int((begun & ~kept).sum()):
        told = f"Dropped {many(count, 'row')} after the last known value of a series."
        repairs.made("trailing", count, told, refusal)


def filling_notes(
    stack: Stack, known: list[Flags], begun: Flags, past: tuple[str, ...], fill: Fill
) -> Notes:
    """Return what is told where values were filled as a user asked."""
    notes = []
    target, filler = known[0], FILLERS[fill]
    from_the_end = np.maximum.reduceat(
        np.where(target, np.arange(len(target)), -1), stack.offsets[:-1]
    )
    trailing = int((stack.offsets[1:] - 1 - from_the_end).sum())
    if count := int((~target & begun).sum()):
        end = f", {trailing} of them at the end of a series" if trailing else ""
        notes.append(
            f"Filled {many(count, 'missing value')} of `{stack.target}` with {filler}{end}."
        )
    for name, column in zip(past, known[1:], strict=True):
        if (~column & begun).any():
            notes.append(f"Filled missing values of `{name}` with {filler}.")
    if count := int((~begun).sum()):
        notes.append(f"Dropped {many(count, 'row')} before the first known value of a series.")
    return tuple(notes)


def hole(stack: Stack, clock: Clock, i: int, missing: int, holes: int) -> str:
    """Say where steps are missing after value `i`, for a strict reading."""
    others = f" (the first of {holes} holes)" if holes > 1 else ""
    return (
        f"{stack.place(i + 1)}: {_are(missing, 'step')} missing between {stack.text(i)} and "
        f"{stack.text(i + 1)}{others}, on a clock that is otherwise regular ({clock.describe()}); "
        "add the rows, leave out `strict` to have them masked, or fill them with `fill=previous` "
        "(`--fill previous`) or `fill=zero`."
    )


def many(count: int, what: str) -> str:
    """Return a count with what is counted."""
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _are(count: int, what: str) -> str:
    return f"{many(count, what)} {'is' if count == 1 else 'are'}"
