"""A classifier learns, answers, is judged, and is the same after it was saved."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import recur
from recur import Classifier, SettingsError
from recur.data.labelled.examples import Examples
from recur.errors import DataError
from recur.judge.superiority import NETWORK
from recur.tasks.classify.predict import network_answers

SMALL: dict[str, Any] = {
    "embedding": 8, "hidden": 8, "epochs": 12, "batch": 16, "rate": 0.02, "dropout": 0.1,
}  # fmt: skip


def texts(count: int = 240, seed: int = 0) -> tuple[list[str], list[str]]:
    """Return texts in which what comes first of two words decides, far from each other."""
    numbers = np.random.default_rng(seed)
    found, labels = [], []
    for _ in range(count):
        first = bool(numbers.integers(2))
        one, other = ("sun", "moon") if first else ("moon", "sun")
        filler = numbers.choice(["a", "of", "in"], numbers.integers(1, 5))
        found.append(" ".join(["the", one, "the", *filler, "the", other, "the"]))
        labels.append("day" if first else "night")
    return found, labels


@pytest.fixture(scope="module")
def fitted() -> Any:
    return Classifier(**SMALL).fit(*texts(), progress=False)


def test_what_n_grams_cannot_see_is_learnt_and_claimed(fitted: Any) -> None:
    judgement = fitted.judge()
    assert judgement.scores[NETWORK].accuracy > 0.95
    assert judgement.scores["ngram_logistic"].accuracy < 0.7  # all pairs of words are in both
    assert judgement.verdict.claim == "skill"
    assert judgement.verdict.sentence.startswith("The network has skill: it is right on ")
    assert judgement.counts == tuple(fitted.held_out_.examples.labels.count(c) for c in
                                     ("day", "night"))  # fmt: skip
    assert fitted.classes_ == ("day", "night")
    assert judgement.verdict.strongest in judgement.scores


def test_answers_are_probabilities_and_labels(fitted: Any) -> None:
    asked = [
        "the sun the a of the moon the",
        "the moon the in the sun the",
        "words that nobody has seen",
    ]
    answers = fitted.predict_proba(asked)
    assert answers.shape == (3, 2)
    np.testing.assert_allclose(answers.sum(axis=1), 1)
    assert fitted.predict(asked)[:2] == ["day", "night"]
    alone = np.concatenate([fitted.predict_proba([one]) for one in asked])
    np.testing.assert_allclose(answers, alone, atol=1e-6)


def test_a_saved_classifier_answers_and_is_judged_the_same(fitted: Any, tmp_path: Path) -> None:
    loaded = recur.load(fitted.save(tmp_path / "m.recur"))
    asked, labels = texts(40, seed=5)
    assert np.array_equal(loaded.predict_proba(asked), fitted.predict_proba(asked))
    assert loaded.judge(asked, labels).scores == fitted.judge(asked, labels).scores
    assert loaded.judgement_ == fitted.judgement_


def test_a_killed_training_goes_on_to_the_same_bits(tmp_path: Path) -> None:
    given = texts(60)
    whole = Classifier(**{**SMALL, "epochs": 3}).fit(*given, progress=False)
    path = tmp_path / "run.checkpoint"
    Classifier(**{**SMALL, "epochs": 3}).fit(*given, progress=False, checkpoint=path)
    again = Classifier(**{**SMALL, "epochs": 3}).fit(*given, progress=False, checkpoint=path)
    assert np.array_equal(again.weights_, whole.weights_)


def test_no_symbol_of_a_held_out_text_is_known(fitted: Any) -> None:
    given, labels = texts()
    held = set(fitted.held_out_.examples.items)
    marked = [f"{text} heldout" if text in held else f"{text} learnt" for text in given]
    keys = dict(zip(marked, range(len(marked)), strict=False))
    model: Any = Classifier(**{**SMALL, "epochs": 1, "fewest": 1}).fit(
        marked, labels, groups=[keys[text] for text in marked], progress=False
    )
    seen = {word for text in model.held_out_.examples.items for word in text.split()}
    rest = {text for text in marked if text not in set(model.held_out_.examples.items)}
    known = set(model.fitted_.learned.lexicon.symbols)
    assert known <= {word for text in rest for word in text.split()}
    assert seen


def test_examples_to_judge_by_may_be_given(fitted: Any) -> None:
    more = texts(30, seed=9)
    model: Any = Classifier(**{**SMALL, "epochs": 1}).fit(*texts(60), test=more, progress=False)
    assert model.judgement_.verdict.examples == 30
    none = Classifier(**{**SMALL, "epochs": 1, "validation": 0.0}).fit(
        *texts(60), test=0, progress=False
    )
    assert none.judgement_ is None
    assert none.share_ == none.temperature_ == 1
    with pytest.raises(SettingsError, match="nothing to judge by"):
        none.judge()


def test_few_of_a_class_count_as_much_where_they_are_balanced() -> None:
    found, labels = texts(200)
    keep = [i for i, label in enumerate(labels) if label == "day" or i % 8 == 0]
    found, labels = [found[i] for i in keep], [labels[i] for i in keep]
    given = {**SMALL, "epochs": 1, "mix": False}
    plain, balanced = (
        Classifier(**given, balanced=balanced).fit(found, labels, test=0, progress=False)
        for balanced in (False, True)
    )
    asked = [text for text, label in zip(found, labels, strict=True) if label == "night"]
    rare = [model.predict_proba(asked)[:, 1].mean() for model in (plain, balanced)]
    assert rare[1] > rare[0]


def test_what_cannot_be_learnt_or_judged_is_one_sentence(fitted: Any) -> None:
    with pytest.raises(DataError, match="has the label `dusk`, which training has not seen"):
        fitted.judge(["sun the moon"], ["dusk"])
    with pytest.raises(DataError, match="has no labels"):
        fitted.judge(["sun the moon"])
    with pytest.raises(DataError, match="holds series, but this classifier was trained on texts"):
        fitted.predict([np.zeros(4)])
    with pytest.raises(SettingsError, match=r"`test` is 1\.5"):
        Classifier().fit(*texts(20), test=1.5)
    found, labels = texts(20)
    with pytest.raises(DataError, match="no group can be held out"):
        Classifier().fit(found, labels, groups=labels)
    with pytest.raises(DataError, match="has the label `dusk`"):
        Classifier().fit(*texts(20), test=(["sun"], ["dusk"]))


def test_several_networks_are_averaged_and_kept(tmp_path: Path) -> None:
    given, asked = texts(60), ["sun the a moon", "moon in of sun"]
    one, three = (
        Classifier(**{**SMALL, "epochs": 2}, networks=networks, mix=False, validation=0.0).fit(
            *given, test=0, progress=False, checkpoint=tmp_path / f"{networks}.run"
        )
        for networks in (1, 3)
    )
    assert np.array_equal(one.weights_, three.weights_)
    alone = [replace(three.fitted_, weights=w, others=()) for w in
             (three.weights_, *three.fitted_.others)]  # fmt: skip
    examples = Examples.of(asked)
    expected = np.mean([network_answers(each, examples) for each in alone], axis=0)
    np.testing.assert_allclose(three.predict_proba(asked), expected)
    assert len({each.weights.tobytes() for each in alone}) == 3
    loaded = recur.load(three.save(tmp_path / "m.recur"))
    assert np.array_equal(loaded.predict_proba(asked), three.predict_proba(asked))


def series(count: int = 60, seed: int = 0, *, ragged: bool = True) -> tuple[list[Any], list[str]]:
    """Return series of two channels that rise or fall, of their own lengths."""
    numbers = np.random.default_rng(seed)
    found, labels = [], []
    for _ in range(count):
        rises = bool(numbers.integers(2))
        steps = int(numbers.integers(12, 30)) if ragged else 36
        line = np.linspace(0, 3 if rises else -3, steps) + numbers.normal(0, 0.3, steps)
        found.append(np.stack([line, numbers.normal(size=steps)], axis=1))
        labels.append("up" if rises else "down")
    return found, labels


@pytest.mark.parametrize("ragged", [True, False])
def test_series_of_several_channels_are_told_apart_and_kept(ragged: bool, tmp_path: Path) -> None:
    model: Any = Classifier(hidden=6, epochs=10, rate=0.02, kernel=4)
    model.fit(*series(ragged=ragged), progress=False)
    assert (model.network_.convolution is None) == ragged
    assert model.judgement_.answer.accuracy > 0.85
    assert {"random_kernels", "neighbour_euclid"} <= set(model.judgement_.scores)
    asked, labels = series(20, seed=3, ragged=ragged)
    loaded = recur.load(model.save(tmp_path / "m.recur"))
    assert np.array_equal(loaded.predict_proba(asked), model.predict_proba(asked))
    assert loaded.judge(asked, labels).verdict.kind == "series"
    with pytest.raises(DataError, match="1 channels; this classifier was trained on 2"):
        model.predict([np.zeros(36)])
    if not ragged:
        with pytest.raises(DataError, match=r"a series of 9 steps; .* takes series of 36"):
            model.predict([np.zeros((9, 2))])
        with pytest.raises(SettingsError, match="`filters` is 4, but the series are of different"):
            Classifier(filters=4).fit(*series(), progress=False)
