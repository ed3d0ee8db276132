"""`recur engines`: what runs here, and why something does not."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from recur import __version__
from recur.engines import listing, registry
from recur.errors import EngineWarning
from recur.notices import notice
from recur.report import engines as report

Run = Callable[..., CompletedProcess[str]]


def _lines(text: str) -> dict[str, str]:
    """Return what stands behind each name."""
    named = (line.split(None, 1) for line in text.splitlines() if not line.startswith(" "))
    return {name: value.strip() for name, value in named}


@pytest.fixture
def without_pytorch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)


def test_every_engine_is_listed_with_what_it_runs_on(recur: Run, folder: Path) -> None:
    done = recur("engines")
    assert (done.returncode, done.stderr) == (0, "")
    told = _lines(done.stdout)
    assert [*told] == [
        *("auto", "compiled", "torch", "torch:cuda"),
        *("threads", "threading", "processor", "kernels"),
    ]
    assert told["compiled"] == f"numba {version('numba')}, llvmlite {version('llvmlite')}"
    assert told["torch"] == f"torch {version('torch')}"
    assert told["threads"].startswith(f"{registry.machine_threads()} here")
    assert list(folder.iterdir()) == []


@pytest.mark.usefixtures("without_pytorch")
def test_what_cannot_run_says_why_and_how_to_get_it(recur: Run) -> None:
    told = _lines(recur("engines").stdout)
    assert told["auto"] == "is compiled"
    for name in ("torch", "torch:cuda"):
        assert told[name] == "not here: PyTorch is not installed (pip install 'recurnets[torch]')"


@pytest.mark.parametrize("why", ["not installed", "no GPU build", "no driver"])
def test_nothing_but_a_path_is_wider_than_80_columns(
    recur: Run, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    if why == "not installed":
        monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.setattr(registry, "_built_for_gpu", lambda package: why != "no GPU build")
    monkeypatch.setattr(registry, "_driver_is_there", lambda: why != "no driver")
    monkeypatch.setattr(listing, "version", lambda package: "22.33.44+cu130")
    named = [line for line in recur("engines").stdout.splitlines() if not line.startswith(" ")]
    assert max(len(line.rstrip()) for line in named) <= 80


def test_the_folder_of_kernels_is_told_and_not_made(
    recur: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = folder / "kept"
    monkeypatch.setenv("RECUR_CACHE", str(named))
    empty = recur("engines").stdout
    place = Path(empty.splitlines()[-1].strip())
    assert (place.parent, place.exists(), named.exists()) == (named, False, False)
    assert "none compiled yet" in _lines(empty)["kernels"]
    place.mkdir(parents=True)
    (place / "some.kernel").write_bytes(bytes(1_500_000))
    assert _lines(recur("engines").stdout)["kernels"] == "1 compiled, 1.5 MB, kept in"


def test_a_folder_that_cannot_be_written_to_is_told_with_the_reason(
    recur: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "file").touch()
    monkeypatch.setenv("RECUR_CACHE", str(folder / "file"))
    done = recur("engines")
    assert (done.returncode, done.stderr) == (0, "")
    assert "none can be kept in" in done.stdout
    assert "cannot write `" in done.stdout.splitlines()[-1]
    assert done.stdout.splitlines()[-1].endswith("RECUR_CACHE names one.")
    cache = json.loads(recur("engines", "--json").stdout)["cache"]
    assert (cache["writable"], cache["kernels"]) == (False, 0)


def test_what_the_engine_notices_is_a_line_on_standard_error(
    recur: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = listing.describe()

    def noticing() -> dict[str, Any]:
        notice("kernels cannot be kept.", EngineWarning)
        return facts

    monkeypatch.setattr(report, "describe", noticing)
    done = recur("engines", "--json")
    assert (done.returncode, done.stderr) == (0, "kernels cannot be kept.\n")
    assert json.loads(done.stdout)["auto"] == facts["auto"]


def test_the_same_as_json(recur: Run) -> None:
    done = recur("engines", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    answer = json.loads(done.stdout)
    assert set(answer) == {
        *("recur", "task", "auto", "engines", "threads", "threading", "processor", "cache"),
        *("seconds", "files", "notices"),
    }
    assert answer["recur"] == __version__
    engines = {engine["name"]: engine for engine in answer["engines"]}
    assert [*engines] == ["compiled", "torch", "torch:cuda"]
    assert engines["compiled"]["available"]
    assert set(engines["compiled"]["versions"]) == {"numba", "llvmlite"}
    assert answer["processor"]["vector_bits"] >= 128
    for engine in engines.values():
        assert engine["available"] == (engine["obstacle"] is None) == bool(engine["versions"])
