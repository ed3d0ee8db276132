"""recur: recurrent networks on sequences, trained in seconds, judged against the simple answers.

>>> import recur
>>> series = recur.synthetic.sine(points=240, period=12, noise=0.1).values
>>> model = recur.Forecaster(horizon=1, epochs=5).fit(series, test=40, progress=False)
>>> model.judgement_.verdict.claim in ("skill", "none")
True
>>> model.predict().values.shape
(1, 1)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from recur.version import __version__

if TYPE_CHECKING:
    from recur.data import synthetic
    from recur.data.describe.description import Description, describe
    from recur.data.panel.panel import Panel
    from recur.data.tables.readers import read_panel, read_panels
    from recur.data.text.text import Text
    from recur.errors import (
        DataError,
        DataWarning,
        InputError,
        ModelFileError,
        RecurError,
        SettingsError,
        TrainingDiverged,
    )
    from recur.export.exporting import export_model
    from recur.judge import Judgement, Verdict, Walk
    from recur.tasks.base import torch_module
    from recur.tasks.classify.classifier import Classifier
    from recur.tasks.denoise.denoiser import Denoiser
    from recur.tasks.forecast.backtest import backtest
    from recur.tasks.forecast.compare import compare
    from recur.tasks.forecast.forecaster import Forecaster
    from recur.tasks.forecast.result import Forecast
    from recur.tasks.kinds import load
    from recur.tasks.tag.tagger import Tagger
    from recur.tasks.translate.translator import Translator
    from recur.tasks.write.writer import Writer

_HOMES = {
    "Classifier": "recur.tasks.classify.classifier",
    "DataError": "recur.errors",
    "DataWarning": "recur.errors",
    "Denoiser": "recur.tasks.denoise.denoiser",
    "Description": "recur.data.describe.description",
    "Forecast": "recur.tasks.forecast.result",
    "Forecaster": "recur.tasks.forecast.forecaster",
    "InputError": "recur.errors",
    "Judgement": "recur.judge",
    "ModelFileError": "recur.errors",
    "Panel": "recur.data.panel.panel",
    "RecurError": "recur.errors",
    "SettingsError": "recur.errors",
    "Tagger": "recur.tasks.tag.tagger",
    "Text": "recur.data.text.text",
    "TrainingDiverged": "recur.errors",
    "Translator": "recur.tasks.translate.translator",
    "Verdict": "recur.judge",
    "Walk": "recur.judge",
    "Writer": "recur.tasks.write.writer",
    "backtest": "recur.tasks.forecast.backtest",
    "compare": "recur.tasks.forecast.compare",
    "describe": "recur.data.describe.description",
    "export_model": "recur.export.exporting",
    "load": "recur.tasks.kinds",
    "read_panel": "recur.data.tables.readers",
    "read_panels": "recur.data.tables.readers",
    "torch_module": "recur.tasks.base",
}

__all__ = [
    "Classifier",
    "DataError",
    "DataWarning",
    "Denoiser",
    "Description",
    "Forecast",
    "Forecaster",
    "InputError",
    "Judgement",
    "ModelFileError",
    "Panel",
    "RecurError",
    "SettingsError",
    "Tagger",
    "Text",
    "TrainingDiverged",
    "Translator",
    "Verdict",
    "Walk",
    "Writer",
    "__version__",
    "backtest",
    "compare",
    "describe",
    "export_model",
    "load",
    "read_panel",
    "read_panels",
    "synthetic",
    "torch_module",
]


def __getattr__(name: str) -> Any:
    """Import a name when it is first asked for, so that `import recur` costs next to nothing."""
    if name == "synthetic":
        return import_module("recur.data.synthetic")
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'recur' has no attribute {name!r}")


def __dir__() -> list[str]:
    """Return the public names."""
    return __all__
