"""What holds for every lab: a table, words, pictures and a page that can be read."""

from __future__ import annotations

import json
from collections.abc import Callable
from html.parser import HTMLParser
from importlib.util import find_spec
from math import isfinite
from pathlib import Path

import pytest
from rich.console import Console

from recur.errors import SettingsError
from recur.labs.course import labs
from recur.labs.experiment import LABS, Setting, run_lab
from recur.labs.folder import write_lab
from recur.report.findings import COLUMNS, Findings, findings_table

QuickRun = Callable[[str], Findings]
WIDTH = 100  # columns that a table may take

every_lab = pytest.mark.parametrize("lab", LABS)


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


@every_lab
def test_a_lab_says_in_a_line_what_it_shows_and_lies_in_a_package_of_its_own(lab: str) -> None:
    assert lab.isidentifier()
    assert lab not in ("all", "list")  # which the command understands otherwise
    assert 20 < len(LABS[lab]) < 85
    assert find_spec(f"recur.labs.{lab}.lab") is not None


def test_every_folder_is_a_lab_and_each_has_a_place_of_its_own_in_the_course() -> None:
    spec = find_spec("recur.labs")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    (folder,) = map(Path, spec.submodule_search_locations)
    packages = {path.parent.name for path in folder.glob("*/__init__.py")}
    assert packages == set(LABS)
    assert [lab.place for lab in labs().values()] == list(range(1, 1 + len(LABS)))


@every_lab
def test_every_row_has_a_figure_and_a_name_of_its_own(lab: str, quick_run: QuickRun) -> None:
    rows = quick_run(lab).rows
    assert len({(row.name, row.metric) for row in rows}) == len(rows) > 0
    for row in rows:
        assert row.ours is not None or row.published is not None
        figures = (row.published, row.ours, row.limit, row.seconds)
        assert all(isfinite(figure) for figure in figures if figure is not None)
        assert row.seconds is None or row.seconds > 0


@every_lab
def test_the_table_has_a_line_for_each_row_in_100_columns(lab: str, quick_run: QuickRun) -> None:
    findings, console = quick_run(lab), Console(width=WIDTH)
    with console.capture() as capture:
        console.print(findings_table(findings))
    lines = capture.get().rstrip().splitlines()
    assert len(lines) == 3 + len(findings.rows), "a name was folded over two lines"
    assert max(map(len, lines)) <= WIDTH


@every_lab
def test_the_words_say_first_that_a_run_was_quick(lab: str, quick_run: QuickRun) -> None:
    first, *others = quick_run(lab).words
    assert first.startswith("A quick run, on less data")
    assert others
    assert not any("nan" in word.split() or "inf" in word.split() for word in others)


@every_lab
def test_the_folder_holds_figures_pictures_and_a_page_that_asks_for_nothing(
    lab: str, quick_run: QuickRun, tmp_path: Path
) -> None:
    findings = quick_run(lab)
    files = write_lab(lab, LABS[lab], findings, tmp_path)
    pictures = [f"{picture.name}.png" for picture in findings.pictures]
    assert [path.name for path in files.values()] == ["rows.json", *pictures, "report.html"]
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in files.values()}
    assert json.loads(files["rows"].read_text("utf-8")) == {"lab": lab, **findings.to_dict()}
    assert all((tmp_path / name).read_bytes().startswith(b"\x89PNG") for name in pictures)
    page = Page(files["page"].read_text("utf-8"))
    assert page.tags.count("tr") == 1 + len(findings.rows)
    assert page.tags.count("th") == len(COLUMNS) + len(findings.rows)
    assert page.tags.count("img") == len(pictures)
    assert page.tags.count("pre") == len(findings.texts)
    assert all(link.startswith("data:") for link in page.links)
    assert "script" not in page.tags


@pytest.mark.parametrize("lab", [name for name, lab in labs().items() if not lab.takes_files])
def test_a_lab_that_makes_its_own_data_takes_no_files(lab: str) -> None:
    with pytest.raises(SettingsError, match=rf"`{lab}` makes its own data.* got `a\.csv`"):
        run_lab(lab, Setting(files=(Path("a.csv"),)))
