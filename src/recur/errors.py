"""Every error a user can meet.

    RecurError                 exit code
    ├── InputError                 2      what was given cannot be used
    │   ├── SettingsError          2      an option or parameter
    │   ├── DataError              2      a file, a frame or an array
    │   │   ├── UndecidedError     2      several columns of it could be meant
    │   │   └── SeveralClocksError 2      its series tick differently
    │   └── ModelFileError         2      a saved model or a checkpoint
    └── TrainingDiverged           3      the loss stayed non-finite after every rescue

A message says what was expected, what came, where, and what to do.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

# What is imported as `recur` is installed as this; `recur` on the package index is somebody else's.
DISTRIBUTION = "recurnets"


class RecurError(Exception):
    """Anything that recur reports to its user in one sentence."""

    exit_code = 1


class InputError(RecurError, ValueError):
    """What was given cannot be used; nothing was lost or written."""

    exit_code = 2


class SettingsError(InputError):
    """An option or a parameter is unknown or out of its range."""


class DataError(InputError):
    """A file, frame or array does not hold what a model can be fitted to."""


class UndecidedError(DataError):
    """A file holds several columns that could be meant, and a user has to say which.

    Attributes:
        option: the parameter that says it, `target` say.
        likeliest: the column to name where nothing speaks for another.
    """

    def __init__(self, sentence: str, option: str, likeliest: str) -> None:
        super().__init__(sentence)
        self.option, self.likeliest = option, likeliest


class SeveralClocksError(DataError):
    """Series have a clock each and not the same one; those of each can be taken by themselves.

    Attributes:
        groups: the places of the series of each clock.
    """

    def __init__(self, sentence: str, groups: Iterable[Iterable[int]]) -> None:
        super().__init__(sentence)
        self.groups = tuple(tuple(group) for group in groups)


class ModelFileError(InputError):
    """A file is not a model of this product, is damaged, or belongs to another version."""


class TrainingDiverged(RecurError):  # noqa: N818 (a name of the field: training diverged)
    """The loss, the gradient or a weight stayed non-finite after every rescue."""

    exit_code = 3


class DataWarning(UserWarning):
    """Something about the data that a user should know, and that stops nothing."""


class EngineWarning(UserWarning):
    """Something about what computes that a user should know, and that stops nothing."""


def not_installed(package: str, extra: str) -> str:
    """Say that a package is not installed, and how to get it; the one place that says how.

    Where recur is installed, from the package index or from a checkout, pip takes it as it is and
    adds the extra alone.

    Args:
        package: what is missing, as its users call it.
        extra: the extra that brings it, as `pyproject.toml` names it.

    >>> not_installed("PyTorch", "torch")
    "PyTorch is not installed (pip install 'recurnets[torch]')"
    """
    return f"{package} is not installed (pip install '{DISTRIBUTION}[{extra}]')"


def nearest(name: str, known: Iterable[str]) -> str:
    """Say which of the known names was probably meant.

    >>> nearest("clsoe", ["Open", "Close"])
    'the nearest is `Close`; there are `Open`, `Close`'
    >>> nearest("x", ["Open", "Close"])
    'there are `Open`, `Close`'
    """
    names = list(known)
    folded = {candidate.casefold(): candidate for candidate in reversed(names)}
    close = get_close_matches(name.casefold(), folded, n=1)
    shown = ", ".join(f"`{candidate}`" for candidate in names[:12])
    more = f" and {len(names) - 12} more" if len(names) > 12 else ""
    listing = f"there are {shown}{more}" if names else "there are none"
    return f"the nearest is `{folded[close[0]]}`; {listing}" if close else listing
