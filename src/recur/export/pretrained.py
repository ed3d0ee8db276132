"""The programs of a network that reads histories: the one that comes with recur, or its like."""

from __future__ import annotations

from typing import Any

from recur.errors import SettingsError
from recur.export.network import network_program
from recur.export.parts import given, histories, intervals
from recur.export.parts import pretrained as parts
from recur.export.plan import Plan
from recur.export.program import Constant, Program, Variable, Weight
from recur.tasks.forecast.fitted import FittedMethod
from recur.tasks.forecast.methods import PRETRAINED
from recur.tasks.forecast.pretrained import Pretrained, shipped


def plan_of(fitted: FittedMethod, kind: str) -> Plan:
    """Return what is exported of a forecaster whose network reads histories."""
    settings, learned = fitted.settings, fitted.learned
    network = fitted.network
    if network is None and settings.method == PRETRAINED:
        network = shipped()
    if network is None:
        raise SettingsError(
            f"this model's method is {settings.method!r}, which is no network and cannot be "
            "exported: it is fitted anew to each history, by recur; `recur predict` uses it."
        )
    if kind == ".onnx":
        raise SettingsError(
            "this model reads histories of any length as the pretrained network does, which no "
            "ONNX graph of recur does; export it to a .py file, or fit with `network` 'trained' "
            "(`recur forecast --network trained`)."
        )
    front = _front(fitted, network)
    ends = " and ".join(f"{level:g} %" for level in settings.intervals)
    gives = "forecast, low, high" if settings.intervals else "forecast"
    usage = [
        f"{gives} = model.forecast(values)",
        "",
        "`values` is a history, or several of their own lengths; what is missing is not a number.",
        "`forecast` is [batch, steps].",
    ]
    if settings.intervals:
        usage.append(f"`low` and `high` are [levels, batch, steps]: the ends of {ends}.")
    return Plan(
        does=f"Forecasts `{learned.target}` {settings.horizon} steps ahead by the network "
        f"{learned_name(fitted)!r}.",
        usage="\n".join(usage),
        core=front,
        inputs=(),
        outputs=(),
        front=(front,),
        weights=_weights(fitted, network),
        facts={
            "task": "forecast",
            "target": learned.target,
            "horizon": str(settings.horizon),
            "network": learned_name(fitted),
            "season": str(learned.season),
            "step": learned.clock.describe(),
            "levels": ", ".join(f"{level:g}" for level in settings.intervals),
        },
    )


def learned_name(fitted: FittedMethod) -> str:
    """Return which network it is: the one that comes with recur, or what it is called."""
    return PRETRAINED if fitted.network is None else fitted.settings.network


def _weights(fitted: FittedMethod, network: Pretrained) -> dict[str, Any]:
    weights: dict[str, Any] = {
        "scaling.unit": fitted.error_scale.spread,
        "scaling.reach": fitted.interval_margins,
    }
    for member, (encoder, decoder) in enumerate(zip(network.encoder, network.decoder, strict=True)):
        for part, spec, values in (
            ("encoder", network.card.encoder, encoder),
            ("decoder", network.card.decoder, decoder),
        ):
            blocks = spec.named(values)
            weights |= {f"{part}_{member}.{name}": block for name, block in blocks.items()}
    return weights


def _answer(network: Pretrained) -> Program:
    """Return the program from what is read of histories to quantiles, the mean of all members."""
    about = "Return quantiles [steps, series, levels] in the network's own units."
    program = Program("answer", about, ("patches", "begun", "summary", "ahead"))
    made = []
    for member in range(len(network.encoder)):
        encoder, decoder = f"encoder_{member}", f"decoder_{member}"
        reads = network_program(
            network.card.encoder, masked="at any step", prefix=f"{encoder}.", name=encoder
        )
        answers = network_program(network.card.decoder, prefix=f"{decoder}.", name=decoder)
        state = program.add("state", reads, program["patches"], program["begun"])
        rows = program.add("rows", parts.told, state, program["summary"], program["ahead"])
        raw = program.add("raw", answers, rows)
        made.append(
            program.add(f"said_{member}", parts.in_order, raw, program["ahead"], network.middle)
        )
    return program.returning(program.add("mean", parts.mean_answer, *made))


def _front(fitted: FittedMethod, network: Pretrained) -> Program:
    """Return what a user calls."""
    settings, learned = fitted.settings, fitted.learned
    clock = learned.clock
    suggested = clock.seasons()[:1] if clock.kind == "trading" else clock.seasons()
    levels = Constant("LEVELS", list(network.card.levels), "of the quantiles that it gives")
    about = f"Forecast {settings.horizon} steps after each history; see above."
    conformal = settings.conformal and not fitted.stretches
    named = {"series": "None"} if conformal else {}
    front = Program("forecast", about, ("values", *named), named)
    add = front.add
    values = add("histories", given.histories_of, front["values"])
    seasons = Constant("SEASONS", list(suggested), f"of a clock of {clock.describe()}")
    made = add("quantiles", parts.history_quantiles, _answer(network), values, settings.horizon,
               levels, learned.season, seasons)  # fmt: skip
    centre = add("centre", parts.median, made, levels)
    seen = add("seen", histories.seen_values, values)
    begun = add("begun", histories.begun_by, seen)
    filled = add("filled", histories.carried_on, values, seen)
    ends: tuple[Variable, ...] = ()
    if settings.intervals:
        wanted = Constant("INTERVALS", list(settings.intervals), "in percent")
        if settings.interval_method != "conformal":
            ends = add("low high", parts.ends_of, made, levels, wanted)
        if fitted.stretches:
            ends = add("low high", parts.stretched_ends, centre, *ends, Weight("scaling.reach"))
        elif conformal:
            names = Constant("SERIES", list(learned.ids), "the series that were learnt, in order")
            series = add("series", given.series_of, front["series"], names, values)
            own = add("own_unit", histories.typical_step, filled, begun)
            unit = add("unit", histories.of_series, series, Weight("scaling.unit"), own)
            ends = add("low high", intervals.conformal_ends, centre, Weight("scaling.reach"), unit)
    floor, ceiling = add("floor ceiling", intervals.bounds, filled, begun)
    kept = [
        add(name, intervals.within, part, floor, ceiling)
        for name, part in zip(("centre", "low", "high"), (centre, *ends), strict=False)
    ]
    return front.returning(*kept)
