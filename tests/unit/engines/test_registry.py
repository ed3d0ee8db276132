"""Which engine a name stands for, and what is said where it cannot run."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from recur.engines import registry
from recur.engines.registry import ENGINES, check_threads, machine_threads, open_engine, resolve
from recur.errors import SettingsError

Machine = Callable[..., None]


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    """Return a function that says what PyTorch and what GPU there are."""
    real = importlib.util.find_spec

    def is_one(
        *, installed: bool = True, build: bool = True, driver: bool = True, usable: bool = True
    ) -> None:
        found = lambda name, *a: real(name, *a) if installed or name != "torch" else None  # noqa: E731
        monkeypatch.setattr(registry, "find_spec", found)
        monkeypatch.setattr(registry, "_built_for_gpu", lambda package: build)
        monkeypatch.setattr(registry, "_driver_is_there", lambda: driver)
        monkeypatch.setattr(torch.cuda, "is_available", lambda: usable)

    return is_one


LACKING = [
    ({"installed": False}, r"pip install 'recurnets\[torch\]'"),
    ({"build": False}, "no GPU support"),
    ({"driver": False}, "no driver of a GPU"),
    ({"usable": False}, "no GPU that PyTorch can use"),
]


@pytest.mark.parametrize(("lacks", "why"), LACKING, ids=[str(*lacks) for lacks, _ in LACKING])
def test_without_a_gpu_auto_is_the_compiled_engine(
    machine: Machine, lacks: dict[str, bool], why: str
) -> None:
    machine(**lacks)
    assert resolve("auto") == resolve("compiled") == "compiled"
    with pytest.raises(SettingsError, match=f"`torch:cuda` cannot run here: .*{why}"):
        resolve("torch:cuda")


def test_with_a_gpu_auto_is_the_gpu_and_the_processor_can_still_be_asked_for(
    machine: Machine,
) -> None:
    machine()
    assert resolve("auto") == resolve("torch:cuda") == "torch:cuda"
    assert (resolve("torch"), resolve("compiled")) == ("torch", "compiled")


def test_pytorch_that_is_not_installed_is_refused_to_those_who_ask_for_it(machine: Machine) -> None:
    machine(installed=False)
    with pytest.raises(SettingsError, match=r"`torch` cannot run .*'recurnets\[torch\]'"):
        resolve("torch")


@pytest.mark.parametrize(("lacks", "why"), LACKING, ids=[str(*lacks) for lacks, _ in LACKING])
def test_a_model_from_a_gpu_opens_where_there_is_none(
    machine: Machine, lacks: dict[str, bool], why: str
) -> None:
    machine(**lacks)
    assert open_engine("torch:cuda").name == "compiled"


def test_a_model_from_pytorch_opens_where_that_is_not_installed(machine: Machine) -> None:
    machine(installed=False)
    assert open_engine("torch").name == "compiled"


def test_an_engine_that_runs_here_is_opened_under_its_name(machine: Machine) -> None:
    machine()
    assert [open_engine(name).name for name in ENGINES[1:]] == list(ENGINES[1:])


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("cuda", "no engine `cuda`; .*there are `auto`, `compiled`, `torch`, `torch:cuda`"),
        ("", "no engine ``; there are `auto`"),
        ("Torch", "the nearest is `torch`"),
        ("compile", "the nearest is `compiled`"),
    ],
)
def test_an_unknown_engine_is_refused_with_those_there_are(name: str, said: str) -> None:
    for ask in (resolve, open_engine):
        with pytest.raises(SettingsError, match=said):
            ask(name)


def test_more_threads_than_the_machine_has_are_refused() -> None:
    check_threads(1)
    check_threads(machine_threads())
    for threads in (0, -1, machine_threads() + 1):
        said = f"`threads` is {threads}; on this machine it can be 1 to {machine_threads()}"
        with pytest.raises(SettingsError, match=said):
            check_threads(threads)


def test_a_model_from_a_larger_machine_takes_the_threads_there_are() -> None:
    opened: Any = open_engine("compiled", threads=10_000)
    assert opened.threads == machine_threads() <= (os.cpu_count() or 1)


def test_a_build_for_gpus_is_known_by_its_libraries(tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "libtorch_cpu.so").touch()
    assert not registry._built_for_gpu(tmp_path)
    (tmp_path / "lib" / "libtorch_cuda.so").touch()
    assert registry._built_for_gpu(tmp_path)


def test_the_build_that_is_installed_is_judged_as_it_judges_itself() -> None:
    assert torch.__file__ is not None
    built = torch.version.cuda is not None or torch.version.hip is not None
    assert registry._built_for_gpu(Path(torch.__file__).parent) == built


@pytest.mark.parametrize("name", ["auto", "compiled", "torch"])
def test_choosing_by_name_imports_no_engine(name: str) -> None:
    if name == "auto" and registry.obstacle("torch:cuda") is None:
        pytest.skip("a GPU is here, which only PyTorch can tell")
    code = (
        f"import sys, recur.engines.registry as registry; registry.resolve({name!r})\n"
        "print([x for x in ('torch', 'numba') if x in sys.modules])"
    )
    ended: Any = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert ended.stdout.split() == [b"[]"]
