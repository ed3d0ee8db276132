"""The command on a terminal, as a person sees it."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

posix = pytest.mark.skipif(os.name != "posix", reason="needs a POSIX terminal")


class Terminal:
    """A command that runs on a terminal of 80 columns; its standard output may go elsewhere."""

    def __init__(
        self, environment: dict[str, str], arguments: list[str], stdout: int | None = None
    ):
        import fcntl
        import pty
        import struct
        import termios

        self._screen, tty = pty.openpty()
        fcntl.ioctl(tty, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "recur", *arguments],
            env={**environment, "TERM": "xterm"},
            stdin=tty,
            stdout=tty if stdout is None else stdout,
            stderr=tty,
        )
        os.close(tty)
        self.shown = b""

    def read(self, until: bytes | None = None) -> str:
        """Return all that was shown until something appears, or until the end."""
        while until is None or until not in self.shown:
            try:
                self.shown += os.read(self._screen, 65536)
            except OSError:  # how a terminal says that nobody is left to write to it
                break
        return self.shown.decode()

    def end(self) -> int:
        """Wait for the command to end, and return its exit code."""
        self.read()
        os.close(self._screen)
        return self.process.wait()


def plain(text: str) -> list[str]:
    """Return the lines of a screen without what moves the cursor and what colours."""
    bare = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)
    return [line.rstrip() for line in re.split(r"[\r\n]+", bare)]
