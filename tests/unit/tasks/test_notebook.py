"""What a notebook shows: short text, and small HTML that fits a dark page and a light one."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import Any

import numpy as np
import pandas as pd
import pytest

import recur
from recur.markup import card

SERIES = recur.synthetic.sine(240, period=12, noise=0.1).values


@pytest.fixture(scope="module")
def model() -> recur.Forecaster:
    return recur.Forecaster(horizon=2, method="pretrained", intervals=(80.0,)).fit(
        SERIES, test=60, progress=False
    )


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (recur.Forecaster(), "Forecaster()"),
        (recur.Forecaster(horizon=3, cell="lstm"), "Forecaster(horizon=3, cell='lstm')"),
        (recur.Writer(hidden=4), "Writer(hidden=4)"),
        (recur.Denoiser(hidden=5), "Denoiser(hidden=5)"),
    ],
    ids=["nothing", "two", "writer", "denoiser"],
)
def test_a_model_shows_what_differs_from_the_defaults(made: Any, text: str) -> None:
    shown = repr(made)
    assert shown == text
    again = eval(shown, {name: getattr(recur, name) for name in recur.__all__})
    assert again.get_params() == made.get_params()


def _checked(html: str) -> str:
    """Return the text of HTML that is whole and has no colours of its own."""
    root = ET.fromstring(html.replace("&nbsp;", " "))
    assert not re.search(r"#[0-9a-f]{3}|rgb\(|(?<!-)color:(?!inherit)", html)
    assert html.count("<table") == html.count("color:inherit")  # which not every page hands down
    assert "<script" not in html
    assert len(html) < 12_000
    return " ".join(" ".join(root.itertext()).split())


def test_models_forecasts_and_judgements_show_themselves(model: recur.Forecaster) -> None:
    judgement = model.judgement_
    assert judgement is not None
    text = _checked(model._repr_html_())
    assert "pretrained" in text
    assert judgement.verdict.sentence in text.replace("\u00a0", " ")
    assert "has not learnt anything yet" in _checked(recur.Forecaster()._repr_html_())
    forecast = model.predict()
    text = _checked(forecast._repr_html_())
    assert "Forecast of 1 series, 2 steps" in text
    assert "low 80" in text
    text = _checked(judgement._repr_html_())
    assert "pretrained" in text
    assert "seasonal naive" in text
    assert judgement.verdict.sentence in _checked(judgement.verdict._repr_html_())


def test_comparisons_and_panels_show_themselves() -> None:
    compared = recur.compare(SERIES, test=60, methods=["pretrained", "mlp"], progress=False)
    text = _checked(compared._repr_html_())
    assert f"Comparison of {len(compared.ranking)} methods" in text
    assert all(method.name.split("_")[0] in text for method in compared.ranking[:3])
    frame = pd.DataFrame(
        {
            "unique_id": np.repeat([f"<b>{i}" for i in range(12)], 20),
            "ds": np.tile(pd.date_range("2024", periods=20), 12),
            "y": np.arange(240.0),
        }
    )
    panel = recur.read_panel(frame)
    assert "12 series" in repr(panel)
    assert "\n" not in repr(panel)
    html = panel._repr_html_()
    assert "<b>0" not in html
    assert "and 4 more series" in _checked(html)


def test_long_forecasts_are_cut(model: recur.Forecaster) -> None:
    text = _checked(model.predict(horizon=40)._repr_html_())
    assert "and 28 more" in text


def test_what_a_card_is_told_is_text() -> None:
    html = card("<i>", text="a & b", facts={"<u>": 1}, header=("", "x"), rows=[("<s>", "2 %")])
    assert not re.search(r"<(i|u|s)>", html)
    assert "2&nbsp;%" in html
