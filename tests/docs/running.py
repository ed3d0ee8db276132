"""A page is run from top to bottom, as a reader would who has its files, on small networks."""

from __future__ import annotations

import contextlib
import io
import itertools
import shutil
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
from tests.docs.blocks import ROOT, Block, blocks_of
from tests.docs.world import sentences

import recur
from recur.cli.main import built, main

# What would not end, needs a cluster, or is run by tests of its own: its options are read alone.
ENDLESS = {
    "serve": "answers until it is ended",
    "studio": "answers until it is ended",
    "lab": "tests/unit/labs runs every lab",
    "bench": "tests/functional/test_bench.py",
    "demo": "tests/functional/test_demo.py",
}
TEXTS_AND_SIGNALS = ("denoise", "classify", "tag", "translate", "write")
NETWORK = {"--cell", "--hidden", "--layers", "--strategy", "--known", "--past", "--static"}
ELSEWHERE = {  # blocks that are run by tests of their own, by a word in them
    "mlflow.pyfunc": "tests/functional/test_runtimes_guide.py",
    "websockets.sync": "tests/unit/server runs sockets",
}


SAME_NAME = {  # files that are called alike on two pages and hold other things
    "classifying.md": {"newer.csv": "reviews.csv"},
    "denoising.md": {"newer.csv": "machine.csv", "other.csv": "machine.csv"},
}


def run_page(page: Path) -> None:
    """Run every block of a page; what fails names the page and the line."""
    names = _taken_for_granted(page.name)
    for name, held in SAME_NAME.get(page.name, {}).items():
        shutil.copy(held, name)
    for block in blocks_of(page):
        where = f"{page.relative_to(ROOT)}:{block.line}"
        try:
            if block.code is not None:
                _run_code(block.code, where, names)
            else:
                _run_command(block)
        except (Exception, SystemExit) as error:
            raise AssertionError(f"{where}: {type(error).__name__}: {error}") from error


def _run_code(code: str, where: str, names: dict[str, Any]) -> None:
    if any(word in code for word in ELSEWHERE):
        compile(code, where, "exec")
        return
    for long, short in {"20_000": "2_000", "minutes=5": "epochs=1, hidden=4"}.items():
        code = code.replace(long, short)
    if "import recur" in code:
        names["recur"] = _small()
        code = code.replace("import recur\n", "\n", 1)
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(code, where, "exec"), names)


def _small() -> ModuleType:
    """Return recur with networks that are small unless a page says otherwise."""
    small = ModuleType("recur")
    for name in recur.__all__:
        setattr(small, name, getattr(recur, name))
    for name in ("Denoiser", "Classifier", "Tagger", "Translator", "Writer"):
        setattr(small, name, _fewer(getattr(recur, name), epochs=1, hidden=4))
    small.Forecaster = _forecaster  # type: ignore[attr-defined]
    return small


def _fewer(cls: Any, **sizes: Any) -> Any:
    def made(**given: Any) -> Any:
        model = cls(**(sizes | given))
        model.stream = _ending(model.stream) if hasattr(model, "stream") else None
        return model

    return partial(made)


def _ending(stream: Any) -> Any:
    return lambda *args, **given: itertools.islice(stream(*args, **given), 5)


def _forecaster(**given: Any) -> Any:
    learns = set(given) - {"horizon", "method", "season", "intervals", "seed", "network"}
    few = {"epochs": 2} if learns or given.get("network") == "trained" else {}
    return recur.Forecaster(**(few | given))


def _run_command(block: Block) -> None:
    words = list(block.command)
    verb = words[0]
    if verb in ENDLESS or block.piped or any(word.startswith("ray:") for word in words):
        _read_options(words)
        return
    if words[-1] != "--help":
        words += _smaller(verb, set(words))
    if "--minutes" in words:
        at = words.index("--minutes")
        del words[at : at + 2]
    said = io.StringIO()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(said):
        code = _exit_code(words)
    assert code == 0, f"recur {' '.join(words)}: {said.getvalue()}"


def _exit_code(words: list[str]) -> int | str | None:
    try:
        main(words)
    except SystemExit as ending:
        return ending.code
    return None


def _smaller(verb: str, given: set[str]) -> tuple[str, ...]:
    """Return options behind those of a page that make its networks small."""
    if verb in TEXTS_AND_SIGNALS:
        return "--epochs", "1", "--hidden", "4"
    if verb == "compare":
        return "--epochs", "1", "--methods", "mlp,gru"
    if verb == "watch":
        return ("--once",)
    learns = verb == "backtest" or (verb == "forecast" and given & NETWORK)
    return ("--epochs", "1") if learns else ()


def _read_options(words: list[str]) -> None:
    """Have the options of a command read, and nothing done."""
    command: Any = built.__wrapped__()  # its own: it keeps how it was first asked for help
    while hasattr(command, "commands"):
        command, words = command.commands[words[0]], words[1:]
    command.make_context("recur", list(words))


def _taken_for_granted(page: str) -> dict[str, Any]:
    """Return the names that pages use without saying what they are."""
    random = np.random.default_rng(0)
    clean = np.sin(np.arange(1500) / 8)
    said = sentences(120)
    texts = [" ".join(words) for words in said]
    shops = pd.read_csv("shops.csv", parse_dates=["ds"])
    others = {"tagging.md": said, "denoising.md": clean, "README.md": clean}
    tags = [["B-place" if word == "hill" else "O" for word in one] for one in said]
    return {
        "__name__": "page",
        "np": np, "pl": pl, "pd": pd,
        "clean": clean, "noisy": clean + random.normal(0, 0.3, 1500),
        "texts": texts, "labels": ["good" if at % 2 else "bad" for at in range(120)],
        "words": said, "tags": tags, "other": others.get(page, texts),
        "sources": texts, "targets": [text[::-1] for text in texts],
        "newest": np.zeros(1000), "time": None, "frame": shops,
    }  # fmt: skip
