"""Lab `shakespeare`: a ReLU RNN of three layers learns 10,000 characters; and is that writing?

The course's network reads a text character by character and learns to name the next one: a vector
of 100 values for each character, three ReLU layers of 512, and a linear head. It reads the first
10,000 characters of Shakespeare 50 times, 50 characters a step, with the state carried from step
to step, and writes a sample after every pass. Its training loss is published. The recipe is
followed here to the letter; then the same network is trained by a better one.

A training loss says how well a text is known by heart. So the 2,000 characters that follow are
held out, and every network is asked for them: beside counting, and beside the network that recur
chooses for a text of this length.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from recur.data.text.text import Text
from recur.judge.write.judgement import WritingJudgement
from recur.labs.experiment import Setting, stop_if_interrupted
from recur.labs.text import described, lab_text
from recur.report.findings import Findings, Picture, Row, duration, figure
from recur.report.writing import legible, ngram_label
from recur.tasks.write.compare import TrainedCell, compare_cells
from recur.tasks.write.writer import Writer

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PUBLISHED = 0.2602
"""Mean training loss of the last of 50 epochs, as the course material prints it."""

LEARNT, UNSEEN = 10_000, 2_000  # characters
COURSE = Writer(
    cell="rnn", nonlinearity="relu", embedding=100, hidden=512, layers=3, dropout=0.0, steps=50,
    streams=1, rate=0.001, schedule="constant", epochs=50, patience=None, keep_best=False,
    counting=False,
)  # fmt: skip
BETTER = COURSE.clone().set_params(
    streams=8, rate=0.002, schedule="onecycle", epochs=24, initialisation="orthogonal"
)
_QUICK = {"hidden": 48, "epochs": 12}

_SHOWN = 300  # characters of a sample
_LINE = 60  # of those, how many are shown while it learns


@dataclass(frozen=True)
class Learnt:
    """A network that has learnt the text.

    Attributes:
        recipe: what its training is called.
        trained: the network, judged on the characters it has not seen, and its times.
        samples: what it wrote after each epoch.
    """

    recipe: str
    trained: TrainedCell
    samples: tuple[str, ...]

    @property
    def losses(self) -> list[float]:
        """Return the training loss of each epoch."""
        return [epoch.training for epoch in self.trained.model.history_]

    @property
    def judgement(self) -> WritingJudgement:
        """Return how it does on the characters that it has not seen."""
        return self.trained.model.judge()

    def seconds_to(self, loss: float) -> float:
        """Return the seconds to the end of the first epoch with such a training loss."""
        epochs = zip(self.losses, self.trained.times, strict=True)
        return next(at for reached, at in epochs if reached <= loss)


def run(setting: Setting) -> Findings:
    """Learn the text by the course's recipe, by a better one, and by recur's defaults."""
    text = lab_text(setting, LEARNT + UNSEEN, least=LEARNT + UNSEEN)
    less = _QUICK if setting.quick else {}
    course = learn("course's recipe", COURSE.clone().set_params(**less), text, setting)
    better = learn("better recipe", BETTER.clone().set_params(**less), text, setting)
    ours = learn(
        "our defaults", Writer(epochs=5 if setting.quick else None, counting=False), text, setting
    )
    return Findings(
        rows=(*training_rows(course, better), *unseen_rows(course, better, ours)),
        words=words(text, course, better, ours),
        pictures=pictures(course, better),
        texts=samples(course, ours),
    )


def learn(recipe: str, writer: Writer, text: Text, setting: Setting) -> Learnt:
    """Learn all but the last characters of a text, and write a sample after every epoch."""
    writer = writer.clone().set_params(validation=UNSEEN / (LEARNT + UNSEEN), seed=setting.seed)
    written: list[str] = []

    def show(_: str, number: int, write: Any) -> None:
        written.append(write(_SHOWN))
        line = legible(" ".join(written[-1].split()))[:_LINE]
        setting.say(f"{recipe}, epoch {number}: {line}")

    comparison = compare_cells(text, [writer.cell], base=writer, progress=False, after_epoch=show)
    trained = comparison.trained[0]
    stop_if_interrupted(trained.model.ended_)
    return Learnt(recipe, trained, tuple(written))


def training_rows(course: Learnt, better: Learnt) -> tuple[Row, ...]:
    """Return what the course measures, the loss on the text that is learnt, and its time.

    No loss is below 0, which is that of a text known by heart. The seconds count the losses on the
    unseen text after each epoch as well, a few hundredths of them, and no samples.
    """
    both = (course, better)
    losses = (
        Row(
            f"{network.recipe}, {len(network.losses)} epochs", "training loss, nats",
            network.losses[-1], PUBLISHED, limit=0.0, seconds=network.trained.times[-1],
        )
        for network in both
    )  # fmt: skip
    goal = same_loss(both)
    times = (
        Row(network.recipe, f"seconds to {goal:.4f}", network.seconds_to(goal)) for network in both
    )
    return (*losses, *times)


def unseen_rows(*learnt: Learnt) -> tuple[Row, ...]:
    """Return what each network makes of the characters that follow, beside counting."""
    metric = "nats, unseen text"
    verdict = learnt[0].judgement.verdict
    rows = (
        Row(network.recipe, metric, network.judgement.nats, seconds=network.trained.times[-1])
        for network in learnt
    )
    return (*rows, Row(f"counting: {ngram_label(verdict.order)}", metric, verdict.ngram))


def same_loss(learnt: Sequence[Learnt]) -> float:
    """Return the published loss, or the lowest one that all have reached, where one has not."""
    return max(PUBLISHED, *(min(network.losses) for network in learnt))


def words(text: Text, course: Learnt, better: Learnt, ours: Learnt) -> tuple[str, ...]:
    """Return what the figures say."""
    return (described(text), _on_time(course, better), _on_memory(course), _on_defaults(ours))


def _on_time(course: Learnt, better: Learnt) -> str:
    goal = same_loss((course, better))
    slow, fast = course.seconds_to(goal), better.seconds_to(goal)
    recipe = (
        f"The better recipe reads {BETTER.streams} places of the text side by side, its rate "
        f"rises to {BETTER.rate} and falls again, and its first weights are orthogonal"
    )
    return (
        f"{recipe}. A training loss of {goal:.4f} it first met after {duration(fast)}, the "
        f"course's after {duration(slow)}, {slow / fast:.2g} times as long."
    )


def _on_memory(course: Learnt) -> str:
    judged, training = course.judgement, course.losses[-1]
    sentence = (
        "A training loss says how well these characters are known by heart. The course's network "
        f"on the {judged.verdict.characters + 1:,} that follow: {judged.verdict.sentence}"
    )
    if judged.nats > judged.uniform:
        return (
            f"{sentence} To take all characters for equally likely costs {figure(judged.uniform)}, "
            f"which is less: its {figure(training)} on the text it learnt is memory, not writing."
        )
    if judged.nats > training:
        gap = figure(judged.nats - training)
        sentence += f" On the text it learnt it is at {figure(training)}, which is {gap} less."
    return sentence


def _on_defaults(ours: Learnt) -> str:
    model = ours.trained.model
    size = f"{model.cell.upper()}({model.network_.hidden})"
    return (
        f"What recur chooses for a text of this length is a {size}, with the weights of the epoch "
        f"that did best on the held-out part ({model.kept_epoch_} of {len(ours.losses)}): "
        f"{ours.judgement.verdict.sentence}"
    )


def samples(course: Learnt, ours: Learnt) -> tuple[tuple[str, str], ...]:
    """Return what the course's network wrote at first, halfway and in the end, and ours."""
    last = len(course.samples)
    numbers = sorted({1, (1 + last) // 2, last})
    by_epoch = ((f"course's recipe, epoch {n} of {last}", course.samples[n - 1]) for n in numbers)
    return (*by_epoch, (ours.recipe, ours.trained.sample))


def pictures(course: Learnt, better: Learnt) -> tuple[Picture, ...]:
    """Return the pictures, not drawn yet."""
    return (
        Picture(
            "training",
            "The losses by the course's recipe, on the text it learns and on the characters that "
            "follow, which it has not seen, beside counting.",
            lambda: _training(course),
        ),
        Picture(
            "recipes",
            "The training loss by the seconds it took, by the course's recipe and by a better one.",
            lambda: _recipes(course, better),
        ),
    )


def _training(course: Learnt) -> Figure:
    from recur.report.plots.writing import Curve, writing_picture
    from recur.tasks.write.folder import baselines

    curve = Curve(course.recipe, course.trained.model.history_)
    return writing_picture([curve], baselines(course.judgement))


def _recipes(course: Learnt, better: Learnt) -> Figure:
    from recur.report.plots.lines import Line, lines_picture
    from recur.report.plots.style import GREY

    both = (course, better)
    lines = [
        Line(network.recipe, np.array(network.losses), np.array(network.trained.times))
        for network in both
    ]
    ends = np.array([0.0, max(network.trained.times[-1] for network in both)])
    lines.append(Line("published", np.full(2, PUBLISHED), ends, GREY, width=1.2, dashed=True))
    return lines_picture(
        "The same network by two recipes", "mean training loss of each epoch", lines,
        across="seconds of training", up="nats a character",
    )  # fmt: skip
