"""What a user does with a network: one task a verb, from data to a judged, saved model."""

from recur.tasks.base import load, torch_module
from recur.tasks.denoise.denoiser import Denoiser
from recur.tasks.forecast.forecaster import Forecaster
from recur.tasks.forecast.result import Forecast
from recur.tasks.write.writer import Writer

__all__ = ["Denoiser", "Forecast", "Forecaster", "Writer", "load", "torch_module"]
