"""Every error a user can meet.

    RecurError                 exit code
    ├── InputError                 2      what was given cannot be used
    │   ├── SettingsError          2      an option or parameter
    │   ├── DataError              2      a file, a frame or an array
    │   │   ├── UndecidedError     2      several columns of it could be meant
    │   │   └── SeveralClocksError 2      its series tick differently
    │   └── ModelFileError         2      a saved model or a checkpoint
    ├── TrainingDiverged           3      the loss stayed non-finite after every rescue
    └── WorkersLost                3      a cluster lost its workers again and again

A message says what was expected, what came, where, and what to do. Whatever it quotes, it is one
line without characters that control a terminal, and of bounded length: `sentence` sees to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

# What is imported as `recur` is installed as this; `recur` on the package index is somebody else's.
DISTRIBUTION = "recurnets"


_JOINERS = "\u200c\u200d"  # parts of words in Persian and in Indic scripts
_LONGEST = 500  # characters of a sentence
_END = 160  # of them that its end keeps, where it says what to do
_QUOTED = re.compile(r"`[^`]{201,}`")  # longer than any path that a person types
_QUOTED_ENDS = 90  # characters of each end of what is quoted that are kept


def visible(text: str, most: int | None = None) -> str:
    r"""Return text on one line, without characters that control a terminal or turn the reading.

    Args:
        text: anything, such as a column name from a file.
        most: how many characters to keep; what is cut off is marked with an ellipsis.

    >>> visible("a\x1b[2Jb\n c"), visible("temperature", most=5)
    ('a?[2Jb c', 'temp…')
    """
    line = _printable(" ".join(text.split()))
    return line if most is None or len(line) <= most else line[: most - 1] + "…"


def sentence(text: str) -> str:
    r"""Return a sentence as it may be shown, whatever it quotes: what is too long loses its middle.

    >>> sentence("no column `a\x1b[2J  b`; there is `c`.")
    'no column `a?[2J  b`; there is `c`.'
    >>> len(sentence("`" + "a" * 100_000 + "` is none.")), len(sentence("a" * 100_000))
    (190, 500)
    """
    line = _QUOTED.sub(_shortened, _printable(" ".join(text.splitlines())))
    if len(line) <= _LONGEST:
        return line
    return f"{line[: _LONGEST - _END - 1]}…{line[-_END:]}"


def _printable(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(
        c if c.isprintable() or c in _JOINERS else " " * (c == "\t") or "?" for c in text
    )


def _shortened(quoted: re.Match[str]) -> str:
    text = quoted.group()
    return f"{text[:_QUOTED_ENDS]}…{text[-_QUOTED_ENDS:]}"


class RecurError(Exception):
    """Anything that recur reports to its user in one sentence."""

    exit_code = 1

    def __init__(self, text: str = "") -> None:
        super().__init__(sentence(text))


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

    def __init__(self, text: str, option: str, likeliest: str) -> None:
        super().__init__(text)
        self.option, self.likeliest = option, likeliest

    def __reduce__(self) -> tuple[Any, ...]:
        """Return what makes it anew in another process."""
        return type(self), (str(self), self.option, self.likeliest)


class SeveralClocksError(DataError):
    """Series have a clock each and not the same one; those of each can be taken by themselves.

    Attributes:
        groups: the places of the series of each clock.
    """

    def __init__(self, text: str, groups: Iterable[Iterable[int]]) -> None:
        super().__init__(text)
        self.groups = tuple(tuple(group) for group in groups)

    def __reduce__(self) -> tuple[Any, ...]:
        """Return what makes it anew in another process."""
        return type(self), (str(self), self.groups)


class ModelFileError(InputError):
    """A file is not a model of this product, is damaged, or belongs to another version."""


class TrainingDiverged(RecurError):  # noqa: N818 (a name of the field: training diverged)
    """The loss, the gradient or a weight stayed non-finite after every rescue."""

    exit_code = 3


class WorkersLost(RecurError):  # noqa: N818 (what has happened to them)
    """The workers of a cluster were lost again and again, and nothing got on."""

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
