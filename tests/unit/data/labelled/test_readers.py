"""Examples from files of every kind, and a sentence for what cannot be one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from recur.data.labelled.readers import read_examples
from recur.errors import DataError, InputError


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode("utf-8"))
    return path


def test_a_table_has_texts_labels_and_groups(tmp_path: Path) -> None:
    file = write(tmp_path / "r.csv", 'review,mood,who\n"good, really",pos,7\nbad,neg,8\n')
    found = read_examples([file], target=["review"], label="mood", group="who")
    assert found.items == ("good, really", "bad")
    assert found.labels == ("pos", "neg")
    assert found.groups == ("7", "8")
    usual = write(tmp_path / "u.csv", "text,label\ngood one,1\nbad one,0\n")
    assert read_examples([usual]).labels == ("1", "0")


def test_files_and_folders_are_named_by_their_labels(tmp_path: Path) -> None:
    pos, neg = write(tmp_path / "r.pos", "good\n\nfine\n"), write(tmp_path / "r.neg", "bad\n")
    assert read_examples([neg, pos]).labels == ("neg", "pos", "pos")
    for name in ("Czech", "Greek"):
        write(tmp_path / "names" / f"{name}.txt", f"{name}a\n{name}b\n")
    found = read_examples([tmp_path / "names"])
    assert found.labels == ("Czech", "Czech", "Greek", "Greek")
    for name in ("up", "down"):
        write(tmp_path / "mail" / name / "1.txt", f"two lines\nof {name}")
    found = read_examples([tmp_path / "mail"])
    assert found.labels == ("down", "up")
    assert found.items[0] == "two lines\nof down"


def test_labels_may_stand_in_a_file_of_their_own(tmp_path: Path) -> None:
    texts = write(tmp_path / "t.txt", "one\ntwo\n")
    labels = write(tmp_path / "l.txt", "a\nb\n")
    assert read_examples([texts], label=str(labels)).labels == ("a", "b")
    with pytest.raises(DataError, match=r"has 2 texts and short\.txt 1 labels"):
        read_examples([texts], label=str(write(tmp_path / "short.txt", "a\n")))


def test_what_is_not_utf8_is_read_as_latin_1_and_said(tmp_path: Path) -> None:
    (tmp_path / "t.txt").write_bytes("caf\xe9\n".encode("latin-1"))
    found = read_examples([tmp_path / "t.txt"])
    assert found.items == ("café",)
    assert "read as Latin-1" in found.notes[0]


def test_a_ts_file_has_channels_and_labels(tmp_path: Path) -> None:
    file = write(
        tmp_path / "a.ts",
        "#about\n@problemName a\n@classLabel true x y\n@data\n1,2,3:4,5,6:x\n7,8:9,10:y\n",
    )
    found = read_examples([file])
    assert found.labels == ("x", "y")
    assert [item.tolist() for item in found.items] == [  # type: ignore[union-attr]
        [[1, 4], [2, 5], [3, 6]],
        [[7, 9], [8, 10]],
    ]


def test_an_arff_file_has_channels_and_labels(tmp_path: Path) -> None:
    steps = "".join(f"@attribute att{i} numeric\n" for i in range(3))
    file = write(
        tmp_path / "a.arff",
        "% about\n@relation a\n@attribute bag relational\n" + steps + "@end bag\n"
        "@attribute classAttribute {x,y}\n@data\n'1,2,3\\n4,5,6',x\n'7,8,?\\n9,10,?',y\n",
    )
    found = read_examples([file])
    assert found.labels == ("x", "y")
    assert [item.tolist() for item in found.items] == [  # type: ignore[union-attr]
        [[1, 4], [2, 5], [3, 6]],
        [[7, 9], [8, 10]],
    ]


def test_a_row_of_an_arff_file_is_a_series_with_its_label(tmp_path: Path) -> None:
    steps = "".join(f"@attribute t{i} real\n" for i in range(1, 4))
    rows = "@attribute kind {x,y}\n@data\n1,2,3,x\n4,5,6,y\n"
    found = read_examples([write(tmp_path / "a.arff", "@relation a\n" + steps + rows)])
    assert (found.kind, found.labels) == ("series", ("x", "y"))
    assert [np.ravel(item).tolist() for item in found.items] == [[1, 2, 3], [4, 5, 6]]


def test_long_tables_are_series_by_id_in_the_order_of_time(tmp_path: Path) -> None:
    rows = ["id,time,x,label", "a,2,20,u", "b,1,5,v", "a,1,10,u", "b,2,6,v", "a,3,30,u"]
    found = read_examples(
        [write(tmp_path / "l.csv", "\n".join(rows))], target=["x"], label="label", id="id",
        time="time",
    )  # fmt: skip
    assert found.labels == ("u", "v")
    assert [np.ravel(item).tolist() for item in found.items] == [[10, 20, 30], [5, 6]]


def test_the_usual_names_of_long_tables_are_known(tmp_path: Path) -> None:
    rows = ["unique_id,ds,y,label", "a,2020-01-02,20,u", "b,2020-01-01,5,v", "a,2020-01-01,10,u"]
    found = read_examples([write(tmp_path / "l.csv", "\n".join(rows))])
    assert found.labels == ("u", "v")
    assert [np.ravel(item).tolist() for item in found.items] == [[10, 20], [5]]


def test_a_row_of_numbers_is_a_series(tmp_path: Path) -> None:
    file = write(tmp_path / "w.csv", "label,t1,t2,t3\nu,1,2,3\nv,4,5,6\n")
    found = read_examples([file])
    assert found.kind == "series"
    assert [np.ravel(item).tolist() for item in found.items] == [[1, 2, 3], [4, 5, 6]]


BAD: list[tuple[dict[str, str], dict[str, Any], str]] = [
    ({"a.csv": "text,label\ngood,1\n ,0\n"}, {}, "column `text`, row 3: nothing stands there"),
    ({"a.csv": "text,label\nx,x\ny,y\n"}, {"target": ["text"]}, "repeats the texts of `text`"),
    ({"a.csv": "one,two,label\nx,p q,1\ny,r,2\n"}, {}, "several columns of text"),
    ({"a.csv": "id,x,label\na,1,u\na,2,v\n"}, {"id": "id"}, "has the labels `u` and `v`"),
    ({"a.txt": "\n\n"}, {}, "a.txt is empty"),
    ({"a.txt": "x\n"}, {"target": ["text"]}, "files of text has none"),
    ({"a.ts": "@data\n1,?,3:x\n"}, {}, "a.ts, line 2: a value is no number"),
    ({"a.ts": "1,2,3\n"}, {}, "no line `@data`"),
]


@pytest.mark.parametrize(("files", "how", "sentence"), BAD, ids=range(len(BAD)))
def test_what_cannot_be_read_is_one_sentence(
    files: dict[str, str], how: dict[str, Any], sentence: str, tmp_path: Path
) -> None:
    paths = [write(tmp_path / name, text) for name, text in files.items()]
    with pytest.raises(InputError) as error:
        read_examples(paths, **how)
    assert sentence in str(error.value)
    assert str(error.value).count("\n") == 0


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="There is no file"):
        read_examples([tmp_path / "missing.csv"])
    with pytest.raises(DataError, match=r"cannot be read: File name too long\.$"):
        read_examples([tmp_path / ("n" * 300)])
