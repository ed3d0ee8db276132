"""`recur tag` as a user runs it, and everything that can be wrong with what they give it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.functional.conftest import Run

QUICK = ("--epochs", 3, "--hidden", 6, "--embedding", 6, "--filters", 6, "--rate", 0.02)
NAMES = ("Anna", "Ben", "Clara", "Dora")
PLACES = ("Paris", "New York", "Rome")


def columns(count: int, first: int = 0) -> str:
    """Return sentences of people in places."""
    lines = []
    for i in range(first, first + count):
        place = PLACES[i % 3].split()
        tags = ["B-place", "I-place"][: len(place)]
        rows = [
            (NAMES[i % 4], "B-person"),
            ("is", "O"),
            ("in", "O"),
            *zip(place, tags, strict=True),
        ]
        lines += [f"{word}\t{tag}" for word, tag in rows] + [""]
    return "\n".join(lines)


@pytest.fixture
def file(folder: Path) -> Path:
    """Return a file of columns in the working folder."""
    path = folder / "people.conll"
    path.write_text(columns(160), encoding="utf-8")
    return path


def one_line(text: str) -> str:
    return " ".join(text.split())


def test_tags_are_learnt_judged_shown_and_used(recur: Run, file: Path, folder: Path) -> None:
    done = recur("tag", file, *QUICK, "--out", folder / "out")
    assert (done.returncode, done.stderr) == (0, "")
    shown = one_line(done.stdout)
    assert "people.conll · 160 sentences, 693 words · 320 entities: person (160)" in shown
    for method in ("network", "usual tag of each word", "averaged perceptron"):
        assert method in shown
    assert "as the shared task counts" in shown
    assert "32 held-out sentences" in shown
    written = {path.name for path in (folder / "out").iterdir()}
    assert written == {"model.recur", "report.html", "training.png", "confusion.png"}
    page = (folder / "out/report.html").read_text("utf-8")
    assert page.count("data:image/png") == 2
    assert "By type" in page
    assert "<script" not in page

    model, bare = folder / "out/model.recur", folder / "bare.txt"
    bare.write_text("Anna\nis\nin\nNew\nYork\n\nBen\nis\n", encoding="utf-8")
    told = json.loads(recur("predict", model, bare, "--json").stdout)
    assert [len(one["tags"]) for one in told["answers"]] == [5, 2]
    answered = recur("predict", model, bare, "--out", folder / "answers")
    assert answered.returncode == 0
    lines = (folder / "answers/tags.conll").read_text("utf-8").splitlines()
    assert [line.split("\t")[0] for line in lines] == [
        "Anna", "is", "in", "New", "York", "", "Ben", "is",
    ]  # fmt: skip
    again = recur("judge", model, folder / "answers/tags.conll", "--json")
    assert json.loads(again.stdout)["words"] == 7
    assert "4: B-person, B-place, I-place, O" in recur("inspect", model).stdout


def test_json_holds_the_verdict_and_what_it_rests_on(recur: Run, file: Path, folder: Path) -> None:
    other = folder / "other.conll"
    other.write_text(columns(30, first=7), encoding="utf-8")
    told = json.loads(
        recur("tag", file, *QUICK, "--test", other, "--validation-file", other, "--json").stdout
    )
    assert told["task"] == "tag"
    assert told["verdict"]["sentences"] == 30
    assert set(told["scores"]) >= {"network", "usual_tag", "perceptron"}
    assert sum(kind["true"] for kind in told["kinds"]) == 60
    assert told["settings"]["epochs"] == len(told["history"]) == 3
    assert told["parameters"] > 100


def test_columns_may_stand_anywhere(recur: Run, folder: Path) -> None:
    path = folder / "many.conll"
    rows = [line.split("\t") for line in columns(40).split("\n")]
    lines = [f"x {row[0]} {row[1]} y" if len(row) > 1 else "" for row in rows]
    path.write_text("\n".join(lines), encoding="utf-8")
    where = ("--word", 2, "--tag", 3)
    told = recur("tag", path, *QUICK, *where, "--out", folder / "o", "--json")
    assert set(json.loads(told.stdout)["data"]["tags"]) == {"B-person", "B-place", "I-place", "O"}
    judged = recur("judge", folder / "o/model.recur", path, *where)
    assert judged.returncode == 0
    wrong = recur("judge", folder / "o/model.recur", path)
    assert "has the tag `y`, which training has not seen" in one_line(wrong.stderr)


BAD: list[tuple[str, tuple[Any, ...], str]] = [
    ("a O\nb\n", (), "line 2, is `b`; each token needs 2 columns, apart by blanks"),
    ("", (), "holds no sentences; a token a line is expected, then its tag"),
    ("a\nb\n\nc\n", (), "has no tags, without which nothing can be learnt or judged"),
    ("a O\n\nb O\n\nc O\n", (), "words have the tag `O`; a tagger needs at least two tags"),
    ("a O\nb X\n", (), "holds a single sentence, of which no share can be held out"),
    ("a O\nb X\n", ("--tag", 3), "`--tag` is column 3"),
    ("a O\nb X\n", ("--held-out", 0.5, "--test", "x"), "both say what to judge by"),
    ("a O\nb X\n", ("--longest", 2), "`--longest` is 2; it must be at least 3"),
]


@pytest.mark.parametrize(("text", "options", "sentence"), BAD, ids=range(len(BAD)))
def test_what_cannot_be_learnt_is_one_sentence(
    recur: Run, folder: Path, text: str, options: tuple[Any, ...], sentence: str
) -> None:
    path = folder / "t.conll"
    path.write_text(text, encoding="utf-8")
    done = recur("tag", path, *options)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert done.stderr.startswith("recur: ")
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


def test_what_a_saved_tagger_cannot_use_is_one_sentence(
    recur: Run, file: Path, folder: Path
) -> None:
    assert recur("tag", file, *QUICK, "--out", folder / "o").returncode == 0
    model, bare = folder / "o/model.recur", folder / "bare.txt"
    bare.write_text("Anna\nis\n", encoding="utf-8")
    done = recur("judge", model, bare)
    assert (done.returncode, done.stdout) == (2, "")
    assert "has no tags, without which nothing can be learnt or judged" in done.stderr
    other = folder / "other.conll"
    other.write_text("Anna B-animal\n", encoding="utf-8")
    assert (
        "has the tag `B-animal`, which training has not seen" in recur("judge", model, other).stderr
    )
    odd = recur("predict", model, file, "--horizon", 3)
    assert "`--horizon` is 3, which means nothing to a model that tags words" in odd.stderr
    assert "knows no classes" in recur("judge", model, file, "--label", "mood").stderr
    assert "There is no file" in recur("tag", folder / "none.conll").stderr
