"""What every verb does alike: it can be interrupted, be quiet, and fits a terminal."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from tests.functional.terminal import Terminal, plain, posix

Run = Callable[..., CompletedProcess[str]]
Write = Callable[..., Path]
Rows = list[tuple[str, str]]

ctrl_c = pytest.mark.skipif(
    signal.getsignal(signal.SIGINT) is signal.SIG_IGN,
    reason="the tests were started where Ctrl-C is ignored, and so is it by what they start",
)

# By Ctrl-C: what the command says, or what the shell makes of a process that ended by it.
_INTERRUPTED = (130, -signal.SIGINT)


def _interrupted(environment: dict[str, str], arguments: list[str], seen: bytes) -> tuple[int, str]:
    """Run a command, send it Ctrl-C once it has imported something, and return how it ended."""
    command = [sys.executable, "-X", "importtime", "-m", "recur", *arguments]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, env=environment, **pipes) as running:  # type: ignore[call-overload]
        told = b""
        for line in running.stderr:
            told += line
            if seen in line:
                running.send_signal(signal.SIGINT)
                break
        told += running.stderr.read()
        running.stdout.read()
    return running.returncode, told.decode()


@posix
@ctrl_c
@pytest.mark.parametrize(
    "seen",
    [
        b" typer.core",
        b" recur.cli.options",
        b"polars",
        b"recur.data.panel",
        b"recur.engines.registry",
    ],
    ids=["loading typer", "loading options", "loading polars", "reading", "fitting"],
)
def test_ctrl_c_before_anything_is_learnt_leaves_no_traceback(
    prices: Path, environment: dict[str, str], seen: bytes
) -> None:
    code, told = _interrupted(environment, ["forecast", str(prices), "--out", "out"], seen)
    assert code in _INTERRUPTED
    assert "Traceback" not in told
    assert "KeyboardInterrupt" not in told


@posix
@ctrl_c
def test_ctrl_c_at_the_end_leaves_no_traceback(
    prices: Path, environment: dict[str, str], model: Path
) -> None:
    terminal = Terminal(environment, ["judge", str(model), str(prices), "--test", "20"])
    terminal.read(until=b"last value")
    terminal.process.send_signal(signal.SIGINT)
    assert terminal.end() in (0, *_INTERRUPTED)
    assert b"Traceback" not in terminal.shown


@posix
@ctrl_c
def test_ctrl_c_between_the_result_and_the_end_leaves_no_traceback(
    environment: dict[str, str],
) -> None:
    code = (
        "import os, signal, time\n"
        "import recur.cli.main as command\n"
        "run = command._run\n"
        "def late(arguments):\n"
        "    code = run(arguments)\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "    time.sleep(5)\n"
        "    return code\n"
        "command._run = late\n"
        "from recur.__main__ import main\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "engines"], env=environment, capture_output=True, check=False
    )
    assert done.returncode == 130
    assert done.stderr == b""


@posix
def test_quiet_shows_no_progress(prices: Path, environment: dict[str, str]) -> None:
    terminal = Terminal(environment, ["forecast", str(prices), "--epochs", "20", "--quiet"])
    assert terminal.end() == 0
    assert b"training \x1b" not in terminal.shown
    assert "\N{BOX DRAWINGS HEAVY HORIZONTAL}" not in terminal.shown.decode()


@posix
@pytest.mark.parametrize(
    "arguments",
    [
        ("describe", "{file}"),
        ("compare", "{file}", "--methods", "mlp,pretrained", "--epochs", 2, "--horizon", 2),
        ("backtest", "{file}", "--horizon", 2),
        ("predict", "{model}", "{file}"),
        ("judge", "{model}", "{file}", "--test", 20),
        ("explain", "{model}", "{file}", "--test", 20),
        ("inspect", "{model}"),
        ("engines",),
        ("update", "--help"),
    ],
    ids=lambda arguments: " ".join(map(str, arguments)).replace("{", "").replace("}", "")[:20],
)
def test_a_terminal_of_80_columns_is_not_overrun_and_no_colour_is_none(
    prices: Path, model: Path, environment: dict[str, str], arguments: tuple[object, ...]
) -> None:
    given = [str(part).format(file=prices, model=model) for part in arguments]
    terminal = Terminal({**environment, "NO_COLOR": "1"}, given)
    assert terminal.end() == 0, terminal.shown.decode()
    lines = [line for line in plain(terminal.shown.decode()) if "model.recur" not in line]
    assert max(map(len, lines)) <= 80
    colours = re.findall(rb"\x1b\[([0-9;]*)m", terminal.shown)
    assert not any(
        30 <= int(code) <= 49 or 90 <= int(code) <= 107
        for part in colours
        for code in part.split(b";")
        if code
    )


def test_a_shell_completes_verbs_and_options(process: Run, environment: dict[str, str]) -> None:
    for words, count, wanted in (
        ("recur fore", 1, "forecast"),
        ("recur forecast --hori", 2, "--horizon"),
        ("recur forecast --cell ", 3, "mingru"),
    ):
        asked = {
            **environment, "COMP_WORDS": words, "COMP_CWORD": str(count),
            "_RECUR_COMPLETE": "complete_bash",
        }  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-m", "recur"], env=asked, capture_output=True, check=False, text=True
        )
        assert wanted in done.stdout.split()
    shown = process("--show-completion", "bash")
    assert shown.returncode == 0
    assert "_RECUR_COMPLETE=complete_bash" in shown.stdout
