"""`recur classify` as a user runs it, and everything that can be wrong with what they give it."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

if TYPE_CHECKING:
    from tests.functional.conftest import Run

QUICK = ("--epochs", 3, "--hidden", 6, "--embedding", 6, "--rate", 0.02)
COLUMNS = ("--target", "review", "--label", "mood")


@pytest.fixture(scope="module")
def rows() -> list[tuple[str, str]]:
    numbers = np.random.default_rng(0)
    words = {"good": ["fine", "great", "lovely"], "bad": ["dull", "poor", "tired"]}
    found = []
    for i in range(120):
        mood = ("good", "bad")[i % 2]
        found.append((f"a {numbers.choice(words[mood])} film about {i % 7} people", mood))
    return found


@pytest.fixture
def file(folder: Path, rows: list[tuple[str, str]]) -> Path:
    """Return a table of texts and labels in the working folder."""
    path = folder / "reviews.csv"
    with path.open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows([("review", "mood"), *rows])
    return path


def test_texts_are_learnt_judged_shown_and_used(recur: Run, file: Path, folder: Path) -> None:
    done = recur("classify", file, *COLUMNS, *QUICK, "--out", folder / "out")
    assert (done.returncode, done.stderr) == (0, "")
    assert "reviews.csv · 120 texts · 2 classes: good (60), bad (60)" in " ".join(
        done.stdout.split()
    )
    for method in ("network", "naive Bayes", "logistic, n-grams", "most frequent class"):
        assert method in done.stdout
    assert "held-out texts" in " ".join(done.stdout.split())
    written = {path.name for path in (folder / "out").iterdir()}
    pictures = {"training.png", "confusion.png", "reliability.png"}
    assert written == {"model.recur", "report.html", *pictures}
    page = (folder / "out/report.html").read_text("utf-8")
    assert page.count("data:image/png") == 3
    assert "<script" not in page

    assert page.count('<td class="text hidden">') >= 6  # texts whose words are shaded
    assert "Each word (or character) was hidden" in page

    model = folder / "out/model.recur"
    answers = json.loads(recur("predict", model, file, "--target", "review", "--json").stdout)
    assert {one["label"] for one in answers["answers"]} == {"good", "bad"}
    told = recur("predict", model, file, "--target", "review", "--out", folder / "answers")
    assert told.returncode == 0
    assert (folder / "answers/classes.csv").read_text("utf-8").count("\n") == 121
    inspected = recur("inspect", model)
    assert "2: bad, good" in inspected.stdout


def test_what_answers_rest_on_is_a_table_a_page_and_json(
    recur: Run, file: Path, folder: Path
) -> None:
    settings = (*QUICK, "--epochs", 12)
    assert recur("classify", file, *COLUMNS, *settings, "--out", "out").returncode == 0
    new = folder / "new.txt"
    new.write_text("a great film about <b>\n", encoding="utf-8")
    done = recur("explain", "out/model.recur", new, "--out", "shown")
    assert (done.returncode, done.stderr) == (0, "")
    assert "great " in done.stdout
    page = (folder / "shown/explained.html").read_text("utf-8")
    assert ">&lt;</span>" in page
    assert "<b>" not in page
    (told,) = json.loads(recur("explain", "out/model.recur", new, "--json").stdout)["texts"]
    assert told["answer"] == "good"
    assert told["symbols"][int(np.argmax(told["losses"]))] == "great"
    refused = recur("explain", "out/model.recur", new, "--test", 20)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "means nothing to a model that tells classes apart" in refused.stderr


def test_json_holds_the_verdict_and_what_it_rests_on(recur: Run, file: Path) -> None:
    told = json.loads(recur("classify", file, *COLUMNS, *QUICK, "--json").stdout)
    assert told["task"] == "classify"
    assert told["verdict"]["examples"] == sum(told["counts"]) == 24
    assert set(told["scores"]) >= {"network", "most_frequent", "naive_bayes", "ngram_logistic"}
    assert np.sum(told["confusion"]) == 24
    assert 0 <= told["scores"]["network"]["calibration_error"] <= 1


def test_files_of_texts_are_named_by_their_labels_and_tested_on_others(
    recur: Run, folder: Path, rows: list[tuple[str, str]]
) -> None:
    for mood in ("good", "bad"):
        lines = "\n".join(text for text, label in rows if label == mood)
        (folder / f"film.{mood}").write_text(lines, encoding="utf-8")
    files = (folder / "film.good", folder / "film.bad")
    told = json.loads(recur("classify", *files, *QUICK, "--held-out", 0.5, "--json").stdout)
    assert told["classes"] == ["bad", "good"]
    assert told["verdict"]["examples"] == 60


def table(folder: Path, *lines: str) -> Path:
    path = folder / "t.csv"
    path.write_text("\n".join(("review,mood", *lines)), encoding="utf-8")
    return path


BAD = [
    (("x,a", "y,a", "z,a"), COLUMNS, "all 3 examples have the label `a`"),
    (("x,a", "y,a", "z,b"), COLUMNS, "the class `b` has a single example"),
    (("x,x", "y,y", "z,z"), COLUMNS, "of labels repeats the texts of `review`"),
    (("x,a", " ,a", "z,b"), COLUMNS, "column `review`, row 3: nothing stands there"),
    (("x,a", "y,b"), ("--target", "review", "--label", "feel"), "has no column `feel`"),
    (("x,a", "y,b"), (*COLUMNS, "--held-out", 2), "'--held-out': it should be less"),
    (("x,a", "y,b"), (*COLUMNS, "--reads", "first"), "reads"),
]


@pytest.mark.parametrize(("lines", "options", "sentence"), BAD, ids=range(len(BAD)))
def test_what_cannot_be_learnt_is_one_sentence(
    recur: Run, folder: Path, lines: tuple[str, ...], options: tuple[str, ...], sentence: str
) -> None:
    done = recur("classify", table(folder, *lines), *options)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert done.stderr.startswith("recur: ")
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


def test_judging_needs_labels_that_training_has_seen(recur: Run, file: Path, folder: Path) -> None:
    assert recur("classify", file, *COLUMNS, *QUICK, "--out", folder / "o").returncode == 0
    model = folder / "o/model.recur"
    judged = recur("judge", model, file, "--target", "review", "--label", "mood")
    assert judged.returncode == 0
    assert "held-out texts" in " ".join(judged.stdout.split())
    bare = folder / "bare.txt"
    bare.write_text("a fine film\n", encoding="utf-8")
    done = recur("judge", model, bare)
    assert (done.returncode, done.stdout) == (2, "")
    assert "has no labels, without which nothing can be judged" in done.stderr
    other = recur("judge", model, table(folder, "x,good", "y,fair"), "--target", "review",
                  "--label", "mood")  # fmt: skip
    assert "has the label `fair`, which training has not seen" in other.stderr
    forecaster = recur("judge", model, file, "--test", 3)
    assert "`--test` is 3, which means nothing to a model that tells classes" in forecaster.stderr
    odd = recur("predict", model, file, "--horizon", 3)
    assert "means nothing to a model that tells classes apart" in odd.stderr
