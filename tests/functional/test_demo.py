"""`recur demo` in an empty folder."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

Run = Callable[..., CompletedProcess[str]]


@pytest.mark.slow
def test_the_demo_finds_what_there_is_and_ends_with_what_to_type_next(
    folder: Path, recur: Run
) -> None:
    done = recur("demo")
    assert (done.returncode, done.stderr) == (0, "")
    assert [path.name for path in folder.iterdir()] == ["recur-demo"]
    listed = [Path(line.strip()) for line in done.stdout.splitlines() if "  recur-demo" in line]
    made = {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}
    given = ("sales.csv", "signal.csv", "walk.csv", "recording.csv", "help.txt")
    assert made - set(listed) == {Path("recur-demo", name) for name in given}
    assert set(listed) <= made

    _, sales, signal, walk, recording, text = re.split(r"^\d\. ", done.stdout, flags=re.MULTILINE)
    assert "no training" in sales
    assert "The pretrained network beats" in sales
    assert "The network beats every simple answer" in signal
    assert re.search("No evidence of skill over|The network is worse than", walk)
    assert "one step late" in walk
    assert "The network cleans better than doing nothing" in recording
    assert "than counting" in text
    assert done.stdout.endswith("print(model.judgement_.verdict.sentence)\n")
    for verb in ("forecast FILE.csv", "denoise FILE.csv", "write FILE.txt"):
        assert f"recur {verb}" in text


def test_the_demo_does_no_work_where_it_cannot_write(folder: Path, recur: Run) -> None:
    Path("recur-demo").write_text("in the way", encoding="utf-8")
    done = recur("demo")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("recur: cannot write `recur-demo`: ")
    assert Path("recur-demo").read_text(encoding="utf-8") == "in the way"
