"""Which engine runs here: found without importing any, opened by name."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import cast

from recur.engines.base import Engine
from recur.errors import SettingsError, nearest, not_installed

ENGINES = ("auto", "compiled", "torch", "torch:cuda")

# One of these is there wherever a driver is: NVIDIA's, its bridge into WSL, AMD's.
_DRIVERS = ("/dev/nvidiactl", "/proc/driver/nvidia", "/dev/dxg", "/dev/kfd")

_kept_to: int | None = None  # threads, where the process keeps to fewer than the machine has
_opener: Callable[[int], Engine] | None = None  # of the compiled engine, where it is another one


def resolve(name: str) -> str:
    """Return the engine that a name stands for here; the answer is stored with a model.

    `auto` is PyTorch on a GPU where there is one, else the compiled engine.
    """
    if name not in ENGINES:
        raise SettingsError(f"there is no engine `{name}`; {nearest(name, ENGINES)}.")
    if name == "auto":
        return "compiled" if obstacle("torch:cuda") else "torch:cuda"
    why = obstacle(name)
    if why:
        raise SettingsError(f"the engine `{name}` cannot run here: {why}.")
    return name


def resolve_wish(name: str, threads: int | None) -> str:
    """Return the engine that a user asks for, as `resolve` does, and refuse too many threads."""
    if _opener and name == "auto":
        name = "compiled"
    if _opener and name in ENGINES and name != "compiled":
        raise SettingsError(
            f"`engine` is `{name}`, and the workers of a cluster train on the compiled engine; "
            "leave it out, or train on this machine."
        )
    engine = resolve(name)
    of_a_worker = _opener and _kept_to  # which has a core, whatever is asked of the own machine
    if threads is not None and not of_a_worker:
        check_threads(threads)
    return engine


def obstacle(name: str) -> str | None:
    """Return why an engine cannot run here, and what to do about it; None where it can.

    PyTorch, which takes more than a second, is imported only to ask it about a GPU, and only
    where it was built for one and a driver is there.
    """
    if name == "compiled":
        return None
    package = find_spec("torch")
    if package is None:
        return not_installed("PyTorch", "torch")
    if name == "torch":
        return None
    if not _built_for_gpu(Path(package.origin or "").parent):
        return "this PyTorch has no GPU support (see pytorch.org)"
    if not _driver_is_there():
        return "there is no driver of a GPU"
    if not import_module("torch").cuda.is_available():
        return "there is no GPU that PyTorch can use"
    return None


def open_engine(name: str, threads: int | None = None) -> Engine:
    """Return the engine of a resolved name, or the compiled one where that cannot run.

    Engines agree to float32's precision, so that a model goes on where it was not trained: from
    a GPU to a machine without, from PyTorch to a core without it. A training that is resumed is
    not moved like this: its engine is resolved anew, and is part of what its checkpoint checks.

    Args:
        name: what `resolve` returned, here or elsewhere.
        threads: processor threads. The bits of a PyTorch result depend on them, which takes 1
            unless told; those of the compiled engine do not, which takes as many as there are,
            and never more.
    """
    if name not in ENGINES or name == "auto":
        name = resolve(name)
    if name == "compiled" or obstacle(name):
        most = machine_threads()
        count = min(threads or most, most)
        if _opener:
            return _opener(count)
        compiled = import_module("recur.engines.compiled.engine")
        return cast("Engine", compiled.CompiledEngine(threads=count))
    pytorch = import_module("recur.engines.pytorch.engine")
    device = "cuda" if name == "torch:cuda" else "cpu"
    return cast("Engine", pytorch.TorchEngine(device=device, threads=threads or 1))


def check_threads(threads: int) -> None:
    """Refuse more threads than the machine has.

    Asked where a user's wish comes in, not where an engine is opened: a model trained on a
    larger machine goes on here, and tests run more threads than there are.
    """
    most = machine_threads()
    if not 1 <= threads <= most:
        raise SettingsError(f"`threads` is {threads}; on this machine it can be 1 to {most}.")


def keep_to(threads: int | None) -> None:
    """Let every engine of this process run on so many threads at most, whatever a model asks for.

    For what computes several things at once, a thread each: the compiled engine's bits do not
    depend on them. None takes the limit away.
    """
    global _kept_to
    _kept_to = threads


@contextmanager
def opened_by(opener: Callable[[int], Engine]) -> Iterator[None]:
    """Let another engine stand for the compiled one in the block, for the whole process.

    Args:
        opener: takes the most threads, and returns what has the same bits.
    """
    global _opener
    before, _opener = _opener, opener
    try:
        yield
    finally:
        _opener = before


def machine_threads() -> int:
    """Return how many threads of the machine this process may run on."""
    return min(_kept_to or _all_threads(), _all_threads())


def _all_threads() -> int:
    if sys.version_info >= (3, 13):
        return os.process_cpu_count() or 1
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _built_for_gpu(package: Path) -> bool:
    """Return whether the libraries of an installed PyTorch are for GPUs too."""
    return any(any((package / "lib").glob(f"*torch_{kind}.*")) for kind in ("cuda", "hip"))


def _driver_is_there() -> bool:
    if sys.platform == "win32":
        return (Path(os.environ.get("SYSTEMROOT", "C:/Windows")) / "System32/nvcuda.dll").exists()
    return any(Path(driver).exists() for driver in _DRIVERS)
