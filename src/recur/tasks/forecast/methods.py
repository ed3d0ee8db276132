"""What can be compared: networks from small to large, and the classical methods."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from recur.networks.cells import CELLS

DEFAULT = "gru"
"""The method that `recur forecast` takes by default, and that the verdict is on."""

NETWORKS: Mapping[str, Mapping[str, Any]] = {
    "one_value": {"cell": "mlp", "lookback": 1},
    "mlp": {"cell": "mlp"},
    **{name: {"cell": name} for name in CELLS},
    "deep": {"cell": "gru", "layers": 2},
    "conv_gru": {"cell": "gru", "filters": 16},
    "encoder_decoder": {"cell": "gru", "strategy": "encoder_decoder"},
}
"""What each method's network is, beside what all of them share."""

CLASSICAL = "classical"
"""The methods of the extra of that name: AutoETS, AutoARIMA and Theta."""

METHODS = (*NETWORKS, CLASSICAL)
"""What can be compared; the simple answers and the linear autoregression always are."""
