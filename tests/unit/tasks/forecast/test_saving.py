"""What a forecaster keeps comes back bit for bit, and a file that does not fit is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import recur
from recur.data.synthetic import sine
from recur.errors import ModelFileError
from recur.files.modelfile import read_file, write_file
from recur.tasks.forecast.forecaster import Forecaster

VALUES = sine(120, 6, noise=0.1).values


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    model = Forecaster(
        horizon=2, hidden=3, epochs=1, lookback=8, season=6, residual="seasonal", intervals=(80,)
    )
    path = tmp_path_factory.mktemp("model") / "model.recur"
    return model.fit(VALUES, test=10, progress=False).save(path)


def rewritten(kept: Path, to: Path, learned: dict[str, Any], tensors: dict[str, Any]) -> Path:
    """Write the file anew with some entries changed, or left out where they are None."""
    contents = read_file(kept, "model")
    header = {name: contents.header[name] for name in ("task", "settings", "learned", "judgement")}
    header["learned"] = {**header["learned"], **learned}
    for name in [name for name, value in learned.items() if value is None]:
        del header["learned"][name]
    blocks = {**contents.tensors, **tensors}
    blocks = {name: block for name, block in blocks.items() if block is not None}
    write_file(to, "model", header, blocks)
    return to


def test_everything_learnt_comes_back(kept: Path, tmp_path: Path) -> None:
    model = recur.load(kept)
    again = recur.load(model.save(tmp_path / "again"))
    assert again.settings_ == model.settings_
    assert again.fitted_.learned == model.fitted_.learned
    kept_tensors, tensors = model.fitted_.tensors(), again.fitted_.tensors()
    assert kept_tensors.keys() == tensors.keys()
    for name, tensor in kept_tensors.items():
        assert (tensor.dtype, tensor.tobytes()) == (tensors[name].dtype, tensors[name].tobytes())
    assert again.predict(VALUES).values.tobytes() == model.predict(VALUES).values.tobytes()


@pytest.mark.parametrize(
    "name",
    ["loss", "residual", "epochs", "encoding", "sees_gaps", "hidden", "season", "lookback"],
)
def test_a_file_of_an_older_version_is_refused_in_a_sentence(
    name: str, kept: Path, tmp_path: Path
) -> None:
    path = rewritten(kept, tmp_path / "old", {name: None}, {})
    with pytest.raises(ModelFileError, match=f"does not fit together: .*{name}"):
        recur.load(path)


@pytest.mark.parametrize(
    ("name", "block"),
    [
        ("scaling.reach", None),
        ("scaling.unit", None),
        ("scaling.reach", np.zeros((2, 2))),
        ("scaling.reach", np.zeros((1, 3))),
        ("scaling.reach", np.full((1, 2), np.nan)),
        ("scaling.reach", np.zeros((1, 2), np.float32)),
        ("scaling.spread", np.ones(2)),
        ("head.bias", np.zeros(3, np.float32)),
        ("head.bias", None),
    ],
    ids=lambda x: x if isinstance(x, str) else f"{getattr(x, 'dtype', x)}",
)
def test_tensors_that_do_not_fit_are_refused(
    name: str, block: Any, kept: Path, tmp_path: Path
) -> None:
    path = rewritten(kept, tmp_path / "broken", {}, {name: block})
    with pytest.raises(ModelFileError, match="does not fit together"):
        recur.load(path)


@pytest.mark.parametrize(
    "learned",
    [
        {"hidden": 4},
        {"engine": "quantum"},
        {"residual": "trend"},
        {"lookback": 0},
        {"ids": ["a", "b"]},
        {"clock": 7},
        {"sees_gaps": "perhaps"},
        {"encoding": {"known": [{"name": "k", "mean": 0.0, "spread": 0.0}]}},
    ],
    ids=str,
)
def test_entries_that_do_not_fit_are_refused(
    learned: dict[str, Any], kept: Path, tmp_path: Path
) -> None:
    path = rewritten(kept, tmp_path / "broken", learned, {})
    with pytest.raises(ModelFileError, match="does not fit together"):
        recur.load(path)


@pytest.mark.parametrize("learned", [{"season": 1000}, {"lookback": 3}], ids=str)
def test_a_season_that_no_window_holds_never_reaches_compiled_code(
    learned: dict[str, Any], kept: Path, tmp_path: Path
) -> None:
    path = rewritten(kept, tmp_path / "broken", learned, {})
    with pytest.raises(recur.RecurError):
        recur.load(path).predict(VALUES)


def test_a_model_is_loaded_from_bytes_and_from_an_open_file(tmp_path: Path) -> None:
    series = recur.synthetic.sine(120, period=12, noise=0.2).values
    model = recur.Forecaster(horizon=2, hidden=3, epochs=1).fit(series, test=20, progress=False)
    path = model.save(tmp_path / "model.recur")
    expected = model.predict(series).values.tobytes()
    assert recur.load(path.read_bytes()).predict(series).values.tobytes() == expected
    with path.open("rb") as opened:
        assert recur.load(opened).predict(series).values.tobytes() == expected
