"""What a tagger learns from besides its sentences, and what it chooses by the validation part."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.tasks.tag.test_tagger import SMALL, sentences

from recur import Tagger
from recur.data.labelled.sentences import Sentences
from recur.judge.tag.entities import entities
from recur.tasks.tag.choose import score
from recur.tasks.tag.swaps import swapped


def named() -> Sentences:
    words = [["in", "New", "York", "met", "Ann"], ["so", "it", "is"], ["Rome", "is", "far"]]
    tags = [["O", "B-x", "I-x", "O", "B-y"], ["O"] * 3, ["B-x", "O", "O"]]
    return Sentences.of(words, tags)


def test_copies_hold_other_entities_of_the_same_types() -> None:
    given = named()
    more = swapped(given, 20, seed=1)
    assert (more.words[:3], more.tags[:3]) == (given.words, given.tags)
    assert len(more) == 3 + 20 * 2  # the second sentence has no entities
    seen = set()
    for words, tags in zip(more.words[3:], more.tags[3:], strict=True):
        assert len(words) == len(tags)
        for one in entities(tags):
            name = " ".join(words[one.first : one.end])
            seen.add((one.kind, name))
        rest = [word for word, tag in zip(words, tags, strict=True) if tag == "O"]
        assert rest in (["in", "met"], ["is", "far"])
    assert seen == {("x", "New York"), ("x", "Rome"), ("y", "Ann")}
    assert swapped(given, 20, seed=1) == more
    assert swapped(given, 20, seed=2) != more
    assert swapped(given, 0, seed=1) == given


def test_entities_that_would_run_together_stay() -> None:
    """Where a `B` only parts neighbours, another entity may lack it."""
    given = Sentences.of([["a", "b"], ["c"]], [["I-x", "B-x"], ["I-x"]])
    for tags in swapped(given, 30, seed=0).tags:
        assert len(entities(tags)) in (1, 2)
        assert (len(tags) == 1) == (len(entities(tags)) == 1)


def test_the_score_is_f1_or_the_share_of_right_tags() -> None:
    true = [("B-x", "O"), ("O", "B-x")]
    assert score(true, [("B-x", "O"), ("O", "O")]) == pytest.approx(2 / 3)
    assert score([("N", "V")], [("N", "N")]) == 1 / 2


def test_where_little_tells_both_have_a_say() -> None:
    words, tags = sentences(60)
    given = {**SMALL, "epochs": 1, "refit": False}
    hopeless = [["it", "is"]], [["B-x", "O"]]
    few: Any = Tagger(**given).fit(words, tags, validation=hopeless, test=0, progress=False)
    assert few.weight_ == 0.05  # no entity says which is better


def test_half_of_what_is_given_to_choose_by_is_learnt_from_before() -> None:
    """What answers in the end knows sentences of that kind; so must what the choice is made for."""
    words, tags = sentences(40)
    other = [["so", name] for name in ("Kairo", "Linz") * 30]
    own = [["O", "B-x" if name == "Kairo" else "O"] for _, name in other]
    losses = []
    for refit in (True, False):
        model: Any = Tagger(**SMALL, refit=refit)
        model.fit(words, tags, validation=(other, own), test=0, progress=False)
        losses.append(model.history_[-1].validation)
    assert losses[0] < losses[1] / 2
