"""A quick run forecasts every price by every network beside today's price, and says which it is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from recur.data.synthetic import random_walk
from recur.errors import DataError
from recur.judge import mse
from recur.labs.experiment import Setting
from recur.labs.stocks import lab as stocks
from recur.labs.stocks.lab import Followed
from recur.labs.stocks.prices import DAYS, simulated
from recur.report.findings import Findings

TAUGHT = ["LSTM", "GRU", "deep LSTM", "bidirectional LSTM"]
NETWORKS = [*TAUGHT, *(f"{name}, anew" for name in TAUGHT)]
NETWORKS += ["recur, encoder-decoder", "recur by default"]


def write(path: Path, values: np.ndarray, column: str = "Close") -> Path:
    """Write prices as brokers do."""
    days = np.arange("2015-01-01", "2030-01-01", dtype="datetime64[D]")
    days = days[np.is_busday(days)][: len(values)]
    rows = [f"{day},{value:.4f}\n" for day, value in zip(days, values, strict=True)]
    path.write_text(f"Date,{column}\n{''.join(rows)}", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def prices(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("prices")
    walks = (100 * np.exp(0.01 * random_walk(400, seed=seed).values) for seed in (1, 2))
    one, other = (
        write(folder / f"{name}.csv", walk) for name, walk in zip("AB", walks, strict=True)
    )
    return one, other


@pytest.fixture(scope="module")
def of_files(prices: tuple[Path, Path]) -> Findings:
    return stocks.run(Setting(files=prices, quick=True))


def test_every_network_forecasts_every_file(of_files: Findings) -> None:
    names = [f"{file}: {network}" for file in "AB" for network in NETWORKS]
    assert [row.name for row in of_files.rows] == names
    assert all(0 < (row.ours or 0) < np.inf and (row.seconds or 0) > 0 for row in of_files.rows)
    assert all(row.published is None for row in of_files.rows)


def test_the_limit_is_the_error_of_repeating_todays_price(
    of_files: Findings, prices: tuple[Path, Path]
) -> None:
    for rows, path in zip((of_files.rows[:10], of_files.rows[10:]), prices, strict=True):
        lines = path.read_text(encoding="utf-8").splitlines()[-DAYS - 1 :]
        values = np.array([float(line.split(",")[1]) for line in lines])
        naive = mse(values[1:], values[:-1])
        assert [row.limit for row in rows] == pytest.approx([naive] * 10)


def test_the_default_stays_near_the_limit_where_there_is_nothing_to_learn(
    of_files: Findings,
) -> None:
    for row in of_files.rows[9::10]:
        assert row.limit is not None
        assert (row.ours or np.inf) < 1.1 * row.limit


def test_a_forecast_of_today_for_tomorrow_is_as_good_as_the_limit() -> None:
    stock = simulated(Setting(quick=True))
    late = Followed(stock, "late", "ours", stock.today, seconds=1.0)
    assert late.row.ours == late.row.limit
    assert late.ratio == 1.0
    assert stock.today[1:] == pytest.approx(stock.truth[:-1])


def test_each_stock_has_its_verdict_in_words(of_files: Findings) -> None:
    for file in "AB":
        (word,) = (word for word in of_files.words if word.startswith(f"{file}: "))
        assert "The verdict on the default: " in word
        assert "of the 5 other networks" in word
        assert "random walk" in word


def test_without_files_a_plain_word_says_that_the_price_is_simulated(
    findings: Findings, of_files: Findings
) -> None:
    assert any("the price is a simulated one" in word for word in findings.words)
    assert not any("simulated" in word for word in of_files.words)
    assert [row.name for row in findings.rows] == [f"Simulated: {network}" for network in NETWORKS]


def test_there_is_a_picture_of_each_price_and_one_of_all_errors(of_files: Findings) -> None:
    assert [picture.name for picture in of_files.pictures] == ["prices-1", "prices-2", "errors"]


def test_prices_below_nothing_are_forecast_too(tmp_path: Path) -> None:
    path = write(tmp_path / "spread.csv", random_walk(300, seed=4).values)
    of_files = stocks.run(Setting(files=(path,), quick=True))
    assert not any("logarithm" in word for word in of_files.words if word.startswith("spread"))


def test_a_file_without_closing_prices_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "x.csv", np.arange(300.0), column="Volume")
    with pytest.raises(DataError, match=r"x\.csv.*close"):
        stocks.run(Setting(files=(path,)))


def test_a_file_of_too_few_days_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "x.csv", 100 + random_walk(199).values)
    with pytest.raises(DataError, match=r"holds 199 days, but .* at least 200"):
        stocks.run(Setting(files=(path,)))


def test_a_price_that_stands_still_is_refused(tmp_path: Path) -> None:
    prices = 100 + random_walk(300).values
    prices[-DAYS - 1 :] = prices[-1]
    path = write(tmp_path / "x.csv", prices)
    with pytest.raises(DataError, match=r"x\.csv.* stands still over the last 100 days"):
        stocks.run(Setting(files=(path,), quick=True))


def test_a_file_of_several_series_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    rows = [f"{name},{day},{day * day % 7}\n" for name in "ab" for day in range(200)]
    path.write_text(f"unique_id,ds,Close\n{''.join(rows)}", encoding="utf-8")
    with pytest.raises(DataError, match=r"holds 2 series, but .* one price a file"):
        stocks.run(Setting(files=(path,)))
