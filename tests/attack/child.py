"""A process that works through cases and says what came of each: `python -m tests.attack.child`.

Its answers are lines of JSON. It says which case it begins, so that whoever reads them knows which
one a process died of, or was killed in for taking too long.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

KINDS = ("models", "checkpoints", "streams", "tables", "texts", "sounds")
MEMORY = 3 * 2**30  # bytes that a process may have for data
Cases = Callable[[Path, np.random.Generator, Path], tuple[str, list[tuple[str, str, str]]]]


def kinds() -> dict[str, Cases]:
    """Return what makes and runs a case of each kind."""
    from tests.attack.models import checkpoints, models
    from tests.attack.sounds import sounds
    from tests.attack.streams import streams
    from tests.attack.tables import tables
    from tests.attack.texts import texts

    made = (models, checkpoints, streams, tables, texts, sounds)
    attacks = dict(zip(KINDS, made, strict=True))
    return {**attacks, "dies": _planted(os.abort), "sleeps": _planted(lambda: time.sleep(99))}


def _planted(end: Callable[[], Any]) -> Cases:
    """Return cases of which nothing comes, and the second of which ends otherwise: for a test."""

    def case(_folder: Path, rng: np.random.Generator, _place: Path) -> Any:
        entropy: Any = rng.bit_generator.seed_seq
        if entropy.entropy[1] == 1:
            end()
        return "nothing", [("nothing", "result", "")]

    return case


def outcome_of(kind: str, number: int, seed: int, folder: Path, place: Path) -> Any:
    """Run one case in an empty folder, and return what came of it: the first finding, if any."""
    from tests.attack.outcomes import GOOD, RESULT, Outcome

    rng = np.random.default_rng([seed, number, len(kind), ord(kind[0])])
    told, come = kinds()[kind](folder, rng, place)
    worst = next((one for one in come if one[1] not in GOOD), None)
    done, name, detail = worst or next((one for one in come if one[1] != RESULT), come[-1])
    return Outcome(kind, number, f"{told}; {done}", name, detail)


def main() -> None:
    """Work through the cases that the arguments name: kind, first, last, seed, folder."""
    kind, first, last, seed, folder = sys.argv[1:6]
    import resource  # of Unix alone

    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    place = Path(tempfile.mkdtemp(prefix="attack-"))
    os.chdir(place)
    try:
        for number in range(int(first), int(last)):
            print(json.dumps({"begins": number}), file=answers, flush=True)
            outcome = outcome_of(kind, number, int(seed), Path(folder), place)
            print(outcome.line(), file=answers, flush=True)
            for left in place.iterdir():
                shutil.rmtree(left) if left.is_dir() else left.unlink()
    finally:
        shutil.rmtree(place, ignore_errors=True)


if __name__ == "__main__":
    main()
