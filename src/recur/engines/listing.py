"""What runs on this machine, with what, and why something does not."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from recur.engines.registry import ENGINES, machine_threads, obstacle, resolve
from recur.errors import InputError
from recur.files.atomic import writable_folder

_PACKAGES = {"compiled": ("numba", "llvmlite"), "torch": ("torch",), "torch:cuda": ("torch",)}


def describe() -> dict[str, Any]:
    """Return what `recur engines` tells, ready for JSON."""
    from recur.engines.compiled.build.machine import THREADING, processor, vector_bits

    return {
        "auto": resolve("auto"),
        "engines": [_engine(name) for name in ENGINES if name != "auto"],
        "threads": machine_threads(),
        "threading": THREADING,
        "processor": {"name": processor()[0], "vector_bits": vector_bits()},
        "cache": _cache(),
    }


def _engine(name: str) -> dict[str, Any]:
    why = obstacle(name)
    versions = {} if why else {package: version(package) for package in _PACKAGES[name]}
    return {"name": name, "available": why is None, "obstacle": why, "versions": versions}


def _cache() -> dict[str, Any]:
    """Return where kernels are kept, what is there, and whether more can be; nothing is made."""
    from recur.engines.compiled.build.cache import VARIABLE, folder, kept

    place, why = folder(), None
    try:
        writable_folder(place)
    except InputError as error:
        why = str(error)
    kernels = kept(place)
    return {
        "folder": str(place),
        "variable": VARIABLE,
        "writable": why is None,
        "obstacle": why,
        "kernels": len(kernels),
        "bytes": sum(path.stat().st_size for path in kernels),
    }
