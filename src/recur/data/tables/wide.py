"""A wide table has a series in each column: they begin and end where their values do."""

from __future__ import annotations

import numpy as np

from recur.arrays import Flags, Indices
from recur.data.tables.stack import Stack
from recur.errors import DataError


def from_first_to_last(stack: Stack) -> Stack:
    """Return every series without what is blank before its first value and after its last.

    Where columns are known in the future, blanks after the last value are that future, and stay.

    Raises:
        DataError: a column holds no value at all.
    """
    known = np.isfinite(stack.values)
    if known.all() or (stack.covariates is not None and stack.covariates.known_names):
        return stack
    keep = _begun(known, stack.offsets)
    keep &= _begun(known[::-1], stack.offsets[-1] - stack.offsets[::-1])[::-1]
    lengths = np.add.reduceat(keep.astype(np.int64), stack.offsets[:-1])
    if lengths.all():
        return stack.taken(keep, lengths)
    empty = stack.ids[int(np.argmin(lengths))]
    raise DataError(
        f"{stack.source}: column `{empty}` holds no value; name the others, or delete it."
    )


def _begun(known: Flags, offsets: Indices) -> Flags:
    """Return bool [rows], whether its series has had a known row by then."""
    counts = np.cumsum(known)
    before: Indices = counts[offsets[:-1]] - known[offsets[:-1]]
    return np.asarray(counts > np.repeat(before, np.diff(offsets)))
