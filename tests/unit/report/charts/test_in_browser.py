"""What a reader does with the charts of a page, in a real browser: hover, zoom, keys, paper."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.browser import Page, browsing, installed

from recur.data.clock import DAY, Clock
from recur.report.charts import held_out_chart, held_out_charts, horizon_chart
from recur.report.html import Report, page

if TYPE_CHECKING:
    from tests.unit.report.conftest import Make

HOSTILE = "</script><script>document.title = 'taken'</script>"

pytestmark = pytest.mark.skipif(
    installed() is None, reason="no Chromium or Chrome is installed to open the page with"
)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    command = installed()
    assert command is not None
    with browsing(command, tmp_path_factory.mktemp("profile")) as driven:
        yield driven


@pytest.fixture
def write(judged: Make, tmp_path: Path) -> Callable[..., Path]:
    """Write the page of a made-up series of days, and return its path."""

    def written(target: str = "load", horizon: int = 3) -> Path:
        values = 10.0 + np.arange(80) % 4
        case = judged([values], clock=Clock("fixed", DAY), target=target, horizon=horizon)
        chart = held_out_chart(case.panel, case.judgement, case.beyond())
        errors = horizon_chart(case.judgement)
        pictures = {"test": b"a picture", "horizon": b"another"}
        charts = {"test": chart} if errors is None else {"test": chart, "horizon": errors}
        path = tmp_path / "report.html"
        report = Report(
            title=target, data="d", judgement=case.judgement, pictures=pictures, charts=charts
        )
        path.write_text(page(report), encoding="utf-8")
        return path

    return written


def readout(browser: Page) -> dict[str, str]:
    """Return what stands below the first chart, by its label."""
    rows = browser.run(
        "[...document.querySelectorAll('figure:first-of-type .chart dl > div')]"
        ".map(row => [...row.children].map(cell => cell.textContent))"
    )
    return dict(rows)


def over(browser: Page, across: float) -> tuple[float, float]:
    """Return where on the screen a share of the width of the first chart's data is."""
    browser.run("document.querySelector('.u-over').scrollIntoView({block: 'center'})")
    box = browser.run(
        "(({x, y, width, height}) => [x, y, width, height])"
        "(document.querySelector('.u-over').getBoundingClientRect())"
    )
    return box[0] + 1 + across * (box[2] - 2), box[1] + box[3] / 2


def hover(browser: Page, across: float) -> dict[str, str]:
    browser.mouse("Moved", *over(browser, across))
    return readout(browser)


def seen(browser: Page, selector: str) -> bool:
    return bool(browser.run(f"document.querySelector({selector!r})?.checkVisibility() ?? false"))


def click(browser: Page, button: str) -> None:
    browser.run(
        "[...document.querySelectorAll('figure:first-of-type button')]"
        f".find(one => one.textContent === {button!r}).click()"
    )


def test_where_scripts_run_the_chart_stands_in_place_of_the_picture(
    browser: Page, write: Callable[..., Path]
) -> None:
    browser.complaints.clear()
    browser.requests.clear()
    path = write()
    browser.open(path)
    assert seen(browser, ".chart canvas")
    assert not seen(browser, "figure img")
    assert browser.run("document.querySelectorAll('.chart').length") == 2
    assert browser.complaints == []
    outside = [url for url in browser.requests if not url.startswith("data:")]
    assert outside == [path.as_uri()]


def test_where_scripts_are_off_the_picture_is_there(
    browser: Page, write: Callable[..., Path]
) -> None:
    browser.open(write(), scripts=False)
    assert seen(browser, "figure img")
    assert not seen(browser, ".chart")


def test_on_paper_the_picture_is_there(browser: Page, write: Callable[..., Path]) -> None:
    browser.open(write())
    browser.call("Emulation.setEmulatedMedia", media="print")
    assert seen(browser, "figure img")
    assert not seen(browser, ".chart")
    browser.call("Emulation.setEmulatedMedia", media="")


def test_the_pointer_reads_the_values_of_a_place(browser: Page, write: Callable[..., Path]) -> None:
    browser.open(write())
    assert set(readout(browser).values()) == {"", "–"}  # noqa: RUF001 (an en dash)
    first = hover(browser, 0.0)
    assert first["time"] == "2020-02-06"  # 20 values before the first that is held out, the 57th
    assert first["truth"] == "10.0000"
    last = hover(browser, 1.0)
    assert last["time"] == "2020-03-23"  # 3 after the last
    assert last["truth"] == "–"  # noqa: RUF001 (an en dash)
    assert last["forecast"] == "13.0000"


def test_dragging_zooms_and_a_button_shows_it_as_at_first(
    browser: Page, write: Callable[..., Path]
) -> None:
    browser.open(write())
    begin, end = over(browser, 0.5), over(browser, 0.75)
    begun = hover(browser, 0.5)["time"], hover(browser, 0.75)["time"]
    browser.mouse("Moved", *begin)
    browser.mouse("Pressed", *begin)
    browser.mouse("Moved", (begin[0] + end[0]) / 2, end[1])
    browser.mouse("Moved", *end)
    browser.mouse("Released", *end)
    assert (hover(browser, 0.0)["time"], hover(browser, 1.0)["time"]) == begun
    click(browser, "As at first")
    assert hover(browser, 0.0)["time"] == "2020-02-06"
    click(browser, "All")
    assert hover(browser, 0.0)["time"] == "2020-01-01"
    click(browser, "Zoom in")
    click(browser, "Earlier")
    assert "2020-01-01" < hover(browser, 1.0)["time"] < "2020-03-01"


def test_keys_alone_read_and_zoom(browser: Page, write: Callable[..., Path]) -> None:
    browser.open(write())
    browser.run("document.querySelector('.plot').focus()")
    browser.press("End", "ArrowLeft")
    assert readout(browser)["time"] == "2020-03-22"
    browser.press("Home")  # left of what is shown, which follows
    assert readout(browser)["time"] == "2020-01-01"
    assert hover(browser, 0.0)["time"] == "2020-01-01"
    browser.press("Escape")
    assert hover(browser, 0.0)["time"] == "2020-02-06"
    hover(browser, 0.5)  # what is read stays in view
    browser.press("+", "+")
    assert hover(browser, 0.0)["time"] > "2020-02-16"


def test_a_name_that_is_markup_stays_a_name(browser: Page, write: Callable[..., Path]) -> None:
    browser.complaints.clear()
    browser.open(write(target=HOSTILE))
    assert browser.run("document.title") == HOSTILE
    assert HOSTILE[:40] in browser.run("document.querySelector('.chart h3').textContent")
    assert browser.complaints == []


def test_a_phone_scrolls_in_one_direction_alone(browser: Page, write: Callable[..., Path]) -> None:
    browser.open(write(target="a" * 200), width=390)
    assert browser.run("document.documentElement.scrollWidth") == 390
    assert browser.run("document.querySelector('.u-over').clientWidth") > 250


def test_two_fingers_zoom_and_hold_what_they_are_put_on(
    browser: Page, write: Callable[..., Path]
) -> None:
    browser.open(write(), width=390)
    browser.call("Emulation.setTouchEmulationEnabled", enabled=True, maxTouchPoints=2)
    places = [over(browser, share) for share in (0.4, 0.6, 0.1, 0.9)]

    def days(*shares: float) -> np.ndarray:
        return np.array([hover(browser, share)["time"] for share in shares], "M8[D]").astype(int)

    begun = days(0.4, 0.6)
    browser.touch("Start", places[0])
    assert readout(browser)["time"] == str(begun[:1].astype("M8[D]")[0])  # one finger reads
    browser.touch("Start", *places[:2])
    browser.touch("Move", *places[2:])
    browser.touch("End")
    assert np.abs(days(0.1, 0.9) - begun).max() <= 1
    browser.touch("Start", *places[2:])
    browser.touch("Move", *places[:2])
    browser.touch("End")
    assert np.abs(days(0.4, 0.6) - begun).max() <= 1
    browser.call("Emulation.setTouchEmulationEnabled", enabled=False)


def test_a_series_of_several_is_chosen_by_its_name(
    browser: Page, judged: Make, tmp_path: Path
) -> None:
    series = [base + np.arange(80) % 4 for base in (10.0, 500.0, 9000.0)]
    case = judged(series, clock=Clock("fixed", DAY), ids=("one", HOSTILE, "three"))
    charts = {"test": held_out_charts(case.panel, case.judgement, lambda i: (case.beyond(i), None))}
    report = Report(
        title="t", data="d", judgement=case.judgement, pictures={"test": b""}, charts=charts
    )
    path = tmp_path / "report.html"
    path.write_text(page(report), encoding="utf-8")
    browser.complaints.clear()
    browser.open(path, width=390)
    options = "[...document.querySelectorAll('.choice option')].map(one => one.textContent)"
    assert browser.run(options)[::2] == ["one", "three"]
    assert browser.run(options)[1].startswith("</script>")
    for at, value in ((2, "9000"), (1, "500"), (0, "10")):
        browser.run(
            f"(one => {{ one.value = {at}; one.dispatchEvent(new Event('change')); }})"
            "(document.querySelector('.choice select'))"
        )
        assert hover(browser, 0.0)["truth"].split(".")[0] == value
        assert browser.run("document.querySelectorAll('.chart canvas').length") == 1
    assert browser.run("document.documentElement.scrollWidth") == 390
    assert browser.complaints == []


def test_a_chart_follows_the_reader_into_the_dark(
    browser: Page, write: Callable[..., Path]
) -> None:
    browser.open(write())
    pixels = "document.querySelector('.chart canvas').toDataURL()"
    light = browser.run(pixels)
    turns = "matchMedia('(prefers-color-scheme: dark)').addEventListener('change', done)"
    browser.run(f"void (globalThis.turned = new Promise(done => {turns}))")
    dark = [{"name": "prefers-color-scheme", "value": "dark"}]
    browser.call("Emulation.setEmulatedMedia", features=dark)
    browser.run("turned.then(() => new Promise(done => setTimeout(done)))")
    assert browser.run(pixels) != light
    browser.call("Emulation.setEmulatedMedia", features=[])


def test_one_step_ahead_has_a_chart_of_the_series_alone(
    browser: Page, write: Callable[..., Path]
) -> None:
    browser.open(write(horizon=1))
    assert browser.run("document.querySelectorAll('.chart').length") == 1
    assert browser.run("document.querySelectorAll('figure img').length") == 2
