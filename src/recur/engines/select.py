"""Which engine runs here: found without importing any, opened by name."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import cast

from recur.engines.base import Engine
from recur.errors import SettingsError

ENGINES = ("auto", "torch", "torch:cuda")


def resolve(name: str) -> str:
    """Return the engine that a name stands for here; the answer is stored with a model.

    `auto` is PyTorch on a GPU where there is one, else PyTorch on the CPU.
    """
    if name not in ENGINES:
        raise SettingsError(
            f"there is no engine `{name}`; there are {', '.join(f'`{e}`' for e in ENGINES)}."
        )
    if find_spec("torch") is None:
        raise SettingsError(
            f"the engine `{name}` needs PyTorch, which is not installed here; "
            "install it with: pip install 'recur[torch]'."
        )
    if name == "torch":
        return name
    found = bool(import_module("torch").cuda.is_available())
    if name == "torch:cuda" and not found:
        raise SettingsError("the engine `torch:cuda` needs a GPU that PyTorch can use; none is.")
    return "torch:cuda" if found else "torch"


def open_engine(name: str, threads: int = 1) -> Engine:
    """Return the engine of a resolved name.

    Args:
        name: what `resolve` returned, here or elsewhere; a model trained on a GPU runs on a CPU
            where there is no GPU.
        threads: processor threads for one operation. The bits of a result depend on it.
    """
    if name == "torch:cuda" and resolve("auto") == "torch":
        name = "torch"
    device = "cuda" if resolve(name) == "torch:cuda" else "cpu"
    module = import_module("recur.engines.pytorch.engine")
    return cast("Engine", module.TorchEngine(device=device, threads=threads))
