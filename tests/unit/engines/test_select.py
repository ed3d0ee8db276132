"""Which engine a name stands for, and what is said where it cannot run."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from typing import Any

import pytest
import torch

from recur.engines import select
from recur.engines.select import ENGINES, open_engine, resolve
from recur.errors import SettingsError


@pytest.fixture
def without_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)


@pytest.fixture
def with_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)


@pytest.mark.usefixtures("without_gpu")
def test_without_a_gpu_auto_is_the_processor() -> None:
    assert resolve("auto") == resolve("torch") == "torch"
    with pytest.raises(SettingsError, match="`torch:cuda` needs a GPU that PyTorch can use"):
        resolve("torch:cuda")


@pytest.mark.usefixtures("with_gpu")
def test_with_a_gpu_auto_is_the_gpu_and_the_processor_can_still_be_asked_for() -> None:
    assert resolve("auto") == resolve("torch:cuda") == "torch:cuda"
    assert resolve("torch") == "torch"


@pytest.mark.usefixtures("without_gpu")
def test_a_model_from_a_gpu_opens_on_the_processor_where_there_is_none() -> None:
    assert open_engine("torch:cuda").name == "torch"


@pytest.mark.usefixtures("with_gpu")
def test_on_a_gpu_the_engine_says_so() -> None:
    assert open_engine("torch:cuda").name == "torch:cuda"


@pytest.mark.parametrize("name", ["cuda", "", "Torch", "compiled"])
def test_an_unknown_engine_is_refused_with_those_there_are(name: str) -> None:
    for ask in (resolve, open_engine):
        with pytest.raises(SettingsError, match=f"no engine `{name}`; there are `auto`, `torch`"):
            ask(name)


@pytest.mark.parametrize("name", ENGINES)
def test_without_pytorch_the_message_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(
        select, "find_spec", lambda module, *a: None if module == "torch" else real(module, *a)
    )
    for ask in (resolve, open_engine):
        with pytest.raises(SettingsError, match=r"pip install 'recur\[torch\]'"):
            ask(name)


def test_choosing_by_name_imports_no_engine() -> None:
    code = (
        "import sys, recur.engines.select as s; s.resolve('torch'); print('torch' in sys.modules)"
    )
    ended: Any = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert ended.stdout.split() == [b"False"]
