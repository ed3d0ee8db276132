"""Lab `denoise`: a GRU of 30 units takes noise off sines, beside the best that anyone could do.

There are 12,000 sequences of 100 steps, each a sine of period 60 that begins at a random phase, in
noise between -.35 and .35; 8,000 are to learn from and 4,000 to be tested on. At every step comes a
noisy value in, and the clean one should come out. The course trains by the mean absolute error in
batches of 300, with Adam at a rate of .001 and an output bounded by tanh, and prints an error of
.0416; told nowhere is the number of epochs, for which 100 are taken here.

All that is unknown of such a sine is its phase. Every value seen rules some phases out, and the
best answer is the median over those that are left: this is the limit, worked out for the very
sequences that the networks are tested on. A causal network sees what came before, and at the
beginning that is next to nothing. One that reads both ways sees all before it answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from recur.data.limits import denoising_limit
from recur.data.signals import Pairs, Recordings, Scale, sequences
from recur.data.synthetic import noisy_sines
from recur.engines.base import StepRecipe
from recur.engines.select import open_engine
from recur.errors import SettingsError
from recur.judge.denoising import NETWORK, NOISY, DenoisingJudgement
from recur.labs.experiment import Setting, timed
from recur.networks.initial import initial_values
from recur.networks.spec import NetworkSpec
from recur.report.denoising import filter_label
from recur.report.findings import Findings, Picture, Row, figure
from recur.tasks import Denoiser
from recur.training.loop import Job, train
from recur.training.plan import TrainingPlan

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SERIES, LEARNT = 12_000, 8_000
PUBLISHED = 0.0416  # mean absolute error on the test sequences, as the course prints it
HIDDEN, BATCH, RATE, EPOCHS = 30, 300, 0.001, 100

SHORTEST: dict[str, Any] = {"epochs": 1, "batch": 12, "rate": 0.03, "validation": 0.0}
LONGER: dict[str, Any] = {"epochs": 80, "rate": 0.05}
DEEPER: dict[str, Any] = {"epochs": 20, "layers": 2, "bidirectional": True}
NOISES = {"impulses": "impulses:0.1:1", "dropouts": "dropouts:0.02:10"}
OTHER_EPOCHS = 10  # for each of them

FIRST, LATE = 10, 50  # steps at the beginning; where the second half begins

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Sines:
    """Sines in noise, the first ones to learn from and the others to be tested on.

    Attributes:
        noisy: float64 [series, time].
        clean: of the same shape.
        learnt: how many there are to learn from.
    """

    noisy: Floats
    clean: Floats
    learnt: int

    @property
    def tested(self) -> tuple[Floats, Floats]:
        """Return the test sequences, noisy and clean."""
        return self.noisy[self.learnt :], self.clean[self.learnt :]

    def errors(self, answers: Floats) -> Floats:
        """Return float64 [time], the mean absolute errors of answers at each step."""
        return np.asarray(np.abs(answers - self.tested[1]).mean(axis=0))


@dataclass(frozen=True)
class Cleaner:
    """A trained network.

    Attributes:
        name: how it was trained.
        both: whether it reads both ways.
        answers: float64 [series, time], to the test sequences.
        seconds: that the training took.
        curve: float64 [epochs], mean absolute errors on sequences that it did not learn from.
    """

    name: str
    both: bool
    answers: Floats
    seconds: float
    curve: Floats


def run(setting: Setting) -> Findings:
    """Run the lab."""
    if setting.files:
        raise SettingsError(
            f"the lab `denoise` makes its own signals and takes no files, got `{setting.files[0]}`."
        )
    series, learnt = (3000, 2400) if setting.quick else (SERIES, LEARNT)
    made = noisy_sines(series, seed=setting.seed)
    sines = Sines(made.values, made.answer, learnt)
    limits = {both: denoising_limit(sines.tested[0], both=both) for both in (False, True)}
    load(sines)
    plain, judged = own("our defaults", sines, setting)
    cleaners = (
        course(sines, setting),
        own("shortest way to the published", sines, setting, loss="mae", **SHORTEST)[0],
        own("the same, bounded by tanh", sines, setting, loss="mae", head="tanh", **SHORTEST)[0],
        plain,
        own("our defaults, both ways", sines, setting, bidirectional=True)[0],
        own("trained for longer", sines, setting, loss="mae", **LONGER)[0],
        own("two layers, both ways", sines, setting, loss="mae", **DEEPER)[0],
    )
    others = {name: other_noise(name, sines, setting) for name in NOISES}
    rows = (
        *filter_rows(judged, sines, limits),
        *network_rows(cleaners, sines, limits),
        *(row for row, _ in others.values()),
    )
    words = (
        *_words(cleaners, sines, limits, quick=setting.quick),
        *(_noise_words(name, judgement) for name, (_, judgement) in others.items()),
    )
    return Findings(rows, words, _pictures(cleaners, sines, limits))


def load(sines: Sines) -> None:
    """Have all loaded that is compiled, so that no training is timed with it."""
    for settings in ({}, {"bidirectional": True}, {"head": "tanh"}):
        Denoiser(epochs=1, **settings).fit(sines.noisy[:64], sines.clean[:64], progress=False)


def course(sines: Sines, setting: Setting) -> Cleaner:
    """Train by the course's recipe; values go in as they are, and nothing is chosen by the curve."""
    setting.say("training by the course's recipe")
    epochs = 10 if setting.quick else EPOCHS
    as_they_are = Scale(np.zeros(1), np.ones(1))
    every = Pairs(*(Recordings.of(x, "sines").parts for x in (sines.noisy, sines.clean)))
    job = Job(
        spec=NetworkSpec(cell="gru", hidden=HIDDEN, head="tanh", reads="every"),
        engine=open_engine("compiled"),
        windows=sequences(every, sines.noisy.shape[1], as_they_are, as_they_are),
        training=range(sines.learnt),
        validation=range(sines.learnt, sines.learnt + len(every) // 12),
        plan=TrainingPlan(
            epochs=epochs, batch=BATCH, rate=RATE, schedule="constant", patience=None,
            keep_best=False, recipe=StepRecipe(loss="mae", clip=None), seed=setting.seed,
        ),
    )  # fmt: skip
    first = initial_values(job.spec, setting.seed)
    training, seconds = timed(lambda: train(job, first))
    inputs = sines.tested[0].T[:, :, None].astype(np.float32)
    outputs, _ = job.engine.forward(job.spec, training.weights, inputs)
    curve = np.array([epoch.validation for epoch in training.history], np.float64)
    answers = np.asarray(outputs[:, :, 0].T, np.float64)
    return Cleaner(f"course's recipe, {epochs} epochs", False, answers, seconds, curve)


def own(
    name: str, sines: Sines, setting: Setting, **settings: Any
) -> tuple[Cleaner, DenoisingJudgement]:
    """Train as `Denoiser` does, a fifth of the training sequences being kept to choose by."""
    setting.say(f"training: {name}")
    if setting.quick:
        settings["epochs"] = min(3, settings.get("epochs", 3))
    model = Denoiser(hidden=HIDDEN, seed=setting.seed).set_params(**settings)
    noisy, clean = sines.noisy[: sines.learnt], sines.clean[: sines.learnt]
    _, seconds = timed(lambda: model.fit(noisy, clean, test=0, progress=False))
    judged = model.judge(*sines.tested)
    answers = np.concatenate(judged.cleaned, axis=1).T
    losses = [epoch.validation for epoch in model.history_ if epoch.validation is not None]
    curve = model.clean_scale_.spread * losses if model.loss == "mae" else np.empty(0)
    return Cleaner(name, model.bidirectional, answers, seconds, curve), judged


def other_noise(name: str, sines: Sines, setting: Setting) -> tuple[Row, DenoisingJudgement]:
    """Give a network clean sines alone, and a sort of noise to put on them."""
    setting.say(f"training: {name} in the place of the noise")
    epochs = 3 if setting.quick else OTHER_EPOCHS
    model = Denoiser(
        noise=NOISES[name], hidden=HIDDEN, loss="mae", epochs=epochs, seed=setting.seed
    )
    test = len(sines.clean) - sines.learnt
    _, seconds = timed(lambda: model.fit(sines.clean, test=test, progress=False))
    judgement = model.judge()
    error = judgement.errors[NETWORK]["mae"]
    return Row(f"{name} for noise, {epochs} epochs", "MAE", error, seconds=seconds), judgement


def filter_rows(
    judged: DenoisingJudgement, sines: Sines, limits: dict[bool, Floats]
) -> tuple[Row, ...]:
    """Return doing nothing, and the best filter of each sort."""
    errors = {name: error["mae"] for name, error in judged.errors.items() if name != NETWORK}
    rows = [Row("doing nothing", "MAE", errors.pop(NOISY), limit=mean(sines, limits[False]))]
    for both, sort in ((False, "filter"), (True, "filter, both ways")):
        name = min((x for x in errors if (x in judged.sees_future) == both), key=errors.__getitem__)
        limit = mean(sines, limits[both])
        rows.append(Row(f"{sort}: {filter_label(name)}", "MAE", errors[name], limit=limit))
    return tuple(rows)


def network_rows(
    cleaners: Sequence[Cleaner], sines: Sines, limits: dict[bool, Floats]
) -> tuple[Row, ...]:
    """Return the error of each network; the published figure stands at the first two."""
    return tuple(
        Row(
            name=one.name,
            metric="MAE",
            ours=mean(sines, one.answers),
            published=PUBLISHED if i < 2 else None,
            limit=mean(sines, limits[one.both]),
            seconds=one.seconds,
        )
        for i, one in enumerate(cleaners)
    )


def mean(sines: Sines, answers: Floats) -> float:
    """Return a mean absolute error over all steps, without the digits of mere rounding."""
    return float(sines.errors(answers).mean().round(9))
