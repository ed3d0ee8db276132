"""Forecasting in the studio, in a real browser: from a file to a verdict, and all on the way."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.functional.studio.conftest import Studio

import recur

PICTURE = "document.querySelector('.whose').textContent && !document.querySelector('.busy')"
JUDGED = "document.querySelector('.verdict h2')"
WRITTEN = "document.querySelector('.files button')"
ORIGIN = "#origin"


def drawn(studio: Studio, path: Path) -> None:
    """Open the page, choose a file, and wait for its first forecast."""
    studio.open()
    studio.choose(path)
    studio.until(PICTURE)


def forecast(values: np.ndarray, horizon: int) -> list[str]:
    """Return what Python forecasts, as the page writes it."""
    model = recur.Forecaster(network="pretrained", horizon=horizon, season=12, threads=1)
    model.fit(values, test=0, progress=False)
    return [f"{value:,.0f}" for value in model.predict().values[0]]


def values_of(path: Path) -> np.ndarray:
    return np.array([float(line.split(",")[1]) for line in path.read_text().splitlines()[1:]])


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file whose judging takes long: a network is trained on it."""
    hours = np.datetime64("2024-01-01T00:00") + 60 * np.arange(9_000)
    values = 50 + 10 * np.sin(np.arange(9_000) * 2 * np.pi / 24) + np.arange(9_000) % 7
    path = tmp_path_factory.mktemp("data") / "long.csv"
    rows = (f"{hour},{value:.3f}\n" for hour, value in zip(hours, values, strict=True))
    path.write_text("time,load\n" + "".join(rows))
    return path


def test_from_a_file_to_a_verdict(studio: Studio, sales: Path) -> None:
    drawn(studio, sales)
    assert studio.text(".data") == "132 values, monthly, from 2015-01-01 to 2025-12-01"
    rows = studio.cells(".rows")
    assert [row[0] for row in rows[:2]] == ["2026-01-01", "2026-02-01"]
    assert [row[1] for row in rows] == forecast(values_of(sales), 12)
    studio.until(JUDGED)
    said = studio.text(".verdict p").replace("\u00a0", " ").replace("\u2212", "-")
    studio.until(WRITTEN)
    job = _job(studio)
    assert said == job["result"]["verdict"]["sentence"]
    assert studio.cells(".errors")[0][0] == "pretrained network"
    assert "recur forecast sales.csv --target sales" in studio.text(".code pre")
    buttons = "[...document.querySelectorAll('.files button')].map(one => one.textContent)"
    assert studio.run(buttons) == ["Open the report", "Model", "Forecast as a table"]
    assert studio.page.complaints == []
    outside = [one for one in studio.page.requests if not one.startswith((studio.address, "data:"))]
    assert [one for one in outside if one != "about:blank"] == []


def test_what_would_have_been_forecast_earlier(studio: Studio, sales: Path) -> None:
    drawn(studio, sales)
    studio.set(ORIGIN, 100, "input")
    studio.until("document.querySelector('.whose').textContent.includes('2023-04-01')")
    assert [row[1] for row in studio.cells(".rows")] == forecast(values_of(sales)[:100], 12)
    assert studio.text(".from output") == "2023-04-01"
    studio.click(".now")
    studio.until("document.querySelector('.rows th[scope=row]').textContent === '2026-01-01'")


def test_the_origin_is_dragged_in_the_chart(studio: Studio, sales: Path) -> None:
    drawn(studio, sales)
    studio.run("document.querySelector('.origin').scrollIntoView({block: 'center'})")
    x, y, width, height = studio.run(
        "(({x, y, width, height}) => [x, y, width, height])"
        "(document.querySelector('.origin').getBoundingClientRect())"
    )
    begin = x + width / 2, y + height / 2
    studio.page.mouse("Moved", *begin)
    studio.page.mouse("Pressed", *begin)
    studio.page.mouse("Dragged", begin[0] - 150, begin[1])
    studio.page.mouse("Released", begin[0] - 150, begin[1])
    studio.until("document.querySelector('.whose').textContent.includes('would have been')")
    assert int(studio.run("document.querySelector('#origin').value")) < 120


def test_another_horizon_is_forecast_and_judged_anew(studio: Studio, sales: Path) -> None:
    drawn(studio, sales)
    studio.set("[name=horizon]", 3)
    studio.until("document.querySelectorAll('.rows tbody tr').length === 3")
    assert "--horizon 3" in studio.text(".code pre")
    studio.until(JUDGED)
    assert _job(studio)["settings"]["horizon"] == 3


def test_methods_come_one_by_one_and_a_reload_takes_them_up(studio: Studio, sales: Path) -> None:
    drawn(studio, sales)
    studio.click(".start-compare button")
    studio.until("document.querySelectorAll('.compare tbody tr').length > 7")
    assert "best so far" in studio.cells(".compare")[0][0]
    fragment = studio.run("location.hash")
    assert "compare=" in fragment
    studio.open(f"/{fragment}")  # while it runs
    studio.until("document.querySelectorAll('.compare tbody tr').length > 8")
    studio.until(JUDGED)
    studio.click(".compare .state button")
    studio.until("document.querySelector('.compare .state').textContent.includes('cancelled')")
    assert len(studio.cells(".compare")) > 8
    assert studio.seen(".start-compare")
    assert studio.page.complaints == []


def test_a_judging_is_cancelled_and_begun_again(studio: Studio, long: Path) -> None:
    drawn(studio, long)
    studio.until("document.querySelector('.verdict button') && location.hash.includes('job=')")
    studio.click(".verdict button")
    studio.until("document.querySelector('.verdict').textContent.includes('cancelled')")
    assert studio.text(".verdict button") == "Judge it"
    assert "job=" not in studio.run("location.hash")
    studio.click(".verdict button")
    studio.until("document.querySelector('.verdict progress')")
    studio.click(".again")
    assert studio.seen(".start")


def test_a_reload_while_it_is_judged_goes_on_with_the_same_job(studio: Studio, long: Path) -> None:
    drawn(studio, long)
    studio.until("location.hash.includes('job=')")
    fragment = studio.run("location.hash")
    studio.open(f"/{fragment}")
    studio.until(PICTURE)
    assert studio.text(".file") == "long.csv"
    assert studio.run("location.hash") == fragment
    studio.until("document.querySelector('.verdict progress')")
    studio.click(".again")


def test_a_job_that_is_gone_is_told(studio: Studio) -> None:
    studio.open("/#tab=forecast&job=0123456789abcdef")
    studio.until("!document.querySelector('.problem').hidden")
    assert "no job" in studio.text(".problem")
    assert studio.seen(".start")


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.csv", b"\x7fELF\x00\x01" * 400, "binary"),
        ("b.csv", b"", "empty"),
        ("c.csv", b"one,two\nred,blue\ngreen,black\n", "number"),
        ("d.xlsx", b"PK\x03\x04 nothing in it", "d.xlsx"),
    ],
)
def test_a_broken_file_says_what_is_wrong(
    studio: Studio, tmp_path: Path, name: str, data: bytes, said: str
) -> None:
    (tmp_path / name).write_bytes(data)
    studio.open()
    studio.choose(tmp_path / name)
    studio.until("!document.querySelector('.problem').hidden")
    assert said in studio.text(".problem")
    assert not studio.seen(".picture")


def test_a_column_that_cannot_be_read_can_be_changed(studio: Studio, tmp_path: Path) -> None:
    path = tmp_path / "shops.csv"
    rows = "".join(f"{shop},2024-01-{day:02},{day}\n" for shop in "ab" for day in range(1, 29))
    path.write_text(f"shop,day,sold\n{rows}")
    drawn(studio, path)
    studio.set("[name=id]", "shop")
    studio.until("document.querySelectorAll('[name=series] option').length === 2")
    studio.until(PICTURE)
    assert studio.seen("[name=series]")
    studio.click(".again")


def test_a_table_is_pasted(studio: Studio) -> None:
    studio.open()
    days = np.datetime64("2024-01-01") + np.arange(60)
    table = "\n".join(["day\tsold", *(f"{day}\t{k % 7}" for k, day in enumerate(days))])
    studio.set("#pasted", table)
    studio.click(".use-pasted")
    studio.until(PICTURE)
    assert studio.text(".file") == "pasted.tsv"
    studio.click(".again")


def test_an_example_is_made_on_the_spot(studio: Studio) -> None:
    studio.open()
    studio.click("[data-example=walk]")
    studio.until(PICTURE)
    assert studio.text(".data").startswith("1,200 values, trading days")
    studio.click(".again")


def test_fifty_thousand_values(studio: Studio, tmp_path: Path) -> None:
    minutes = np.datetime64("2024-01-01T00:00") + np.arange(50_000)
    path = tmp_path / "minutes.csv"
    rows = (f"{minute},{k % 60 + (k % 7) / 10}\n" for k, minute in enumerate(minutes))
    path.write_text("time,y\n" + "".join(rows))
    drawn(studio, path)
    assert studio.text(".data").startswith("50,000 values, every minute")
    studio.click(".tools button:last-child")  # all of them
    studio.until("document.querySelector('#origin').min === '3'")
    studio.set(ORIGIN, 20_000, "input")
    studio.until("document.querySelector('.whose').textContent.includes('2024-01-14 21:19')")
    assert len(studio.cells(".rows")) > 1
    assert studio.page.complaints == []
    studio.click(".again")


def test_series_are_hidden_and_shown(studio: Studio, sales: Path) -> None:
    drawn(studio, sales)
    pixels = "document.querySelector('.chart canvas').toDataURL()"
    settled = "new Promise(done => requestAnimationFrame(() => setTimeout(done)))"
    studio.run(settled)
    before = studio.run(pixels)
    history = ".legend button:first-child"
    for pressed in ("false", "true"):
        studio.click(history)
        studio.run(settled)
        assert studio.run(f"document.querySelector('{history}').ariaPressed") == pressed
        assert (studio.run(pixels) == before) == (pressed == "true")
    studio.click(".again")


def _job(studio: Studio) -> Any:
    fragment = studio.run("Object.fromEntries(new URLSearchParams(location.hash.slice(1)))")
    with urllib.request.urlopen(f"{studio.address}/v1/jobs/{fragment['job']}") as answer:
        return json.load(answer)
