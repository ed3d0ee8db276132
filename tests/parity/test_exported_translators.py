"""Exported translators over a cover of what they can be, against recur's own translations."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.parity.exported import called
from tests.parity.pairwise import Case, Pair, Pairwise

import recur
from recur.networks.cells import CELLS
from recur.networks.initial import initial_values
from recur.tasks.translate.predict import likelihood, searched, texts_of

pytestmark = pytest.mark.filterwarnings("ignore::recur.DataWarning")

FACTORS: dict[str, tuple[Any, ...]] = {
    "cell": tuple(CELLS),
    "nonlinearity": ("tanh", "relu"),
    "attention": ("none", "dot", "additive"),
    "layers": (1, 2),
    "bidirectional": (False, True),
    "networks": (1, 3),
    "beams": (1, 4),
    "unit": ("words", "characters"),
}
IMPOSSIBLE: list[Pair] = [
    (("cell", name), ("nonlinearity", "relu")) for name in CELLS if name != "rnn"
]
PAIRWISE = Pairwise(FACTORS, IMPOSSIBLE, times=1)
CASES = PAIRWISE.cover()
PAIRS = [
    ("I've one two.", "J'ai un deux."), ("two three, one!", "deux trois, un !"),
    ("Ann has three", "Ann a trois"), ("one three two?", "un trois deux ?"),
]  # fmt: skip
TEXTS = ["Ann's one two!", "Zoe has 3", "?", "TWO two one three, one.", "x"] * 30


def test_the_cover_holds_every_pair_that_can_be() -> None:
    PAIRWISE.check(CASES)


def translator(case: Case, number: int) -> Any:
    """Return a translator that says all kinds of things: its weights are drawn, and large."""
    model = recur.Translator(epochs=1, hidden=5, embedding=3, **case)
    model.fit(*zip(*PAIRS * 3, strict=True), test=0, progress=False)
    spec = model.fitted_.learned.network
    drawn = [
        initial_values(spec, number + i) * np.float32(4 if case["nonlinearity"] == "tanh" else 1)
        for i in range(case["networks"])
    ]
    model.fitted_ = replace(model.fitted_, weights=drawn[0], others=tuple(drawn[1:]))
    return model


def test_files_of_numpy_translate_as_recur_does(tmp_path: Path) -> None:
    models = [translator(case, number) for number, case in enumerate(CASES)]
    calls: list[Any] = []
    for number, model in enumerate(models):
        path = tmp_path / f"model_{number}.py"
        recur.export_model(model, path)
        calls += [(path, name, (TEXTS,)) for name in ("translate", "candidates")]
    answers = called(calls)
    said = set()
    for model, own, found, case in zip(models, answers[::2], answers[1::2], CASES, strict=True):
        assert own == model.predict(TEXTS), case
        every = searched(model.fitted_, TEXTS, "texts")
        for source, ours, theirs in zip(TEXTS, found, every, strict=True):
            texts, chances = zip(*ours, strict=True)
            assert list(texts) == texts_of(model.fitted_, theirs, source), case
            np.testing.assert_allclose(
                chances, [likelihood(one) for one in theirs], rtol=1e-5, atol=1e-4
            )
        said |= set(own)
    assert len(said) > 2 * len(CASES)  # else little is compared
