"""Arithmetic on whole vectors: an equation written once, compiled for the machine's vectors.

An equation is a Python function of numbers with operators and the functions of
`recur.networks.functions`. `elementwise` turns it into a loop of vector instructions; the same
function takes NumPy arrays, which is how it is tested. Written this way a loop is a vector loop by
construction: left to the compiler, loops over many arrays stay scalar, since it cannot know that
they do not overlap.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from llvmlite import ir

from recur.engines.compiled.build.arithmetic import (
    FLOAT,
    FLOATS,
    LONG,
    WIDTH,
    WORDS,
    load,
    named,
    over_vectors,
    splat,
    store,
)
from recur.engines.compiled.build.library import POINTER, routine

FAST = ("reassoc", "contract", "arcp", "nsz", "afn")


# tanh(x) = x * P(x^2) / Q(x^2) for |x| <= 9, beyond which float32 knows only 1; fitted to the least
# relative error, which is 2e-8 before rounding.
_LIMIT = 9.0
_P = (0.99999997963, 0.13380980392, 0.0034955336334, 2.0608169902e-05, 1.3353392466e-08)
_Q = (1.0, 0.4671429605, 0.025876776655, 0.00032855448458, 7.7760387162e-07)

# exp(x) = 2^k exp(r): k the nearest whole number of halvings, r what is left, at most ln(2) / 2.
_PER_LN2 = 1.4426950408889634
_LN2 = (0.693359375, -2.12194440e-4)
_ROUNDING = 1.5 * 2**23
_EXP = (0.5, 0.16666665459, 0.041665795894, 0.0083334519073, 0.0013981999507, 0.00019875691500)

_ARTANH = tuple(2.0 / k for k in range(1, 15, 2))


def _polynomial(coefficients: tuple[float, ...], x: Vector) -> Vector:
    value = x * coefficients[-1] + coefficients[-2]
    for coefficient in coefficients[-3::-1]:
        value = value * x + coefficient
    return value


class Vector:
    """A vector of float32 in a function that is being built."""

    def __init__(self, builder: ir.IRBuilder, value: Any) -> None:
        self.builder = builder
        self.value = value

    @staticmethod
    def of(value: Vector | float) -> Any:
        """Return the registers of a vector, or of a number in all places."""
        if isinstance(value, Vector):
            return value.value
        return ir.Constant(FLOATS, [float(value)] * WIDTH)

    def _other(self, other: Vector | float) -> Any:
        return self.of(other)

    def _new(self, value: Any) -> Vector:
        return Vector(self.builder, value)

    def __add__(self, other: Vector | float) -> Vector:
        return self._new(self.builder.fadd(self.value, self._other(other), flags=FAST))

    def __sub__(self, other: Vector | float) -> Vector:
        return self._new(self.builder.fsub(self.value, self._other(other), flags=FAST))

    def __rsub__(self, other: float) -> Vector:
        return self._new(self.builder.fsub(self._other(other), self.value, flags=FAST))

    def __mul__(self, other: Vector | float) -> Vector:
        return self._new(self.builder.fmul(self.value, self._other(other), flags=FAST))

    def __truediv__(self, other: Vector | float) -> Vector:
        return self._new(self.builder.fdiv(self.value, self._other(other), flags=FAST))

    def __gt__(self, other: Vector | float) -> Vector:
        """Return 1 where this is greater, else 0."""
        greater = self.builder.fcmp_ordered(">", self.value, self._other(other))
        return self._new(self.builder.uitofp(greater, FLOATS))

    def __rtruediv__(self, other: float) -> Vector:
        return self._new(self.builder.fdiv(self._other(other), self.value, flags=FAST))

    def __neg__(self) -> Vector:
        return 0.0 - self

    __radd__ = __add__
    __rmul__ = __mul__

    def __pow__(self, power: float) -> Vector:
        """Return the square root, the one power that equations use."""
        if power != 0.5:
            raise NotImplementedError(power)
        root = named(self.builder.module, f"llvm.sqrt.v{WIDTH}f32", FLOATS, [FLOATS])
        return self._new(self.builder.call(root, [self.value]))

    def clip(self, low: float, high: float) -> Vector:
        """Return the values between two bounds; NaN stays NaN, so that it will be noticed."""
        builder, value = self.builder, self.value
        for sign, bound in ((">", high), ("<", low)):
            limit = self._other(bound)
            beyond = builder.fcmp_ordered(sign, value, limit)
            value = builder.select(beyond, limit, value)
        return self._new(value)

    def maximum(self, other: Vector | float) -> Vector:
        """Return the greater one of each place; NaN stays NaN."""
        builder, second = self.builder, self._other(other)
        first = builder.fcmp_unordered(">", self.value, second)
        value = builder.select(first, self.value, second)
        wrong = builder.fcmp_unordered("uno", second, second)
        return self._new(builder.select(wrong, second, value))

    def tanh(self) -> Vector:
        """Return the hyperbolic tangent, to 4e-7."""
        x = self.clip(-_LIMIT, _LIMIT)
        square = x * x
        return x * (_polynomial(_P, square) / _polynomial(_Q, square))

    def sigmoid(self) -> Vector:
        """Return 1 / (1 + exp(-x))."""
        return 0.5 + 0.5 * (0.5 * self).tanh()

    def exp(self) -> Vector:
        """Return e to the power of x, to 2e-7; x counts as -87 below that, as 88 above."""
        builder, x = self.builder, self.clip(-87.0, 88.0).value
        # A number this large has no bits left behind the point: what is added to it is rounded.
        large = self._other(_ROUNDING)
        places = builder.fadd(builder.fmul(x, self._other(_PER_LN2)), large)
        whole = builder.fsub(places, large)
        for part in _LN2:  # x less a whole number of halvings, in the parts of ln 2, exactly
            x = builder.fsub(x, builder.fmul(whole, self._other(part)))
        rest = self._new(x)
        value = 1.0 + rest + rest * rest * _polynomial(_EXP, rest)
        bits = builder.sub(builder.bitcast(places, WORDS), builder.bitcast(large, WORDS))
        exponent = builder.add(bits, ir.Constant(WORDS, [127] * WIDTH))
        power = builder.shl(exponent, ir.Constant(WORDS, [23] * WIDTH))
        return value * self._new(builder.bitcast(power, FLOATS))

    def log1p(self) -> Vector:
        """Return the logarithm of 1 + x for x from 0 to 1, to 2e-7."""
        x = self / (2.0 + self)  # log(1 + x) = 2 artanh(x / (2 + x)), which is at most 1/3
        return x * _polynomial(_ARTANH, x * x)


def elementwise(equation: Callable[..., Any], outputs: int = 1) -> Any:
    """Return a compiled loop over an equation.

    Args:
        equation: takes vectors and, by keyword, numbers; returns a vector, or a tuple of them.
        outputs: how many vectors it returns.

    Returns:
        A function for kernels. It takes one tuple: the addresses of the inputs and, after them,
        of the outputs; how many values there are; the numbers, float32. All inputs of a place are
        read before its outputs are written, so an output may stand where an input did.
    """
    parameters = inspect.signature(equation).parameters.values()
    numbers = [p.name for p in parameters if p.kind is inspect.Parameter.KEYWORD_ONLY]
    vectors = len(parameters) - len(numbers)
    places = vectors + outputs

    def build(function: ir.Function) -> None:
        builder = ir.IRBuilder(function.append_basic_block())
        given = {
            name: Vector(builder, splat(builder, value))
            for name, value in zip(numbers, function.args[places + 1 :], strict=True)
        }

        def body(at: Any, mask: Any) -> None:
            inputs = function.args[:vectors]
            values = equation(
                *(Vector(builder, load(builder, x, at, mask)) for x in inputs), **given
            )
            values = values if isinstance(values, tuple) else (values,)
            for place, value in zip(function.args[vectors:places], values, strict=True):
                store(builder, value.value, place, at, mask)

        over_vectors(builder, function.args[places], body)
        builder.ret_void()

    name = f"recur.{equation.__module__.rpartition('.')[2]}.{equation.__name__}"
    fields = [POINTER] * places + [LONG] + [FLOAT] * len(numbers)
    return routine(name, fields, build)
