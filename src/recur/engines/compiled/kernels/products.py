"""Products of small matrices, the arithmetic that everything else waits for.

A general library would copy its operands first, which takes longer than the product itself where
there are only count tens of lanes, and would bring threads of its own.
"""

from __future__ import annotations

from recur.engines.compiled.build.compiler import kernel
from recur.engines.compiled.kernels.blocks import PAIRS, ROWS, add_dots, add_lanes
from recur.engines.compiled.kernels.few import along_rows, few_backward, few_forward
from recur.engines.compiled.kernels.wide import wide_outer

_PANEL = 48 * 1024  # floats of the second operand that stay in the cache while rows pass by
_BAND = 8  # rows of weights that are read side by side for a single lane,
_WIDE = 256  # where they are so long, or longer
_LONG = 128  # columns from which a row is read on its own
_MANY = 24  # features from which vectors along them beat vectors along a few lanes
_BROAD = 12  # columns from which vectors along them beat vectors along lanes that are summed


@kernel
def multiply(
    a: int,
    a_row: int,
    a_column: int,
    b: int,
    b_row: int,
    out: int,
    rows: int,
    inner: int,
    lanes: int,
) -> None:
    """Add a product to a result: out[r, l] += sum_k a[r, k] * b[k, l].

    Args:
        a: address of the left operand.
        a_row: floats from one of its rows to the next.
        a_column: floats from one of its columns to the next.
        b: address of the right operand; its lanes are neighbours.
        b_row: floats from one of its rows to the next.
        out: address of the result; its rows follow each other.
        rows: of the left operand and the result.
        inner: columns of the left operand, rows of the right one.
        lanes: of the right operand and the result.
    """
    if lanes == 1 and a_column == 1 and b_row == 1 and inner >= _LONG:
        along_rows((a, a_row, b, out, rows, inner))
    elif lanes == 1 and a_column == 1 and b_row == 1:  # a vector: sums along the rows of `a`
        for r in range(0, rows, PAIRS[0]):
            count = min(PAIRS[0], rows - r)
            add_dots((a + 4 * r * a_row, 0, a_row, b, 0, 0, out + 4 * r, 1, 1, inner, count, 1))
    elif lanes == 1 and a_row == 1 and b_row == 1:  # a vector: rows of `a` as lanes
        band = _BAND if rows >= _WIDE else max(1, inner)
        for k in range(0, inner, band):
            count = min(band, inner - k)
            add_lanes((b + 4 * k, 0, 1, a + 4 * k * a_column, a_column, out, rows, count, 1, rows))
    elif 1 < lanes <= ROWS and a_column == 1 and inner >= _MANY:
        few_forward((a, 0, a_row, b, b_row, out, 0, 1, rows, inner, lanes))
    elif 1 < lanes <= ROWS and a_row == 1 and b_row == lanes and rows >= _MANY:
        few_backward((a, a_column, b, out, rows, inner, lanes))
    else:
        for r in range(0, rows, ROWS):
            count = min(ROWS, rows - r)
            place = out + 4 * r * lanes
            add_lanes(
                (a + 4 * r * a_row, a_row, a_column, b, b_row, place, lanes, inner, count, lanes)
            )


@kernel
def multiply_groups(
    a: int, a_group: int, a_row: int, b: int, out: int, out_group: int, groups: int, rows: int,
    inner: int, lanes: int,
) -> None:  # fmt: skip
    """Add the products of several left operands, such as gates, with one right operand.

    Args:
        a: address of the first left operand; the columns of each are neighbours.
        a_group: floats from one left operand to the next.
        a_row: floats from one row of a left operand to the next.
        b: address of the right operand; its rows follow each other.
        out: address of the first result; the rows of each follow each other.
        out_group: floats from one result to the next.
        groups: left operands.
        rows: of each.
        inner: columns of each, rows of the right operand.
        lanes: of the right operand.
    """
    if inner == 0:  # the sums of a layer's input stand in its biases, see `writing.with_table`
        return
    if a_group == rows * a_row and out_group == rows * lanes:
        rows, groups = rows * groups, 1
    if 1 < lanes <= ROWS and inner >= _MANY:
        few_forward((a, a_group, a_row, b, lanes, out, out_group, groups, rows, inner, lanes))
        return
    for group in range(groups):
        own, into = a + 4 * group * a_group, out + 4 * group * out_group
        multiply(own, a_row, 1, b, lanes, into, rows, inner, lanes)


@kernel
def outer(
    a: int, a_time: int, a_row: int, b: int, b_time: int, b_row: int, out: int, out_row: int,
    rows: int, columns: int, times: int, lanes: int,
) -> None:  # fmt: skip
    """Add sums over time and lanes: out[i, j] += sum_t sum_l a[t, i, l] * b[t, j, l].

    Args:
        a: address of the first operand; its lanes are neighbours.
        a_time: floats from one of its time steps to the next; may be negative.
        a_row: floats from one of its rows to the next.
        b: address of the second operand; its lanes are neighbours.
        b_time: floats from one of its time steps to the next; may be negative.
        b_row: floats from one of its rows to the next.
        out: address of the result; its columns are neighbours.
        out_row: floats from one of its rows to the next.
        rows: of the first operand and the result.
        columns: rows of the second operand, columns of the result.
        times: time steps.
        lanes: of both operands.
    """
    if lanes == 1 and b_row == 1:  # one lane: the columns are the lanes, and time is summed over
        for i in range(0, rows, ROWS):
            count = min(ROWS, rows - i)
            place = out + 4 * i * out_row
            add_lanes(
                (a + 4 * i * a_row, a_row, a_time, b, b_time, place, out_row, times, count, columns)
            )
        return
    if rows >= ROWS and columns >= _BROAD:
        wide_outer((a, a_time, a_row, b, b_time, b_row, out, out_row, rows, columns, times, lanes))
        return
    panel = max(PAIRS[1], _PANEL // (times * lanes) // PAIRS[1] * PAIRS[1])
    for first in range(0, columns, panel):
        last = min(columns, first + panel)
        for i in range(0, rows, PAIRS[0]):
            for j in range(first, last, PAIRS[1]):
                add_dots((
                    a + 4 * i * a_row, a_time, a_row, b + 4 * j * b_row, b_time, b_row,
                    out + 4 * (i * out_row + j), out_row, times, lanes,
                    min(PAIRS[0], rows - i), min(PAIRS[1], last - j),
                ))  # fmt: skip
