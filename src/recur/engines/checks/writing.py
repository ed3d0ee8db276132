"""Which networks write symbols, and from what they go on."""

from __future__ import annotations

from recur.arrays import Symbols
from recur.engines.checks.forward import check_forward, check_stepper
from recur.engines.mixing import Mixture
from recur.errors import SettingsError
from recur.networks.reference import State
from recur.networks.spec import NetworkSpec


def check_writer(spec: NetworkSpec, mixture: Mixture | None = None) -> None:
    """Refuse a network that cannot write symbols, or counts of other symbols than its own."""
    check_stepper(spec)
    if not spec.symbols or spec.outputs != spec.symbols or spec.head != "linear":
        raise SettingsError(
            f"the network has {spec.symbols} symbols, {spec.outputs} outputs and the head "
            f"'{spec.head}'; to write it needs a 'linear' head with an output for each symbol."
        )
    if mixture is not None and mixture.counts.vocabulary != spec.symbols:
        raise SettingsError(
            f"the network has {spec.symbols} symbols and the counts that it is mixed with "
            f"{mixture.counts.vocabulary}; both need the same."
        )


def check_writing(
    spec: NetworkSpec,
    symbols: Symbols,
    state: State,
    count: int,
    first_step: int,
    before: Symbols | None = None,
) -> None:
    """Refuse arguments of `SymbolWriter.write` that do not fit the network or each other."""
    check_forward(spec, symbols[None], state)
    if before is not None and len(before):
        check_forward(spec, before, state)
    if count < 0 or first_step < 0:
        raise SettingsError(
            f"{count} symbols are to be drawn from number {first_step} on; both must be at least 0."
        )
