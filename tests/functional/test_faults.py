"""A few of the kills, faults and long runs of `benchmarks/faults`, which nobody waits for."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("fcntl", reason="kills and faults are those of POSIX")

from benchmarks.faults.faults import FAULTS, FINDING, Fault, bring, ordinary
from benchmarks.faults.trial import NotHere

ROOT = Path(__file__).parents[2]
linux = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, bytes]]:
    """Return a folder of small files, and what an ordinary run of the command makes of them."""
    folder = tmp_path_factory.mktemp("faults")
    return folder, ordinary(folder)


@linux
@pytest.mark.parametrize(
    "fault", [fault for fault in FAULTS if fault.quick], ids=lambda fault: fault.bring.__name__
)
def test_a_fault_ends_as_promised(fault: Fault, base: tuple[Path, dict[str, bytes]]) -> None:
    try:
        came = bring(fault, *base)
    except NotHere as reason:
        pytest.skip(f"cannot be brought about here: {reason}")
    assert not FINDING.search(came), came


def benchmark(name: str, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", f"benchmarks.faults.{name}", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_a_command_that_is_killed_goes_on_to_the_same_bytes() -> None:
    done = benchmark("kills", "--kills", "4", "--only", "write:compiled")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["kills"] == 4


@linux
def test_memory_threads_and_files_are_flat() -> None:
    done = benchmark("long_runs", "--predictions", "200", "--fits", "20", "--pushes", "5000")
    assert done.returncode == 0, done.stderr
