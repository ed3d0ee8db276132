"""The page `docs/benchmarks.md`, made of what was measured and of nothing else."""

from __future__ import annotations

from typing import Any

from benchmarks.peers import forecasting
from benchmarks.peers.results import Row
from benchmarks.peers.tables import (
    Measure,
    awaited,
    beside,
    by_library,
    geometric,
    missing,
    name_of,
    pivot,
    value_of,
)

MASE = Measure("mase", 3)
SMAPE = Measure("smape", 2)
OVER_NAIVE = Measure("over_naive", 3)
MSE = Measure("mse", 5)
NATS = Measure("nats", 3)
RIGHT = Measure("right", 3, higher=True)
MILLISECONDS, MEGABYTES = Measure("milliseconds", 2), Measure("megabytes", 0)
COVERAGE, LOSS = Measure("coverage", 3, best=False), Measure("wql", 4)
PROCESSOR = Measure("processor", 1)

FORECASTING = ("recur", "statsforecast", "neuralforecast", "Darts")
_KEY_PACKAGES = (
    "recurnets",
    "numpy",
    "pandas",
    "numba",
    "torch",
    "pytorch-lightning",
    "ray",
    "scikit-learn",
)

HEAD = """# recur beside its peers

Every figure on this page comes from `benchmarks/peers/results.json`, and the page is written from \
it by `benchmarks/peers/run.py`, sentences included; where a peer is better, it says so. Each \
library is in an environment of its own at a pinned version and does its jobs in processes of \
their own, on the same data, the same split and as many threads; forecasts come back as files, and \
one piece of code measures all of them. recur is told the horizon and the season, nothing else.

`RECUR_DATA=FOLDER python benchmarks/peers/run.py` does it again, `run.py SECTION --only TEXT` a \
part of it.
"""


def page(found: dict[str, Any]) -> str:
    """Return the page of what was measured."""
    parts = [HEAD + _machine(found)]
    for name, write in SECTIONS.items():
        section = found["sections"].get(name)
        parts.append(write(section["rows"]) if section else _not_yet(name))
        if section and (said := awaited(section["rows"], PLANNED.get(name, ()))):
            in_list = parts[-1].splitlines()[-1].startswith("- ")
            parts[-1] += f"{'' if in_list else chr(10)}- {said[0]}\n"
    return "\n".join(parts)


def _not_yet(name: str) -> str:
    return f"## {TITLES[name]}\n\nNot measured yet.\n"


def _machine(found: dict[str, Any]) -> str:
    rows = [row for section in found["sections"].values() for row in section["rows"]]
    if not rows:
        return ""
    dates, loads = (sorted({row[name] for row in rows}) for name in ("date", "load"))
    about = found["about"]
    when = dates[0] if len(dates) == 1 else f"{dates[0]} to {dates[-1]}"
    threads = " or ".join(str(one) for one in sorted({row["threads"] for row in rows}))
    return (
        f"\nMeasured {when} on {about['cores']} cores ({about['processor']}, {about['system']}, "
        f"Python {about['python']}) that others used too (the load was {loads[0]} to {loads[-1]}), "
        f"each library on {threads} thread{'' if threads == '1' else 's'}. "
        "So times are processor seconds, of all threads together, unless it says otherwise; they "
        "depend less on who else was there, though not by nothing.\n"
    )


def _install(rows: list[Row]) -> str:
    lines = [
        "| library | asked for | packages | MB | `pip`, s | import, processor s | brings |",
        "|---|---|--:|--:|--:|--:|---|",
    ]
    for row in rows:
        if "measures" not in row:
            continue
        versions = row["versions"]
        brought = ", ".join(f"{one} {versions[one]}" for one in _KEY_PACKAGES if one in versions)
        lines.append(
            f"| {row['peer']} | `{row['method']}` | {row['measures']['packages']} | "
            f"{row['measures']['megabytes']:,.0f} | {row['seconds']:.0f} | "
            f"{row['imported']['processor'] if 'imported' in row else '-'} | {brought} |"
        )
    forecasting = [{**row, "method": ""} for row in rows if row["peer"] in FORECASTING]
    said = beside(forecasting, MEGABYTES, "MB of files") + missing(rows)
    said += [f"{row['peer']}: {row['note']}." for row in rows if "note" in row]
    text = (
        "Into an empty environment, PyTorch as its CPU build; byte code is counted, `pip` is not. "
        "The seconds are of this machine's network and disk. `import recur` loads the rest on "
        "first use: what that comes to is the whole process in the table above."
    )
    return _section("install", text, [lines], said)


def _latency(rows: list[Row]) -> str:
    lines = [
        "| library | model | processor ms a prediction | processor s of all | memory, MB |",
        "|---|---|--:|--:|--:|",
    ]
    lines += [
        f"| {row['peer']} | {row['method']} | {MILLISECONDS.text(value_of(row, MILLISECONDS))} | "
        f"{row['processor']:.1f} | {row['measures']['megabytes']:,.0f} |"
        for row in rows
        if "measures" in row
    ]
    steady = [row for row in rows if "machine" not in row["method"]]
    said = [*beside(steady, MILLISECONDS, "ms"), *beside(steady, MEGABYTES, "MB of memory")]
    text = (
        "The twelve months after AirPassengers (132 values), forecast by a model that was saved "
        "and loaded again: the mean of 30 calls or more, after three that are not counted. "
        "The process imports, fits, saves, loads and predicts; networks that have to be trained "
        "are trained for 3 processor seconds there. recur's first time on a machine compiles its "
        "kernels, which are kept."
    )
    return _section("latency", text, [lines], said + missing(rows))


def _singles(rows: list[Row]) -> str:
    text = (
        "MASE on the last season or twelve values of each file (52 and 60 of weekly and daily "
        "ones), which nothing has seen. Each network that is trained has 10 processor seconds for "
        "a file, or its library's own number of steps where that is less."
    )
    lines = [f"Beside recur by default, over the files that both forecast: {one}." for one in
             geometric(rows, MASE)]  # fmt: skip
    said = [*lines, *beside(rows, MASE, "MASE"), *missing(rows)]
    return _section("singles", text, [pivot(rows, MASE, across="method")], said)


def _collections(rows: list[Row]) -> str:
    text = (
        "recur by default reads the whole history without learning from it, or learns on from the "
        "collection where its validation part says so; `pretrained` is the network that comes with "
        "recur, untouched. Methods of one series each fit every one of them; networks that are "
        "trained have 60 processor seconds for a collection, or their library's own number of "
        "steps (neuralforecast 1,000) where that is less. M4 Hourly is judged on every seventh "
        "series, all that methods of one series each were given; networks learn from all 414. "
        "Collections were looked at while recur's pretrained network was made, though it was "
        "trained on none; that flatters it a little."
    )
    tables = [["MASE, mean over the series:", "", *pivot(rows, MASE)]]
    tables.append(["sMAPE:", "", *pivot(rows, SMAPE)])
    tables.append(["Share of truths in intervals of 80 %:", "", *pivot(rows, COVERAGE)])
    tables.append(["Weighted quantile loss (.1, .5, .9):", "", *pivot(rows, LOSS)])
    tables.append(["Processor seconds to fit and to forecast:", "", *pivot(rows, PROCESSOR)])
    steps: dict[str, list[str]] = {}
    for row in rows:
        if "note" in row and "measures" in row:
            steps.setdefault(name_of(row), []).append(row["note"].removesuffix(" steps"))
    said = [*beside(rows, MASE, "MASE"), *beside(rows, LOSS, "weighted quantile loss")]
    said += missing(rows)
    if steps:
        each = "; ".join(f"{name} {', '.join(counts)}" for name, counts in steps.items())
        said.append(f"Steps of training, from the left: {each}.")
    return _section("collections", text, tables, said)


def _ladder(rows: list[Row]) -> str:
    text = (
        "10,000 series of two sines of random frequency and phase in noise, 50 values known, ten "
        "to be forecast; 9,000 to learn from (recur chooses by 2,000 of them), the last 1,000 "
        "judged. recur trains a GRU with its defaults; the others have 60 processor seconds. The "
        "limit knows the family of curves."
    )
    lines = [*by_library(rows, [MSE, PROCESSOR], ["mean squared error", "processor s"])]
    return _section("ladder", text, [lines], beside(rows, MSE, "squared error") + missing(rows))


def _stocks(rows: list[Row]) -> str:
    text = (
        "The next day's close from the true past, the last 100 days: squared error over that of "
        "repeating the last value. Prices are close to a random walk, so 1 is about what can be "
        "had, and a figure a little below it is luck until a test says otherwise."
    )
    values = [value for row in rows if (value := value_of(row, OVER_NAIVE)) is not None]
    lowest = min(values, default=1.0)
    said = [
        f"The best of {len(values)} figures is {lowest:.3f}, the worst {max(values):.3f}."
    ] if values else []  # fmt: skip
    claims = [
        f"On {row['panel']} recur says of its own: “{row['note']}”"
        for row in rows
        if row["peer"] == "recur" and row["method"] == "default" and "note" in row
    ]
    said += [*claims, *beside(rows, OVER_NAIVE, "of the naive error"), *missing(rows)]
    return _section("stocks", text, [pivot(rows, OVER_NAIVE)], said)


def _text(rows: list[Row]) -> str:
    text = (
        "Nats a character on the last tenth of Tiny Shakespeare, lower is better. recur reads "
        "the rest twice; the loops in PyTorch train for as many processor seconds as its whole "
        "fit took, counting and judging included. Counting is Kneser-Ney as recur does it."
    )
    lines = by_library(rows, [NATS, PROCESSOR], ["nats a character", "processor s"], notes=True)
    return _section("text", text, [lines], beside(rows, NATS, "nats") + missing(rows))


def _classes(rows: list[Row]) -> str:
    text = (
        "Share of right answers, the mean over three parts: of rt-polarity another tenth held out "
        "each time, of GunPoint its own test file and another seed."
    )
    means = averaged(rows)
    tables = [
        [f"{panel}:", "", *by_library(part, [RIGHT, PROCESSOR], ["right", "processor s"])]
        for panel in dict.fromkeys(row["panel"] for row in means)
        if (part := [row for row in means if row["panel"] == panel])
    ]
    return _section("classes", text, tables, beside(means, RIGHT, "right") + missing(rows))


def averaged(rows: list[Row]) -> list[Row]:
    """Return a row for the parts of each panel and method: means of measures and of times."""
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        if "measures" in row:
            groups.setdefault((row["panel"], row["peer"], row["method"]), []).append(row)
    means = []
    for (panel, peer, method), group in groups.items():
        measures = {
            name: sum(row["measures"][name] for row in group) / len(group)
            for name in group[0]["measures"]
        }
        spent = sum(row["processor"] for row in group) / len(group)
        means.append({
            "panel": panel, "peer": peer, "method": method, "measures": measures,
            "processor": spent,
        })  # fmt: skip
    return means


def _section(name: str, text: str, tables: list[list[str]], said: list[str]) -> str:
    parts = [f"## {TITLES[name]}", "", text, ""]
    for lines in tables:
        parts += [*lines, ""]
    parts += [f"- {sentence}" for sentence in said]
    return "\n".join(parts).rstrip() + "\n"


TITLES = {
    "install": "Installing and importing",
    "latency": "One series of a loaded model",
    "collections": "Collections of real series",
    "singles": "Single series",
    "stocks": "Stocks, one day ahead",
    "ladder": "Two sines in noise, ten steps ahead",
    "text": "Writing",
    "classes": "Telling apart",
}
PLANNED = {
    "collections": forecasting.COLLECTIONS,
    "singles": forecasting.SINGLES,
    "stocks": forecasting.STOCKS,
    "ladder": forecasting.LADDER,
}
SECTIONS = {
    "collections": _collections,
    "singles": _singles,
    "ladder": _ladder,
    "stocks": _stocks,
    "text": _text,
    "classes": _classes,
    "latency": _latency,
    "install": _install,
}
