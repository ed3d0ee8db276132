"""What is shown of tagged sentences: their tags, counted, and never more than fits a line."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from recur.data.labelled.sentences import Sentences
from recur.tasks.tag.results import data_line, hard_sentences


def test_entities_are_counted_by_their_kind_and_other_tags_by_their_name() -> None:
    words = [["in", "New", "York"], ["May", "came"]]
    entities = Sentences.of(words, [["O", "B-place", "I-place"], ["B-person", "O"]])
    assert data_line(entities).endswith("2 sentences, 5 words · 2 entities: place (1), person (1)")
    parts = Sentences.of(words, [["ADP", "NAME", "NAME"], ["NAME", "VERB"]])
    assert data_line(parts).endswith("3 tags: NAME (3), ADP (1), VERB (1)")
    assert data_line(Sentences.of(words)).endswith("2 sentences, 5 words")


def test_of_many_kinds_the_most_frequent_are_named() -> None:
    tags = [f"T{i}" for i in range(7) for _ in range(8 - i)]
    line = data_line(Sentences.of([["word"] * len(tags)], [tags]))
    assert line.endswith("7 tags: T0 (8), T1 (7), T2 (6), T3 (5) and 3 more")


def test_where_nothing_was_held_out_no_sentence_is_hard() -> None:
    fitted: Any = SimpleNamespace(held_out=None)
    assert hard_sentences(fitted) == []
