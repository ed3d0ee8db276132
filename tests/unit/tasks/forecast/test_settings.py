"""What parameters of a forecaster do not go together is refused, with its reason."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from recur.errors import SettingsError
from recur.tasks.forecast.checks import check_parameters
from recur.tasks.forecast.forecaster import Forecaster

REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"decoder_length": 5}, "only the strategy 'encoder_decoder' has a decoder"),
    (
        {"strategy": "encoder_decoder", "horizon": 4, "decoder_length": 3},
        "the horizon of 4 takes as many steps",
    ),
    (
        {"strategy": "all_steps", "bidirectional": True},
        "every time step has seen the values it is to forecast",
    ),
    ({"strategy": "all_steps", "cell": "mlp"}, "has no time steps to answer at"),
    (
        {"intervals": (80,), "interval_method": "quantiles", "strategy": "recursive"},
        "for networks that give quantiles of all steps at once",
    ),
    (
        {
            "intervals": (80,),
            "interval_method": "conformal_quantiles",
            "strategy": "encoder_decoder",
        },
        "for networks that give quantiles of all steps at once",
    ),
    ({"intervals": (80,), "interval_method": "dropout"}, "all samples would be the same"),
    ({"intervals": (80,), "interval_method": "conformal_dropout"}, "all samples would be"),
    ({"intervals": (80,), "calibration": 0}, "set a share of the history aside"),
    ({"intervals": (95, 80)}, "levels of intervals rise"),
    ({"intervals": (0.8,)}, "for 80 % write 80"),
]


@pytest.mark.parametrize(("parameters", "reason"), REFUSED, ids=lambda x: str(x)[:40])
def test_what_does_not_go_together_is_refused_before_any_data_are_read(
    parameters: dict[str, Any], reason: str
) -> None:
    model = Forecaster(**parameters)
    with pytest.raises(SettingsError, match=reason):
        model.fit("no such file.csv")
    assert not model.is_fitted


@pytest.mark.parametrize(
    "parameters",
    [
        {"strategy": "encoder_decoder", "horizon": 4, "decoder_length": 4},
        {"strategy": "encoder_decoder", "bidirectional": True},
        {"strategy": "all_steps", "filters": 3, "intervals": (80,), "interval_method": "quantiles"},
        {"interval_method": "dropout"},  # without levels a method means nothing
        {"intervals": (80,), "interval_method": "dropout", "dropout": 0.1, "calibration": 0},
    ],
    ids=str,
)
def test_what_goes_together_is_taken(parameters: dict[str, Any]) -> None:
    check_parameters(Forecaster(**parameters))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("horizon", -1), ("forcing", (1.0, 1.5)), ("dropout", 1.0), ("minutes", 0), ("samples", 0),
        ("validation", 1.0), ("strategy", "seq2seq"), ("residual", "trend"), ("filters", -1),
    ],
)  # fmt: skip
def test_a_parameter_out_of_bounds_is_named(name: str, value: Any) -> None:
    with pytest.raises(SettingsError, match=f"`{name}"):
        Forecaster(**{name: value}).fit(np.arange(100.0))
