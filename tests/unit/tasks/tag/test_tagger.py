"""A tagger learns, answers, is judged, and is the same after it was saved."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import recur
from recur import SettingsError, Tagger
from recur.data.labelled.sentences import Sentences
from recur.errors import DataError
from recur.judge.superiority import NETWORK
from recur.judge.tag.judgement import MIXTURE
from recur.tasks.tag.predict import decoded, network_scores
from recur.tasks.tag.results import told

SMALL: dict[str, Any] = {
    "embedding": 6, "filters": 8, "hidden": 8, "epochs": 6, "batch": 8, "rate": 0.02,
    "dropout": 0.1,
}  # fmt: skip
Lists = tuple[list[list[str]], list[list[str]]]


def sentences(count: int = 240, seed: int = 0) -> Lists:
    """Return sentences with new names, at both ends, whose type the last sign tells."""
    numbers = np.random.default_rng(seed)
    words, tags = [], []
    for _ in range(count):
        names = ["".join(numbers.choice(list("bdgkpt"), 4)) for _ in range(3)]
        far = bool(numbers.integers(2))
        filler = [str(one) for one in numbers.choice(["so", "it", "is"], numbers.integers(2, 5))]
        kind = "x" if far else "y"
        words.append([names[0], *filler, *names[1:], "!" if far else "."])
        tags.append([f"B-{kind}", *["O"] * len(filler), f"B-{kind}", f"I-{kind}", "O"])
    return words, tags


@pytest.fixture(scope="module")
def fitted() -> Any:
    return Tagger(**{**SMALL, "epochs": 40}).fit(*sentences(), progress=False)


def test_what_the_perceptron_cannot_see_is_learnt_and_claimed(fitted: Any) -> None:
    judgement = fitted.judge()
    assert judgement.scores[NETWORK].f1 > 0.9
    assert judgement.scores["perceptron"].f1 < 0.8  # the last word is too far for it
    assert judgement.verdict.claim == "skill"
    assert judgement.verdict.sentence.startswith("The network has skill: F1 ")
    assert fitted.tags_ == ("B-x", "B-y", "I-x", "I-y", "O")
    assert judgement.verdict.sentences == 48
    assert [one.kind for one in judgement.kinds] == ["x", "y"]
    assert fitted.score() == judgement.answer.f1


def test_every_word_has_a_tag_and_its_confidence(fitted: Any) -> None:
    asked = [["bdgk", "so", "it", "bdgk", "tttt", "."], ["new"], ["it", "is"]]
    answers = fitted.answers(asked)
    assert [len(tags) for tags in answers.tags] == [6, 1, 2]
    assert fitted.predict(asked)[0] == ["B-y", "O", "O", "B-y", "I-y", "O"]
    for tags, sure in zip(answers.tags, answers.confidence, strict=True):
        assert len(tags) == len(sure)
        assert all(0 < one <= 1 for one in sure)
    alone = [fitted.predict([one])[0] for one in asked]
    assert fitted.predict(asked) == alone


def test_a_saved_tagger_answers_and_is_judged_the_same(fitted: Any, tmp_path: Path) -> None:
    loaded = recur.load(fitted.save(tmp_path / "m.recur"))
    asked = sentences(40, seed=5)
    assert loaded.predict(asked[0]) == fitted.predict(asked[0])
    assert loaded.judge(*asked) == fitted.judge(*asked)
    assert loaded.judgement_ == fitted.judgement_


def test_a_killed_training_goes_on_to_the_same_bits(tmp_path: Path) -> None:
    given = sentences(60)
    whole = Tagger(**SMALL).fit(*given, progress=False)
    path = tmp_path / "run.checkpoint"
    Tagger(**SMALL).fit(*given, progress=False, checkpoint=path)
    (tmp_path / "run.checkpoint.2").unlink()  # as if it was killed before the second training
    again = Tagger(**SMALL).fit(*given, progress=False, checkpoint=path)
    assert np.array_equal(again.weights_, whole.weights_)


def test_no_word_that_is_held_out_is_known() -> None:
    words, tags = sentences(60)
    names = [f"{'abcdefgh'[i // 8]}{'stuvwxyz'[i % 8]}" for i in range(60)]
    marked = [[*one, name] for one, name in zip(words, names, strict=True)]
    ends = [[*one, "O"] for one in tags]
    model: Any = Tagger(**{**SMALL, "epochs": 1, "fewest": 1}).fit(marked, ends, progress=False)
    held = {one[-1] for one in model.held_out_.sentences.words}
    learnt = {word for one in marked for word in one if one[-1] not in held}
    assert len(held) == 12
    assert set(model.fitted_.learned.lexicon.words) == learnt
    assert len(model.fitted_.usual.keys) == len(learnt)


def test_after_choosing_the_validation_part_is_learnt_from_as_well() -> None:
    words, tags = sentences(80)
    words[0][1], words[1][1] = "rare", "rare"
    given = {**SMALL, "epochs": 1, "filters": 0}
    sizes = []
    for refit in (True, False):
        model: Any = Tagger(**given, refit=refit)
        model.fit(words[2:], tags[2:], validation=(words[:2], tags[:2]), test=0, progress=False)
        sizes.append("rare" in model.fitted_.learned.lexicon.words)
        assert model.history_[0].validation is not None
        assert 1 <= model.kept_epoch_ <= len(model.history_) <= model.epochs_
        assert model.judgement_ is None
    assert sizes == [True, False]


def test_the_perceptron_is_mixed_in_where_it_helps() -> None:
    """With a network that knows nothing yet, everything is up to the perceptron."""
    words = [["in", name] for name in ("Rome", "Oslo", "Bonn", "Lima") * 15]
    tags = [["O", "B-place" if word[1] in ("Rome", "Oslo") else "O"] for word in words]
    given = {**SMALL, "epochs": 1, "rate": 1e-6}
    model: Any = Tagger(**given).fit(words, tags, progress=False)
    assert model.weight_ > 0
    judgement = model.judgement_
    assert judgement.scores[MIXTURE].f1 > judgement.scores[NETWORK].f1
    assert "Mixed with an averaged perceptron" in judgement.sentences[1]
    assert model.predict([["in", "Rome"], ["in", "Lima"]]) == [["O", "B-place"], ["O", "O"]]
    alone: Any = Tagger(**given, mix=False).fit(words, tags, progress=False)
    assert alone.weight_ == 0
    assert MIXTURE not in alone.judgement_.scores


@pytest.mark.parametrize("chain", [True, False])
def test_several_networks_are_averaged_and_kept(chain: bool, tmp_path: Path) -> None:
    given, asked = sentences(60), Sentences.of(sentences(20, seed=4)[0]).words
    model: Any = Tagger(**SMALL, networks=3, mix=False, chain=chain)
    model.fit(*given, test=0, progress=False)
    fitted = model.fitted_
    alone = [replace(fitted, weights=w, others=()) for w in (fitted.weights, *fitted.others)]
    assert len({one.weights.tobytes() for one in alone}) == 3
    each = [network_scores(one, asked) for one in alone]
    for i, both in enumerate(network_scores(fitted, asked)):
        np.testing.assert_allclose(both.outputs, np.mean([e[i].outputs for e in each], axis=0))
        np.testing.assert_allclose(both.chain, np.mean([e[i].chain for e in each], axis=0))
        assert both.chain.any() == chain
    assert model.predict(asked) == [
        list(t) for t in decoded(fitted, network_scores(fitted, asked)).tags
    ]
    loaded = recur.load(model.save(tmp_path / "m.recur"))
    assert loaded.predict(asked) == model.predict(asked)


def test_other_tags_than_entities_are_judged_by_the_share_of_right_ones() -> None:
    words, tags = sentences(160)
    parts = [["NAME" if tag != "O" else "WORD" for tag in one] for one in tags]
    model: Any = Tagger(**SMALL).fit(words, parts, progress=False)
    assert model.judgement_.measure == "accuracy"
    assert model.score() == model.judgement_.answer.accuracy
    assert "of the tags right" in model.judgement_.sentences[0]


def test_what_cannot_be_learnt_or_judged_is_one_sentence(fitted: Any) -> None:
    with pytest.raises(DataError, match="has the tag `B-z`, which training has not seen"):
        fitted.judge([["a"]], [["B-z"]])
    with pytest.raises(DataError, match="has no tags"):
        fitted.judge([["a"]])
    with pytest.raises(DataError, match="has no tags"):
        Tagger().fit([["a"], ["b"]])
    with pytest.raises(DataError, match="all 3 words have the tag `O`"):
        Tagger().fit([["a"], ["b"], ["c"], ["d"], ["e"]], [["O"]] * 5)
    with pytest.raises(DataError, match="holds a single sentence"):
        Tagger().fit([["a", "b"]], [["O", "B-x"]])
    with pytest.raises(SettingsError, match=r"`test` is 1\.5"):
        Tagger().fit(*sentences(20), test=1.5)
    with pytest.raises(DataError, match="has the tag `B-z`"):
        Tagger().fit(*sentences(20), validation=([["a"]], [["B-z"]]))
    model: Any = Tagger(**{**SMALL, "epochs": 1}).fit(*sentences(20), test=0, progress=False)
    with pytest.raises(SettingsError, match="nothing to judge by"):
        model.judge()


def test_a_sentence_whose_tag_is_in_no_other_is_learnt_from() -> None:
    words, tags = sentences(30)
    tags[4][0] = "B-alone"
    for seed in range(3):
        model: Any = Tagger(**{**SMALL, "epochs": 1}, seed=seed)
        model.fit(words, tags, progress=False)
        assert "B-alone" in model.tags_
        held = model.held_out_.sentences
        assert isinstance(held, Sentences)
        assert not any("B-alone" in one for one in held.tags)


def test_a_long_sentence_is_shown_by_its_beginning() -> None:
    tags = ["B-x", "I-x"] * 100
    for known in (["B-x", "I-x"], ["N"]):
        said = told(["word"] * 200, tags, known)
        assert len(said) <= 200
        assert said.endswith(" ...")
    assert told(["a"], ["O"], ["O", "B-x"]) == "nothing"
