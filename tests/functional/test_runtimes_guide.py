"""What the guide on other runtimes shows, run as it stands there."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import recur

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "runtimes.md"


@pytest.mark.filterwarnings("ignore")  # those of MLflow
def test_the_wrapper_for_mlflow_forecasts(folder: Path, model: Path, prices: Path) -> None:
    pytest.importorskip("mlflow.pyfunc", reason="MLflow is not installed")
    (code,) = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    (folder / "results").mkdir()
    shutil.copy(model, folder / "results" / "model.recur")
    shown: dict[str, Any] = {"__name__": "guide"}
    exec(compile(code, str(GUIDE), "exec"), shown)
    made = shown["served"].predict(pd.read_csv(prices))
    expected = recur.load(model.read_bytes()).predict(prices)
    np.testing.assert_allclose(made["y"].to_numpy(), expected.values[0])
