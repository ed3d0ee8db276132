"""Joining a Ray cluster whose nodes all compute alike."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import ray
from ray.exceptions import RayError
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from recur.distributed.ray.engine import RayEngine
from recur.distributed.ray.tasks import run_pieces
from recur.distributed.ray.team import MOST, Team
from recur.engines.registry import opened_by
from recur.errors import SettingsError
from recur.tasks.executor import run_by

_PATIENCE = 60.0  # seconds for a node to say what it is
_REACH = 5.0  # seconds for a head node to answer
_SETTINGS = b"\4"  # the kind of the frame that HTTP/2, which Ray speaks, begins with
_GREETING = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0" + _SETTINGS + bytes(5)


@contextmanager
def working(address: str | None, workers: int | None) -> Iterator[None]:
    """Let a cluster train networks and run pieces of work in the block; see `place.on`."""
    with _joined(address):
        _check_nodes()
        cores = int(ray.cluster_resources().get("CPU", 0))
        if workers is not None and workers > cores:
            raise SettingsError(
                f"`workers` is {workers}, and the cluster has {cores} cores; name at most as many."
            )
        team = Team(min(workers or cores, MOST))

        def run(*given: Any, **how: Any) -> Iterator[Any]:
            team.close()  # which has the cores; whatever is trained next makes it anew
            return run_pieces(*given, **how)

        try:
            with opened_by(lambda threads: RayEngine(threads, team)), run_by(run):
                yield
        finally:
            team.close()


@contextmanager
def _joined(address: str | None) -> Iterator[None]:
    """Be part of a cluster; of the one that the program is part of already, if it is."""
    if ray.is_initialized():
        yield
        return
    if address is not None:
        _check_answers(address)
    # What Ray says of its own processes would go to standard output, where results go.
    vars(import_module("ray._private.worker"))["print_to_stdstream"] = _say_nothing
    try:
        ray.init(address, logging_level="ERROR", log_to_driver=False, include_dashboard=False)
    except Exception as error:
        ray.shutdown()
        where = f"`{address}`" if address else "this machine"
        raise SettingsError(
            f"the Ray cluster at {where} could not be joined: {_sentence(error)}"
        ) from error
    try:
        yield
    finally:
        ray.shutdown()


def _say_nothing(*_given: Any, **_named: Any) -> None:
    pass


def _check_answers(address: str) -> None:
    """Refuse an address where nobody is, which Ray would wait for."""
    host, _, port = address.rpartition(":")
    try:
        with socket.create_connection((host, int(port)), _REACH) as connection:
            connection.sendall(_GREETING)
            there = connection.recv(9, socket.MSG_WAITALL)[3:4] == _SETTINGS
    except (OSError, ValueError):
        there = False
    if not there:
        raise SettingsError(
            f"there is no Ray cluster at `{address}`; give HOST:PORT of its head node as "
            "`ray start --head` printed it, or `ray` alone for this machine."
        )


def _check_nodes() -> None:
    """Refuse nodes with other versions than this process, or with another kind of processor."""

    def facts() -> dict[str, str]:  # travels as it stands, as a node may have no recur
        import platform
        from importlib.metadata import PackageNotFoundError, version

        found = {"Python": platform.python_version()}
        for package in ("numpy", "numba", "llvmlite"):
            try:
                found[package] = version(package)
            except PackageNotFoundError:
                found[package] = "none"
        try:
            from recur.engines.compiled.build.cache import folder
            from recur.engines.compiled.build.machine import processor
            from recur.version import __version__
        except ImportError:
            return found | {"recur": "none"}
        found |= {"recur": __version__, "source of recur": folder().name}
        return found | dict(zip(("processor", "kind of processor"), processor(), strict=True))

    own, asked = facts(), ray.remote(num_cpus=0)(facts)
    answers = []
    for node in ray.nodes():
        if node["Alive"] and node["Resources"].get("CPU"):
            there = NodeAffinitySchedulingStrategy(node["NodeID"], soft=False)
            answer = asked.options(scheduling_strategy=there).remote()
            answers.append((node["NodeManagerAddress"], answer))
    for name, answer in answers:
        try:
            other = ray.get(answer, timeout=_PATIENCE)
        except RayError:  # it has gone, and no worker will be on it
            continue
        for fact in ("recur", *own):
            if other.get(fact) != own.get(fact):
                raise SettingsError(
                    f"the node {name} of the cluster has {fact} {other.get(fact)}, and this "
                    f"process {own.get(fact)}; the bits of a result depend on it, so give all "
                    "nodes the same."
                )


def _sentence(error: BaseException) -> str:
    """Return what Ray says in several lines as one."""
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= 300 else f"{text[:300]}..."
