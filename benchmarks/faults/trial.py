"""A folder in which the command is run under a fault, and what came of it in words."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
NOBODY = 65534
PATIENCE = 900  # seconds for a command on a busy machine
FORECAST = [
    "forecast",
    "series.csv",
    "--network",
    "trained",
    "--epochs",
    "3",
    "--hidden",
    "4",
    "--lookback",
    "6",
    "--horizon",
    "3",
    "--intervals",
    "80",
    "--out",
    "out",
    "--json",
]
ABORT = "a library aborts (exit 134), nothing left"
_SHOWN = 150  # characters of a sentence
_OTHERS = {"PYTHONIOENCODING", "PYTHONPATH", "PYTHONWARNINGS", "LC_ALL", "LANG", "TZ"}


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: bytes
    err: str


class Trial:
    """A folder with small files, and the command as a user runs it there.

    Args:
        folder: the files.
        cache: a folder of compiled kernels.
        expected: what an ordinary run leaves in `out`, by name.
    """

    def __init__(
        self, folder: Path, cache: Path, expected: Mapping[str, bytes] | None = None
    ) -> None:
        self.folder, self.cache, self.expected = folder, cache, dict(expected or {})

    def start(
        self,
        words: Sequence[str] = FORECAST,
        *,
        around: Sequence[str] = (),
        code: str = "",
        environment: Mapping[str, str | None] | None = None,
        **streams: Any,
    ) -> subprocess.Popen[bytes]:
        """Start the command in the folder.

        Args:
            words: of the command.
            around: what starts it in its turn, such as `prlimit`.
            code: Python that runs before it.
            environment: variables, None for those that are taken away.
            streams: as `subprocess.Popen` takes them.
        """
        where = {name: value for name, value in os.environ.items() if name not in _OTHERS}
        where["PYTHONPATH"] = os.pathsep.join([str(ROOT), str(ROOT / "src")])
        where["RECUR_CACHE"] = str(self.cache)
        for name, value in (environment or {}).items():
            if value is None:
                where.pop(name, None)
            else:
                where[name] = value
        python = [sys.executable, "-m", "recur"]
        if code:
            python = [sys.executable, "-c", f"{code}\nfrom recur.__main__ import main\nmain()"]
        kept = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "cwd": self.folder, **streams}
        return subprocess.Popen([*around, *python, *words], env=where, **kept)

    def run(self, words: Sequence[str] = FORECAST, **how: Any) -> Done:
        """Run the command to its end; see `start`."""
        return ended(self.start(words, **how))

    def came(self, done: Done, left: Mapping[str, bytes] | None = None) -> str:
        """Say what came of a run that should leave what an ordinary one does, or nothing."""
        held = self.files() if left is None else left
        if done.code == 0:
            other = {name for name in self.expected if held.get(name) != self.expected[name]}
            return f"OTHER BYTES: {sorted(other)}" if other else "the same bytes"
        said = sentence_of(done)
        if done.code == -signal.SIGABRT and "memory allocation of" in done.err and not held:
            return ABORT
        if said is None:
            return f"EXIT {done.code}: {done.err.strip()[-400:]!r}"
        if held:
            return f"LEFT {sorted(held)} after {said}"
        return said

    def files(self, folder: str = "out") -> dict[str, bytes]:
        """Return the files in a folder of the trial, hidden ones as well."""
        return files_in(self.folder / folder)


def files_in(folder: Path) -> dict[str, bytes]:
    """Return the files of a folder."""
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*")) if path.is_file()}


def ended(process: subprocess.Popen[bytes]) -> Done:
    """Wait until a command has ended."""
    out, err = process.communicate(timeout=PATIENCE)
    return Done(process.returncode, out or b"", (err or b"").decode("utf-8", "replace"))


def sentence_of(done: Done) -> str | None:
    """Return how a run was refused, in one sentence; None where it was not."""
    lines = done.err.strip().splitlines()
    if not lines or not lines[-1].startswith("recur: ") or "mistake in recur" in done.err:
        return None
    if "Traceback" in done.err or done.code not in (1, 2, 3):
        return None
    text = re.sub(r"(?<=[` ])/[^` ,:]*/", "", lines[-1][7:])  # where this machine has the trial
    return f"exit {done.code}: {text[:_SHOWN] + '…' * (len(text) > _SHOWN)}"


def as_nobody() -> list[str]:
    """Return what starts a command as a user who owns nothing; the caller has to be root."""
    need("setpriv", root=True)
    need("unshare")
    user = str(NOBODY)
    python = Path(sys.base_prefix)
    closed = [path for path in python.parents if not path.stat().st_mode & 0o001]
    enter = 'keep=$(mktemp -d); mount --bind "$0" "$keep"; mount -t tmpfs -o mode=755 none "$1"; '
    enter += 'mkdir -p "$0"; mount --bind "$keep" "$0"; shift; exec "$@"'  # seen here alone
    around = ["unshare", "-m", "sh", "-c", enter, str(python), str(closed[-1])] if closed else []
    limits = ["--clear-groups", "--bounding-set=-all", "--inh-caps=-all"]
    return [*around, "setpriv", f"--reuid={user}", f"--regid={user}", *limits]


class NotHere(Exception):  # noqa: N818 (not an error)
    """A fault that this machine cannot be brought to."""


def need(program: str, *, root: bool = False) -> None:
    """Refuse a fault where a program or a right is missing."""
    if shutil.which(program) is None:
        raise NotHere(f"there is no `{program}`")
    if root and os.geteuid():
        raise NotHere("needs root")
