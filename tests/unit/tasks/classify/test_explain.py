"""What an answer rests on is measured by hiding it: a planted word gets the largest share."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from recur import Classifier, SettingsError
from recur.tasks.classify.results import explained_cases

SMALL: dict[str, Any] = {"embedding": 8, "hidden": 8, "epochs": 8, "batch": 16, "rate": 0.02}
FILLER = ["the", "a", "of", "in", "some", "film"]


def planted(unit: str, count: int = 160, seed: int = 0) -> tuple[list[str], list[str]]:
    """Return texts of like words or letters, one of which decides the class, somewhere."""
    numbers = np.random.default_rng(seed)
    texts, labels = [], []
    for i in range(count):
        parts = list(numbers.choice(FILLER if unit == "words" else list("abcdef"), 6))
        parts.insert(
            int(numbers.integers(7)), ("yes", "no")[i % 2][: None if unit == "words" else 1]
        )
        texts.append((" " if unit == "words" else "").join(parts))
        labels.append(("good", "bad")[i % 2])
    return texts, labels


@pytest.fixture(scope="module", params=["words", "characters"])
def fitted(request: pytest.FixtureRequest) -> Any:
    model = Classifier(**SMALL, unit=request.param)
    return model.fit(*planted(request.param), progress=False)


def test_the_planted_word_gets_the_largest_share_wherever_it_stands(fitted: Any) -> None:
    texts, _ = planted(fitted.unit, 20, seed=3)
    found = fitted.explain(texts)
    assert len(found) == 20
    for text, one in zip(texts, found, strict=True):
        (symbol, _), *_ = one.strongest(1)
        assert symbol in ("yes", "no", "y", "n"), text
        assert max(one.losses) > 5 * sorted(map(abs, one.losses))[-2]
        assert (" " if one.apart else "").join(one.symbols) == text


def test_a_loss_is_what_the_answers_probability_loses(fitted: Any) -> None:
    (text,) = planted(fitted.unit, 1, seed=4)[0]
    (one,) = fitted.explain([text])
    between = " " if one.apart else ""
    before = fitted.predict_proba([text])[0]
    best = fitted.classes_.index(one.answer)
    assert one.answer == fitted.predict([text])[0]
    assert one.confidence == pytest.approx(before[best])
    for i, loss in enumerate(one.losses):
        hidden = between.join([*one.symbols[:i], "\N{SNOWMAN}", *one.symbols[i + 1 :]])
        after = fitted.predict_proba([hidden])[0]
        assert loss == pytest.approx(np.log(before[best]) - np.log(after[best]), abs=1e-6)


def test_what_is_not_read_is_not_explained_and_nothing_can_be_read() -> None:
    texts, labels = planted("words")
    model = Classifier(**{**SMALL, "epochs": 1}, longest=3).fit(texts, labels, progress=False)
    (one,) = model.explain([" ".join(["yes"] * 9)])
    assert len(one.symbols) == len(one.losses) == 3
    (none,) = model.explain(["\u200b"])
    assert len(none.symbols) == len(none.losses)


def test_the_page_explains_hard_cases_and_right_ones(fitted: Any) -> None:
    shown = explained_cases(fitted.fitted_)
    right = [one for one in shown if one.answer == one.label]
    assert len(right) == 6
    assert {one.label for one in right} == {"good", "bad"}  # not the first ones alone
    wrong = shown[: -len(right)]
    assert all(one.answer != one.label for one in wrong)


def test_series_are_refused() -> None:
    numbers = np.random.default_rng(0)
    series = [numbers.normal(size=12) for _ in range(30)]
    model = Classifier(**{**SMALL, "epochs": 1}).fit(series, ["a", "b"] * 15, progress=False)
    assert explained_cases(model.fitted_) == []
    with pytest.raises(SettingsError, match="of texts alone"):
        model.explain(series)
