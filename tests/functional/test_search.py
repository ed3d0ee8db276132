"""`recur forecast --tune`: a search for settings before the fit."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

Run = Callable[..., CompletedProcess[str]]

pytest.importorskip("optuna")


def test_a_search_is_told_of_and_goes_on_from_its_store(prices: Path, forecast: Run) -> None:
    searched = (prices, "--tune", "2", "--storage", "tried.journal", "--json")
    first = json.loads(forecast(*searched).stdout)
    assert first["search"]["trials"] == 2
    assert set(first["search"]["settings"]) <= set(first["settings"])
    again = json.loads(forecast(*searched).stdout)
    assert again["search"] == first["search"]
    assert again["forecast"] == first["forecast"]
    printed = forecast(*searched[:-1]).stdout
    assert "2 settings tried on values before the test stretch" in " ".join(printed.split())


def test_without_a_search_there_is_none_to_tell_of(prices: Path, forecast: Run) -> None:
    assert json.loads(forecast(prices, "--json").stdout)["search"] is None
