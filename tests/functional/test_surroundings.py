"""The command where its streams are closed or full, and where variables say what cannot be."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from subprocess import PIPE, CompletedProcess
from typing import Any

import pytest
from tests.functional.conftest import Run, Write

FULL = Path("/dev/full")


def run(environment: dict[str, str], *words: str, **streams: Any) -> CompletedProcess[str]:
    command = [sys.executable, "-m", "recur", *words]
    return subprocess.run(
        command, env=environment, stderr=PIPE, text=True, check=False, **{"stdout": PIPE, **streams}
    )


@pytest.fixture
def file(folder: Path, write: Write) -> str:
    rows = [(f"2024-01-{day:02d}", str(day % 7)) for day in range(1, 29)]
    return write("days.csv", ["ds", "y"], rows).name


@pytest.mark.skipif(not FULL.exists(), reason="there is no /dev/full here to write to")
@pytest.mark.parametrize("words", [["describe", "days.csv"], ["describe", "days.csv", "--json"]])
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_full_disk_behind_standard_output_is_one_sentence(
    file: str, environment: dict[str, str], words: list[str], unbuffered: str
) -> None:
    with FULL.open("w") as full:
        done = run(environment | {"PYTHONUNBUFFERED": unbuffered}, *words, stdout=full)
    assert done.returncode == 1
    assert done.stderr.startswith("recur: standard output takes nothing more (")
    assert done.stderr.count("\n") == 1


@pytest.mark.skipif(os.name == "nt", reason="a shell's `>&-` is closed here")
def test_a_closed_standard_output_is_one_sentence(file: str, environment: dict[str, str]) -> None:
    done = run(environment, "describe", file, stdout=None, preexec_fn=lambda: os.close(1))
    assert done.returncode == 1
    assert done.stderr == (
        "recur: standard output is closed; results are printed there: leave it open.\n"
    )


@pytest.mark.skipif(os.name == "nt", reason="a shell's `2>&-` is closed here")
def test_a_closed_standard_error_changes_nothing(file: str, environment: dict[str, str]) -> None:
    command = [sys.executable, "-m", "recur", "describe", file]
    as_always = subprocess.run(command, env=environment, capture_output=True, check=True)
    closed = subprocess.run(
        command, env=environment, stdout=PIPE, check=True, preexec_fn=lambda: os.close(2)
    )
    assert closed.stdout == as_always.stdout


@pytest.mark.skipif(os.name == "nt", reason="pipes break otherwise there")
@pytest.mark.parametrize("words", [["describe", "days.csv"], ["describe", "days.csv", "--json"]])
def test_a_reader_who_has_seen_enough_is_no_error(
    file: str, environment: dict[str, str], words: list[str]
) -> None:
    near, far = os.pipe()
    os.close(near)
    done = run(environment, *words, stdout=far)
    os.close(far)
    assert done.returncode == 0
    assert "mistake" not in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("POLARS_MAX_THREADS", "0", "is '0'; expected a number of threads, 1 or more"),
        ("NUMBA_NUM_THREADS", "many", "is 'many'; expected a number of threads, 1 or more"),
        ("NUMBA_DISABLE_JIT", "1", "is '1', and with it nothing is compiled: unset it"),
    ],
)
def test_variables_that_libraries_would_fall_over(
    environment: dict[str, str], name: str, value: str, sentence: str
) -> None:
    done = run(environment | {name: value}, "engines")
    assert done.returncode == 2
    assert done.stderr.startswith(f"recur: the variable {name} {sentence}")


def test_pictures_are_drawn_whatever_a_notebook_has_set(
    file: str, environment: dict[str, str]
) -> None:
    done = run(environment | {"MPLBACKEND": "none of them"}, "describe", file, "--out", "pictures")
    assert done.returncode == 0, done.stderr
    assert list(Path("pictures").glob("*.png"))


@pytest.mark.parametrize(
    ("raised", "told"),
    [
        ("OSError(24, 'Too many open files')", "no more files can be open at once here"),
        ("ImportError('a.so: failed to map segment from shared object')", "not enough memory"),
        ("type('Panic', (BaseException,), {})('failed to spawn a thread')", "no more threads can"),
        ('RuntimeError("can\'t start new thread")', "no more threads can"),
    ],
)
def test_what_a_machine_has_too_little_of_is_one_sentence(
    environment: dict[str, str], raised: str, told: str
) -> None:
    code = (
        "import recur.cli.main as command\n"
        f"def fails(_verb): raise {raised}\n"
        "command.built = fails\n"
        "command.main(['engines'])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith("recur: ")
    assert told in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux holds a process to its addresses")
def test_a_library_that_fails_in_its_own_way_for_want_of_memory_is_one_sentence(
    environment: dict[str, str],
) -> None:
    code = (
        "import resource, recur.cli.main as command\n"
        "def fails(_verb):\n"
        "    used = int(open('/proc/self/statm').read().split()[0]) * resource.getpagesize()\n"
        "    resource.setrlimit(resource.RLIMIT_AS, (used + (64 << 20),) * 2)\n"
        "    raise NameError(\"name 'PyLazyFrame' is not defined\")\n"
        "command.built = fails\n"
        "command.main(['engines'])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr.count("\n")) == (1, 1), done.stderr
    assert "not enough memory" in done.stderr


class Panic(BaseException):
    """What a library ends with that knows no better."""


@pytest.mark.parametrize(
    ("raised", "code", "first", "last"),
    [
        (KeyboardInterrupt(), 130, "recur: interrupted.", "recur: interrupted."),
        (SystemExit(1), 0, "", ""),  # whoever read the output has seen enough
        (ZeroDivisionError(), 1, "Traceback", "recur: this is a mistake in recur, not in what you"),
    ],
)
def test_however_the_command_ends_it_has_a_code_and_says_why(
    recur: Run, monkeypatch: pytest.MonkeyPatch,
    raised: BaseException, code: int, first: str, last: str,
) -> None:  # fmt: skip
    def fails(_verb: str) -> None:
        raise raised

    monkeypatch.setattr("recur.cli.main.built", fails)
    done = recur("engines")
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr.startswith(first)
    assert [*done.stderr.splitlines(), ""][-2 if done.stderr else 0].startswith(last)


def test_a_panic_that_nobody_knows_is_not_hidden(
    recur: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_verb: str) -> None:
        raise Panic

    monkeypatch.setattr("recur.cli.main.built", fails)
    with pytest.raises(Panic):
        recur("engines")
