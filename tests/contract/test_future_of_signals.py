"""No value that a causal denoiser gives depends on what comes after it, on both engines.

The check is tried on networks and scales that do see the future as well: a check that cannot fail
protects nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import recur
from recur.data.signals.recordings import Scale
from recur.tasks.denoise import clean as cleaning
from recur.tasks.denoise.denoiser import Denoiser

MADE = recur.synthetic.noisy_sines(series=40, points=50, period=20)
NETWORKS: dict[str, dict[str, Any]] = {
    "rnn": {"cell": "rnn"},
    "gru": {"cell": "gru"},
    "lstm": {"cell": "lstm"},
    "deep": {"layers": 3, "head": "tanh"},
    "carried": {"steps": 15},
    "carried lstm": {"cell": "lstm", "layers": 2, "steps": 15},
    "dropout": {"dropout": 0.3},
}
ENGINES = ("torch", "compiled")


def run_by(model: Any, engine: str) -> None:
    """Let a fitted model go on with another engine than it was trained on."""
    fitted = model.fitted_
    model.fitted_ = replace(fitted, learned=fitted.learned.but(engine=engine))


def fitted(**more: Any) -> Denoiser:
    small: dict[str, Any] = {"hidden": 5, "epochs": 1, "batch": 8, "engine": "compiled"}
    model = Denoiser(**{**small, **more})
    return model.fit(MADE.values, MADE.answer, progress=False)


def first_difference(model: Denoiser, changed_from: int) -> int | None:
    """Return the first step whose answer depends on noise from some step on; None if none does."""
    noisy = np.array(MADE.values[:3])
    changed = noisy.copy()
    changed[:, changed_from:] = 1e3 * np.arange(noisy.shape[1] - changed_from)
    differs = (model.predict(noisy) != model.predict(changed)).any(axis=0)
    return int(np.argmax(differs)) if differs.any() else None


@pytest.mark.parametrize("name", NETWORKS)
def test_no_answer_depends_on_later_values_and_each_on_its_own(name: str) -> None:
    model = fitted(**NETWORKS[name])
    for engine in ENGINES:
        run_by(model, engine)
        for step in (1, 17, 49):
            assert first_difference(model, step) == step


def test_pieces_let_nothing_through_either(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cleaning, "_PIECE", 7)
    model = fitted()
    for step in (6, 7, 8, 20):
        assert first_difference(model, step) == step


@pytest.mark.parametrize("engine", ENGINES)
def test_a_network_that_reads_backwards_is_found_out(engine: str) -> None:
    model = fitted(bidirectional=True)
    run_by(model, engine)
    assert first_difference(model, 17) == 0


def test_a_scale_that_sees_the_whole_recording_is_found_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scaled = Scale.scaled
    model = fitted()
    assert first_difference(model, 17) == 17
    monkeypatch.setattr(Scale, "scaled", lambda self, values: scaled(self, values) - values.mean())
    assert first_difference(model, 17) == 0


def test_only_a_causal_network_is_held_against_causal_filters() -> None:
    causal, both = fitted().judge().verdict, fitted(bidirectional=True).judge().verdict
    assert "causal_wiener" in causal.references
    assert "wiener" in both.references
    assert not set(causal.references) & set(both.references) - {"noisy"}
