"""What a tagger learns from besides its sentences, and what it chooses by the validation part."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.unit.tasks.tag.test_tagger import SMALL

from recur import Tagger
from recur.data.labelled.sentences import Sentences
from recur.judge.superiority import NETWORK
from recur.judge.tag.entities import entities
from recur.tasks.tag.choose import best_of, score
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


def test_the_first_of_what_is_worth_most_is_taken() -> None:
    assert best_of((0.0, 1.0, 2.0), lambda each: min(each, 1.0)) == 1.0
    assert best_of((0.0, 1.0), lambda _: 0.5) == 0.0


def test_the_score_is_f1_or_the_share_of_right_tags() -> None:
    true = [("B-x", "O"), ("O", "B-x")]
    assert score(true, [("B-x", "O"), ("O", "O")]) == pytest.approx(2 / 3)
    assert score([("N", "V")], [("N", "N")]) == 1 / 2


def test_what_is_taken_off_finds_more_entities() -> None:
    """Names that are rarer in training than in the validation part are found all the same."""
    numbers = np.random.default_rng(0)

    def drawn(count: int, share: float) -> Any:
        words = [["we", "saw", str(numbers.choice(["Ann", "Bob"])), "go"] for _ in range(count)]
        named = numbers.random(count) < share  # whether it is one cannot be seen
        return words, [["O", "O", "B-x" if one else "O", "O"] for one in named]

    given = {**SMALL, "epochs": 8, "mix": False, "swaps": 0, "refit": False}
    model: Any = Tagger(**given)
    model.fit(*drawn(200, 0.3), validation=drawn(60, 0.9), test=drawn(60, 0.9), progress=False)
    learned = model.fitted_.learned
    assert learned.lowered > 0
    assert model.judgement_.scores[NETWORK].recall > 0.9
    plain = model.fitted_.learned.but(lowered=0.0)
    object.__setattr__(model.fitted_, "learned", plain)
    assert not any("B-x" in tags for tags in model.predict(drawn(20, 0.9)[0]))
