"""Lab `gradients`: how a gradient fades or grows on its way back through time, and what helps.

A recurrent network has 100 steps of noise behind it. How much does a loss read from its last state
still say about the state k steps before? Each cell is taken back step by step, by the chain rule
written out by hand in `by_hand.py`, in double precision; the figure is the root mean square over
all directions in which the loss may pull the last hidden state, and 1 at distance 0. Beside it
stands the formula of the slides, a product with one factor a step: the largest eigenvalue, in
size, of the matrix by which the step multiplies a gradient. Where its factors are below 1 the
gradient vanishes, where they are above it explodes.

Then the remedies, each on its own: better first weights, ReLU, gates, a shorter window; and for a
network whose gradient explodes, trained here by plain gradient descent, clipping and a smaller
rate. Last a task that needs a memory: the value that was marked last has to be told at each step,
however long ago that was. What the gates do there is drawn step by step.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from math import sqrt
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from recur.arrays import Float64s
from recur.labs.experiment import Setting
from recur.labs.gradients.by_hand import Fading, fading
from recur.labs.gradients.remembering import LENGTH, Memory, marked_values, remember
from recur.labs.gradients.untaught import (
    BETTER,
    BEYOND,
    LARGE,
    RNN,
    STEPS,
    UPDATES,
    at_start,
    descent,
    ended,
    noise,
)
from recur.networks.spec import NetworkSpec
from recur.report.findings import Findings, Picture, Row, figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FAR, SHORT = 50, 10  # steps back
RATE, LOWER, CLIP = 0.1, 0.01, 1.0  # where the gradient explodes
UNSEEN = 20  # sequences on which gates are looked at, and the seed that they are drawn with


RELU: dict[str, Any] = {"cell": "rnn", "nonlinearity": "relu"}
CELLS: dict[str, dict[str, Any]] = {
    "RNN tanh": RNN, "RNN relu": RELU, "LSTM": {"cell": "lstm"}, "GRU": {"cell": "gru"},
}  # fmt: skip


def run(setting: Setting) -> Findings:
    """Run the lab."""
    seed = setting.seed
    setting.say("gradients step by step, back through time")
    cells = {name: at_start(seed, **kind) for name, kind in CELLS.items()}
    remedies = {
        "RNN tanh, orthogonal": at_start(seed, **RNN, **BETTER),
        "RNN relu, x 1.41": at_start(seed, sqrt(2), **RELU, **BETTER),
        "LSTM, forget bias 1": at_start(seed, cell="lstm", **BETTER),
        f"RNN tanh, x {LARGE:g}": at_start(seed, LARGE, **RNN, **BETTER),
    }
    setting.say("gradient descent where the gradient explodes")
    descents = {
        f"rate {rate:g}{', clipped' if clip else ''}": descent(seed, rate, clip)
        for rate, clip in ((RATE, None), (RATE, CLIP), (LOWER, None))
    }
    learnt, epochs = (512, 8) if setting.quick else (2048, 30)
    memories = {}
    for name, kind in CELLS.items():
        setting.say(f"{name} learns to remember")
        memories[name] = remember(NetworkSpec(**kind), learnt, epochs, seed)
    unmarked = np.stack([noise(seed, STEPS), np.zeros(STEPS)], axis=1)
    trained = {
        name: fading(memory.spec, memory.blocks, unmarked) for name, memory in memories.items()
    }
    return Findings(
        rows=(
            *_faded(cells, FAR),
            *_faded(remedies, FAR),
            *_faded({f"RNN tanh, window of {SHORT}": cells["RNN tanh"]}, SHORT),
            *(
                Row(f"exploding, {name}", f"loss, {UPDATES} updates", ended(losses))
                for name, losses in descents.items()
            ),
            *(
                Row(f"{name}, remembering", "MSE", memory.error, seconds=memory.seconds)
                for name, memory in memories.items()
            ),
            *_faded({f"{name}, trained": case for name, case in trained.items()}, FAR),
        ),
        words=_words(cells, remedies, descents, memories, trained),
        pictures=_pictures(cells, remedies, descents, memories, trained),
    )


def _faded(cases: Mapping[str, Fading], distance: int) -> list[Row]:
    metric = f"gradient at {distance}"
    return [
        Row(name, metric, float(case.size[distance]), limit=float(case.product[distance]))
        for name, case in cases.items()
    ]


def _words(
    cells: Mapping[str, Fading],
    remedies: Mapping[str, Fading],
    descents: Mapping[str, Float64s],
    memories: Mapping[str, Memory],
    trained: Mapping[str, Fading],
) -> tuple[str, ...]:
    orthogonal, relu, gated, large = (figure(float(case.size[FAR])) for case in remedies.values())
    broken, clipped, lower = descents.values()
    left = [float(case.size[FAR]) ** (1 / FAR) for case in cells.values()]
    said = [float(case.product[FAR]) ** (1 / FAR) for case in cells.values()]
    kept = ", ".join(f"{figure(float(case.size[FAR]))} ({name})" for name, case in trained.items())
    beyond = f"is beyond {BEYOND:g} at update {len(broken)}"
    end = f"comes to {ended(broken):.3f}" if broken[-1] < BEYOND else beyond
    unseen = marked_values(UNSEEN, UNSEEN).inputs.astype(np.float64).reshape(UNSEEN, LENGTH, 2)
    (forget, forgets), (update, updates) = (
        memories[name].openness(gate, unseen)
        for name, gate in (("LSTM", "forget"), ("GRU", "update"))
    )
    return (
        f"With first weights as PyTorch draws them a step back leaves {min(left):.2f} to "
        f"{max(left):.2f} of the gradient in all four. The product, which stands in the column of "
        f"limits, says {min(said):.2f} to {max(said):.2f}.",
        f"{FAR} steps back orthogonal recurrent weights leave {orthogonal} in the RNN with tanh. "
        "ReLU shuts units, which then let nothing through; on orthogonal weights 1.41 times as "
        f"large, which makes up for half of them, it leaves {relu}. Forget gates that begin open "
        f"leave {gated}.",
        f"On orthogonal weights {LARGE:g} times as large the gradient comes to {large}. There the "
        f"loss of gradient descent at a rate of {RATE:g} {end}; clipped to a norm of {CLIP:g} it "
        f"comes to {ended(clipped):.3f}, at a rate of {LOWER:g} to {ended(lower):.3f}. To answer 0 "
        "always would cost 0.75.",
        f"Networks trained to remember leave {kept}, {FAR} steps back. There to answer 0 always "
        f"would cost {1 / 3:.3f}. The LSTM's forget gate stands at {forget:.2f} on average where "
        f"nothing is marked and at {forgets:.2f} where something is, the GRU's update gate at "
        f"{update:.2f} and {updates:.2f}; at 1 all is kept.",
    )


def _pictures(
    cells: Mapping[str, Fading],
    remedies: Mapping[str, Fading],
    descents: Mapping[str, Float64s],
    memories: Mapping[str, Memory],
    trained: Mapping[str, Fading],
) -> tuple[Picture, ...]:
    return (
        Picture(
            "distance",
            "The gradient of a loss read from the last state, by how many steps back, in networks "
            "that have learnt nothing yet; and the product of each step's largest eigenvalue.",
            partial(_fading_picture, "Gradients at first weights", cells),
        ),
        Picture(
            "remedies",
            "The same on orthogonal recurrent weights, as they are or so many times as large, and "
            "with forget gates that begin open.",
            partial(_fading_picture, "Gradients at better first weights", remedies),
        ),
        Picture(
            "clipping",
            f"Plain gradient descent on a network whose gradient explodes: without clipping, with "
            f"the gradient's norm held to {CLIP:g}, and at a smaller rate.",
            partial(_descent_picture, descents),
        ),
        Picture(
            "trained",
            "Gradients in networks that have learnt to remember, while nothing is marked.",
            partial(_fading_picture, "Gradients after training", trained),
        ),
        Picture(
            "gates",
            "A sequence that the networks have not seen, what they say was marked last, and how "
            "far each gate of each unit is open. Forget and update keep the old state.",
            partial(_gates_picture, memories),
        ),
    )


def _fading_picture(heading: str, cases: Mapping[str, Fading]) -> Figure:
    from recur.report.plots.lines import COLOURS, Line, lines_picture

    lines = []
    for colour, (name, case) in zip(COLOURS, cases.items(), strict=False):
        lines.append(Line(name.removeprefix("RNN "), case.size, colour=colour))
        lines.append(Line("", case.product, colour=colour, width=1.0, dashed=True))
    under = "norm, 1 at the end; broken lines: the product of each step's largest eigenvalue"
    return lines_picture(
        heading, under, lines, across="steps back", up="gradient, logarithmic", log_from=1.0
    )


def _descent_picture(descents: Mapping[str, Float64s]) -> Figure:
    from recur.report.plots.lines import Line, lines_picture

    lines = [Line(name, losses, width=1.2) for name, losses in descents.items()]
    under = f"an RNN whose recurrent weights are {LARGE:g} times as large as orthogonal ones"
    return lines_picture(
        "Where the gradient explodes", under, lines, across="update", up="loss, logarithmic",
        log_from=1.0,
    )  # fmt: skip


def _gates_picture(memories: Mapping[str, Memory]) -> Figure:
    from recur.report.plots.gates import gates_picture
    from recur.report.plots.lines import Line
    from recur.report.plots.style import BLUE, GREY, INK, ORANGE

    unseen = marked_values(UNSEEN, UNSEEN)
    stretches = [slice(start, start + LENGTH) for start in unseen.starts.tolist()]
    rows = max(stretches, key=lambda rows: _spread(unseen.inputs[rows, 1]))
    inputs = unseen.inputs[rows].astype(np.float64)
    wanted = unseen.targets[rows, 0].astype(np.float64)
    marks = np.flatnonzero(inputs[:, 1])
    lines = [Line("values", inputs[:, 0], None, GREY, 0.8, ".")]
    strips: dict[str, Float64s] = {}
    for name, colour, width in (("LSTM", ORANGE, 5.0), ("GRU", BLUE, 2.5)):
        answers, opened = memories[name].watch(inputs)
        lines.append(Line(name, answers, None, colour, width))
        strips |= {f"{name} {gate}": steps for gate, steps in opened.items()}
    lines += [
        Line("marked last", wanted, None, INK, 1.2, dashed=True),
        Line("marked", inputs[marks, 0], marks.astype(np.float64), INK, 0, "o"),
    ]
    under = "the value marked last is to be told; below, each unit's gates"
    return gates_picture("What gates do", under, lines, strips)


def _spread(marks: NDArray[Any]) -> float:
    """Return how telling marks [time] are to look at: many of them, and far from each other."""
    return float(np.prod(np.diff([*np.flatnonzero(marks), len(marks)])))
