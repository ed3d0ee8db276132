"""Arithmetic on whole vectors: an equation written once, compiled for the machine's vectors.

An equation is a Python function of numbers with operators. `elementwise` turns it into a loop of
vector instructions; the same function takes NumPy arrays, which is how it is tested. Written this
way a loop is a vector loop by construction: left to the compiler, loops over many arrays stay
scalar, since it cannot know that they do not overlap.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba.core import cgutils

from recur.engines.compiled.build.library import POINTER, routine
from recur.engines.compiled.build.machine import vector_bits

FAST = ("reassoc", "contract", "arcp", "nsz", "afn")


WIDTH = vector_bits() // 32
"""Values of float32 in a vector register."""

FLOAT, BIT = ir.FloatType(), ir.IntType(1)
WORD, LONG = ir.IntType(32), ir.IntType(64)
VOID = ir.VoidType()
FLOATS, BITS = ir.VectorType(FLOAT, WIDTH), ir.VectorType(BIT, WIDTH)
ZEROS = ir.Constant(FLOATS, [0.0] * WIDTH)


class Vector:
    """A vector of float32 in a function that is being built."""

    def __init__(self, builder: ir.IRBuilder, value: Any) -> None:
        self.builder = builder
        self.value = value

    def _other(self, other: Vector | float) -> Any:
        if isinstance(other, Vector):
            return other.value
        return ir.Constant(FLOATS, [float(other)] * WIDTH)

    def _made(self, value: Any) -> Vector:
        return Vector(self.builder, value)

    def __add__(self, other: Vector | float) -> Vector:
        return self._made(self.builder.fadd(self.value, self._other(other), flags=FAST))

    def __sub__(self, other: Vector | float) -> Vector:
        return self._made(self.builder.fsub(self.value, self._other(other), flags=FAST))

    def __rsub__(self, other: float) -> Vector:
        return self._made(self.builder.fsub(self._other(other), self.value, flags=FAST))

    def __mul__(self, other: Vector | float) -> Vector:
        return self._made(self.builder.fmul(self.value, self._other(other), flags=FAST))

    def __truediv__(self, other: Vector | float) -> Vector:
        return self._made(self.builder.fdiv(self.value, self._other(other), flags=FAST))

    def __gt__(self, other: Vector | float) -> Vector:
        """Return 1 where this is greater, else 0."""
        greater = self.builder.fcmp_ordered(">", self.value, self._other(other))
        return self._made(self.builder.uitofp(greater, FLOATS))

    __radd__ = __add__
    __rmul__ = __mul__

    def __pow__(self, power: float) -> Vector:
        """Return the square root, the one power that equations use."""
        if power != 0.5:
            raise NotImplementedError(power)
        root = named(self.builder.module, f"llvm.sqrt.v{WIDTH}f32", FLOATS, [FLOATS])
        return self._made(self.builder.call(root, [self.value]))

    def clip(self, low: float, high: float) -> Vector:
        """Return the values between two bounds; NaN stays NaN, so that it will be noticed."""
        builder, value = self.builder, self.value
        for sign, bound in ((">", high), ("<", low)):
            limit = self._other(bound)
            beyond = builder.fcmp_ordered(sign, value, limit)
            value = builder.select(beyond, limit, value)
        return self._made(value)


# tanh(x) = x * P(x^2) / Q(x^2) for |x| <= 9, beyond which float32 knows only 1; fitted to the least
# relative error, which is 2e-8 before rounding.
_LIMIT = 9.0
_P = (0.99999997963, 0.13380980392, 0.0034955336334, 2.0608169902e-05, 1.3353392466e-08)
_Q = (1.0, 0.4671429605, 0.025876776655, 0.00032855448458, 7.7760387162e-07)


def tanh(x: Any) -> Any:
    """Return the hyperbolic tangent, to 4e-7."""
    x = x.clip(-_LIMIT, _LIMIT)
    square = x * x
    return x * (_polynomial(_P, square) / _polynomial(_Q, square))


def sigmoid(x: Any) -> Any:
    """Return 1 / (1 + exp(-x))."""
    return 0.5 + 0.5 * tanh(0.5 * x)


def _polynomial(coefficients: tuple[float, ...], x: Any) -> Any:
    value = x * coefficients[-1] + coefficients[-2]
    for coefficient in coefficients[-3::-1]:
        value = value * x + coefficient
    return value


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


def over_vectors(builder: ir.IRBuilder, count: Any, body: Callable[[Any, Any], None]) -> None:
    """Build a loop over `count` values, a vector at a time, and a masked vector for the rest.

    Args:
        builder: stands after the loop when it has been built.
        count: how many values.
        body: builds what is done from a place on; its mask is None for a whole vector.
    """
    whole = builder.and_(count, LONG(-WIDTH))
    with cgutils.for_range_slice(builder, LONG(0), whole, LONG(WIDTH)) as (at, _):
        body(at, None)
    rest = builder.sub(count, whole)
    with builder.if_then(builder.icmp_signed(">", rest, LONG(0))):
        body(whole, first_lanes(builder, rest))


def named(module: ir.Module, name: str, result: Any, arguments: list[Any]) -> ir.Function:
    """Return a function of the module by its name, declared if it is not known there yet."""
    if name in module.globals:
        return module.globals[name]
    return ir.Function(module, ir.FunctionType(result, arguments), name)


def address(builder: ir.IRBuilder, place: Any, offset: Any) -> Any:
    """Return the pointer so many floats further on."""
    return builder.gep(place, [offset], source_etype=FLOAT)


def splat(builder: ir.IRBuilder, value: Any) -> Any:
    """Return a vector that holds a value in every lane."""
    kind = ir.VectorType(value.type, WIDTH)
    single = builder.insert_element(ir.Constant(kind, ir.Undefined), value, WORD(0))
    everywhere = ir.Constant(ir.VectorType(WORD, WIDTH), [0] * WIDTH)
    return builder.shuffle_vector(single, ir.Constant(kind, ir.Undefined), everywhere)


def first_lanes(builder: ir.IRBuilder, count: Any) -> Any:
    """Return a mask of the first `count` lanes."""
    numbers = ir.Constant(ir.VectorType(LONG, WIDTH), list(range(WIDTH)))
    return builder.icmp_signed("<", numbers, splat(builder, count))


def load(builder: ir.IRBuilder, place: Any, at: Any, mask: Any = None) -> Any:
    """Return the vector `at` floats from a place; 0 where it is masked out."""
    place = address(builder, place, at)
    if mask is None:
        vector = builder.load(place, typ=FLOATS)
        vector.align = 4
        return vector
    kinds = [POINTER, WORD, BITS, FLOATS]
    masked = named(builder.module, f"llvm.masked.load.v{WIDTH}f32.p0", FLOATS, kinds)
    return builder.call(masked, [place, WORD(4), mask, ZEROS])


def store(builder: ir.IRBuilder, vector: Any, place: Any, at: Any, mask: Any = None) -> None:
    """Write a vector `at` floats from a place, where it is not masked out."""
    place = address(builder, place, at)
    if mask is None:
        builder.store(vector, place, align=4)
        return
    kinds = [FLOATS, POINTER, WORD, BITS]
    masked = named(builder.module, f"llvm.masked.store.v{WIDTH}f32.p0", VOID, kinds)
    builder.call(masked, [vector, place, WORD(4), mask])


def fused(builder: ir.IRBuilder, a: Any, b: Any, c: Any) -> Any:
    """Return a * b + c of vectors, in one instruction where the processor has one."""
    fused = named(builder.module, f"llvm.fmuladd.v{WIDTH}f32", FLOATS, [FLOATS] * 3)
    return builder.call(fused, [a, b, c])
