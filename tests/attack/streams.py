"""Cases of saved states of streams: damaged, then gone on from, saved and gone on from again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from tests.attack.modelbytes import damaged
from tests.attack.outcomes import of_call, of_command
from tests.attack.victims import STREAMS, begun, followed


def streams(
    folder: Path, rng: np.random.Generator, place: Path
) -> tuple[str, list[tuple[str, str, str]]]:
    """Damage the state of a stream, and go on with it."""
    name = list(STREAMS)[rng.integers(len(STREAMS))]
    told, data = damaged((folder / f"{name}.stream").read_bytes(), rng)
    path = place / "state.stream"
    path.write_bytes(data)
    come = [("live", *of_call(lambda: _gone_on_from(name, folder, path)))]
    if rng.random() < 0.3:
        words = ("inspect", path, *("--json",) * int(rng.integers(2)))
        come.append(("inspect", *of_command(*words)))
    return f"{name}: {told}", come


def _gone_on_from(name: str, folder: Path, path: Path) -> list[Any]:
    live = begun(name, folder, path)
    told = followed(name, live, 3)
    again = begun(name, folder, live.save(path.with_name("again.stream")))
    return told + followed(name, again, 8)
