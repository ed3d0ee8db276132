"""`recur lab`: every lab that there is, quick, as a user runs it; what is written; bad input."""

from __future__ import annotations

import json
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from recur.labs.experiment import LABS
from recur.report.findings import COLUMNS

Run = Callable[..., CompletedProcess[str]]

_ROW = {"name", "metric", "published", "ours", "limit", "seconds"}
_WIDE = 100  # columns that a table may take


class Page(HTMLParser):
    """What a page holds."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links.extend(value or "" for name, value in attrs if name in ("src", "href"))


@pytest.fixture(scope="module", params=LABS)
def lab(
    request: pytest.FixtureRequest, recur: Run, tmp_path_factory: pytest.TempPathFactory
) -> Any:
    """Return a lab's name, its JSON, and the folder that it was told to write to."""
    folder = tmp_path_factory.mktemp("labs") / "out"
    done = recur("lab", request.param, "--quick", "--json", "--out", folder)
    assert done.returncode == 0, done.stderr
    return request.param, json.loads(done.stdout), folder


@pytest.mark.slow
def test_a_lab_prints_one_json_object(lab: tuple[str, dict[str, Any], Path]) -> None:
    name, told, _ = lab
    assert {"lab", "rows", "files"} <= told.keys()
    assert told["lab"] == name
    assert told["rows"]
    for row in told["rows"]:
        assert set(row) == _ROW
        assert isinstance(row["name"], str)
        assert isinstance(row["metric"], str)
        figures = [row[key] for key in ("published", "ours", "limit", "seconds")]
        assert all(figure is None or isinstance(figure, int | float) for figure in figures)
        assert row["ours"] is not None or row["published"] is not None


@pytest.mark.slow
def test_no_two_rows_of_a_lab_are_called_alike(lab: tuple[str, dict[str, Any], Path]) -> None:
    _, told, _ = lab
    names = [(row["name"], row["metric"]) for row in told["rows"]]
    assert len(set(names)) == len(names)


@pytest.mark.slow
def test_the_rows_of_a_lab_fit_100_columns(lab: tuple[str, dict[str, Any], Path]) -> None:
    from rich.console import Console

    from recur.report.findings import Row, findings_table

    _, told, _ = lab
    console = Console(width=_WIDE)
    with console.capture() as capture:
        console.print(findings_table(tuple(Row(**row) for row in told["rows"])))
    lines = capture.get().rstrip().splitlines()
    heads = 2  # the columns' names and the line below them
    assert len(lines) == heads + len(told["rows"]), "a name was folded over two lines"


@pytest.mark.slow
def test_a_lab_writes_its_figures_pictures_and_one_page_and_nothing_else(
    lab: tuple[str, dict[str, Any], Path],
) -> None:
    _, told, folder = lab
    written = sorted(path.name for path in folder.iterdir())
    assert sorted(Path(path).name for path in told["files"].values()) == written
    assert {"report.html", "rows.json"} <= set(written)
    for name in set(written) - {"report.html", "rows.json"}:
        assert name.endswith(".png")
        assert (folder / name).read_bytes().startswith(b"\x89PNG")


@pytest.mark.slow
def test_what_a_lab_prints_as_json_is_kept_beside_its_page(
    lab: tuple[str, dict[str, Any], Path],
) -> None:
    _, told, folder = lab
    kept = json.loads((folder / "rows.json").read_text(encoding="utf-8"))
    assert kept == {key: told[key] for key in ("lab", "rows")}


@pytest.mark.slow
def test_the_page_of_a_lab_holds_all_and_asks_for_nothing(
    lab: tuple[str, dict[str, Any], Path],
) -> None:
    _, told, folder = lab
    page = Page((folder / "report.html").read_text(encoding="utf-8"))
    assert page.tags.count("tr") == 1 + len(told["rows"])
    assert page.tags.count("th") == len(COLUMNS) + len(told["rows"])
    assert page.tags.count("img") == len(list(folder.glob("*.png")))
    assert all(link.startswith("data:") for link in page.links)
    assert "script" not in page.tags


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in ("lookback",) if name in LABS])
def test_a_lab_without_out_writes_nothing_and_prints_a_table(
    folder: Path, recur: Run, name: str
) -> None:
    done = recur("lab", name, "--quick")
    assert done.returncode == 0, done.stderr
    heads = next(line for line in done.stdout.splitlines() if line.startswith("experiment"))
    assert heads.split() == list(COLUMNS)
    assert max(map(len, done.stdout.splitlines())) <= _WIDE
    assert done.stderr  # what it is at
    assert list(folder.iterdir()) == []


def test_the_list_names_every_lab_and_what_it_shows(folder: Path, recur: Run) -> None:
    done = recur("lab", "list")
    assert (done.returncode, done.stderr) == (0, "")
    told = dict(line.strip().split(None, 1) for line in done.stdout.splitlines())
    assert told == LABS
    assert not any(line.endswith(" ") for line in done.stdout.splitlines())
    facts = json.loads(recur("lab", "list", "--json").stdout)
    assert facts["labs"] == [{"lab": name, "shows": shows} for name, shows in LABS.items()]
    assert list(folder.iterdir()) == []


def test_an_unknown_lab_is_refused_with_the_nearest(folder: Path, recur: Run) -> None:
    done = recur("lab", "gradient", "--out", "new", "--json")
    assert (done.returncode, done.stdout) == (2, "")
    assert "there is no lab `gradient`; the nearest is `gradients`;" in done.stderr.lower()
    assert done.stderr.count("\n") == 1
    assert not Path("new").exists()


def test_all_labs_take_no_files(folder: Path, recur: Run) -> None:
    done = recur("lab", "all", "prices.csv", "--quick", "--out", "new")
    assert (done.returncode, done.stdout) == (2, "")
    assert "takes no files, and got `prices.csv`" in done.stderr
    assert done.stderr.count("\n") == 1
    assert not Path("new").exists()


@pytest.mark.parametrize(
    "name",
    [
        name
        for name in LABS
        if name in ("lookback", "gradients", "denoise", "signal", "ladder", "configurations")
    ],
)
def test_a_lab_that_makes_its_own_data_takes_no_files(folder: Path, recur: Run, name: str) -> None:
    done = recur("lab", name, "prices.csv", "--quick")
    assert (done.returncode, done.stdout) == (2, "")
    assert "prices.csv" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_lab_without_a_name_is_a_wrong_use(recur: Run) -> None:
    assert recur("lab").returncode == 2
