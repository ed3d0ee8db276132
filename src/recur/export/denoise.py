"""The programs of a denoiser: scale, network, scale back; a causal one goes on from its state."""

from __future__ import annotations

from recur.export.network import beginning, network_program
from recur.export.parts import signals
from recur.export.plan import Plan, Port, state_ports
from recur.export.program import Program, Weight
from recur.tasks.denoise.fitted import FittedDenoiser


def plan_of(fitted: FittedDenoiser, kind: str) -> Plan:  # noqa: ARG001 (as all are)
    """Return what is exported of a fitted denoiser to a file that ends so."""
    spec, names = fitted.learned.network, fitted.learned.names
    causal = not spec.bidirectional
    core = _core(fitted)
    axes = ("time", "batch", spec.inputs)
    channels = ", ".join(names) or f"{spec.inputs} channels"
    state = state_ports(spec) if causal else ((), ())
    causal_use = [
        f"`cleaned, state = model.{core.name}(noisy, state)` goes on with streams, [time, batch,",
        f"{spec.inputs}]; `model.beginning(batch)` is the state before the first.",
    ]
    return Plan(
        does=f"Cleans recordings of {channels}.",
        usage="\n".join(
            ["cleaned = model.clean(noisy)", "", "`noisy` is one recording, [time] or "
             f"[time, {spec.inputs}], read {'forwards' if causal else 'both ways'}.",
             *(causal_use if causal else [])]
        ),
        core=core,
        inputs=(Port("noisy", "f8", axes, channels), *state[0]),
        outputs=(Port("cleaned", "f8", axes, "what they should be"), *state[1]),
        front=(_front(fitted, core), *([beginning(fitted.learned.network)] if causal else [])),
        weights=fitted.tensors(),
        facts={
            "task": "denoise",
            "channels": ", ".join(names),
            "rate_hz": str(fitted.learned.rate_hz or ""),
            "cell": fitted.settings.cell,
        },
    )  # fmt: skip


def _core(fitted: FittedDenoiser) -> Program:
    spec = fitted.learned.network
    causal = not spec.bidirectional
    takes = ("noisy", "state") if causal else ("noisy",)
    program = Program("clean_on" if causal else "clean_all", "Clean signals [time, batch, channels]"
                      f"{', going on from a state' if causal else ''}.", takes)  # fmt: skip
    add = program.add
    x = add("x", signals.scaled, program["noisy"], Weight("noisy.centre"), Weight("noisy.spread"))
    network = network_program(spec, carried=causal)
    if causal:
        outputs, after = add("outputs after", network, x, program["state"])
    else:
        outputs = add("outputs", network, x)
    scale = Weight("clean.centre"), Weight("clean.spread")
    cleaned = add("cleaned", signals.in_their_unit, outputs, *scale)
    return program.returning(cleaned, after) if causal else program.returning(cleaned)


def _front(fitted: FittedDenoiser, core: Program) -> Program:
    spec = fitted.learned.network
    front = Program("clean", "Clean one recording, in the shape in which it comes.", ("noisy",))
    values = front.add("values", signals.recording, front["noisy"], spec.inputs)
    if spec.bidirectional:
        cleaned = front.add("cleaned", core, values)
    else:
        state = front.add("state", beginning(spec), 1)
        cleaned, _ = front.add("cleaned state", core, values, state)
    return front.returning(front.add("cleaned", signals.like, cleaned, front["noisy"]))
