"""Next-day forecasts of three stock files by every strategy, beside repeating the last value.

    RECUR_DATA=FOLDER python benchmarks/accuracy/stocks.py [NAME ...]

The last 100 days of Close are held out; each is forecast from the true past. Prints a line of
JSON for each file and network; NAME is one of those below, all by default.
"""

from __future__ import annotations

import json
import os
import sys
import time
import warnings
from pathlib import Path
from typing import Any

from recur import Forecaster

DECODER = {"strategy": "encoder_decoder", "lookback": 20, "decoder_length": 5}
NETWORKS: dict[str, dict[str, Any]] = {
    "default": {},
    "recursive": {"strategy": "recursive"},
    "all_steps": {"strategy": "all_steps"},
    "encoder_decoder_gru": DECODER,
    "encoder_decoder_lstm": {**DECODER, "cell": "lstm"},
    "encoder_decoder_deep": {**DECODER, "layers": 2},
    "encoder_decoder_bidirectional": {**DECODER, "bidirectional": True, "cell": "lstm"},
}


def main() -> None:
    if "RECUR_DATA" not in os.environ:
        sys.exit("set RECUR_DATA to a folder with stocks/")
    folder = Path(os.environ["RECUR_DATA"]) / "stocks"
    warnings.simplefilter("ignore")
    for network in sys.argv[1:] or NETWORKS:
        for name in ("TSLA", "GOOGL", "DJI"):
            began = time.perf_counter()
            model = Forecaster(horizon=1, network="trained", **NETWORKS[network])
            model.fit(folder / f"{name}.csv", target="close", test=100, progress=False)
            assert model.judgement_ is not None
            errors, verdict = model.judgement_.errors, model.judgement_.verdict
            mse, last_value = errors["network"]["mse"], errors["last_value"]["mse"]
            assert mse is not None
            assert last_value is not None
            line = {
                "network": network,
                "file": name,
                "mse": round(mse, 2),
                "last_value_mse": round(last_value, 2),
                "ratio": round(mse / last_value, 4),
                "claim": verdict.claim,
                "sentence": verdict.sentence,
                "seconds": round(time.perf_counter() - began, 1),
            }
            print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
