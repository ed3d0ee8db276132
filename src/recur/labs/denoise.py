"""Lab `denoise`: a GRU of 30 units takes the noise off sines, beside the best that anyone could do.

There are 12,000 sequences of 100 steps, each a sine of period 60 that begins at a random phase, in
uniform noise from -.35 to .35; 8,000 are to learn from and 4,000 to be tested on. At every step a
noisy value comes in, and the clean one should come out. The course trains on the mean absolute
error in batches of 300, by Adam at a rate of .001, with an output bounded by tanh, and prints an
error of .0416. After how many epochs is not told; here it is given 100.

All that is unknown of such a sine is its phase. Every value seen rules some phases out, and the
best answer is the median over those that are left. This is the limit, worked out for the very
sequences that the networks are tested on. A causal network sees what came before, which at the
beginning is next to nothing; one that reads both ways has seen everything before it answers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
WATCHED = 500  # test sequences by which the course's training is watched; nothing is chosen

SHORTEST = {"loss": "mae", "epochs": 1, "batch": 12, "rate": 0.03, "validation": 0.0}
LONGER = {"loss": "mae", "epochs": 80, "rate": 0.05}
DEEPER = {"loss": "mae", "epochs": 20, "layers": 2, "bidirectional": True}
OTHER_NOISES = {"impulses": "impulses:0.1:1", "dropouts": "dropouts:0.02:10"}
OTHER_EPOCHS = 10  # for each of them

BEGINNING, LATE = 10, 50  # steps at the beginning; where the second half begins

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Sines:
    """Sines in noise, the first ones to learn from and the others to be tested on.

    Attributes:
        noisy: float64 [series, time].
        clean: of the same shape.
        learnt: how many there are to learn from.
        best: float64 [tested, time], the best answers to the test sequences of somebody who sees
            what came before, and (True) of somebody who sees both ways.
    """

    noisy: Floats
    clean: Floats
    learnt: int
    best: Mapping[bool, Floats]

    @staticmethod
    def made(series: int, learnt: int, seed: int) -> Sines:
        """Return so many sequences, of which so many are to learn from."""
        made = noisy_sines(series, seed=seed)
        best = {x: denoising_limit(made.values[learnt:], both=x) for x in (False, True)}
        return Sines(made.values, made.answer, learnt, best)

    @property
    def tested(self) -> tuple[Floats, Floats]:
        """Return the test sequences, noisy and clean."""
        return self.noisy[self.learnt :], self.clean[self.learnt :]

    def errors(self, answers: Floats) -> Floats:
        """Return float64 [time], the mean absolute error of answers to them at each step."""
        return np.abs(answers - self.tested[1]).mean(axis=0).round(9)  # sines are not told exactly

    def limit(self, both: bool) -> float:
        """Return the least possible error."""
        return float(self.errors(self.best[both]).mean())


@dataclass(frozen=True)
class Cleaner:
    """A trained network.

    Attributes:
        name: how it was trained.
        both: whether it reads both ways.
        answers: float64 [tested, time], to the test sequences.
        seconds: that the training took.
        curve: float64 [epochs], mean absolute errors on sequences that it does not learn from;
            none where nobody noted them.
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
    series, learnt = (1800, 1200) if setting.quick else (SERIES, LEARNT)
    sines = Sines.made(series, learnt, setting.seed)
    load(sines)
    plain, judged = own("our defaults", sines, setting)
    cleaners = (
        course("course's recipe", sines, setting),
        course("course's recipe, both ways", sines, setting, both=True),
        own("shortest way to the published", sines, setting, **SHORTEST)[0],
        own("the same, bounded by tanh", sines, setting, head="tanh", **SHORTEST)[0],
        plain,
        own("our defaults, both ways", sines, setting, bidirectional=True)[0],
        own("longer, at a higher rate", sines, setting, **LONGER)[0],
        own("two layers, both ways", sines, setting, **DEEPER)[0],
    )
    others = {name: other_noise(name, sines, setting) for name in OTHER_NOISES}
    rows = (*filter_rows(judged, sines), *network_rows(cleaners, sines))
    words = (*_words(cleaners, sines), *(_noise_words(*other) for other in others.items()))
    return Findings(
        (*rows, *(noise_row(*other) for other in others.items())),
        words,
        _pictures(cleaners, sines),
    )


def load(sines: Sines) -> None:
    """Have all loaded that is compiled, so that no training is timed with it."""
    noisy, clean = sines.noisy[:64], sines.clean[:64]
    for settings in ({}, {"bidirectional": True}, {"head": "tanh"}):
        Denoiser(epochs=1).set_params(**settings).fit(noisy, clean, test=0, progress=False)


def course(name: str, sines: Sines, setting: Setting, *, both: bool = False) -> Cleaner:
    """Train by the course's recipe: values go in as they are, and the last weights are kept."""
    setting.say(name)
    as_they_are = Scale(np.zeros(1), np.ones(1))
    every = Pairs(*(Recordings.of(x, "sines").parts for x in (sines.noisy, sines.clean)))
    job = Job(
        spec=NetworkSpec(hidden=HIDDEN, head="tanh", reads="every", bidirectional=both),
        engine=open_engine("compiled"),
        windows=sequences(every, sines.noisy.shape[1], as_they_are, as_they_are),
        training=range(sines.learnt),
        validation=range(sines.learnt, sines.learnt + WATCHED),
        plan=TrainingPlan(
            epochs=20 if setting.quick else EPOCHS, batch=BATCH, rate=RATE, schedule="constant",
            patience=None, keep_best=False, recipe=StepRecipe(loss="mae", clip=None),
            seed=setting.seed,
        ),
    )  # fmt: skip
    first = initial_values(job.spec, setting.seed)
    training, seconds = timed(lambda: train(job, first))
    inputs = sines.tested[0].T[:, :, None].astype(np.float32)
    outputs, _ = job.engine.forward(job.spec, training.weights, inputs)
    curve = np.array([epoch.validation for epoch in training.history], np.float64)
    return Cleaner(name, both, outputs[:, :, 0].T.astype(np.float64), seconds, curve)


def own(
    name: str, sines: Sines, setting: Setting, **settings: Any
) -> tuple[Cleaner, DenoisingJudgement]:
    """Train as `Denoiser` does, which keeps a fifth of what is to be learnt from to choose by."""
    setting.say(name)
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


def other_noise(
    name: str, sines: Sines, setting: Setting
) -> tuple[Denoiser, DenoisingJudgement, float]:
    """Train on clean sines alone and on a sort of noise to put on them; return the seconds too."""
    setting.say(f"{name} for noise")
    model = Denoiser(noise=OTHER_NOISES[name], hidden=HIDDEN, loss="mae", seed=setting.seed)
    model.set_params(epochs=3 if setting.quick else OTHER_EPOCHS)
    test = len(sines.clean) - sines.learnt
    _, seconds = timed(lambda: model.fit(sines.clean, test=test, progress=False))
    return model, model.judge(), seconds
