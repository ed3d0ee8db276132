"""`recur translate` as a user runs it, and everything that can be wrong with what they give it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

if TYPE_CHECKING:
    from tests.functional.conftest import Run

QUICK = ("--epochs", 2, "--hidden", 6, "--embedding", 6, "--rate", 0.02)


@pytest.fixture
def file(folder: Path) -> Path:
    """Return a file of pairs in the working folder."""
    numbers = np.random.default_rng(0)
    names = {"one": "un", "two": "deux", "three": "trois", "four": "quatre", "five": "cinq"}
    lines = [
        f"{' '.join(words)}.\t{' '.join(names[word] for word in words)} !"
        for words in numbers.choice(list(names), (150, 3)).tolist()
    ]
    path = folder / "numbers.tsv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_pairs_are_learnt_judged_shown_and_used(recur: Run, file: Path, folder: Path) -> None:
    done = recur("translate", file, *QUICK, "--out", folder / "out")
    assert (done.returncode, done.stderr) == (0, "")
    assert "numbers.tsv · 150 pairs" in done.stdout
    for method in ("network", "word by word", "copying"):
        assert method in done.stdout
    assert "held-out texts" in " ".join(done.stdout.split())
    written = {path.name for path in (folder / "out").iterdir()}
    assert written >= {"model.recur", "report.html", "training.png"}
    page = (folder / "out/report.html").read_text("utf-8")
    assert "Hardest texts" in page
    assert "<script" not in page

    model = folder / "out/model.recur"
    texts = folder / "texts.txt"
    texts.write_text("one two.\nfive four one.\n", encoding="utf-8")
    told = json.loads(recur("predict", model, texts, "--json").stdout)
    assert len(told["translations"]) == 2
    assert recur("predict", model, texts, "--out", folder / "answers").returncode == 0
    answers = (folder / "answers/translations.csv").read_text("utf-8").splitlines()
    assert answers[0] == "text,translation"
    assert answers[1].startswith("one two.,")
    judged = recur("judge", model, file)
    assert judged.returncode == 0
    assert "held-out texts" in " ".join(judged.stdout.split())
    assert "words" in recur("inspect", model).stdout


def test_json_holds_the_verdict_and_what_it_rests_on(recur: Run, file: Path) -> None:
    told = json.loads(recur("translate", file, *QUICK, "--json").stdout)
    assert told["task"] == "translate"
    assert set(told["scores"]) == {"network", "copy", "dictionary"}
    assert told["verdict"]["texts"] <= told["truths"] <= 150
    assert told["settings"]["hidden"] == 6
    assert {"source", "answer", "truth", "chrf"} == set(told["samples"][0])
    assert len(told["history"]) == 2


def test_columns_of_a_table_and_a_file_to_judge_by_are_taken(
    recur: Run, file: Path, folder: Path
) -> None:
    rows = [line.split("\t") for line in file.read_text("utf-8").splitlines()]
    for name, part in (("a.csv", rows[:100]), ("b.csv", rows[100:])):
        lines = ["id,en,fr", *(f"{i},{en},{fr}" for i, (en, fr) in enumerate(part))]
        (folder / name).write_text("\n".join(lines), encoding="utf-8")
    where = ("--source", "en", "--target", "fr")
    done = recur("translate", folder / "a.csv", *where, "--test", folder / "b.csv", *QUICK,
                 "--json", "--out", folder / "out")  # fmt: skip
    told = json.loads(done.stdout)
    assert told["verdict"]["texts"] == len({en for en, _ in rows[100:]})
    model = folder / "out/model.recur"
    judged = json.loads(
        recur("judge", model, folder / "b.csv", "--target", "en,fr", "--json").stdout
    )
    assert judged["scores"] == told["scores"]


BAD = [
    ("go.\tva !\nno.\n", (), "p.tsv, line 2: nothing stands on the right of the tab"),
    ("go.\tva !\n\tnon.\n", (), "p.tsv, line 2: nothing stands on the left of the tab"),
    ("go.\nno.\n", (), "p.tsv has one column only; to learn or to judge"),
    ("", (), "p.tsv is empty; a line for each pair is expected"),
    ("go.\tva !\n", (), "all pairs have the same source, so that none can be held out"),
    ("go.\tva !\nno.\tnon.\n", ("--longest", 1), "all pairs have a text of more than 1 characters"),
    ("go.\tva !\nno.\tnon.\n", ("--source", "en"), "has no column `en`"),
    ("go.\tva !\nno.\tnon.\n", ("--held-out", 2), "'--held-out': it should be less"),
    ("go.\tva !\nno.\tnon.\n", ("--attention", "soft"), "attention"),
]


@pytest.mark.parametrize(("text", "options", "sentence"), BAD, ids=range(len(BAD)))
def test_what_cannot_be_learnt_is_one_sentence(
    recur: Run, folder: Path, text: str, options: tuple[object, ...], sentence: str
) -> None:
    path = folder / "p.tsv"
    path.write_text(text, encoding="utf-8")
    done = recur("translate", path, *options)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert done.stderr.startswith("recur: ")
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


def test_a_model_says_what_it_cannot_be_given(recur: Run, file: Path, folder: Path) -> None:
    assert recur("translate", file, *QUICK, "--out", folder / "o").returncode == 0
    model = folder / "o/model.recur"
    bare = folder / "bare.txt"
    bare.write_text("one two.\n", encoding="utf-8")
    done = recur("judge", model, bare)
    assert (done.returncode, done.stdout) == (2, "")
    assert "bare.txt has one column only; to learn or to judge" in done.stderr
    bare.write_text("one two.\n" + "one " * 300, encoding="utf-8")
    long = recur("predict", model, bare)
    assert "bare.txt: text 2 has 300 words, and this translator takes up to 256" in long.stderr
    odd = recur("predict", model, file, "--horizon", 3)
    assert "means nothing to a model that translates" in odd.stderr
