"""The judgement and the verdict on taggers, and the simple answers beside them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from recur.errors import SettingsError
from recur.judge.tag.judgement import MIXTURE, TagJudgement, judge_tagger
from recur.judge.tag.perceptron import Perceptron, features, fit_perceptron
from recur.judge.tag.usual import UsualTag, fit_usual
from recur.judge.tag.verdict import FEWEST, bootstrap, judge_tags

TAGS = ["O", "B-x", "I-x"]


def counts(right: Any, true: int = 2) -> Any:
    """Return what was counted of sentences that have so many entities, all answered."""
    right = np.asarray(right)
    return np.stack([np.full(len(right), true), np.full(len(right), true), right], axis=1)


def test_the_interval_is_that_of_drawing_sentences() -> None:
    random = np.random.default_rng(0)
    own, other = (counts(random.binomial(2, p, 300)) for p in (0.6, 0.5))
    found = bootstrap("usual_tag", own, other)
    places = random.integers(0, 300, (4000, 300))
    differences = (own[places, 2] - other[places, 2]).sum(axis=1) / 600
    assert found.difference == pytest.approx((own[:, 2] - other[:, 2]).sum() / 600)
    expected = np.quantile(differences, [0.02, 0.98])
    assert [found.low, found.high] == pytest.approx(expected, abs=0.01)


def test_skill_is_claimed_over_every_reference_or_not_at_all() -> None:
    random = np.random.default_rng(1)
    own, weak = counts(random.binomial(2, 0.7, 200)), counts(random.binomial(2, 0.2, 200))
    assert judge_tags("f1", own, {"usual_tag": weak}).claim == "skill"
    both = judge_tags("f1", own, {"usual_tag": weak, "perceptron": own})
    assert (both.claim, both.strongest, both.low) == ("none", "perceptron", 0)
    assert "No evidence that the network is better than an averaged perceptron" in both.sentence
    lost = judge_tags("f1", weak, {"perceptron": own})
    assert lost.worse
    assert "use that instead" in lost.sentence
    few = judge_tags("f1", own[: FEWEST - 1], {"usual_tag": weak[: FEWEST - 1]})
    assert few.claim == "too_little"
    assert "at least 30 are needed" in few.sentence


def test_entities_are_judged_where_tags_mark_them() -> None:
    true = [["B-x", "I-x", "O"], ["O", "B-y", "O"]]
    given = [["B-x", "I-x", "O"], ["O", "B-x", "B-x"]]
    answers = {"network": given, "usual_tag": [["O"] * 3, ["O"] * 3]}
    found = judge_tagger(answers, true)
    assert (found.measure, found.words) == ("f1", 6)
    score = found.scores["network"]
    assert (score.precision, score.recall) == (1 / 3, 1 / 2)
    assert score.f1 == pytest.approx(0.4)
    assert score.accuracy == 4 / 6
    assert [(one.kind, one.true, one.found, one.right) for one in found.kinds] == [
        ("x", 1, 3, 1),
        ("y", 1, 0, 0),
    ]
    assert found.confused == ("x", "y", "nothing")
    assert found.confusion == ((1, 0, 0), (1, 0, 0), (1, 0, 0))
    assert TagJudgement.from_dict(found.to_dict()) == found


def test_tags_are_judged_where_they_mark_no_entities() -> None:
    true = [["NOUN", "VERB"], ["NOUN", "NOUN"]]
    given = [["NOUN", "NOUN"], ["NOUN", "NOUN"]]
    found = judge_tagger({"network": given, MIXTURE: true, "perceptron": given}, true, "perceptron")
    assert found.measure == "accuracy"
    assert found.scores["network"].accuracy == 3 / 4
    assert found.scores["network"].f1 is None
    assert found.verdict.score == 3 / 4
    assert found.answer.accuracy == 1
    assert found.mixture is not None
    assert found.mixture.difference == 1 / 4
    assert found.confusion == ((3, 0), (0, 1))  # of the mixture, which `predict` answers with
    assert "100.0 % of the tags right" in found.sentences[1]


def sentences() -> tuple[list[list[str]], list[Any]]:
    """Return sentences in which a capital behind `in` is a place, else a person."""
    random, words, tags = np.random.default_rng(0), [], []
    for _ in range(150):
        name = "".join(random.choice(list("abcdefgh"), 5)).capitalize()
        place = bool(random.integers(2))
        words.append(["we", "met", *(["in"] if place else []), name, "."])
        tags.append(np.array([0, 0, *([0] if place else []), 1 if place else 2, 0]))
    return words, tags


def test_the_perceptron_learns_from_neighbours_and_shapes_and_is_kept() -> None:
    words, tags = sentences()
    model = fit_perceptron(words[:100], tags[:100], 3, seed=0)
    right = [
        np.array_equal(model.answers(w), t) for w, t in zip(words[100:], tags[100:], strict=True)
    ]
    assert np.mean(right) > 0.95
    loaded = Perceptron.read(3, model.tensors())
    assert all(np.array_equal(loaded.answers(w), model.answers(w)) for w in words)
    with pytest.raises(SettingsError, match="not of its tags"):
        Perceptron.read(4, model.tensors())


def test_the_perceptron_averages_its_weights() -> None:
    """Follow a training of one word and two tags by hand."""
    model = fit_perceptron([["a"]] * 3, [np.array([1])] * 3, 2, seed=0)
    row = np.searchsorted(model.keys, features(["a"])[0, 0])
    # Wrong once, before the first step of 24, and right from then on.
    assert model.weights[row].tolist() == [-1, 1]
    alternating = fit_perceptron([["a"], ["a"]], [np.array([1]), np.array([0])], 2, seed=0)
    assert np.abs(alternating.weights).max() < 1


def test_the_usual_tag_is_that_of_the_word_or_of_words_seen_once() -> None:
    words = [["a", "a", "a", "b", "c"]]
    tags = [np.array([0, 1, 1, 0, 2])]
    model = fit_usual(words, tags)
    assert model.answers(["a", "b", "c", "d"]).tolist() == [1, 0, 2, 0]
    loaded = UsualTag.read(3, model.tensors())
    assert loaded.answers(["a", "d"]).tolist() == [1, 0]
    with pytest.raises(SettingsError, match="none of its tags"):
        UsualTag.read(2, model.tensors())
