"""What is no forecast: installing, importing, latency and memory, writing, telling apart."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks.peers.environments import PEERS, TORCH, Installed
from benchmarks.peers.measures import LEVEL
from benchmarks.peers.process import Peers
from benchmarks.peers.results import Row
from benchmarks.pretraining.development import singles

from recur.data.labelled.readers import read_examples

LATENCIES = (
    ("recur", "default"),
    ("recur", "trained"),
    ("statsforecast", "AutoETS"),
    ("statsforecast", "AutoETS, fitted anew"),
    ("neuralforecast", "LSTM"),
    ("neuralforecast", "NHITS"),
    ("Darts", "LSTM"),
)
FIRST = "first time on a machine"
IMPORTS = 1
LIMIT = 300.0  # processor seconds for a process
TRAINED = 3.0  # processor seconds of what is only asked for its latency

EPOCHS, HELD = 2, 0.1
WRITERS = ("LSTM, 2 x 256", "nanoGPT's CPU configuration")

PARTS, TESTED = 3, 0.1
SENTENCES, MOVEMENTS = "rt-polarity", "GunPoint"
CLASSIFIERS = {
    SENTENCES: (
        ("recur", "default"),
        ("scikit-learn", "TF-IDF and logistic regression"),
        ("scikit-learn", "counts and naive Bayes"),
    ),
    MOVEMENTS: (("recur", "default"), ("aeon", "MiniRocket")),
}


def install(peers: Peers) -> Iterator[Row]:
    """Give what each environment weighs, took, and how long an import takes in it."""
    for peer, place in peers.places.items():
        if not peers.wanted(peer):
            continue
        row: Row = {"panel": "install", "peer": peer, "method": " ".join(_asked(peer))}
        if place.error:
            yield {**row, "error": place.error}
            continue
        row |= {"seconds": place.seconds, "processor": place.processor}
        row["versions"] = place.versions
        row["measures"] = {"megabytes": place.megabytes, "packages": len(place.versions) - 2}
        if peer == "KenLM" and not _estimator(place):
            row["note"] = (
                "reads models only: `lmplz`, which counts a text, is not in the package but has "
                "to be built from its C++ source"
            )
        yield {**row, **_imported(place, PEERS[peer].module)}


def _asked(peer: str) -> list[str]:
    one = PEERS[peer]
    asked = ("recur",) if peer == "recur" else one.requirements
    return [*[TORCH] * one.torch, *asked]


def _estimator(place: Installed) -> bool:
    return bool(shutil.which("lmplz") or list(Path(place.python).parent.glob("lmplz*")))


def _imported(place: Installed, module: str) -> dict[str, Any]:
    """Return the least seconds of a few imports, after one that fills the caches of the disk."""
    spent = []
    for _ in range(IMPORTS + 1):
        began, before = time.perf_counter(), sum(os.times()[2:4])
        done = subprocess.run(
            [place.python, "-c", f"import {module}"], capture_output=True, text=True, check=False
        )
        if done.returncode:
            return {"error": f"`import {module}`: {done.stderr.strip().splitlines()[-1]}"}
        spent.append((sum(os.times()[2:4]) - before, time.perf_counter() - began))
    processor, seconds = min(spent[1:])
    return {"imported": {"processor": round(processor, 2), "seconds": round(seconds, 2)}}


def latency(peers: Peers) -> Iterator[Row]:
    """Give the milliseconds of a prediction of a loaded model, and the memory of the process."""
    (air,) = (one for one in singles() if one.name == "AirPassengers")
    panel = {"series": [air.known[0].tolist()], "horizon": 12, "season": 12}
    job = {"do": "latency", "budget": TRAINED, "level": LEVEL, "panels": [panel]}
    for peer, method in LATENCIES:
        anew = method.endswith("anew")
        asked = {**job, "method": method.removesuffix(", fitted anew"), "anew": anew}
        if peer == "recur" and peers.wanted(f"{FIRST}: {peer} {method}"):
            with tempfile.TemporaryDirectory() as empty:
                answer = peers.ask(peer, asked, LIMIT, RECUR_CACHE=empty)
            row = _latency(peer, f"{method}, {FIRST}", answer)
            row.get("measures", {}).pop("milliseconds", None)  # is of what was compiled by then
            yield row
        if peers.wanted(f"again: {peer} {method}"):
            yield _latency(peer, method, peers.ask(peer, asked, LIMIT))


def _latency(peer: str, method: str, answer: dict[str, Any]) -> Row:
    row: Row = {"panel": "one series", "peer": peer, "method": method}
    if "error" in answer:
        return {**row, "error": answer["error"]}
    process = answer["process"]
    measures = {"milliseconds": answer["milliseconds"], "megabytes": process["megabytes"]}
    spent = {name: process[name] for name in ("seconds", "processor")}
    return {**row, **spent, "measures": measures}


def text(peers: Peers) -> Iterator[Row]:
    """Give nats a character on the last tenth; what recur's fit took is the budget of the rest."""
    whole = (_data() / "text" / "tinyshakespeare.txt").read_text("utf-8")
    cut = len(whole) - round(HELD * len(whole))
    job: dict[str, Any] = {"do": "write", "text": whole[:cut], "held": whole[cut:]}
    answer = peers.ask("recur", {**job, "epochs": EPOCHS}, 4 * LIMIT)
    yield from _written("recur", "mixed with counting, by default", answer)
    if "error" in answer:
        return
    spent = max(one.get("processor", 0.0) for one in answer["methods"].values())
    for method in WRITERS:
        if peers.wanted(method):
            asked = {**job, "method": method, "budget": spent}
            yield from _written("PyTorch", method, peers.ask("PyTorch", asked, 1200))


def _written(peer: str, method: str, answer: dict[str, Any]) -> Iterator[Row]:
    panel = "Tiny Shakespeare"
    if "error" in answer:
        yield {"panel": panel, "peer": peer, "method": method, "error": answer["error"]}
        return
    for name, made in answer["methods"].items():
        measures = {"nats": made.pop("nats")}
        yield {"panel": panel, "peer": peer, "method": name, **made, "measures": measures}


def classes(peers: Peers) -> Iterator[Row]:
    """Give the share of right answers, for each of some parts held out in turn."""
    for name, methods in CLASSIFIERS.items():
        for part in range(PARTS):
            job, truth = _labelled(name, part)
            for peer, method in methods:
                if not peers.wanted(f"{name}: {peer} {method}"):
                    continue
                answer = peers.ask(peer, {**job, "method": method}, LIMIT)
                row: Row = {"panel": name, "peer": peer, "method": method, "part": part}
                if "error" in answer:
                    yield {**row, "error": answer["error"]}
                    continue
                right = float(np.mean(np.array(answer["labels"]) == np.array(truth)))
                spent = {key: answer[key] for key in ("seconds", "processor")}
                yield {**row, **spent, "measures": {"right": right}}


def _labelled(name: str, part: int) -> tuple[dict[str, Any], list[str]]:
    """Return a job with what is learnt from and what is asked, and the answers."""
    folder = _data() / "labelled"
    if name == MOVEMENTS:
        known, asked = (
            read_examples([folder / f"GunPoint_{which}.ts"]) for which in ("TRAIN", "TEST")
        )
        series = [[np.ravel(one).tolist() for one in each.items] for each in (known, asked)]
        job = {"train": series[0], "labels": list(known.labels), "test": series[1]}
        return {**job, "do": "classify", "kind": "series", "seed": part}, list(asked.labels)
    whole = read_examples([folder / "rt-polarity.neg", folder / "rt-polarity.pos"])
    order = np.random.default_rng(0).permutation(len(whole))
    test = np.array_split(order, round(1 / TESTED))[part]
    rest = np.setdiff1d(order, test)
    job = {
        "train": [whole.items[i] for i in rest], "labels": [whole.labels[i] for i in rest],
        "test": [whole.items[i] for i in test],
    }  # fmt: skip
    return {**job, "do": "classify", "kind": "texts", "seed": part}, [whole.labels[i] for i in test]


def _data() -> Path:
    return Path(os.environ["RECUR_DATA"])
