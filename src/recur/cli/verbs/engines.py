"""`recur engines`: what can train and run networks on this machine."""

from __future__ import annotations

from typing import Any

from recur.cli.options import Json


def engines(as_json: Json = False) -> None:
    """Say what can train and run networks on this machine, and why something cannot."""
    from recur.cli.output import print_json, print_lines, stdout
    from recur.engines.listing import describe
    from recur.version import __version__

    facts = describe()
    if as_json:
        print_json({"recur": __version__, **facts})
        return
    processor, cache = facts["processor"], facts["cache"]
    print_lines(
        auto=f"is {facts['auto']}",
        **{engine["name"]: _availability(engine) for engine in facts["engines"]},
        threads=f"{facts['threads']} here; all for the compiled engine unless told, 1 for PyTorch",
        threading=facts["threading"],
        processor=f"{processor['name']}, vectors of {processor['vector_bits']} bits",
        kernels=_kernels(cache),
    )
    # On a line of its own, which is not broken, so that it can be copied.
    stdout().print(f"  {cache['folder']}", soft_wrap=True)
    if not cache["writable"]:
        stdout().print(f"  {cache['obstacle']} {cache['variable']} names one.", soft_wrap=True)


def _availability(engine: dict[str, Any]) -> str:
    if not engine["available"]:
        return f"not here: {engine['obstacle']}"
    return ", ".join(f"{package} {version}" for package, version in engine["versions"].items())


def _kernels(cache: dict[str, Any]) -> str:
    there = f"{cache['kernels']} compiled, {cache['bytes'] / 1e6:.1f} MB"
    if not cache["kernels"]:
        there = "none compiled yet (about 10 seconds, once)"
    return f"{there}, {'kept in' if cache['writable'] else 'none can be kept in'}"
