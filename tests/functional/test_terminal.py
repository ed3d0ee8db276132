"""What is printed in a terminal of 80 columns."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.functional.conftest import Write

pty = pytest.importorskip("pty")


def test_what_is_wrong_is_broken_between_words(
    folder: Path, write: Write, environment: dict[str, str]
) -> None:
    rows = [["2024-01-01", *"123456789"], ["2024-01-02", *"234567891"]]
    file = write("wide.csv", ["date", *(f"a long name {i}" for i in range(9))], rows)
    near, far = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-m", "recur", "forecast", str(file.name)],
        env=environment | {"COLUMNS": "80", "TERM": "xterm", "NO_COLOR": "1"},
        stdout=subprocess.DEVNULL, stderr=far, check=False,
    )  # fmt: skip
    os.close(far)
    lines = os.read(near, 65536).decode().splitlines()
    os.close(near)
    assert done.returncode == 2
    assert len(lines) > 4
    assert max(map(len, lines)) <= 80
    told = " ".join(lines)
    assert "name one with `--target COLUMN`" in told
    assert "`a long name 3` (4, 5)" in told
