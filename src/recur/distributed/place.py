"""Where work is done: on this machine, or on a cluster."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec

from recur.errors import SettingsError, not_installed

_OF_RAY = {  # read when it is imported
    "RAY_USAGE_STATS_ENABLED": "0",  # nothing is told to anybody
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",  # it warns unless this is set, either way
    "RAY_NUM_REDIS_GET_RETRIES": "3",  # tries to join, some seconds each
}


@contextmanager
def on(place: str | None, workers: int | None = None) -> Iterator[None]:
    """Let a cluster train networks and forecast parts for as long as the block lasts.

    What is fitted or forecast in the block has the same bits as without it, however many workers
    there are, and whichever of them are lost on the way.

    >>> with on(None):  # on this machine
    ...     pass

    Args:
        place: `ray`, the cluster of this machine or of the variable RAY_ADDRESS, and where there
            is none, one of this machine's own cores; `ray:ADDRESS`, that of a head node, HOST:PORT;
            None for this machine and no cluster.
        workers: cores that train; as many as the cluster has, up to 8, unless told.

    Raises:
        SettingsError: there is no such place, Ray is not installed, or nodes differ.
    """
    if place is None:
        yield
        return
    name, _, address = place.partition(":")
    if name != "ray":
        raise SettingsError(
            f"`on` is `{place}`; it can be `ray`, for the cluster of this machine, or "
            "`ray:HOST:PORT`, for that of a head node."
        )
    if workers is not None and workers < 1:
        raise SettingsError(f"`workers` is {workers}; it takes at least 1.")
    if find_spec("ray") is None:
        raise SettingsError(f"`on` is `{place}`, but {not_installed('Ray', 'ray')}.")
    for variable, value in _OF_RAY.items():
        os.environ.setdefault(variable, value)
    with import_module("recur.distributed.ray.cluster").working(address or None, workers):
        yield
