"""Lab `configurations`: each of the five does what its simple answer cannot; the toys are right."""

from __future__ import annotations

import numpy as np
import pytest

from recur.engines.registry import open_engine
from recur.labs.configurations import toys
from recur.labs.configurations.by_hand import of_symbols
from recur.labs.configurations.outcome import wrong
from recur.labs.configurations.simple import linear_answers, linear_values
from recur.networks.initial import initial_values
from recur.networks.spec import NetworkSpec
from recur.report.findings import Findings

CONFIGURATIONS = (
    "one to one: image",
    "one to many: music",
    "one to many: caption",
    "many to one: sentiment",
    "aligned many to many: tags",
    "many to many: translation",
)


def test_each_configuration_stands_above_its_simple_answer(findings: Findings) -> None:
    assert tuple(row.name for row in findings.rows[::2]) == CONFIGURATIONS
    assert all(row.name.startswith("simple answer: ") for row in findings.rows[1::2])
    for ours, simple in zip(findings.rows[::2], findings.rows[1::2], strict=True):
        assert ours.metric == simple.metric
        assert ours.limit == simple.limit == 0
        assert ours.seconds is not None


def test_each_network_does_what_the_simple_answer_cannot(findings: Findings) -> None:
    for ours, simple in zip(findings.rows[::2], findings.rows[1::2], strict=True):
        assert ours.ours is not None
        assert simple.ours is not None
        assert ours.ours < simple.ours / 10, ours.name


def test_the_tasks_stand_beside_the_strongest_of_what_they_are_judged_against(
    findings: Findings,
) -> None:
    simple = [row.name.removeprefix("simple answer: ") for row in findings.rows[1::2]]
    assert simple[3:] == ["ngram logistic", "perceptron", "dictionary"]


def test_there_is_an_example_of_each(findings: Findings) -> None:
    examples = dict(findings.texts)
    assert tuple(examples) == CONFIGURATIONS
    assert "#" in examples["one to one: image"]
    assert " (a line " in examples["one to many: caption"]
    assert examples["one to many: music"].startswith("A -> ")
    assert len(examples["aligned many to many: tags"].split("/")) == 1 + toys.LENGTH
    assert examples["aligned many to many: tags"].endswith(" (0 wrong)")
    assert any("in 6 of 6" in word for word in findings.words)


def test_an_image_has_one_line_that_stands_or_lies() -> None:
    images, stands = toys.images(200, seed=0)
    lines = images.reshape(-1, toys.SIDE, toys.SIDE) > 0.5
    assert (lines.sum(axis=(1, 2)) == toys.SIDE).all()
    for image, standing in zip(lines, stands, strict=True):
        assert image.all(axis=0).any() == (standing == 1)
        assert image.all(axis=1).any() == (standing == 0)
    assert set(stands) == {0, 1}
    assert toys.drawn(images[0]).count("#") == toys.SIDE


def test_the_newest_feeling_counts_and_not_turns_it_round() -> None:
    sentences, feelings = toys.sentences(300, seed=0)
    for sentence, felt in zip(sentences, feelings, strict=True):
        so_far = False
        words = [toys.WORDS[word] for word in sentence]
        for at, word in enumerate(words):
            if word in ("good", "bad"):
                so_far = (word == "good") != (at > 0 and words[at - 1] == "not")
            assert felt[at] == so_far


def test_a_word_of_two_tags_has_the_one_that_the_newest_article_or_pronoun_gives() -> None:
    sentences, tags = toys.tagged(300, seed=0)
    plain = {"the": "article", "a": "article", "they": "pronoun", "we": "pronoun"}
    for sentence, tagged in zip(sentences, tags, strict=True):
        newest = "pronoun"
        for word, tag in zip(sentence, tagged, strict=True):
            name, given = toys.TAGGED_WORDS[word], toys.TAGS[tag]
            newest = plain.get(name, newest)
            either = "noun" if newest == "article" else "verb"
            assert given == plain.get(name, "adverb" if name == "often" else either)


def test_tunes_begin_with_notes_of_their_own_and_share_the_others() -> None:
    tunes = toys.tunes(seed=0)
    assert tunes.shape == (toys.TUNES, 1 + toys.TUNE)
    assert tunes[:, 0].tolist() == list(range(toys.TUNES))
    assert ((tunes[:, 1:] >= toys.TUNES) & (tunes[:, 1:] < toys.SOUNDS)).all()
    assert toys.written(tunes[1])[0] == "B"
    assert set(toys.written(tunes[1])[1:]) <= set(toys.NOTES)


def test_the_usual_note_is_the_one_that_most_often_follows() -> None:
    a, b, c = toys.TUNES, toys.TUNES + 1, toys.TUNES + 2
    tune = np.array([[0, a, b, a, b, a, c]], np.int32)
    assert toys.usual_notes(tune)[0, :4].tolist() == [a, b, a, b]


def test_of_each_pair_the_larger_is_said_the_last_pair_first() -> None:
    for digits, words in zip(*toys.pairs(50, seed=0), strict=True):
        numbers = list(map(int, digits.split()))
        largest = [max(numbers[4:]), max(numbers[2:4]), max(numbers[:2])]
        assert [toys.DIGITS.index(word) for word in words.split()] == largest


def test_a_caption_says_where_the_line_of_its_image_is() -> None:
    images, texts = toys.captions(200, seed=0)
    seen = set()
    for image, text in zip(images, texts, strict=True):
        rows = toys.drawn(image).split("\n")
        if "#####" in rows:
            expected = f"a line lies {toys.DOWN[rows.index('#####')]}"
        else:
            expected = f"a line stands {toys.ACROSS[rows[0].index('#')]}"
        assert toys.told(text) == expected
        assert toys.SAID[text[-1]] == "."
        seen.add(expected)
    assert len(seen) == 10


def test_a_network_of_symbols_is_the_one_that_was_taught() -> None:
    spec = NetworkSpec(inputs=5, hidden=4, outputs=3, reads="every")
    weights, words = initial_values(spec, 0), np.array([[0], [2], [1]], np.int32)
    shown = np.concatenate([np.zeros((3, 1, 2)), np.eye(3)[words]], axis=2).astype(np.float32)
    engine = open_engine("compiled")
    ours, _ = engine.forward(spec, weights, shown)
    written, _ = engine.forward(*of_symbols(spec, weights, 3), words)
    assert np.array_equal(ours, written)


def test_toys_are_the_same_for_the_same_seed_and_others_for_another() -> None:
    for toy in (toys.images, toys.captions, toys.sentences, toys.tagged, toys.pairs):
        assert np.array_equal(toy(20, 1)[0], toy(20, 1)[0])
        assert not np.array_equal(toy(20, 1)[0], toy(20, 2)[0])


def test_weighing_finds_sums_and_no_more() -> None:
    known = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    total = 3 + known @ np.array([2.0, -1.0])
    assert linear_values(known, total, known + 5) == pytest.approx(total + 5)
    either = np.array([0, 1, 1, 1], np.int32)
    assert linear_answers(known, either, known).tolist() == either.tolist()
    third = np.array([0, 1, 2, 2], np.int32)
    assert linear_answers(known, third, known).tolist() == third.tolist()
    one_alone = np.array([0, 1, 1, 0], np.int32)
    assert wrong(linear_answers(known, one_alone, known), one_alone) >= 0.5
    rows = np.array([[0, 1], [2, 3]])
    assert wrong(rows, rows * [[1, 1], [1, 0]], whole=True) == 0.5
