"""Pairs of texts, the files that hold them, and texts put together from words."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recur.data.labelled.lexicon import Lexicon, pieces
from recur.data.labelled.pairs import TextPairs, read_pairs
from recur.data.labelled.spacing import Spacing
from recur.data.sources.pairs import Pairs
from recur.errors import DataError, RecurError

LINES = "Go.\tVa !\r\nI see.\tJe vois.\tCC-BY\n\nGo.\tMarche.\n"


def written(folder: Path, text: str, name: str = "pairs.tsv") -> Path:
    path = folder / name
    path.write_bytes(text.encode())
    return path


def test_lines_of_two_texts_are_pairs(tmp_path: Path) -> None:
    pairs = read_pairs([written(tmp_path, LINES)])
    assert pairs.sources == ("Go.", "I see.", "Go.")
    assert pairs.targets == ("Va !", "Je vois.", "Marche.")
    assert pairs.references() == (("Go.", "I see."), (("Va !", "Marche."), ("Je vois.",)))


def test_several_files_follow_each_other(tmp_path: Path) -> None:
    more = written(tmp_path, "No.\tNon.\n", "more.txt")
    pairs = read_pairs([written(tmp_path, LINES), more])
    assert pairs.sources[-1] == "No."
    assert pairs.origin == "pairs.tsv and 1 more"


def test_columns_of_a_table_are_named_or_the_only_two(tmp_path: Path) -> None:
    two = written(tmp_path, "en,fr\nGo.,Va !\nNo.,Non.\n", "two.csv")
    assert read_pairs([two]).targets == ("Va !", "Non.")
    three = written(tmp_path, "id,en,fr\na,Go.,Va !\nb,No.,Non.\n", "three.csv")
    named = read_pairs([three], source="fr", target="en")
    assert named.sources == ("Va !", "Non.")
    assert named.targets == ("Go.", "No.")
    assert read_pairs([three], source="en").targets == ()
    headed = written(tmp_path, "fr\ten\nVa !\tGo.\n")
    assert read_pairs([headed], source="en", target="fr").targets == ("Va !",)


def test_a_single_column_is_texts_without_a_truth(tmp_path: Path) -> None:
    pairs = read_pairs([written(tmp_path, "Go.\nNo.\n", "texts.txt")])
    assert pairs.targets == ()
    with pytest.raises(DataError, match=r"texts\.txt has one column only"):
        pairs.needed()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Go.\tVa !\n\nNo.\t\n", "pairs.tsv, line 3: nothing stands on the right of the tab"),
        ("Go.\tVa !\n \tNon.\n", "pairs.tsv, line 2: nothing stands on the left of the tab"),
        ("Go.\tVa !\nNo.\n", "pairs.tsv, line 2: nothing stands on the right of the tab"),
        ("\n \n", "pairs.tsv is empty; a line for each pair is expected"),
    ],
)
def test_lines_that_are_no_pairs_are_named(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(DataError, match=re.escape(sentence)):
        read_pairs([written(tmp_path, text)])


def test_what_cannot_be_read_is_told_in_a_sentence(tmp_path: Path) -> None:
    three = written(tmp_path, "id,en,fr\na,Go.,Va !\n", "three.csv")
    with pytest.raises(DataError, match="has the columns `id`, `en`, `fr`; name that of what"):
        read_pairs([three])
    with pytest.raises(RecurError, match="`target` names a column; name the one of what comes in"):
        read_pairs([three], target="fr")
    with pytest.raises(DataError, match="There is no file"):
        read_pairs([tmp_path / "none.tsv"])
    with pytest.raises(DataError, match=r"cannot be read: File name too long\.$"):
        read_pairs([tmp_path / ("n" * 300)])
    both = [written(tmp_path, LINES), written(tmp_path, "Go.\n", "texts.txt")]
    with pytest.raises(DataError, match="Some of the files have a second column"):
        read_pairs(both)


def test_pairs_of_a_program_are_checked() -> None:
    with pytest.raises(DataError, match="2 texts and 1 of what should come out"):
        TextPairs.of(["a", "b"], ["c"])
    with pytest.raises(DataError, match="a side of pair 2 is empty"):
        TextPairs.of(["a", "b"], ["c", " "])
    with pytest.raises(DataError, match="3 is a `int`; texts are expected"):
        TextPairs.of(["a", 3])


def test_pairs_with_the_same_source_stay_together() -> None:
    sources = [f"s{i // 3}" for i in range(300)]
    pairs = TextPairs.of(sources, [f"t{i}" for i in range(300)])
    first, second = pairs.divided(0.1, seed=1, number=0)
    assert len(second) == 30
    assert not {sources[i] for i in first} & {sources[i] for i in second}
    assert sorted([*first, *second]) == list(range(300))
    np.testing.assert_array_equal(second, pairs.divided(0.1, seed=1, number=0)[1])


TRAINING = ["J'ai fini !", "Va-t'en !", "Il dort, Tom.", "L'eau est là.", "Où est-il ?"]


def test_words_are_joined_as_they_stood() -> None:
    spacing = Spacing.of(TRAINING, "words")
    for text in TRAINING:
        assert spacing.join(pieces(text, "words", exact=True), "words") == text
    assert spacing.join(["J'", "eau", "est", ",", "non", "!"], "words") == "J'eau est, non !"
    assert spacing.join([], "words") == ""


def test_a_new_word_is_not_joined_to_one_that_follows_a_sign_as_a_rule() -> None:
    spacing = Spacing.of(["C'est fini.", "L'eau n'est pas là.", "Qu'est-ce ?"], "words")
    assert spacing.join(["Natto", "est", "bon"], "words") == "Natto est bon"
    assert spacing.join(["C'", "est", "bon"], "words") == "C'est bon"


def test_dates_are_joined_without_spaces() -> None:
    spacing = Spacing.of(["1999-05-03", "2001-12-31"], "words")
    assert spacing.join(["2011", "-", "01", "-", "09"], "words") == "2011-01-09"


@given(st.lists(st.text(alphabet="ab '-", min_size=1), max_size=5))
def test_characters_are_joined_as_they_are(texts: list[str]) -> None:
    spacing = Spacing.of(texts, "characters")
    for text in texts:
        assert spacing.join(pieces(text, "characters"), "characters") == text.strip()


def test_exact_words_keep_their_case_and_are_cut_behind_apostrophes() -> None:
    lexicon = Lexicon.of(["J'ai vu Tom", "j'ai dit"], "words", 1, exact=True)
    assert set(lexicon.symbols) == {"J'", "j'", "ai", "vu", "Tom", "dit"}
    assert (lexicon.encode("J'ai dit tom", 9) == 0).tolist() == [False, False, False, True]


def test_what_a_decoder_is_fed_stands_before_its_targets() -> None:
    def some(*rows: list[int]) -> list[np.ndarray]:
        return [np.array(row, np.int32) for row in rows]

    source = Pairs.of(some([3], [4, 5, 6]), some([9, 1, 2, 9], [9, 8, 9]))
    assert (len(source), source.steps, source.target_steps) == (2, 3, 3)
    batch = source.gather(np.array([1, 0]))
    assert batch.fed is not None
    assert batch.mask is not None
    assert batch.counted is not None
    assert batch.inputs.T[0].tolist() == [4, 5, 6]
    assert batch.fed.T.tolist()[1] == [9, 1, 2]
    assert batch.targets.T.tolist()[1] == [1, 2, 9]
    assert batch.fed.T[0][:2].tolist() == [9, 8]
    assert batch.targets.T[0][:2].tolist() == [8, 9]
    assert batch.mask.T.tolist() == [[True] * 3, [True, False, False]]
    assert batch.counted.T.tolist() == [[True, True, False], [True] * 3]
