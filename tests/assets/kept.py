"""Files of a format that are kept, and what they answer; `make.py` writes them.

Models, runs that stopped, states of streams and a plan of parts: those that the attack damages
(`tests/attack/victims.py`), with the small tables that they are used on.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from tests.attack.victims import STREAMS, USES, begun, followed, resumed

import recur
from recur.data.clock import DAY, Clock
from recur.data.tables.parted import FilePart
from recur.distributed.folder import Plan
from recur.distributed.parts import Part, PartSettings

HERE = Path(__file__).parent
FORECASTERS = ("direct", "encoder_decoder", "pretrained", "drift")
OTHERS = ("denoise", "write", "classify", "tag", "translate")
LIVE = ("direct", "several", "encoder_decoder", "beside", "denoise", "write", "follow")
RUNS = ("forecast", "write")
FILES = (
    *(f"{name}.recur" for name in (*FORECASTERS, *OTHERS, "beside", "follow")),
    *(f"{name}.stream" for name in LIVE),
    *(f"{name}.run" for name in RUNS),
    *("series.csv", "noisy.csv", "text.txt", "labelled.csv", "tags.conll", "pairs.csv"),
)
assert {STREAMS[name] for name in LIVE} <= {*FORECASTERS, *OTHERS, "beside", "follow"}


def _forecast(name: str, folder: Path) -> Any:
    made = recur.load(folder / f"{name}.recur").predict(folder / "series.csv")
    parts = (made.values, made.low, made.high)
    return [[] if part is None else np.ravel(part).tolist() for part in parts]


def _other(name: str, folder: Path) -> Any:
    model, given = recur.load(folder / f"{name}.recur"), folder / USES[name].data
    if name == "denoise":
        noisy = np.loadtxt(given, delimiter=",", skiprows=1)[:, 0]
        return np.asarray(model.predict(noisy)).tolist()
    if name == "write":
        return [model.score(given.read_text("utf-8")), model.sample("the ", length=20, seed=1)]
    if name == "classify":
        texts = given.read_text("utf-8").splitlines()[1:5]  # rows as they are: texts as any others
        return model.predict_proba(texts).tolist()
    if name == "tag":
        answers = model.answers(given)
        return [[list(tags) for tags in answers.tags], [list(one) for one in answers.confidence]]
    return model.predict(given)


def _gone_on(name: str, folder: Path) -> list[float]:
    return followed(name, begun(name, folder, folder / f"{name}.stream"), 2)


def _resumed(name: str, folder: Path) -> list[float]:
    """Return some of the weights at the end of a run; it writes, so that it goes on elsewhere."""
    with tempfile.TemporaryDirectory() as place:
        run = Path(shutil.copy(folder / f"{name}.run", Path(place, "run")))
        weights: list[float] = resumed(name, folder, run)[::8].tolist()
    return weights


def _network(_: Path) -> str:
    """Return a digest of the network that comes with recur, which `pretrained` only points at."""
    return sha256(
        files("recur.tasks.forecast").joinpath("pretrained.recur").read_bytes()
    ).hexdigest()


def _bound(answer: Callable[[str, Path], Any], name: str) -> Callable[[Path], Any]:
    return lambda folder: answer(name, folder)


ANSWERS: dict[str, Callable[[Path], Any]] = {
    **{name: _bound(_forecast, name) for name in FORECASTERS},
    **{name: _bound(_other, name) for name in OTHERS},
    **{f"{name}.stream": _bound(_gone_on, name) for name in LIVE},
    **{f"{name}.run": _bound(_resumed, name) for name in RUNS},
    "network": _network,
}
"""What is asked of the files of a folder; numbers and texts in lists."""


def plan() -> Plan:
    """Return the plan of parts that is kept."""
    columns = {"target": ["y"], "time": "ds", "id": "unique_id"}
    return Plan(
        asked={"files": ["*.parquet"], "model": "direct.recur", "horizon": 2},
        inputs={"a.parquet": [1234, 1700000000000000000], "b.csv": [99, 1]},
        settings=PartSettings(columns, 2, Clock("fixed", DAY), ".parquet"),
        parts=[
            Part(0, (FilePart("a.parquet", 0, 500, several=True),)),
            Part(1, (FilePart("a.parquet", 500, 900, several=True), FilePart("b.csv"))),
        ],
    )
