"""Settings: frozen, JSON both ways, and one sentence for whatever does not fit."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from pydantic import Field, ValidationError

from recur.errors import SettingsError
from recur.networks.spec import NetworkSpec
from recur.settings import Settings


class Inner(Settings):
    rate: float = Field(0.5, ge=0, le=1)


class Outer(Settings):
    size: int = Field(ge=1)
    names: tuple[str, ...] = ()
    limit: float | None = None
    inner: Inner = Inner()


def test_settings_come_back_from_json_unchanged() -> None:
    settings = Outer(size=3, names=("a", "ü"), limit=0.1, inner=Inner(rate=1 / 3))
    assert Outer.from_dict(json.loads(json.dumps(settings.to_dict()))) == settings


def test_settings_are_frozen_and_can_be_keys() -> None:
    settings = Outer(size=3)
    with pytest.raises(ValidationError, match="frozen"):
        settings.size = 4  # type: ignore[misc]
    assert {settings: "found"}[Outer(size=3)] == "found"


def test_a_changed_copy_leaves_the_original_and_is_validated() -> None:
    settings = Outer(size=3, limit=2.0)
    assert settings.but(size=4) == Outer(size=4, limit=2.0)
    assert settings.size == 3
    with pytest.raises(SettingsError, match="`size` is 0; it must be at least 1"):
        settings.but(size=0)
    with pytest.raises(SettingsError, match="unknown setting `sise`; the nearest is `size`"):
        settings.but(sise=4)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (
            {"size": 1, "limt": 2},
            "unknown setting `limt`; the nearest is `limit`; there are `size`",
        ),
        ({"size": 0}, "`size` is 0; it must be at least 1."),
        ({"size": "many"}, "`size` is 'many'; it must be a whole number"),
        ({"size": 1.5}, "`size` is 1.5; it must be a whole number"),
        ({"size": 1, "limit": float("nan")}, "`limit` is nan; it must be a finite number."),
        ({"size": 1, "limit": float("inf")}, "`limit` is inf; it must be a finite number."),
        ({}, "the setting `size` is missing."),
        ({"size": 1, "self": 2}, "unknown setting `self`"),
        (
            {"size": 1, "inner": {"rate": 2}},
            "`rate` is 2; it must be at most 1.",
        ),
        ({"size": 1, "inner": {"rat": 1}}, "unknown setting `rat`; the nearest is `rate`"),
        ({"size": 1, "names": 3}, "`names` is 3; it must be a valid tuple."),
    ],
)
def test_what_does_not_fit_is_named_with_its_value_and_its_range(
    values: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        Outer.from_dict(values)
    assert str(caught.value).startswith(sentence)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("value", [np.arange(999), "x" * 9999, "a\nb", [[1] * 999] * 9])
def test_a_large_value_is_shown_in_part_and_on_one_line(value: object) -> None:
    with pytest.raises(SettingsError) as caught:
        Outer(size=value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 250


def test_a_rule_over_several_settings_is_told_in_its_own_words() -> None:
    with pytest.raises(SettingsError) as caught:
        NetworkSpec(cell="gru", nonlinearity="relu")
    assert str(caught.value) == (
        "`nonlinearity` is 'relu', which only the cells 'rnn' and 'mlp' have; the cell is 'gru'."
    )
