"""Cases of model files and of checkpoints: damaged, then used as their owner would."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from tests.attack.modelbytes import damaged
from tests.attack.outcomes import of_call, of_command
from tests.attack.victims import RUNS, USES, Use, resumed

import recur

Come = tuple[str, str, str]
"""What was done, what came of it, and the detail."""


def models(folder: Path, rng: np.random.Generator, place: Path) -> tuple[str, list[Come]]:
    """Damage the model of some task, and inspect and use it."""
    sort = list(USES)[rng.integers(len(USES))]
    told, data = damaged((folder / f"{sort}.recur").read_bytes(), rng)
    path = place / "model.recur"
    path.write_bytes(data)
    used = [("inspect", path, *_json_or_not(rng)), *_uses(USES[sort], folder, path, rng)]
    come: list[Come] = [(str(words[0]), *of_command(*words)) for words in used]
    if rng.random() < 0.3:
        come.append(("live", *of_call(_live(USES[sort].task, path))))
    return f"{sort}: {told}", come


def checkpoints(folder: Path, rng: np.random.Generator, place: Path) -> tuple[str, list[Come]]:
    """Damage a run that was stopped, inspect it and go on with it."""
    name = RUNS[rng.integers(len(RUNS))]
    told, data = damaged((folder / f"{name}.run").read_bytes(), rng)
    path = place / "run"
    path.write_bytes(data)
    come = [
        ("inspect", *of_command("inspect", path, *_json_or_not(rng))),
        ("resume", *of_call(lambda: resumed(name, folder, path))),
    ]
    return f"{name}: {told}", come


def _json_or_not(rng: np.random.Generator) -> tuple[str, ...]:
    return ("--json",) * int(rng.integers(2))


def _uses(use: Use, folder: Path, path: Path, rng: np.random.Generator) -> list[tuple[object, ...]]:
    data = folder / use.data
    judging = ("judge", path, data, *use.labelled, "--json")
    if use.task == "write":
        words: tuple[object, ...] = ("sample", path, "--length", 20, "--json")
    else:
        words = ("predict", path, data, "--json")
    pick = rng.random()
    if pick < 0.2:
        return [words, judging]
    if pick < 0.3 and use.task == "forecast":
        return [(*words, "--horizon", (10**9, 9, 0)[rng.integers(3)])]
    return [words[:-1] if pick < 0.4 else words]


def _live(task: str, path: Path) -> Callable[[], Any]:
    def follow() -> Any:
        live = recur.load(path).live()
        if task == "write":
            return live.push("the cat").probabilities
        answers = [live.push(value) for value in (5.0, 5.5, 6.0, 5.2, 5.1, 5.0)]
        return answers if task == "denoise" else None

    return follow
