"""What is installed: the wheel's files, its names, and what a user is told to install."""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from email.parser import Parser
from pathlib import Path

import pytest

from recur.errors import DISTRIBUTION
from recur.version import WRITTEN, __version__, commit

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "recur"
COMMIT = {f"recur/{WRITTEN}"} if commit() else set()  # none in an sdist that was made without git
SUFFIXES = {".py", ".md", ".toml", ".txt", ".css", ".html", ".yml", ".yaml", ".cfg", ""}


def named(folder: Path) -> set[str]:
    """Return the files of a folder from its parent on, without what running them leaves."""
    inside = (path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder.parent).as_posix()
        for path in inside
        if "__pycache__" not in path.parts
    }


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with an sdist, and a wheel that was built from it, without a network."""
    place = tmp_path_factory.mktemp("built")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(place), str(ROOT)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return place


@pytest.fixture(scope="module")
def wheel(built: Path) -> Iterator[zipfile.ZipFile]:
    (path,) = built.glob("*.whl")
    assert path.name == f"{DISTRIBUTION}-{__version__}-py3-none-any.whl"
    with zipfile.ZipFile(path) as archive:
        yield archive


def test_the_wheel_holds_the_package_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    about = f"{DISTRIBUTION}-{__version__}.dist-info"
    described = {"METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE"}
    listed = {name for name in wheel.namelist() if not name.endswith("/")}
    assert listed == named(PACKAGE) | COMMIT | {f"{about}/{name}" for name in described}
    assert {"recur/py.typed", "recur/report/page.css", "recur/cli/main.py"} <= listed
    assert "recur/tasks/forecast/pretrained.recur" in listed
    drawing = {f"recur/report/charts/uplot/{name}" for name in ("LICENSE.txt", "uPlot.iife.min.js")}
    assert drawing <= listed
    assert {f"recur/server/studio/{name}" for name in ("index.html", "main.js")} <= listed
    suffixes = {".py", ".css", ".html", ".js", ".txt", ".typed", ".recur"}
    assert {Path(name).suffix for name in named(PACKAGE)} == suffixes


def test_the_wheel_and_the_sdist_tell_the_commit_that_they_were_built_from(
    wheel: zipfile.ZipFile, built: Path
) -> None:
    if not commit():
        pytest.skip("there is no commit here to be told")
    (path,) = built.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        file = archive.extractfile(f"{path.name.removesuffix('.tar.gz')}/src/recur/{WRITTEN}")
        assert file is not None
        assert wheel.read(f"recur/{WRITTEN}") == file.read() == f"{commit()}\n".encode()


def test_the_wheel_has_a_name_of_our_own_and_the_command_is_recur(wheel: zipfile.ZipFile) -> None:
    about = f"{DISTRIBUTION}-{__version__}.dist-info"
    metadata = Parser().parsestr(wheel.read(f"{about}/METADATA").decode())
    assert (metadata["Name"], metadata["Version"]) == ("recurnets", __version__)
    assert {"torch", "sweep", "classical"} <= set(metadata.get_all("Provides-Extra", []))
    commands = wheel.read(f"{about}/entry_points.txt").decode().split()
    assert commands == ["[console_scripts]", "recur", "=", "recur.__main__:main"]


def test_the_sdist_holds_what_the_tests_and_pages_need_and_no_junk(built: Path) -> None:
    (path,) = built.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        listed = {name.partition("/")[2] for name in archive.getnames()}
    folders = [ROOT / name for name in ("src", "tests", "docs", "benchmarks", "tools")]
    files = {"pyproject.toml", "constraints.txt", "Makefile", "LICENSE", "PKG-INFO", ".gitignore"}
    pages = {"README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "CITATION.cff"}
    pages |= {"Dockerfile", ".dockerignore"} | named(ROOT / ".github")
    pages |= {f"src/{name}" for name in COMMIT}
    assert listed == files | pages | {name for folder in folders for name in named(folder)}


# The name on the package index is another project's. Any way of installing it counts, over quotes
# and ends of lines that a message is written with.
STRANGER = re.compile(
    r"(?:pip3?|pipx|uv)\s+(?:pip\s+)?(?:install|add|run)"
    r"(?:[\s\"'`]+-[-\w]+(?:[ =][\w.]+\.txt)?)*[\s\"'`\\]+recur(?![-\w.])"
)


def written() -> Iterator[Path]:
    """Give every file of text in the repository, and none of what tools put beside them."""
    for top in ROOT.iterdir():
        if top.is_dir() and (top.name == ".ci" or (top.name[0] != "." and top.name != "dist")):
            yield from (path for path in top.rglob("*") if path.suffix in SUFFIXES)
        elif top.is_file() and top.suffix in SUFFIXES:
            yield top


def test_nobody_is_told_to_install_the_stranger_of_the_same_name() -> None:
    texts = {
        str(path.relative_to(ROOT)): path.read_text(encoding="utf-8", errors="replace")
        for path in written()
        if path.is_file()
    }
    assert {"README.md", "Makefile", "src/recur/errors.py", "docs/decisions.md"} <= set(texts)
    assert [name for name, text in texts.items() if STRANGER.search(text)] == []


@pytest.mark.parametrize(
    "command",
    [
        "{} install {}",
        "{} install '{}[torch]'",
        '{} install "\n    "\'{}[torch]',
        "{} install -U {}",
    ],
)
def test_the_search_for_the_stranger_finds_it(command: str) -> None:
    assert STRANGER.search(command.format("pip", "recur"))
    assert not STRANGER.search(command.format("pip", DISTRIBUTION))
