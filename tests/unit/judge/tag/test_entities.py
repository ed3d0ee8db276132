"""Entities are those of the shared task's own script, case by case."""

from __future__ import annotations

from itertools import product

import pytest

from recur.judge.tag.entities import Counts, counted, entities, marks_entities


def by_the_script(tags: list[str]) -> list[tuple[str, int, int]]:
    """Return entities by the two rules of `conlleval`, as its Perl has them."""

    def split(tag: str) -> tuple[str, str]:
        place, _, kind = tag.partition("-")
        return place, kind

    def ends(before: str, kind: str, place: str, own: str) -> bool:
        pairs = {("B", "B"), ("B", "O"), ("I", "B"), ("I", "O")}
        return (before, place) in pairs or (before != "O" and kind != own)

    def starts(before: str, kind: str, place: str, own: str) -> bool:
        pairs = {("B", "B"), ("I", "B"), ("O", "B"), ("O", "I")}
        return (before, place) in pairs or (place != "O" and kind != own)

    found, first = [], -1
    before, kind = "O", ""
    for i, tag in enumerate([*tags, "O"]):
        place, own = split(tag)
        if first >= 0 and ends(before, kind, place, own):
            found.append((kind, first, i))
            first = -1
        if starts(before, kind, place, own):
            first = i
        before, kind = place, own
    return found


@pytest.mark.parametrize("length", [1, 2, 3, 4])
def test_every_sequence_of_b_i_and_o_is_read_as_the_script_reads_it(length: int) -> None:
    for tags in product(["O", "B-x", "I-x", "B-y", "I-y"], repeat=length):
        assert entities(tags) == by_the_script(list(tags)), tags


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("O I-x I-x", [("x", 1, 3)]),  # IOB1: no B where nothing is next to it
        ("I-x B-x I-x", [("x", 0, 1), ("x", 1, 3)]),
        ("B-x I-y", [("x", 0, 1), ("y", 1, 2)]),
        ("B-x E-x I-x", [("x", 0, 2), ("x", 2, 3)]),
        ("S-x S-x O", [("x", 0, 1), ("x", 1, 2)]),
        ("B-x L-x U-y", [("x", 0, 2), ("y", 2, 3)]),
        ("B-creative-work I-creative-work", [("creative-work", 0, 2)]),
        ("O O", []),
    ],
)
def test_other_schemes(tags: str, expected: list[tuple[str, int, int]]) -> None:
    assert entities(tags.split()) == expected


def test_an_entity_is_right_in_whole_or_not_at_all() -> None:
    true = ["B-x", "I-x", "O", "B-y", "O", "B-x"]
    given = ["B-x", "O", "O", "B-y", "B-x", "I-x"]  # cut short, right, too early
    assert counted(true, given) == Counts(true=3, found=3, right=1)
    assert counted(true, true).f1 == 1
    assert counted(true, ["O"] * 6) == (3, 0, 0)
    some = Counts(true=4, found=8, right=3)
    assert (some.precision, some.recall) == (3 / 8, 3 / 4)
    assert some.f1 == pytest.approx(2 * (3 / 8) * (3 / 4) / (3 / 8 + 3 / 4))
    assert Counts(0, 0, 0).f1 == Counts(0, 0, 0).precision == Counts(0, 0, 0).recall == 0


def test_parts_of_speech_mark_no_entities() -> None:
    assert marks_entities(["O", "B-x", "I-x"])
    assert not marks_entities(["O", "NOUN"])
    assert not marks_entities(["O"])
    assert not marks_entities(["B-x", "X-x"])
