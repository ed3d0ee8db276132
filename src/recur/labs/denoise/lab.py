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

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from recur.data.signals.noise import Noise
from recur.data.signals.recordings import Pairs, Recordings, Scale, sequences
from recur.engines.base import StepRecipe
from recur.engines.registry import open_engine
from recur.judge.denoise.judgement import NETWORK, NOISY, DenoisingJudgement
from recur.judge.words import percent
from recur.labs.denoise.pictures import pictures
from recur.labs.denoise.problem import PUBLISHED, Cleaner, Sines
from recur.labs.experiment import Setting, stop_if_interrupted, timed
from recur.networks.initial import initial_values
from recur.networks.spec import NetworkSpec
from recur.report.denoising import filter_label
from recur.report.findings import Findings, Row, figure
from recur.tasks.denoise.denoiser import Denoiser
from recur.training.jobs import Job
from recur.training.loop import train
from recur.training.plan import TrainingPlan

if TYPE_CHECKING:
    pass

SERIES, LEARNT = 12_000, 8_000
HIDDEN, BATCH, RATE, EPOCHS = 30, 300, 0.001, 100
COURSE, ONCE = "course's recipe", "a single pass, small batches"  # the rows that it is beside
WATCHED = 500  # test sequences by which the course's training is watched; nothing is chosen

OURS = {"hidden": HIDDEN, "loss": "mae"}
SINGLE = {**OURS, "epochs": 1, "batch": 12, "rate": 0.03, "validation": 0.0}
LONGER = {**OURS, "epochs": 80, "rate": 0.05}
DEEPER = {**OURS, "epochs": 20, "layers": 2, "bidirectional": True}
OTHER_NOISES = {"impulses": "impulses:0.1:1", "dropouts": "dropouts:0.02:10"}
FOR_OTHERS = {**OURS, "epochs": 10}

BEGINNING, LATE = 10, 50  # steps at the beginning; where the second half begins


def run(setting: Setting) -> Findings:
    """Run the lab."""
    series, learnt = (1800, 1200) if setting.quick else (SERIES, LEARNT)
    sines = Sines.simulated(series, learnt, setting.seed)
    own("first use, which loads what is compiled", sines, setting, epochs=1)
    plain, model = own("our defaults", sines, setting)
    cleaners = (
        course(COURSE, sines, setting),
        course("course's recipe, both ways", sines, setting, both=True),
        own(ONCE, sines, setting, **SINGLE)[0],
        own("the same, bounded by tanh", sines, setting, head="tanh", **SINGLE)[0],
        plain,
        own("our defaults, both ways", sines, setting, bidirectional=True)[0],
        own("longer, at a higher rate", sines, setting, **LONGER)[0],
        own("two layers, both ways", sines, setting, **DEEPER)[0],
    )
    others = [other_noise(name, sines, setting) for name in OTHER_NOISES]
    return Findings(
        rows=(
            *filter_rows(model.judge(*sines.tested), sines),
            *(network_row(cleaner, sines) for cleaner in cleaners),
            *(row for row, _ in others),
        ),
        words=(*_words(cleaners, sines), *(word for _, word in others)),
        pictures=pictures(cleaners, sines),
    )


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
    stop_if_interrupted(training.ended)
    inputs = sines.tested[0].T[:, :, None].astype(np.float32)
    outputs, _ = job.engine.forward(job.spec, training.weights, inputs)
    curve = np.array([epoch.validation for epoch in training.history], np.float64)
    return Cleaner(name, both, outputs[:, :, 0].T.astype(np.float64), seconds, curve)


def own(name: str, sines: Sines, setting: Setting, **settings: Any) -> tuple[Cleaner, Denoiser]:
    """Train as `Denoiser` does, which keeps a fifth of what is to be learnt from to choose by."""
    setting.say(name)
    if setting.quick:
        settings["epochs"] = min(3, settings.get("epochs", 3))
    model = Denoiser(seed=setting.seed).set_params(**settings)
    noisy, clean = sines.noisy[: sines.learnt], sines.clean[: sines.learnt]
    _, seconds = timed(lambda: model.fit(noisy, clean, test=0, progress=False))
    stop_if_interrupted(model.ended_)
    answers = model.predict(sines.tested[0])
    losses = [epoch.validation for epoch in model.history_ if epoch.validation is not None]
    curve = model.clean_scale_.spread * losses if model.loss == "mae" else np.empty(0)
    return Cleaner(name, model.bidirectional, answers, seconds, curve), model


def other_noise(name: str, sines: Sines, setting: Setting) -> tuple[Row, str]:
    """Train on clean sines alone, and on a sort of noise to put on them; say what came of it."""
    setting.say(f"{name} for noise")
    text, (_, clean) = OTHER_NOISES[name], sines.tested
    model = Denoiser(noise=text, seed=setting.seed).set_params(**FOR_OTHERS)
    if setting.quick:
        model.set_params(epochs=3)
    learnt = sines.clean[: sines.learnt]
    _, seconds = timed(lambda: model.fit(learnt, test=0, progress=False))
    stop_if_interrupted(model.ended_)
    noise, places = Noise.parse(text), range(sines.learnt, len(sines.clean))
    noisy = [
        noise.on(x[:, None], setting.seed, i)[:, 0] for i, x in zip(places, clean, strict=True)
    ]
    judged = model.judge(np.stack(noisy), clean)
    error = judged.errors[NETWORK]["mae"]
    causal, ahead = (judged.errors[_best_filter(judged, both)]["mae"] for both in (False, True))
    word = (
        f"With `{text}` in the place of the noise, doing nothing is off by "
        f"{figure(judged.errors[NOISY]['mae'])}, the best causal filter by {figure(causal)}, the "
        f"best that sees both ways by {figure(ahead)}. A causal network, taught on clean sines to "
        f"which such noise was added, comes to {figure(error)} in {model.epochs_} epochs."
    )
    return Row(f"{name} for noise", "MAE", error, seconds=seconds), word


def filter_rows(judged: DenoisingJudgement, sines: Sines) -> tuple[Row, ...]:
    """Return doing nothing, and the best filter of each sort."""
    rows = [Row("doing nothing", "MAE", judged.errors[NOISY]["mae"], limit=sines.limit(False))]
    for both, sort in ((False, "filter"), (True, "filter, both ways")):
        name = _best_filter(judged, both)
        error, label = judged.errors[name]["mae"], f"{sort}: {filter_label(name)}"
        rows.append(Row(label, "MAE", error, limit=sines.limit(both)))
    return tuple(rows)


def network_row(cleaner: Cleaner, sines: Sines) -> Row:
    """Return the error of a network over all steps of the test sequences."""
    published = PUBLISHED if cleaner.name in (COURSE, ONCE) else None
    return Row(
        cleaner.name,
        "MAE",
        sines.error(cleaner.answers),
        published,
        sines.limit(cleaner.both),
        cleaner.seconds,
    )


def _best_filter(judged: DenoisingJudgement, both: bool) -> str:
    filters = [name for name in judged.errors if name not in (NETWORK, NOISY)]
    same_sight = [name for name in filters if (name in judged.sees_future) == both]
    return min(same_sight, key=lambda name: judged.errors[name]["mae"])


def _words(cleaners: Sequence[Cleaner], sines: Sines) -> tuple[str, ...]:
    recipe, _, single, *_, longer, deeper = cleaners
    course, turned, once, bounded, plain, plain_both, best, best_both = (
        figure(sines.error(cleaner.answers)) for cleaner in cleaners
    )
    causal, both = (sines.errors(cleaner.answers) for cleaner in (longer, deeper))
    least, limit = sines.errors(sines.best[False]), sines.limit(False)
    passed = np.flatnonzero(recipe.curve <= PUBLISHED)[:1] + 1
    when = "".join(f", having passed the published {PUBLISHED} in about epoch {n}" for n in passed)
    return (
        f"Who sees the first value alone cannot know the phase, and is off by {least[0]:.3f} at "
        f"best. Each value after it rules phases out: of the causal limit, {figure(limit)}, the "
        f"first {BEGINNING} of {len(least)} steps make up "
        f"{percent(least[:BEGINNING].sum() / least.sum())}. Who sees whole sequences is off by "
        f"{figure(sines.limit(True))}.",
        f"The course's recipe comes to {course} in {len(recipe.curve)} epochs{when}; reading both "
        f"ways, to {turned}. A single pass in batches of {SINGLE['batch']}, at a rate that rises "
        f"to {SINGLE['rate']} and falls, comes to {once} in "
        f"{percent(single.seconds / recipe.seconds)} of its time; with the output bounded by tanh, "
        f"to {bounded}.",
        f"Our defaults come to {plain}, and to {plain_both} both ways; {len(longer.curve)} epochs "
        f"at a rate of up to {LONGER['rate']} to {best}, {causal.mean() / limit:.1f} times the "
        f"causal limit; two layers that read both ways to {best_both}.",
        f"The causal network that was trained for longer is off by {causal[0]:.3f} at the first "
        f"step and by {causal[LATE:].mean():.3f} over the second half; the two layers that read "
        f"both ways by {both[0]:.3f} and {both[LATE:].mean():.3f}.",
    )
