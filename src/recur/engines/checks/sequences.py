"""Which sequences, which pairs of them and which texts a network can learn from."""

from __future__ import annotations

import numpy as np

from recur.data.sources.pairs import Pairs
from recur.data.sources.sequences import Sequences
from recur.data.sources.streams import Streams
from recur.engines.base import StepRecipe
from recur.engines.checks.arrays import check_array, check_known, check_steps, check_symbols
from recur.errors import SettingsError
from recur.networks.reference import check_arguments
from recur.networks.spec import NetworkSpec


def check_streams(spec: NetworkSpec, recipe: StepRecipe, source: Streams) -> None:
    """Refuse a network that cannot learn from a text by the recipe."""
    if recipe.loss != "cross_entropy" or spec.reads != "every" or not spec.symbols:
        raise SettingsError(
            "a text is learnt by a network of `symbols` that answers at every time step (`reads` "
            f"'every') with the loss 'cross_entropy'; these are {spec.symbols}, {spec.reads!r} and "
            f"{recipe.loss!r}."
        )
    if spec.outputs != spec.symbols:
        raise SettingsError(
            f"the network has {spec.outputs} outputs for {spec.symbols} symbols; they must be as "
            "many."
        )
    check_symbols("symbols", source.symbols, spec.symbols)
    if spec.decoder:
        raise SettingsError("a network that learns a text has no decoder.")
    if spec.spelling is not None:
        raise SettingsError("a text is of symbols alone, without characters: no `spelling`.")
    _check_carried(spec)


def check_pairs(spec: NetworkSpec, recipe: StepRecipe, source: Pairs) -> None:
    """Refuse a network that cannot learn from pairs by the recipe."""
    if recipe.loss != "cross_entropy" or not spec.translates:
        raise SettingsError(
            "pairs of sequences are learnt by a network of `symbols` with a `decoder` and the loss "
            f"'cross_entropy'; these are {spec.symbols}, {spec.decoder} and {recipe.loss!r}."
        )
    ends = ("inputs", source.inputs, spec.symbols, source.starts, source.lengths, 0)
    others = ("targets", source.targets, spec.outputs, source.target_starts)
    for name, rows, known, starts, lengths, more in (ends, (*others, source.target_lengths, 1)):
        check_array(name, rows, "[rows]", symbols=True)
        if rows.ndim != 1 or len(starts) != len(source.starts) or len(lengths) != len(starts):
            raise SettingsError(
                f"the {name} of pairs are one row of symbols, in which each pair has a start and a "
                "length."
            )
        check_symbols(name, rows, known)
        wrong = np.flatnonzero((starts < 0) | (lengths < 1) | (starts + lengths + more > len(rows)))
        if len(wrong):
            i = int(wrong[0])
            raise SettingsError(
                f"pair {i} has {lengths[i]} steps from row {starts[i]} of the {name} on; it must "
                f"have at least 1 and end within the {len(rows)} rows."
            )


def check_sequences(spec: NetworkSpec, recipe: StepRecipe, source: Sequences) -> None:
    """Refuse a network that cannot learn from the sequences by the recipe."""
    _check_inputs(spec, source)
    _check_targets(spec, recipe, source)
    if source.carried:
        _check_carried(spec)


def _check_inputs(spec: NetworkSpec, source: Sequences) -> None:
    if spec.decoder:
        raise SettingsError(
            "a decoder starts from the newest value of a window; sequences with a target at every "
            "step are for a network without one."
        )
    columns = "".join(["[rows", *(f", {size}" for size in spec.step_shape), "]"])
    check_array("inputs", source.inputs, columns, symbols=bool(spec.symbols))
    if source.inputs.shape[1:] != spec.step_shape:
        raise SettingsError(
            f"the inputs have the shape {source.inputs.shape}; this network takes {columns}."
        )
    if spec.symbols:
        check_known(spec, source.inputs)
    if len(source.inputs) != len(source.targets):
        raise SettingsError(
            f"there are {len(source.inputs)} rows of inputs and {len(source.targets)} of targets; "
            "each row of inputs needs one of targets."
        )
    check_steps(spec, source.steps)
    if spec.reads == "every" and spec.convolution is not None:
        raise SettingsError(
            "a convolution gives fewer time steps than go in, which no longer stand beside the "
            "targets; `reads` must be 'last'."
        )
    check_arguments(spec, masked=source.masked)
    _check_rows(source)


def _check_rows(source: Sequences) -> None:
    """Refuse sequences that reach outside the rows; engines read them without looking."""
    lengths = source.steps if source.lengths is None else source.lengths
    if source.lengths is not None and len(source.lengths) != len(source.starts):
        raise SettingsError(
            f"there are {len(source.starts)} sequences and {len(source.lengths)} lengths; each "
            "sequence needs one."
        )
    outside = (source.starts < 0) | (source.starts + lengths > len(source.inputs))
    wrong = np.flatnonzero(outside | (np.less(lengths, 1)) | np.greater(lengths, source.steps))
    if len(wrong):
        first = int(wrong[0])
        length = int(np.broadcast_to(lengths, len(source))[first])
        raise SettingsError(
            f"sequence {first} starts at row {source.starts[first]} and has {length} real steps; "
            f"it must have 1 to {source.steps} and end within the {len(source.inputs)} rows."
        )


def _check_targets(spec: NetworkSpec, recipe: StepRecipe, source: Sequences) -> None:
    targets = source.targets
    if recipe.loss in ("cross_entropy", "chain"):
        check_array("targets", targets, "[rows]", symbols=True)
        if targets.ndim != 1:
            raise SettingsError(f"the targets have the shape {targets.shape}; expected [rows].")
        check_symbols("targets", targets, spec.outputs)
        return
    check_array("targets", targets, "[rows, outputs]", symbols=False)
    levels = max(1, len(recipe.quantiles))
    if targets.ndim != 2 or targets.shape[1] * levels != spec.outputs:
        each = f" for each of {levels} quantiles" if recipe.quantiles else ""
        raise SettingsError(
            f"the network has {spec.outputs} outputs, which do not fit targets of the shape "
            f"{targets.shape}{each}."
        )


def _check_carried(spec: NetworkSpec) -> None:
    for what, given in (
        ("that reads backwards too", spec.bidirectional),
        ("with a convolution", spec.convolution is not None),
        (f"without memory (the cell {spec.cell!r})", not spec.recurrent),
    ):
        if given:
            raise SettingsError(
                f"a network {what} cannot carry its state from batch to batch; `carried` must be "
                "off."
            )
