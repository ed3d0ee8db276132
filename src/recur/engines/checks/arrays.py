"""Which arrays a network takes: their type, their symbols, their time steps."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from recur.arrays import Float32s, TextSymbols
from recur.engines.base import Inputs
from recur.errors import SettingsError
from recur.networks.spec import NetworkSpec


def check_array(name: str, array: Inputs, shape: str, *, symbols: bool) -> None:
    """Refuse an array of a type that the network does not take."""
    needed = np.int32 if symbols else np.float32
    if array.dtype != needed:
        raise SettingsError(
            f"the {name} are {array.dtype}; this network needs {np.dtype(needed)} {shape}, "
            f"{'symbols by their numbers' if symbols else 'values'}."
        )


def check_shape(name: str, array: NDArray[Any], shape: tuple[int, ...]) -> None:
    """Refuse an array of another shape."""
    if np.shape(array) != shape:
        raise SettingsError(f"the {name} has the shape {np.shape(array)}; it must be {shape}.")


def check_floats(name: str, array: Float32s, shape: tuple[int, ...]) -> None:
    """Refuse an array that is not float32 of a shape."""
    check_shape(name, array, shape)
    if array.dtype != np.float32:
        raise SettingsError(f"the {name} is {array.dtype}; it must be float32.")


def check_symbols(name: str, symbols: Inputs | TextSymbols, count: int) -> None:
    """Refuse symbols that are none of so many."""
    if symbols.size and not 0 <= symbols.min() <= symbols.max() < count:
        raise SettingsError(
            f"the {name} hold symbols from {symbols.min()} to {symbols.max()}; this network knows "
            f"0 to {count - 1}."
        )


def check_known(spec: NetworkSpec, inputs: Inputs) -> None:
    """Refuse symbols, and characters behind them, that a network of symbols does not know."""
    if spec.spelling is None:
        check_symbols("inputs", inputs, spec.symbols)
        return
    check_symbols("inputs", inputs[..., 0], spec.symbols)
    check_symbols("characters of the inputs", inputs[..., 1:], spec.spelling.symbols)


def check_steps(spec: NetworkSpec, steps: int) -> None:
    """Refuse a number of time steps that the network cannot take in."""
    if not spec.recurrent and spec.steps != steps:
        raise SettingsError(
            f"the network takes in {spec.steps} time steps at once (`steps`), but is given {steps}."
        )
    if spec.convolution is not None and spec.convolution.kernel > steps:
        raise SettingsError(
            f"the convolution's kernel of {spec.convolution.kernel} is longer than the {steps} "
            "time steps it is given."
        )
