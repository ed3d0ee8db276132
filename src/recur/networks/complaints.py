"""What of a network does not go with what else, a sentence each."""

from __future__ import annotations

from collections.abc import Iterator

from recur.networks.cells import CELLS, MEMORYLESS
from recur.networks.cells import cell as recurrent_cell
from recur.networks.fields import NetworkFields


def complaints(spec: NetworkFields) -> Iterator[str]:
    """Yield a sentence for each thing that does not go with another."""
    yield from _of_recurrent(spec) if spec.recurrent else _of_dense(spec)
    yield from _of_spelling(spec)
    if spec.chain and (spec.reads != "every" or spec.head != "linear"):
        yield (
            f"a chain scores an answer at every time step: `reads` is {spec.reads!r} and "
            f"`head` {spec.head!r}; they must be 'every' and 'linear'."
        )
    if spec.head == "none" and spec.outputs != spec.width:
        yield (
            f"without a head the hidden state is the output: `outputs` is {spec.outputs} and "
            f"must be {spec.width}, the width of the hidden state."
        )
    if spec.tied and not (
        spec.head == "linear" and spec.symbols == spec.outputs and spec.inputs == spec.width
    ):
        yield (
            "`tied` is on, for which a linear head must have as many outputs as there are "
            "symbols, and their vectors the width of the hidden state: there are "
            f"{spec.symbols} symbols, {spec.outputs} outputs, vectors of {spec.inputs} and a "
            f"width of {spec.width}."
        )
    if spec.recurrent and spec.nonlinearity not in spec.recurrent_cell.variants:
        able = [name for name in CELLS if spec.nonlinearity in recurrent_cell(name).variants]
        names = " and ".join(repr(name) for name in (*able, MEMORYLESS))
        yield (
            f"`nonlinearity` is {spec.nonlinearity!r}, which only the cells {names} have; the "
            f"cell is {spec.cell!r}."
        )


def _of_spelling(spec: NetworkFields) -> Iterator[str]:
    seen = spec.spelling
    if seen is None:
        return
    if not spec.symbols or spec.convolution is not None:
        yield (
            "`spelling` is for a network of `symbols` without a `convolution`: there are "
            f"{spec.symbols} symbols, and the convolution is {spec.convolution}."
        )
    if seen.kernel > seen.longest:
        yield (
            f"the spelling's kernel of {seen.kernel} is longer than the {seen.longest} "
            "characters of a symbol."
        )


def _of_dense(spec: NetworkFields) -> Iterator[str]:
    if spec.steps < 1:
        yield (
            f"the cell {spec.cell!r} takes in the whole window at once: `steps`, its time "
            "steps, must be at least 1."
        )
    if spec.convolution is not None and spec.steps < spec.convolution.kernel:
        yield (
            f"the convolution's kernel of {spec.convolution.kernel} is longer than the "
            f"{spec.steps} `steps` that the cell {spec.cell!r} takes in."
        )
    for name, given in (
        ("bidirectional", spec.bidirectional),
        ("decoder", spec.decoder),
        ("attention", spec.attention != "none"),
        ("drops_inputs", spec.drops_inputs),
        ("reads", spec.reads != "last"),
    ):
        if given:
            yield (
                f"`{name}` is {getattr(spec, name)!r}, which the cell {spec.cell!r} cannot be: "
                "it takes in the whole window at once."
            )


def _of_recurrent(spec: NetworkFields) -> Iterator[str]:
    if spec.steps:
        yield (
            f"`steps` is {spec.steps}, which only the cell {MEMORYLESS!r} needs; the cell "
            f"{spec.cell!r} takes sequences of any length, and `steps` must be 0."
        )
    if spec.attention != "none" and not spec.translates:
        yield (
            f"`attention` is {spec.attention!r}, which only a decoder of symbols can have: "
            f"`decoder` is {spec.decoder} and `symbols` is {spec.symbols}."
        )
    if not spec.decoder:
        return
    if spec.reads != "last":
        yield "a decoder goes on from the final state: `reads` must be 'last'."
    if spec.symbols and (spec.convolution is not None or spec.head != "linear" or spec.tied):
        yield (
            "a decoder of symbols has no convolution in front, and a linear head with weights "
            "of its own; `convolution`, `head` or `tied` says otherwise."
        )
    if spec.head == "none":
        yield "a decoder is fed what its head gives: `head` must not be 'none'."
