"""`recur describe`: what is printed, as text and as JSON, and what is written."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import numpy as np
import pytest

import recur as library

Run = Callable[..., CompletedProcess[str]]
Write = Callable[..., Path]

DAYS = [str(np.datetime64("2024-01-01") + i) for i in range(120)]


@pytest.fixture
def weeks(folder: Path, write: Write) -> Path:
    """Return a file with a season of 7, in the working folder."""
    noise = np.random.default_rng(0).normal(size=120)
    values = 100 + 10 * np.sin(2 * np.pi * np.arange(120) / 7) + noise
    return write("weeks.csv", ["date", "sales"], zip(DAYS, values, strict=True))


@pytest.fixture
def gaps(weeks: Path, write: Write) -> Path:
    """Return the same without the days from the tenth to the twelfth, and one value missing."""
    lines = [line.split(",") for line in weeks.read_text(encoding="utf-8").splitlines()]
    lines[40][1] = ""
    return write("gaps.csv", lines[0], lines[1:10] + lines[13:])


def answer(done: CompletedProcess[str]) -> dict[str, Any]:
    assert done.returncode == 0, done.stderr
    facts: dict[str, Any] = json.loads(done.stdout)
    return facts


def lines_of(done: CompletedProcess[str]) -> dict[str, str]:
    """Return what was printed before the sentences, by its names."""
    assert done.returncode == 0, done.stderr
    block = done.stdout.partition("\n\n")[0].splitlines()
    return {line.split()[0]: line.split(None, 1)[1].strip() for line in block if line[0] != " "}


def test_a_series_is_described_in_words_and_nothing_is_written(weeks: Path, recur: Run) -> None:
    done = recur("describe", weeks)
    told = lines_of(done)
    assert done.stderr == ""
    assert told["data"].startswith("weeks.csv · sales · 120 rows · 2024-01-01 to 2024-04-29")
    assert told["season"].startswith("7 steps, strength 0.9")
    assert (told["missing"], told["outliers"]) == ("none", "none")
    assert told["values"].startswith("mean 100.")
    assert told["quantiles"].count(" % ") == 4
    assert "at lag 7 (white noise: within 0.179)" in told["autocorrelation"]
    assert told["trend"].startswith("from ")
    assert "describes it better than" in told["decomposition"]
    assert "\n\nDistinguishable from a random walk: " in done.stdout
    assert list(Path().iterdir()) == [Path("weeks.csv")]


def test_the_json_says_what_python_says(weeks: Path, recur: Run) -> None:
    facts = answer(recur("describe", weeks, "--json"))
    assert set(facts) == {
        "recur",
        "task",
        "data",
        "series",
        "command",
        "seconds",
        "files",
        "notices",
    }
    assert (facts["task"], facts["files"]) == ("describe", {})
    expected = library.describe(weeks).to_dict()
    assert facts["data"] == json.loads(json.dumps(expected["data"]))
    assert facts["series"] == json.loads(json.dumps(expected["series"]))
    [series] = facts["series"]
    assert set(series["autocorrelation"]) == {"1", "2", "7"}
    assert series["random_walk"]["distinguishable"] is True


def test_out_writes_a_picture_of_the_decomposition(weeks: Path, recur: Run) -> None:
    done = recur("describe", weeks, "--out", "new/folder")
    picture = Path("new/folder/decomposition.png")
    assert str(picture) in done.stdout
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert [path.name for path in Path("new/folder").iterdir()] == ["decomposition.png"]
    facts = answer(recur("describe", weeks, "--out", "new/folder", "--json"))
    assert facts["files"] == {"decomposition": str(picture)}


def test_gaps_are_masked_filled_or_refused_and_listed(gaps: Path, recur: Run) -> None:
    refused = recur("describe", gaps, "--strict")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "`--fill previous`" in refused.stderr
    done = recur("describe", gaps)
    assert lines_of(done)["missing"].startswith("4 steps in 2 stretches: 2024-01-10 to 2024-01-12")
    missing = answer(recur("describe", gaps, "--fill", "previous", "--json"))["series"][0][
        "missing"
    ]
    assert missing["count"] == 4
    assert missing["first"][1] == {"start": "2024-02-09", "end": "2024-02-09", "steps": 1}


def test_an_outlier_is_named_with_its_day(weeks: Path, recur: Run) -> None:
    lines = weeks.read_text(encoding="utf-8").splitlines()
    lines[31] = lines[31].split(",")[0] + ",250"
    weeks.write_text("\n".join(lines), encoding="utf-8")
    told = lines_of(recur("describe", weeks, "--season", "7"))
    assert told["outliers"] == "1: 250.00 (2024-01-31)"


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ([5] * 60, "Every value is 5: there is no season"),
        (range(60), "Every change is the same: the series is a straight line"),
        ([1, 4, 2, 8], "Too short for outliers (takes 15), a decomposition (takes 15) and"),
        ([3], "Too short for autocorrelation (takes 3), outliers (takes 15), a"),
    ],
    ids=["constant", "line", "short", "one value"],
)
def test_what_cannot_be_said_is_one_sentence(
    folder: Path, write: Write, recur: Run, values: list[int], sentence: str
) -> None:
    file = write("odd.csv", ["date", "y"], zip(DAYS, values, strict=False))
    done = recur("describe", file)
    assert done.returncode == 0, done.stderr
    assert f"\n\n{sentence}" in done.stdout
    assert answer(recur("describe", file, "--json"))["series"][0]["notice"].startswith(sentence)


def test_without_a_decomposition_no_picture_and_no_folder(
    folder: Path, write: Write, recur: Run
) -> None:
    file = write("short.csv", ["date", "y"], zip(DAYS, [1, 4, 2, 8], strict=False))
    done = recur("describe", file, "--out", "new")
    assert done.returncode == 0
    assert (
        done.stderr == "No picture was drawn: the series is too short for it, or does not vary.\n"
    )
    assert not Path("new").exists()


def test_many_series_have_a_line_each_up_to_ten(folder: Path, write: Write, recur: Run) -> None:
    noise = np.random.default_rng(1).normal(size=(12, 60))
    rows = [
        (f"shop {i}", day, value)
        for i, series in enumerate(noise)
        for day, value in zip(DAYS, series, strict=False)
    ]
    file = write("shops.csv", ["shop", "date", "y"], rows)
    done = recur("describe", file, "--id", "shop")
    assert "12 series · 720 rows" in done.stdout
    assert sum(line.startswith("shop ") for line in done.stdout.splitlines()) == 10
    assert "and 2 more series" in done.stdout
    facts = answer(recur("describe", file, "--id", "shop", "--json"))
    assert (facts["data"]["series"], facts["data"]["rows"], len(facts["series"])) == (12, 720, 10)
    assert facts["data"]["mean"] == pytest.approx(noise.mean())


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--season", 0), "`--season` is 0; it is a number of steps, or 1 for none"),
        (("--season", 120), "`--season` is 120, but the longest series has 120 values"),
        (("--target", "sale"), "the nearest is `sales`"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_code_2(
    weeks: Path, recur: Run, options: tuple[object, ...], sentence: str
) -> None:
    done = recur("describe", weeks, *options, "--out", "new")
    assert (done.returncode, done.stdout) == (2, "")
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1
    assert not Path("new").exists()
