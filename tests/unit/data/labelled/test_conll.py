"""Files of columns are read as the shared tasks write them; what is ragged is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from recur.data.labelled.conll import read_conll
from recur.data.labelled.sentences import Sentences, numbered, tags_of
from recur.data.labelled.words import WordLexicon, folded
from recur.errors import DataError, SettingsError


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "words.conll"
    path.write_text(text, encoding="utf-8")
    return path


def test_tabs_keep_blanks_and_a_line_of_a_tab_ends_a_sentence(tmp_path: Path) -> None:
    found = read_conll([written(tmp_path, "New York\tB-place\nis\tO\n\t\nbig\tO\r\n")])
    assert found.words == (("New York", "is"), ("big",))
    assert found.tags == (("B-place", "O"), ("O",))
    assert (len(found), found.tokens) == (2, 3)


def test_blanks_part_columns_where_there_are_no_tabs(tmp_path: Path) -> None:
    text = "-DOCSTART- -X- O O\n\nEU NNP I-NP B-ORG\nrejects VBZ I-VP O\n\n\nPeter NNP I-NP B-PER\n"
    found = read_conll([written(tmp_path, text)])
    assert found.words == (("EU", "rejects"), ("Peter",))
    assert found.tags == (("B-ORG", "O"), ("B-PER",))
    parts = read_conll([written(tmp_path, text)], tag=2)
    assert parts.tags == (("NNP", "VBZ"), ("NNP",))


def test_a_hash_is_a_token_where_it_has_the_columns_of_one(tmp_path: Path) -> None:
    text = "# text of the first\n# O\n#1 O\n\n# another O comment\nyes O\n"
    found = read_conll([written(tmp_path, text)])
    assert found.words == (("#", "#1"), ("yes",))


def test_words_that_universal_dependencies_write_twice_are_read_once(tmp_path: Path) -> None:
    rest = "\t_" * 6
    text = f"# sent_id = 1\n1-2\tim\t_\t_{rest}\n1\tin\tin\tADP{rest}\n2\tdem\tder\tDET{rest}\n"
    found = read_conll([written(tmp_path, text)], word=2, tag=4)
    assert found.words == (("in", "dem"),)
    assert found.tags == (("ADP", "DET"),)


def test_a_file_of_words_alone_has_no_tags(tmp_path: Path) -> None:
    found = read_conll([written(tmp_path, "one\ntwo\n\nthree")])
    assert found.words == (("one", "two"), ("three",))
    assert found.tags == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a O\nb\n", r"line 2, is `b`; each token needs 2 columns, apart by blanks"),
        ("a\tO\n\nb\tO\tO\n", r"line 3, is `b O O`; each token needs 2 columns, apart by a tab"),
        ("a\tO\nb\t\n", r"line 2, is `b`"),
        ("", "holds no sentences"),
    ],
)
def test_what_is_ragged_or_empty_is_named(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read_conll([written(tmp_path, text)])


def test_columns_and_files_that_are_not_there(tmp_path: Path) -> None:
    path = written(tmp_path, "a O\n")
    with pytest.raises(SettingsError, match=r"`tag` is column 3, but .* has 2"):
        read_conll([path], tag=3)
    with pytest.raises(DataError, match="There is no file"):
        read_conll([tmp_path / "none"])
    with pytest.raises(DataError, match=r"cannot be read: File name too long\.$"):
        read_conll([tmp_path / ("n" * 300)])
    with pytest.raises(DataError, match=r"cannot be read"):
        read_conll([tmp_path])
    bare = tmp_path / "bare"
    bare.write_text("a\n")
    with pytest.raises(DataError, match="bare` has no column of tags, and another file has"):
        read_conll([path, bare])
    bare.write_bytes(b"a O\n\xff O\n")
    with pytest.raises(DataError, match="line 2, is not UTF-8"):
        read_conll([bare])


@pytest.mark.parametrize(
    ("words", "tags", "message"),
    [
        (["a b"], None, "sentence 1 is 'a b'; a list of its words"),
        ([], None, "there are no sentences"),
        ([["a"]], [["O"], ["O"]], "1 sentences and 2 lists of tags"),
        ([["a"], ["b", "c"]], [["O"], ["O"]], "sentence 2 has 2 words and 1 tags"),
    ],
)
def test_lists_that_are_no_sentences_are_refused(words: Any, tags: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        Sentences.of(words, tags)


def test_tags_are_two_and_known() -> None:
    some = Sentences.of([["a", "b"]], [["O", "X"]])
    assert tags_of(some) == ("O", "X")
    assert numbered(some, ("O", "X"))[0].tolist() == [0, 1]
    with pytest.raises(DataError, match="all 1 words have the tag `O`"):
        tags_of(Sentences.of([["a"]], [["O"]]))
    with pytest.raises(DataError, match="has the tag `X`, which training has not seen"):
        numbered(some, ("O", "Y"))
    with pytest.raises(DataError, match="has no tags"):
        numbered(Sentences.of([["a"]]), ("O", "X"))


def test_words_are_folded_and_long_ones_read_at_both_ends() -> None:
    assert folded("Mid2024") == "mid0000"
    lexicon = WordLexicon.of([["The", "the", "cat"], ["THE", "cats"]], fewest=2, longest=6)
    assert lexicon.words == ("the",)
    numbers = lexicon.encode(["tHe", "hat", "thecatset"])
    assert numbers.shape == (3, 7)
    assert numbers[:, 0].tolist() == [1, 0, 0]
    letters = {letter: i + 4 for i, letter in enumerate(lexicon.characters)}
    assert numbers[2, 1:].tolist() == [2, *(letters[one] for one in "thet"), 3]
    assert numbers[1, 1:].tolist() == [2, letters["h"], letters["a"], letters["t"], 3, 0]
    assert lexicon.encode(["?"])[0, 1:].tolist() == [2, 1, 3, 0, 0, 0]
    assert numbers.max() < lexicon.alphabet
    assert np.array_equal(lexicon.encode(["The"]), WordLexicon(**dict(lexicon)).encode(["The"]))
