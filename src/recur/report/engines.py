"""What runs on this machine, as a result."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from recur.engines.listing import describe
from recur.report.blocks import Block, Facts, Prose
from recur.report.result import Result


@dataclass(frozen=True, eq=False, kw_only=True)
class EnginesResult(Result):
    """What can train and run networks here, and why something cannot.

    Attributes:
        listing: as `recur.engines.listing.describe` gives it.
    """

    task: ClassVar[str] = "engines"

    listing: dict[str, Any]

    def facts(self) -> dict[str, Any]:
        """Return what is particular to it, as plain JSON values."""
        return self.listing

    def findings(self) -> Iterator[Block]:
        """Yield a line for each engine, and where kernels are kept."""
        listing = self.listing
        processor, cache = listing["processor"], listing["cache"]
        yield Facts(
            {
                "auto": f"is {listing['auto']}",
                **{engine["name"]: _availability(engine) for engine in listing["engines"]},
                "threads": (
                    f"{listing['threads']} here; all for the compiled engine unless told, 1 for "
                    "PyTorch"
                ),
                "threading": listing["threading"],
                "processor": f"{processor['name']}, vectors of {processor['vector_bits']} bits",
                "kernels": _kernels(cache),
            }
        )
        # On a line of its own, which is not broken, so that it can be copied.
        yield Prose(f"  {cache['folder']}", below=True)
        if not cache["writable"]:
            yield Prose(f"  {cache['obstacle']} {cache['variable']} names one.", below=True)


def listed_engines() -> EnginesResult:
    """Return what runs on this machine."""
    return EnginesResult(listing=describe())


def _availability(engine: dict[str, Any]) -> str:
    if not engine["available"]:
        return f"not here: {engine['obstacle']}"
    return ", ".join(f"{package} {version}" for package, version in engine["versions"].items())


def _kernels(cache: dict[str, Any]) -> str:
    kernels = f"{cache['kernels']} compiled, {cache['bytes'] / 1e6:.1f} MB"
    if not cache["kernels"]:
        kernels = "none compiled yet (about 10 seconds, once)"
    return f"{kernels}, {'kept in' if cache['writable'] else 'none can be kept in'}"
