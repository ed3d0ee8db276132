"""Lab `configurations`: one to one, one to many, many to one, many to many, each at its smallest.

What goes in and what comes out are one thing or many, and where both are many, aligned or not. Each
of the five is shown on a toy of its use, made here so that every answer is known:

- one to one: an image with a line in it; does it lie or stand? (Dense layers, no memory.)
- one to many: a tune from its first note. (A network that is fed what it has just written.)
- many to one: the sentiment of a sentence. (A network whose last hidden state alone is read.)
- many to many, aligned: a tag for each word. (Every hidden state is read.)
- many to many, not aligned: six numbers said again in three, as a translation has other words and
  another number of them. (An encoder, and a decoder that goes on from its last state.)

Beside each stands the simple answer that one would try first, and that cannot do it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from recur.data.sources.sequences import Sequences
from recur.engines.base import Inputs, StepRecipe
from recur.engines.registry import open_engine
from recur.engines.sampling import SamplingSettings
from recur.labs.configurations import toys
from recur.labs.configurations.simple import Classes, linear_answers, linear_values
from recur.labs.experiment import Setting, stop_if_interrupted, timed
from recur.networks.initial import initial_values
from recur.networks.reference import zero_state
from recur.networks.spec import NetworkSpec, Values
from recur.report.findings import Findings, Picture, Row
from recur.tasks.forecast.forecaster import Forecaster
from recur.training.jobs import Job
from recur.training.loop import train
from recur.training.plan import TrainingPlan

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TAUGHT, JUDGED = 2000, 1000
EPOCHS, HIDDEN, BATCH, RATE = 20, 32, 32, 0.01
TUNE_EPOCHS = 300  # of one batch each


@dataclass(frozen=True)
class Outcome:
    """What came out of one configuration.

    Attributes:
        name: of the configuration, and its use.
        metric: what the errors measure.
        ours: the network's error.
        simple: the error of the simple answer.
        simply: what that does.
        example: what went in, what came out, and what should have.
        seconds: that the training took.
    """

    name: str
    metric: str
    ours: float
    simple: float
    simply: str
    example: str
    seconds: float

    @property
    def rows(self) -> tuple[Row, Row]:
        """Return the network's row, and that of the simple answer."""
        return (
            Row(self.name, self.metric, self.ours, limit=0.0, seconds=self.seconds),
            Row(f"simple answer: {self.simply}", self.metric, self.simple, limit=0.0),
        )


def run(setting: Setting) -> Findings:
    """Run the lab."""
    outcomes = []
    for configuration in (one_to_one, one_to_many, many_to_one, aligned, not_aligned):
        setting.say(configuration.__name__.replace("_", " "))
        outcomes.append(configuration(setting))
    better = sum(outcome.ours < outcome.simple for outcome in outcomes)
    right = [outcome.name for outcome in outcomes if outcome.ours == 0]
    picture = Picture(
        "shapes",
        "The five shapes: what goes in (below), the hidden states, and what comes out (above). An "
        "arrow to the right hands a state on; a broken one feeds an output back.",
        _picture,
    )
    return Findings(
        rows=tuple(row for outcome in outcomes for row in outcome.rows),
        words=(
            f"The network is better than the simple answer in {better} of {len(outcomes)}, and "
            f"without a mistake in {len(right)}{': ' * bool(right)}{'; '.join(right)}.",
            "Every answer is known here, so that the limit is 0. In brackets behind each example "
            "below stands what is right, or how much is wrong.",
        ),
        pictures=(picture,),
        texts=tuple((outcome.name, outcome.example) for outcome in outcomes),
    )


def one_to_one(setting: Setting) -> Outcome:
    """Show dense layers a whole image at once."""
    images, stands = toys.images(TAUGHT + JUDGED, setting.seed)
    spec = NetworkSpec(
        cell="mlp", steps=1, inputs=images.shape[1], hidden=HIDDEN, nonlinearity="relu", outputs=2
    )
    data = Sequences(images, stands, np.arange(len(images)), steps=1)
    said, seconds = timed(lambda: classified(spec, data, setting))
    truth = stands[TAUGHT:]
    plain = linear_answers(images[:TAUGHT], stands[:TAUGHT], images[TAUGHT:])
    names = ("lies", "stands")
    example = f"{toys.drawn(images[TAUGHT])}\n-> {names[said[0, -1]]} ({names[truth[0]]})"
    return Outcome(
        name="one to one: image",
        metric="share of wrong answers",
        ours=wrong(said[:, -1], truth),
        simple=wrong(plain, truth),
        simply="weighing pixels",
        example=example,
        seconds=seconds,
    )


def many_to_one(setting: Setting) -> Outcome:
    """Read a sentence to its end, and only then answer."""
    sentences, feelings = toys.sentences(TAUGHT + JUDGED, setting.seed)
    spec = NetworkSpec(symbols=len(toys.WORDS), inputs=8, hidden=HIDDEN, outputs=2)
    said, seconds = timed(lambda: classified(spec, _laid_out(sentences, feelings), setting))
    counts = np.stack([(sentences == word).sum(axis=1) for word in range(len(toys.WORDS))], axis=1)
    truth = feelings[TAUGHT:, -1]
    plain = linear_answers(counts[:TAUGHT], feelings[:TAUGHT, -1], counts[TAUGHT:])
    names = ("bad", "good")
    words = " ".join(toys.WORDS[word] for word in sentences[TAUGHT])
    return Outcome(
        name="many to one: sentiment",
        metric="share of wrong answers",
        ours=wrong(said[:, -1], truth),
        simple=wrong(plain, truth),
        simply="counting words",
        example=f"{words} -> {names[said[0, -1]]} ({names[truth[0]]})",
        seconds=seconds,
    )


def aligned(setting: Setting) -> Outcome:
    """Answer at every word."""
    sentences, tags = toys.tagged(TAUGHT + JUDGED, setting.seed)
    spec = NetworkSpec(
        symbols=len(toys.TAGGED_WORDS), inputs=8, hidden=HIDDEN, outputs=len(toys.TAGS),
        reads="every",
    )  # fmt: skip
    said, seconds = timed(lambda: classified(spec, _laid_out(sentences, tags), setting))
    counts = np.zeros((len(toys.TAGGED_WORDS), len(toys.TAGS)), np.int64)
    np.add.at(counts, (sentences[:TAUGHT].ravel(), tags[:TAUGHT].ravel()), 1)
    usual = counts.argmax(axis=1)[sentences[TAUGHT:]]
    words = [toys.TAGGED_WORDS[word] for word in sentences[TAUGHT]]
    pairs = " ".join(f"{word}/{toys.TAGS[tag]}" for word, tag in zip(words, said[0], strict=True))
    return Outcome(
        name="aligned many to many: tags",
        metric="share of wrong tags",
        ours=wrong(said, tags[TAUGHT:]),
        simple=wrong(usual, tags[TAUGHT:]),
        simply="a word's usual tag",
        example=f"{pairs} ({np.sum(said[0] != tags[TAUGHT])} wrong)",
        seconds=seconds,
    )


def one_to_many(setting: Setting) -> Outcome:
    """Give a network the first note of a tune, and feed it what it has just written."""
    tunes = toys.tunes(setting.seed)
    spec = NetworkSpec(
        symbols=toys.SOUNDS, inputs=8, hidden=HIDDEN, outputs=toys.SOUNDS, reads="every"
    )
    data = _laid_out(tunes[:, :-1], tunes[:, 1:])
    weights, seconds = timed(lambda: taught(spec, data, len(tunes), TUNE_EPOCHS, setting.seed))
    writer = open_engine("compiled").writer(spec, weights)
    start, rest = zero_state(spec, len(tunes)), tunes.shape[1] - 1
    played, _ = writer.write(tunes[:, 0], start, rest, SamplingSettings(temperature=0.0))
    notes = [toys.written(part) for part in (tunes[0, :1], played[:, 0], tunes[0, 1:])]
    return Outcome(
        name="one to many: music",
        metric="share of wrong notes",
        ours=wrong(played.T, tunes[:, 1:]),
        simple=wrong(toys.usual_notes(tunes), tunes[:, 1:]),
        simply="the usual next note",
        example="{} -> {} ({})".format(*notes),
        seconds=seconds,
    )


def not_aligned(setting: Setting) -> Outcome:
    """Read six numbers to their end, then say three, each after the one before."""
    said, answers = toys.pairs(TAUGHT + JUDGED, setting.seed)
    steps = said.shape[1]
    model = Forecaster(
        refit=False,
        horizon=answers.shape[1], lookback=steps, strategy="encoder_decoder", season=1,
        scaling="none", residual="none", loss="mse", hidden=HIDDEN, batch=BATCH, rate=RATE,
        epochs=EPOCHS, validation=0.0, seed=setting.seed,
    )  # fmt: skip
    whole = list(np.concatenate([said, answers], axis=1)[:TAUGHT])
    _, seconds = timed(lambda: model.fit(whole, test=0, progress=False))
    stop_if_interrupted(model.ended_)
    forecasts = model.predict(list(said[TAUGHT:])).values
    plain = linear_values(said[:TAUGHT], answers[:TAUGHT], said[TAUGHT:])
    truth = answers[TAUGHT:]
    numbers = (
        " ".join(f"{x:.2f}" for x in part) for part in (said[TAUGHT], forecasts[0], truth[0])
    )
    return Outcome(
        name="many to many: translation",
        metric="MSE",
        ours=float(np.mean((forecasts - truth) ** 2)),
        simple=float(np.mean((plain - truth) ** 2)),
        simply="weighing numbers",
        example="{} -> {} ({})".format(*numbers),
        seconds=seconds,
    )


def taught(spec: NetworkSpec, data: Sequences, count: int, epochs: int, seed: int) -> Values:
    """Train a network to name a class, on the first so many sequences; return its weights."""
    recipe = StepRecipe(loss="cross_entropy")
    plan = TrainingPlan(
        epochs=epochs, batch=BATCH, rate=RATE, schedule="onecycle", recipe=recipe, seed=seed
    )
    job = Job(spec, open_engine("compiled"), data, range(count), range(0), plan)
    training = train(job, initial_values(spec, seed))
    stop_if_interrupted(training.ended)
    return training.weights


def classified(spec: NetworkSpec, data: Sequences, setting: Setting) -> Classes:
    """Train a network on the first sequences, and return the classes it gives the others.

    Returns:
        int32 [JUDGED, steps], or [JUDGED, 1] where the network answers once.
    """
    weights = taught(spec, data, TAUGHT, EPOCHS // 2 if setting.quick else EPOCHS, setting.seed)
    inputs: Inputs = data.gather(np.arange(TAUGHT, TAUGHT + JUDGED)).inputs
    outputs, _ = open_engine("compiled").forward(spec, weights, inputs)
    best = np.asarray(outputs.argmax(axis=-1), np.int32)
    return best.T if spec.reads == "every" else best[:, None]


def _laid_out(sentences: Classes, answers: Classes) -> Sequences:
    """Return sentences [n, steps] and their answers end to end, as an engine takes them."""
    count, steps = sentences.shape
    return Sequences(sentences.ravel(), answers.ravel(), steps * np.arange(count), steps)


def wrong(said: NDArray[np.integer], truth: NDArray[np.integer]) -> float:
    """Return the share of wrong answers."""
    return float(np.mean(said != truth))


def _picture() -> Figure:
    from recur.report.plots.shapes import shapes_picture

    return shapes_picture()
