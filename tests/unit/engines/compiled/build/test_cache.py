"""What is kept of compiled kernels: where, for how long, and what happens when it cannot be."""

from __future__ import annotations

import ast
import errno
import os
import platform
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from recur.engines.compiled.build import cache
from recur.errors import EngineWarning

SOURCES = Path(cache.__file__).parents[1]

# A kernel of its own is compiled in a process of its own; how often is the last line it prints.
PROGRAM = """
import sys, warnings
warnings.simplefilter("always")
from recur.engines.compiled.build.compiler import entry

@entry
def doubled(x):
    return 2 * x

def plus(added):
    @entry
    def sum(x):
        return x + added
    return sum

@entry
def sixfold(x):
    return 3 * doubled(x)

kernels = {"doubled": doubled, "sixfold": sixfold, "plus 1": plus(1), "plus 2": plus(2)}
for name in sys.argv[1:]:
    print(kernels[name](1.0), kernels[name](1))
print(sum(len(kernel._cache_misses) for kernel in kernels.values()))
"""


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "program.py"
    path.write_text(PROGRAM, encoding="utf-8")
    return path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def started(program: Path, root: Path, *kernels: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(program), *kernels],
        env={**os.environ, "RECUR_CACHE": str(root)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def run(program: Path, root: Path, *kernels: str) -> tuple[list[str], str]:
    """Return the lines that a process prints, and what it says on standard error."""
    process = started(program, root, *kernels)
    out, err = process.communicate()
    assert process.returncode == 0, err
    return out.splitlines(), err


def kept(root: Path) -> list[Path]:
    return sorted(root.glob("kernels-*/*"))


def test_kernels_are_compiled_once(program: Path, root: Path) -> None:
    first = run(program, root, "sixfold")
    assert first == (["6.0 6", "4"], "")  # two kernels, two types each
    files = kept(root)
    assert {path.suffix for path in files} == {".kernel"}
    assert run(program, root, "sixfold") == (["6.0 6", "0"], "")
    assert run(program, root, "doubled") == (["2.0 2", "0"], "")
    assert kept(root) == files


def test_kernels_that_one_text_makes_are_told_apart(program: Path, root: Path) -> None:
    assert run(program, root, "plus 1")[0] == ["2.0 2", "2"]
    assert run(program, root, "plus 2")[0] == ["3.0 3", "2"]
    assert run(program, root, "plus 2", "plus 1")[0] == ["3.0 3", "2.0 2", "0"]


def test_two_processes_may_compile_at_once(program: Path, root: Path) -> None:
    processes = [started(program, root, "sixfold") for _ in range(2)]
    ended = [(*process.communicate(), process.returncode) for process in processes]
    assert [(out.splitlines()[0], err, code) for out, err, code in ended] == [("6.0 6", "", 0)] * 2
    assert run(program, root, "sixfold") == (["6.0 6", "0"], "")
    assert {path.suffix for path in kept(root)} == {".kernel"}


@pytest.mark.parametrize("harm", ["emptied", "cut", "changed", "other"])
def test_a_damaged_kernel_is_compiled_anew(program: Path, root: Path, harm: str) -> None:
    run(program, root, "sixfold")
    for path in kept(root):
        sound = path.read_bytes()
        middle = len(sound) // 2
        harmed = {
            "emptied": b"",
            "cut": sound[:middle],
            "changed": sound[:middle] + bytes([sound[middle] ^ 1]) + sound[middle + 1 :],
            "other": b"a text of somebody else's",
        }
        path.write_bytes(harmed[harm])
    assert run(program, root, "sixfold") == (["6.0 6", "4"], "")
    assert run(program, root, "sixfold") == (["6.0 6", "0"], "")


def test_without_a_folder_kernels_work_and_that_is_said_once(program: Path, tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.touch()
    lines, said = run(program, in_the_way, "sixfold")
    assert lines == ["6.0 6", "4"]
    assert said.count("EngineWarning") == 1
    assert "compiled kernels cannot be kept in" in said
    assert "RECUR_CACHE" in said


def test_nothing_is_said_before_anything_is_compiled(program: Path, tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.touch()
    assert run(program, in_the_way) == (["0"], "")


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_a_folder_that_takes_no_more_is_said_and_leaves_nothing_half(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    cache._notice_once.cache_clear()
    monkeypatch.setattr(Path, "replace", refuse)
    path = tmp_path / "some.kernel"
    with pytest.warns(EngineWarning, match=os.strerror(code).lower()):
        cache._write(path, b"payload")
    cache._write(path, b"payload")  # the second time without a word
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_another_process_wrote_first_will_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Access is denied")

    path = tmp_path / "some.kernel"
    path.write_bytes(b"theirs")
    monkeypatch.setattr(Path, "replace", refuse)
    cache._write(path, b"ours")
    assert [p.name for p in tmp_path.iterdir()] == ["some.kernel"]


def test_editing_any_source_changes_the_folder(tmp_path: Path) -> None:
    copy = tmp_path / "compiled"
    shutil.copytree(SOURCES, copy, ignore=shutil.ignore_patterns("__pycache__"))
    original = cache.digest(SOURCES.rglob("*.py"))
    assert cache.digest(copy.rglob("*.py")) == original
    seen = {original}
    for path in sorted(copy.rglob("*.py")):
        text = path.read_bytes()
        path.write_bytes(text + b"#")
        seen.add(cache.digest(copy.rglob("*.py")))
        path.write_bytes(text)
    assert len(seen) == 1 + len(list(copy.rglob("*.py")))
    assert cache.digest(copy.rglob("*.py")) == original


@pytest.mark.parametrize("package", ["numba", "llvmlite", "numpy", "recur", "python"])
def test_another_version_of_anything_changes_the_folder(
    monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    before = cache.digest([])
    if package == "python":
        monkeypatch.setattr(platform, "python_version", lambda: "0")
    else:
        monkeypatch.setattr(
            cache if package == "recur" else sys.modules[package], "__version__", "0"
        )
    assert cache.digest([]) != before


def test_the_folder_is_the_users_own_unless_one_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECUR_CACHE", "")
    usual = cache.folder()
    assert usual.is_absolute()
    assert SOURCES not in usual.parents
    monkeypatch.setenv("RECUR_CACHE", str(tmp_path / "named"))
    assert cache.folder() == tmp_path / "named" / usual.name
    assert not (tmp_path / "named").exists()


def test_folders_that_nobody_used_for_a_month_are_removed_and_nothing_else(tmp_path: Path) -> None:
    long_ago = time.time() - 40 * 24 * 3600
    old, holding, recent = (tmp_path / f"kernels-{digit * 16}" for digit in "abc")
    strange = tmp_path / "kernels-of-mine"
    for place in (old, holding, recent, strange):
        place.mkdir()
        (place / "some.kernel").touch()
    (holding / "letter.txt").touch()
    for place in (old, holding, strange):
        os.utime(place, (long_ago, long_ago))
    new = tmp_path / ("kernels-" + "d" * 16)
    assert cache._refusal(new) is None
    assert sorted(tmp_path.iterdir()) == sorted([holding, recent, strange, new])
    assert [path.name for path in holding.iterdir()] == ["letter.txt"]
    assert [path.name for path in strange.iterdir()] == ["some.kernel"]


def test_use_keeps_a_folder_young(tmp_path: Path) -> None:
    place = tmp_path / ("kernels-" + "a" * 16)
    place.mkdir()
    os.utime(place, (0, 0))
    cache._mark_used(place)
    assert place.stat().st_mtime > time.time() - 3600


class Screen:
    """A standard error that says whether it is a terminal."""

    def __init__(self, terminal: bool) -> None:
        self.terminal, self.text = terminal, ""

    def isatty(self) -> bool:
        return self.terminal

    def write(self, text: str) -> None:
        self.text += text

    def flush(self) -> None:
        pass


@pytest.mark.parametrize(
    ("terminal", "once", "said"),
    [
        (True, True, "Compiling the engine for this machine (once, about 10 seconds) ...\n"),
        (True, False, "Compiling the engine for this machine (about 10 seconds) ...\n"),
        (False, True, ""),
    ],
)
def test_compiling_is_announced_on_a_terminal_alone(
    monkeypatch: pytest.MonkeyPatch, terminal: bool, once: bool, said: str
) -> None:
    screen = Screen(terminal)
    monkeypatch.setattr(sys, "stderr", screen)
    cache._announce.cache_clear()
    for _ in range(2):
        cache._announce(once)
    assert screen.text == said


def test_constants_from_elsewhere_are_among_the_sources() -> None:
    """A kernel freezes the constants it sees; a file they come from has to change the folder."""
    homes = {
        node.module.removeprefix("recur.").replace(".", "/")
        for path in SOURCES.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("recur.")
        if any(alias.name.isupper() for alias in node.names)
    }
    elsewhere = {home for home in homes if not home.startswith("engines/compiled/")}
    assert "seeding" in elsewhere  # the check sees what is there
    kept = {pattern.removesuffix("/*.py").removesuffix(".py") for pattern in cache._BORROWED}
    assert elsewhere <= kept


def test_a_folder_that_may_not_even_be_looked_at_is_as_good_as_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(_: Path) -> bool:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "is_dir", closed)
    with pytest.warns(EngineWarning, match="cannot be kept in .*: permission denied; every"):
        assert cache._refusal(tmp_path / "closed") is not None
