"""One to one and one to many: networks that are trained, run and written with by hand."""

from __future__ import annotations

import numpy as np

from recur.data.sources.sequences import Sequences
from recur.engines.base import Inputs, StepRecipe
from recur.engines.registry import open_engine
from recur.engines.sampling import SamplingSettings
from recur.labs.configurations import toys
from recur.labs.configurations.outcome import (
    BATCH,
    HIDDEN,
    JUDGED,
    RATE,
    TAUGHT,
    Outcome,
    epochs,
    wrong,
)
from recur.labs.configurations.simple import Classes, linear_answers
from recur.labs.experiment import Setting, stop_if_interrupted, timed
from recur.networks.initial import initial_values
from recur.networks.reference import zero_state
from recur.networks.spec import NetworkSpec, Values
from recur.training.jobs import Job
from recur.training.loop import train
from recur.training.plan import TrainingPlan

TUNE_EPOCHS = 300  # of one batch each


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


def caption(setting: Setting) -> Outcome:
    """Make a first state of an image, and write on from there.

    In training the image stands in front of its caption: what a step makes of it is the state that
    the first word is written from. Then a network of the same weights writes, which knows words
    alone.
    """
    images, texts = toys.captions(TAUGHT + JUDGED, setting.seed)
    pixels, known = images.shape[1], len(toys.SAID)
    spec = NetworkSpec(inputs=pixels + known, hidden=HIDDEN, outputs=known, reads="every")
    before = np.concatenate([np.full_like(texts[:, :1], toys.START), texts[:, :-1]], axis=1)
    rows = np.zeros((len(images), 1 + texts.shape[1], spec.inputs), np.float32)
    rows[:, 0, :pixels] = images
    rows[:, 1:, pixels:] = np.eye(known, dtype=np.float32)[before]
    answers = np.concatenate([before[:, :1], texts], axis=1)
    steps = rows.shape[1]
    data = Sequences(
        rows.reshape(-1, spec.inputs), answers.ravel(), steps * np.arange(len(rows)), steps
    )
    times = epochs(setting)
    weights, seconds = timed(lambda: taught(spec, data, TAUGHT, times, setting.seed))
    shown, engine = images[TAUGHT:], open_engine("compiled")
    blank = np.zeros((1, JUDGED, spec.inputs), np.float32)
    blank[0, :, :pixels] = shown
    _, state = engine.forward(spec, weights, blank)
    writer = engine.writer(*of_symbols(spec, weights, known))
    start = np.full(JUDGED, toys.START, np.int32)
    said, _ = writer.write(start, state, texts.shape[1], SamplingSettings(temperature=0.0))
    truth = texts[TAUGHT:]
    plain = np.stack(
        [linear_answers(images[:TAUGHT], words, shown) for words in texts[:TAUGHT].T], axis=1
    )
    return Outcome(
        name="one to many: caption",
        metric="share of wrong captions",
        ours=wrong(said.T, truth, whole=True),
        simple=wrong(plain, truth, whole=True),
        simply="pixels, word by word",
        example=f"{toys.drawn(shown[1])}\n-> {toys.told(said[:, 1])} ({toys.told(truth[1])})",
        seconds=seconds,
    )


def of_symbols(spec: NetworkSpec, weights: Values, known: int) -> tuple[NetworkSpec, Values]:
    """Return a network of symbols that is the same: each has the vector that stood for it."""
    written = spec.model_copy(update={"symbols": known})
    vectors = np.eye(known, spec.inputs, spec.inputs - known, dtype=np.float32)
    return written, written.flat({**spec.named(weights), "embedding.weight": vectors})


def taught(spec: NetworkSpec, data: Sequences, count: int, times: int, seed: int) -> Values:
    """Train a network to name a class, on the first so many sequences; return its weights."""
    recipe = StepRecipe(loss="cross_entropy")
    plan = TrainingPlan(
        epochs=times, batch=BATCH, rate=RATE, schedule="onecycle", recipe=recipe, seed=seed
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
    weights = taught(spec, data, TAUGHT, epochs(setting), setting.seed)
    inputs: Inputs = data.gather(np.arange(TAUGHT, TAUGHT + JUDGED)).inputs
    outputs, _ = open_engine("compiled").forward(spec, weights, inputs)
    best = np.asarray(outputs.argmax(axis=-1), np.int32)
    return best.T if spec.reads == "every" else best[:, None]


def _laid_out(sentences: Classes, answers: Classes) -> Sequences:
    """Return sentences [n, steps] and their answers end to end, as an engine takes them."""
    count, steps = sentences.shape
    return Sequences(sentences.ravel(), answers.ravel(), steps * np.arange(count), steps)
