"""The share of examples that is held out to judge by."""

from __future__ import annotations

from recur.errors import SettingsError


def held_out_share(test: float | None, usual: float) -> float:
    """Return the share that is held out; the usual one where none is given."""
    share = usual if test is None else float(test)
    if not 0 <= share < 1:
        raise SettingsError(f"`test` is {test}; it is a share, 0 or more and less than 1.")
    return share
