"""What the pages take for granted: small files of each kind, and models that learnt from them."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from scipy.io import wavfile

import recur

WORDS = [
    *("the", "cat", "dog", "house", "tree", "sees", "finds", "likes"),
    *("red", "old", "small", "garden", "river", "hill"),
]


def numbers() -> np.random.Generator:
    return np.random.default_rng(0)


def write(path: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    with Path(path).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])


def sales(months: int, begin: str = "2012-01") -> list[tuple[Any, ...]]:
    """Return monthly sales with a season, and a price beside them."""
    random, at = numbers(), np.arange(months)
    price = 10 + random.integers(0, 3, months)
    units = 200 + 40 * np.sin(at * np.pi / 6) + random.normal(0, 5, months) - 6 * price
    dates = np.datetime64(begin, "M") + at
    return [(f"{d}-01", f"{u:.2f}", int(p)) for d, u, p in zip(dates, units, price, strict=True)]


def make_tables() -> None:
    rows = sales(300)
    known = [
        (date, "" if at >= 240 else units, price)
        for at, (date, units, price) in enumerate(rows[:252])
    ]
    write("sales.csv", ("month", "units", "price"), rows[:240])
    write("promotions.csv", ("month", "units", "price"), known)
    for name in ("newer.csv", "other.csv"):
        write(name, ("month", "units", "price"), rows[12:])
    readings = [(str(np.datetime64("2022-01") + at) + "-01", row[1]) for at, row in enumerate(rows)]
    write("readings.csv", ("month", "units"), readings)
    long = [
        (f"shop{i}", date, float(units) + 10 * i) for i in range(4) for date, units, _ in rows[:96]
    ]
    write("shops.csv", ("unique_id", "ds", "y"), long)
    stations = [
        (name, date, units, f"{float(units) % 7:.1f}", price, region)
        for name, region in (("north", "coast"), ("south", "hills"))
        for date, units, price in rows[:96]
    ]
    write("stations.csv", ("unique_id", "ds", "load", "wind", "price", "region"), stations)
    days = np.datetime64("2020-01-01") + np.arange(260)
    for i, name in enumerate(("TSLA.csv", "GOOGL.csv")):
        walk = 100 + np.random.default_rng(i).normal(0, 1, 260).cumsum()
        write(name, ("Date", "Close"), zip(days, walk.round(3), strict=True))
    frame = pl.read_csv("shops.csv", try_parse_dates=True)
    Path("data").mkdir()
    for i in (0, 2):
        some = frame.filter(pl.col("unique_id").is_in([f"shop{i}", f"shop{i + 1}"]))
        some.write_parquet(f"data/{i}.parquet")
    frame.write_parquet("sample.parquet")
    frame.write_parquet("big.parquet")
    frame.write_parquet("sales.parquet")


def make_signals() -> None:
    random = numbers()
    valve = np.cumsum(random.random(2000) < 0.03) % 2
    sensor = (valve + random.normal(0, 0.5, 2000)).round(3)
    write("valve.csv", ("sensor", "valve"), zip(sensor, valve, strict=True))
    write("machine.csv", ("sensor", "reference"), zip(sensor, valve, strict=True))
    write("later.csv", ("sensor", "valve"), zip(sensor, valve, strict=True))
    wavfile.write("room.wav", 8000, (sensor * 8000).astype(np.int16))
    wavfile.write("clean.wav", 8000, (valve * 8000).astype(np.int16))


def sentences(count: int, seed: int = 0) -> list[list[str]]:
    random = np.random.default_rng(seed)
    return [list(random.choice(WORDS, random.integers(4, 9))) for _ in range(count)]


def make_texts() -> None:
    said = [" ".join(words) for words in sentences(160)]
    moods = ["good" if at % 2 else "bad" for at in range(len(said))]
    texts = [f"{mood} {text}" for mood, text in zip(moods, said, strict=True)]
    write("reviews.csv", ("text", "mood"), zip(texts, moods, strict=True))
    for name in ("reviews.pos", "reviews.neg", "rt-polarity.pos", "rt-polarity.neg"):
        kept = [text for text in texts if text.startswith("good" if "pos" in name else "bad")]
        Path(name).write_text("\n".join(kept) + "\n", encoding="utf-8")
    for name in ("train.conll", "test.conll", "newer.conll", "other.conll"):
        Path(name).write_text(columns(sentences(80, len(name))), encoding="utf-8")
    for name in ("english-french.tsv", "others.tsv", "dates.tsv"):
        Path(name).write_text("".join(f"{a}\t{a[::-1]}\n" for a in said), encoding="utf-8")
    Path("newer.txt").write_text("\n".join(said[:5]) + "\n", encoding="utf-8")
    story = "".join(f"Watson, {text}.\n" for text in said)
    Path("sherlock.txt").write_text(story + "It was a dark night.\n" * 3, encoding="utf-8")


def columns(said: list[list[str]]) -> str:
    def tag(word: str) -> str:
        return "B-place" if word in ("garden", "river", "hill") else "O"

    return "\n\n".join("\n".join(f"{word}\t{tag(word)}" for word in one) for one in said) + "\n"


def make_models() -> None:
    """Fit what `results/`, `models/` and `found/` hold where a page begins with them."""
    for name in ("results", "models", "fitted", "holmes"):
        Path(name).mkdir()
    small: dict[str, Any] = {"epochs": 2, "hidden": 4, "lookback": 8, "intervals": (80, 95)}
    model = recur.Forecaster(horizon=12, **small).fit("sales.csv", target="units", progress=False)
    for place in ("results/model.recur", "models/sales.recur"):
        model.save(place)
    recur.Forecaster(horizon=12, **small).fit("sample.parquet", progress=False).save(
        "fitted/model.recur"
    )
    writer = recur.Writer(epochs=1, hidden=4).fit("sherlock.txt", progress=False)
    writer.save("holmes/model.recur")
    writer.save("results/prose.recur")


def make_world() -> None:
    """Write all of it to the working folder."""
    make_tables()
    make_signals()
    make_texts()
    make_models()
