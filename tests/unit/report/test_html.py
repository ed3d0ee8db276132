"""The page must stand alone, be well formed, and let nothing in the data become markup."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import numpy as np
import pytest

from recur.report.charts import Chart, Line
from recur.report.html import MOST_ROWS, Report, page

if TYPE_CHECKING:
    from tests.unit.report.conftest import IntervalsOf, Make

HOSTILE = "<script>alert('1')</script>\"'&\x1b"
VOID = {"meta", "img"}


class Outline(HTMLParser):
    """Every element with its attributes; raises where one is closed that is not open."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture
def report(judged: Make) -> Report:
    return Report(
        title="load of grid.csv",
        data="80 values, in order",
        judgement=judged().judgement,
        forecast=(("a", "2020-01-01", 1.5), ("b", "2020-01-01", 2.5)),
        settings={"cell": "gru", "dropout": 0.1, "lookback": None},
        versions={"recur": "0.1"},
        pictures={"training": b"one", "test": b"two"},
        notes=("Two gaps were filled.",),
    )


def test_every_element_is_closed_in_order(report: Report) -> None:
    assert Outline(page(report)).open == []


def test_nothing_outside_the_file_is_asked_for(report: Report) -> None:
    outline = Outline(page(report))
    for tag, attributes in outline.elements:
        assert tag not in {"script", "link", "iframe", "base", "object"}
        assert (attributes.get("src") or "data:").startswith("data:")
        assert "href" not in attributes
    assert "url(" not in page(report)
    assert any("default-src 'none'" in (meta.get("content") or "") for meta in outline.all("meta"))


def charted(report: Report, name: str = "load") -> Report:
    """Return a report with a chart in place of one of its two pictures."""
    values = np.array([1.0, 2.0])
    chart = Chart(name, name, np.array([0.0, 1.0]), (Line(name, values, "ink"),))
    return replace(report, charts={"test": chart})


def test_a_page_with_charts_runs_one_script_that_is_named_by_its_hash(report: Report) -> None:
    text = page(charted(report, HOSTILE))
    outline = Outline(text)
    assert outline.open == []
    assert outline.all("script") == [{"type": "application/json"}, {}]
    assert all("src" not in script for script in outline.all("script"))
    (code,) = re.findall("<script>(.*?)</script>", text, re.DOTALL)
    digest = b64encode(sha256(code.encode()).digest()).decode()
    (policy,) = (meta["content"] for meta in outline.all("meta") if "http-equiv" in meta)
    assert policy is not None
    assert "default-src 'none'" in policy
    assert policy.endswith(f"script-src 'sha256-{digest}'")
    assert "url(" not in text
    assert "http" not in re.sub(
        r"https://github.com/leeoniya/uPlot|http-equiv|http://www.w3.org/2000/svg", "", text
    )


def test_a_page_with_charts_keeps_its_pictures_and_the_licence_of_what_draws(
    report: Report,
) -> None:
    text = page(charted(report))
    assert len(Outline(text).all("img")) == 2
    assert "The MIT License (MIT)" in text
    assert "Leon Sorokin" in text


def test_a_page_without_charts_has_no_script(report: Report) -> None:
    text = page(report)
    assert "script-src" not in text
    assert Outline(text).all("script") == []


def test_a_reader_and_a_screen_reader_find_their_way(report: Report) -> None:
    outline = Outline(page(report))
    assert outline.all("html") == [{"lang": "en"}]
    assert all(image["alt"] for image in outline.all("img"))
    assert all(head["scope"] in {"row", "col"} for head in outline.all("th"))
    assert len(outline.all("title")) == len(outline.all("h1")) == 1


def test_names_from_the_data_never_become_markup(report: Report) -> None:
    hostile = replace(
        report,
        title=HOSTILE,
        data=HOSTILE,
        forecast=((HOSTILE, HOSTILE, 1.0), ("b", "x", 2.0)),
        settings={HOSTILE: HOSTILE, "nested": {HOSTILE: [HOSTILE]}},
        versions={HOSTILE: HOSTILE},
        pictures={HOSTILE: b"png"},
        notes=(HOSTILE,),
    )
    errors = {**report.judgement.errors, HOSTILE: report.judgement.errors["drift"]}
    text = page(replace(hostile, judgement=replace(report.judgement, errors=errors)))
    outline = Outline(text)
    assert outline.open == []
    assert outline.all("script") == []
    assert "\x1b" not in text
    assert any("<script>alert('1')</script>" in part for part in outline.text)


def test_the_verdict_stands_before_everything_else(report: Report) -> None:
    text = page(report)
    sentence = report.judgement.verdict.sentence.split("(")[0].strip()
    assert text.index('<section class="verdict"') < text.index(sentence) < text.index("<table")


@pytest.mark.parametrize(
    ("claim", "label"),
    [
        ("skill", "Evidence of skill"),
        ("none", "No evidence of skill"),
        ("too_little", "Too little data to say"),
    ],
)
def test_each_claim_has_its_label(report: Report, claim: str, label: str) -> None:
    verdict = replace(report.judgement.verdict, claim=claim)  # type: ignore[arg-type]
    text = page(replace(report, judgement=replace(report.judgement, verdict=verdict)))
    assert f"<h2>{label}</h2>" in text


@pytest.mark.parametrize("values", [np.full(80, 5.0), np.arange(80.0), np.tile([1.0, 2.0], 40)])
@pytest.mark.parametrize("held_out", [3, 40])
def test_numbers_that_do_not_exist_are_no_obstacle(
    judged: Make, values: np.ndarray, held_out: int
) -> None:
    judgement = judged([values], held_out=held_out).judgement
    text = page(Report(title="t", data="d", judgement=judgement))
    assert "None" not in text
    assert "nan" not in text.split("</style>")[1]


def test_pictures_come_in_the_order_of_the_story(report: Report) -> None:
    sources = [image["src"] for image in Outline(page(report)).all("img")]
    assert sources == ["data:image/png;base64,dHdv", "data:image/png;base64,b25l"]


def test_a_long_forecast_is_cut_and_says_so(report: Report) -> None:
    rows = tuple(("a", f"t{k}", float(k)) for k in range(MOST_ROWS + 7))
    text = page(replace(report, forecast=rows))
    assert f"t{MOST_ROWS - 1}<" in text
    assert f"t{MOST_ROWS}<" not in text
    assert "and 7 more" in text


def test_what_is_empty_has_no_section(report: Report) -> None:
    bare = page(Report(title="t", data="d", judgement=report.judgement))
    for heading in ("Pictures", "Forecast", "Notes", "Settings", "Versions"):
        assert f">{heading}<" in page(report)
        assert f">{heading}<" not in bare


def test_the_foot_states_the_method_with_its_numbers(judged: Make) -> None:
    series = [np.cumsum(np.tile([1.0, -1.0, 2.0, -2.0, 0.5], 20)) for _ in range(2)]
    judgement = judged(series, horizon=3, season=4, held_out=30, stride=2).judgement
    foot = page(Report(title="t", data="d", judgement=judgement)).split("<footer>")[1]
    for fact in (
        "each of 2 series were held out",
        "from each of 14 origins, 2 steps apart",
        "the next 3 values",
        "last season of 4 steps",
        "size 2&nbsp;%",
        "96&nbsp;% interval",
        f"here there are {judgement.walk.independent_origins}.",
    ):
        assert fact in foot


def test_without_a_season_the_page_names_no_answer_that_has_one(judged: Make) -> None:
    text = page(Report(title="t", data="d", judgement=judged(season=1).judgement))
    assert "each simple answer, which are the last value repeated, the straight line" in text
    assert "last season" not in text
    assert "no season: the seasonal rows are those of last value and mean" in text


def test_an_interval_that_says_nothing_is_in_words_in_sentence_and_facts(report: Report) -> None:
    verdict = replace(
        report.judgement.verdict, claim="none", worse=False, skill=0.1, low=-32.96, high=0.64
    )
    text = page(replace(report, judgement=replace(report.judgement, verdict=verdict)))
    assert text.count("96&nbsp;% interval too wide to say more") == 2
    assert "-3296" not in text


def test_intervals_have_a_section_with_their_table_and_picture(
    report: Report, intervals_of: IntervalsOf
) -> None:
    intervals = intervals_of(report.judgement)
    pictures = {**report.pictures, "coverage": b"three"}
    text = page(replace(report, intervals=intervals, pictures=pictures))
    outline = Outline(text)
    assert outline.open == []
    assert [image["src"] for image in outline.all("img")] == [
        f"data:image/png;base64,{data}" for data in ("dGhyZWU=", "dHdv", "b25l")
    ]
    section = text.split("<h2>Intervals</h2>")[1].split("</section>")[0]
    for level, found in intervals.measures.items():
        row = section.split(f"{level:g}&nbsp;%</th>")[1].split("</tr>")[0]
        assert f"<td>{100 * found.coverage.mean():.1f}&nbsp;%</td>" in row
        assert f"<td>{found.width.mean():.3f}</td>" in row
    assert "22 held-out origins (8 without overlap)" in section


def test_without_intervals_there_is_no_section_and_a_picture_is_still_shown(
    report: Report,
) -> None:
    text = page(replace(report, pictures={"coverage": b"three"}))
    assert "<h2>Intervals</h2>" not in text
    assert text.count("<img") == 1


def test_the_name_of_an_interval_method_never_becomes_markup(
    report: Report, intervals_of: IntervalsOf
) -> None:
    intervals = intervals_of(report.judgement, method=HOSTILE)
    outline = Outline(page(replace(report, intervals=intervals)))
    assert outline.open == []
    assert outline.all("script") == []


def test_the_ends_of_intervals_stand_beside_the_forecast(report: Report) -> None:
    rows = (("a", "2020-01-01", 1.5, 1.25, 1.75), ("a", "2020-01-02", 2.5, 2.25, 2.75))
    text = page(replace(report, forecast=rows, ends=("low 80 %", "high 80 %")))
    Outline(text)
    assert '<th scope="col">low 80&nbsp;%</th><th scope="col">high 80&nbsp;%</th>' in text
    assert "<td>1.5000</td><td>1.2500</td><td>1.7500</td>" in text
