"""Lab `stocks`: tomorrow's price, the true past known: does a network do better than today's price?

The course's experiment: an encoder-decoder, with LSTM or GRU, deep, bidirectional, learns a
column of closing prices. The encoder reads the days before the last 100; the decoder then runs
along those 100 and is fed the true price of each day before it gives the next. In a plot truth and
forecast nearly cover each other. So does the truth, one day late: beside each error stands that of
repeating today's price, which is what a random walk allows.

The slides show plots and name networks. How they were trained is taken from the course's other
encoder-decoder, of the lab `signal`: 15 units, windows of 5 days and 2, batches of 5 drawn anew
each epoch, Adam at a constant rate of .01, 50 epochs; the decoder is always fed the truth, and
prices are normalised by the mean and the standard deviation of those that are learnt from. A
decoder that has learnt to go 2 days runs along 100 here; so the same networks are also asked anew
each day. Beside them stand recur's encoder-decoder, and what recur does by default, with a verdict
in words.

    recur lab stocks TSLA.csv GOOGL.csv DJI.csv

takes any files with a column Close. Without files the lab runs on a price that is simulated.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from recur.arrays import Float64s
from recur.data.describe.random_walk import check_random_walk
from recur.errors import DataWarning
from recur.judge import Verdict, mse
from recur.labs.experiment import Setting, stop_if_interrupted, timed
from recur.labs.stocks.prices import DAYS, Stock, read, simulated
from recur.report.findings import Findings, Picture, Row, figure
from recur.tasks.forecast.forecaster import Forecaster

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COURSE: dict[str, Any] = {
    "strategy": "encoder_decoder", "hidden": 15, "lookback": 5, "decoder_length": 2,
    "forcing": (1.0, 1.0), "epochs": 50, "batch": 5, "rate": 0.01, "schedule": "constant",
    "loss": "mse", "clip": None, "scaling": "series", "residual": "none", "season": 1,
    "validation": 0.0, "patience": None, "keep_best": False,
}  # fmt: skip
NETWORKS: dict[str, dict[str, Any]] = {
    "LSTM": {"cell": "lstm"},
    "GRU": {"cell": "gru"},
    "deep LSTM": {"cell": "lstm", "layers": 2},
    "bidirectional LSTM": {"cell": "lstm", "bidirectional": True},
}
OURS: dict[str, dict[str, Any]] = {
    "recur, encoder-decoder": {"strategy": "encoder_decoder", "lookback": 20, "decoder_length": 5},
    "recur by default": {},
}
QUICK_EPOCHS = 2


@dataclass(frozen=True, eq=False)
class Followed:
    """What a network forecast of a stock.

    Attributes:
        stock: the price.
        network: that forecast it.
        way: `along`, a decoder of the course run once along all days; `anew`, the same network
            asked anew each day; `ours`, which always is.
        values: float64 [days].
        seconds: that it took to learn.
        verdict: on it; None for a decoder run along.
    """

    stock: Stock
    network: str
    way: Literal["along", "anew", "ours"]
    values: Float64s
    seconds: float
    verdict: Verdict | None = None

    @property
    def error(self) -> float:
        """Return the mean squared error."""
        return mse(self.stock.truth, self.values)

    @property
    def naive(self) -> float:
        """Return that of repeating today's price."""
        return mse(self.stock.truth, self.stock.today)

    @property
    def row(self) -> Row:
        """Return the figures."""
        name = f"{self.stock.name}: {self.network}{', anew' if self.way == 'anew' else ''}"
        return Row(name, "MSE, next day", self.error, limit=self.naive, seconds=self.seconds)

    @property
    def ratio(self) -> float:
        """Return the error in units of that of repeating today's price."""
        return self.error / self.naive


def run(setting: Setting) -> Findings:
    """Let every network forecast the last 100 days of every price."""
    stocks = [read(setting, i) for i in range(len(setting.files))] or [simulated(setting)]
    by_stock = [every_network(stock, setting) for stock in stocks]
    return Findings(
        rows=tuple(network.row for networks in by_stock for network in networks),
        words=words(by_stock, setting),
        pictures=pictures(by_stock),
    )


def every_network(stock: Stock, setting: Setting) -> list[Followed]:
    """Train the networks of the course and ours; the course's are asked in two ways."""
    taught = [course(stock, name, network, setting) for name, network in NETWORKS.items()]
    along, anew = zip(*taught, strict=True)
    return [*along, *anew, *(ours(stock, name, given, setting) for name, given in OURS.items())]


def course(
    stock: Stock, name: str, network: dict[str, Any], setting: Setting
) -> tuple[Followed, Followed]:
    """Train by the course's recipe; run the decoder once along the last 100 days, or ask anew."""
    model, seconds = timed(lambda: trained(stock, name, {**COURSE, **network}, setting))
    along = model.follow(steps=DAYS)[0]
    return (
        Followed(stock, name, "along", along, seconds),
        Followed(stock, name, "anew", *judged(model, seconds)),
    )


def ours(stock: Stock, name: str, parameters: dict[str, Any], setting: Setting) -> Followed:
    """Train as recur does, and forecast each of the last 100 days from the days before it."""
    model, seconds = timed(lambda: trained(stock, name, parameters, setting))
    return Followed(stock, name, "ours", *judged(model, seconds))


def judged(model: Forecaster, seconds: float) -> tuple[Float64s, float, Verdict]:
    """Return the last 100 days, each forecast from the window before it, and the verdict on it."""
    judgement = model.judge()
    return judgement.forecasts["network"][0][:, 0], seconds, judgement.verdict


def trained(stock: Stock, name: str, parameters: dict[str, Any], setting: Setting) -> Forecaster:
    """Train a network on all days but the last 100."""
    setting.say(f"{stock.name}: {name}")
    model = Forecaster(horizon=1, seed=setting.seed, network="trained", refit=False)
    model.set_params(**parameters)
    if setting.quick:
        model.set_params(epochs=QUICK_EPOCHS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        model.fit(stock.panel, test=DAYS)
    stop_if_interrupted(model.ended_)
    return model


def words(by_stock: list[list[Followed]], setting: Setting) -> tuple[str, ...]:
    """Return what the figures say."""
    sentences = []
    if not setting.files:
        sentences.append(
            "No file was given, so the price is a simulated one: its logarithm is a random walk, "
            "and nothing that could be learnt is in it."
        )
    sentences.append(
        "The limit is the error of repeating today's price, the best forecast of a random walk. A "
        "real price need not be one: a figure a little below the limit is luck or skill, and the "
        "verdict says whether it can be told which."
    )
    return (*sentences, *(_on_stock(networks) for networks in by_stock))


def _on_stock(networks: list[Followed]) -> str:
    """Say what came out of a stock."""
    stock, default = networks[0].stock, networks[-1]
    prices = stock.panel.series(0)
    walk = check_random_walk(np.log(prices)) if prices.min() > 0 else None
    along, anew = (_range(networks, way) for way in ("along", "anew"))
    return (
        f"{stock.name}: run once along the {DAYS} days, fed each true price, the course's decoders "
        f"have {along} times the error of repeating today's price; asked anew each day, the same "
        f"networks {anew}; recur by default {figure(default.ratio)}. {_on_skill(networks)}"
        + (f" The logarithm of the price: {walk.sentence}" if walk else "")
    )


def _on_skill(networks: list[Followed]) -> str:
    """Say what the test says of the default, and of how many others it claims skill."""
    verdicts = [network.verdict for network in networks if network.verdict is not None]
    *others, default = verdicts
    skilled = sum(verdict.claim == "skill" for verdict in others)
    return (
        f"The verdict on the default: {default.sentence} The same test finds evidence of skill in "
        f"{skilled or 'none'} of the {len(others)} other networks that see each day anew."
    )


def _range(networks: list[Followed], way: str) -> str:
    """Return the least and the greatest ratio of the networks that were asked in a way."""
    ratios = sorted(network.ratio for network in networks if network.way == way)
    return f"{figure(ratios[0])} to {figure(ratios[-1])}"


def pictures(by_stock: list[list[Followed]]) -> tuple[Picture, ...]:
    """Return a picture of each price, and one of all errors."""
    prices = [
        Picture(
            f"prices-{i}",
            f"{networks[0].stock.name}: the last {DAYS} days, each forecast from the true past; in "
            "grey today's price, which is the truth one day late.",
            partial(_price_picture, networks),
        )
        for i, networks in enumerate(by_stock, 1)
    ]
    caption = (
        "The squared error of every network, in units of that of repeating today's price; anew: "
        "asked anew each day, not run along."
    )
    return (*prices, Picture("errors", caption, partial(_error_picture, by_stock)))


def _price_picture(networks: list[Followed]) -> Figure:
    from recur.report.plots.lines import Line, lines_picture
    from recur.report.plots.style import BLUE, GREY, INK, ORANGE

    stock, taught, default = networks[0].stock, networks[0], networks[-1]
    days = np.arange(1.0, DAYS + 1)
    lines = (
        Line("truth", stock.truth, days, INK, width=1.6),
        Line("today's price", stock.today, days, GREY, width=1.0),
        Line(f"{taught.network}, run along", taught.values, days, ORANGE, width=1.4),
        Line(default.network, default.values, days, BLUE, width=1.4),
    )
    under = f"the last {DAYS} days, each forecast from the true past"
    return lines_picture(stock.name, under, lines, across="day", up="price")


def _error_picture(by_stock: list[list[Followed]]) -> Figure:
    from recur.report.plots.dots import dots_picture

    rows = [
        Row(network.row.name, "", network.ratio, limit=1.0)
        for networks in by_stock
        for network in networks
    ]
    under = "1 is the error of repeating today's price; further left is better"
    return dots_picture("Squared error", under, rows, across="times, logarithmic")
