"""What comes of a case: a result that is finite, or one sentence; everything else is a finding."""

from __future__ import annotations

import contextlib
import io
import json
import traceback
import unicodedata
import warnings
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from recur.cli.main import main
from recur.errors import RecurError

LONGEST = 520  # characters of a line: a sentence and who says it
RESULT, REFUSED = "result", "refused"
GOOD = (RESULT, REFUSED)
_ENDINGS = {2: REFUSED, 3: REFUSED}  # by the exit code of the command


@dataclass(frozen=True)
class Outcome:
    """What came of one case.

    Attributes:
        kind: of case.
        number: of the case.
        told: what was damaged, and what was done with it.
        name: `result`, `refused`; or `traceback`, `unfinite`, `unclean` (a sentence that is long,
            of several lines or with characters that control a terminal), `memory`, `died`, `slow`.
        detail: the sentence, or what there is to say of a finding.
    """

    kind: str
    number: int
    told: str
    name: str
    detail: str = ""

    @property
    def good(self) -> bool:
        """Say whether it is as promised."""
        return self.name in GOOD

    def line(self) -> str:
        """Return it as a line of JSON."""
        return json.dumps(asdict(self))


def of_command(*arguments: object) -> tuple[str, str]:
    """Run the command in this process; return what came of it, and the detail."""
    texts = [str(argument) for argument in arguments]
    out, err = io.StringIO(), io.StringIO()
    code: Any = None
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main(texts)
        except SystemExit as ending:
            code = ending.code
    shown, told = out.getvalue(), err.getvalue()
    if code == 1:
        return "memory" if "not enough memory" in told else "traceback", told[-3000:]
    if (unclean := _unclean_lines(told)) is not None:
        return "unclean", unclean
    if code in _ENDINGS:
        return _ENDINGS[code], told.strip()
    if code != 0:
        return "traceback", f"exit code {code}: {told[-3000:]}"
    return _of_output(texts, shown)


def of_call(call: Callable[[], Any]) -> tuple[str, str]:
    """Call something; return what came of it, and the detail. It returns numbers, or None."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            values = call()
    except RecurError as error:
        unclean = _unclean_lines(str(error))
        return (REFUSED, str(error)) if unclean is None else ("unclean", unclean)
    except MemoryError:
        return "memory", traceback.format_exc()[-3000:]
    except BaseException:  # polars' panic is no Exception
        return "traceback", traceback.format_exc()[-3000:]
    if values is not None and not np.isfinite(np.asarray(values, float)).all():
        return "unfinite", repr(values)[:300]
    return RESULT, ""


def _of_output(texts: list[str], shown: str) -> tuple[str, str]:
    if "--json" in texts:
        try:
            json.loads(shown, parse_constant=_refuse)
        except ValueError as error:
            return "unfinite", f"{error}: {shown[:300]}"
    elif texts[0] != "sample":  # whose text goes into a pipe as it is
        bad = next((line for line in shown.split("\n") if _controls(line)), None)
        if bad is not None:
            return "unclean", repr(bad)[:1000]
    return RESULT, ""


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def _unclean_lines(told: str) -> str | None:
    """Return the first of some lines that is too long or has characters that are no text."""
    for line in told.rstrip("\n").split("\n"):
        if len(line) > LONGEST or _controls(line) or "Warning: " in line:
            return f"{len(line)} characters: {line[:1000]!r}"
    return None


def _controls(line: str) -> bool:
    """Say whether a line holds what controls a terminal or turns the reading of it."""
    if line.isascii():
        return not (line.isprintable())
    marks = {"Cc", "Cf", "Zl", "Zp", "Cs"}
    joiners = "\u200c\u200d\ufeff"
    return any(unicodedata.category(c) in marks and c not in joiners for c in line)
