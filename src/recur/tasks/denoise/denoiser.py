"""The denoiser: from noisy and clean recordings to a judged network that cleans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field

from recur.data.signals.recordings import Pairs, RecordingArrays, Recordings, Scale
from recur.errors import DataError, SettingsError
from recur.files.modelfile import Contents
from recur.judge.denoise.filters import Filter, fit_filters
from recur.judge.denoise.judgement import NETWORK, NOISY, DenoisingJudgement, judge_denoising
from recur.networks.spec import NetworkSpec, Values
from recur.settings import Count
from recur.tasks.base import Task
from recur.tasks.denoise import prepare, saving
from recur.tasks.denoise.clean import cleaned
from recur.tasks.denoise.files import read_to_clean
from recur.tasks.run import learn
from recur.training.checkpoint import Checkpoint
from recur.training.history import History
from recur.training.jobs import Job


@dataclass(eq=False)
class Denoiser(Task):
    """A recurrent network that cleans signals, judged on recordings it has not seen.

    Attributes:
        cell: `rnn`, `gru` or `lstm`.
        hidden: size of the hidden state.
        layers: recurrent layers.
        bidirectional: read the recording backwards too. Without, each cleaned value depends on
            what came before alone, and the network can be used while a signal comes in.
        dropout: share dropped while training, between layers; with one layer, before the head.
        head: `linear`; or `tanh`, whose values stay within those of the clean training
            recordings.
        steps: length of the stretches that long recordings are cut into for training.
        noise: what clean recordings are made noisy with where no noisy ones are given, such as
            `uniform:0.35`; see `recur.data.signals.noise.Noise.parse`.
        copies: noisy copies that are made of each recording.
        epochs: passes over the training stretches; by default until enough steps were taken.
        minutes: of training, about, instead of a number of epochs.
        batch: stretches in a training step.
        rate: learning rate, the peak of a one-cycle schedule.
        schedule: `onecycle` or `constant`.
        patience: epochs without a better validation loss before training stops; None for never.
        keep_best: end with the weights of the best validation loss.
        validation: share of the training recordings, or the last part of a single one, to choose
            by; 0 for none.
        loss: `mse` or `mae`.
        clip: greatest norm of the gradient; None where it is not clipped.
        seed: of every random number.
        engine: `auto`, or what `recur.engines.registry` names.
        threads: processor threads; by default as for a Forecaster.
    """

    task: ClassVar[str] = "denoise"

    cell: Literal["rnn", "gru", "lstm"] = "gru"
    hidden: Count = 30
    layers: Count = 1
    bidirectional: bool = False
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.0
    head: Literal["linear", "tanh"] = "linear"
    steps: Count = 100
    noise: str | None = None
    copies: Count = 1
    epochs: Count | None = None
    minutes: Annotated[float, Field(gt=0)] | None = None
    batch: Count = 32
    rate: Annotated[float, Field(gt=0)] = 0.02
    schedule: Literal["onecycle", "constant"] = "onecycle"
    patience: Count | None = 50
    keep_best: bool = True
    validation: Annotated[float, Field(ge=0, lt=1)] = 0.2
    loss: Literal["mse", "mae"] = "mse"
    clip: Annotated[float, Field(gt=0)] | None = 1.0
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 0
    engine: str = "auto"
    threads: Count | None = None

    # What `fit` learns and chooses; `settings_` are the parameters it was done with.
    settings_: dict[str, Any] = field(init=False, repr=False)
    epochs_: int = field(init=False, repr=False)
    engine_: str = field(init=False, repr=False)
    network_: NetworkSpec = field(init=False, repr=False)
    weights_: Values = field(init=False, repr=False)
    noisy_scale_: Scale = field(init=False, repr=False)
    clean_scale_: Scale = field(init=False, repr=False)
    filters_: tuple[Filter, ...] = field(init=False, repr=False)
    names_: tuple[str, ...] = field(init=False, repr=False)
    rate_hz_: int | None = field(init=False, repr=False)
    history_: History = field(init=False, repr=False)
    kept_epoch_: int = field(init=False, repr=False)
    rescues_: int = field(init=False, repr=False)
    ended_: str = field(init=False, repr=False)
    held_out_: Pairs | None = field(init=False, repr=False)
    judgement_: DenoisingJudgement | None = field(init=False, repr=False)

    def fit(
        self,
        noisy: Any,
        clean: Any = None,
        *,
        test: int | None = None,
        checkpoint: str | Path | Checkpoint | None = None,
        progress: bool = True,
        names: Sequence[str] = (),
        rate_hz: int | None = None,
    ) -> Self:
        """Learn to clean, and judge on the last recordings, or on the end of a single one.

        Args:
            noisy: recordings [time], [time, 1], [sequences, time], [sequences, time, channels], or
                a list of arrays [time] or [time, channels] of their own lengths. Where `noise` is
                set, they are the clean ones, and the noisy ones are made.
            clean: what the noisy ones should be, of the same shapes.
            test: how many recordings, the last ones, to hold out, or how many steps at the end of
                a single one; 0 for none, then nothing is judged; by default a fifth.
            checkpoint: a file that training is saved to, and resumed from if it exists.
            progress: show progress where standard error is a terminal.
            names: of the noisy channels, kept with the model.
            rate_hz: samples a second of the recordings, kept with the model.
        """
        settings = self._checked()
        # All is done on a copy, so that a fit that fails leaves the model as it was.
        new = type(self)(**settings)
        split = prepare.split(new, noisy, clean, test)
        job = new._begin(settings, split, names, rate_hz)
        learn(new, job, checkpoint, progress=progress)
        if len(split.held_out):
            new.held_out_, new.judgement_ = split.held_out, new._judged(split.held_out)
        vars(self).update({name: x for name, x in vars(new).items() if name.endswith("_")})
        return self

    def predict(self, noisy: Any) -> Any:
        """Return recordings cleaned, in the form in which they are given.

        A causal network carries its state along the whole recording; a bidirectional one takes
        the whole recording in at once, a very long one in pieces that overlap. Each call begins
        anew, so that blocks of one signal have to be joined before they are given.

        Args:
            noisy: as `fit` takes them; or the path of a CSV, Parquet or WAV file with the columns,
                or at the rate, that the model was trained on, which gives a list of its recordings,
                each float64 [time, channels].
        """
        if isinstance(noisy, str | Path):
            self._require_fit("used")
            noisy = read_to_clean(Path(noisy), self.names_, self.rate_hz_, {}).noisy
        recordings = self._recordings(noisy, "used")
        return recordings.like(cleaned(self, recordings.parts))

    def judge(self, noisy: Any = None, clean: Any = None) -> DenoisingJudgement:
        """Return how the network does beside simple filters.

        Args:
            noisy: whole recordings; by default what `fit` held out.
            clean: what they should be.
        """
        self._require_fit("judged")
        if noisy is not None and clean is not None:
            parts = self._recordings(noisy, "judged").parts
            return self._judged(Pairs(parts, Recordings.of(clean, "clean recordings").parts))
        if noisy is not None or clean is not None:
            missing = "clean" if clean is None else "noisy"
            raise DataError(f"there are no {missing} recordings; judging needs both.")
        if self.judgement_ is None:
            raise SettingsError(
                "there is nothing to judge by: give noisy and clean recordings, or `fit` with a "
                "`test`."
            )
        return self.judgement_

    def chosen(self) -> dict[str, Any]:
        """Return the parameters, with what was chosen from the data in the place of None."""
        self._require_fit("asked for its choices")
        return {**self.settings_, "epochs": self.epochs_, "engine": self.engine_}

    def _begin(
        self,
        settings: dict[str, Any],
        split: prepare.Split,
        names: Sequence[str],
        rate_hz: int | None,
    ) -> Job:
        """Take over what is known before the training, and lay it out."""
        prepare.check_names(names, split.channels)
        self.settings_, self.names_, self.rate_hz_ = settings, tuple(names), rate_hz
        self.held_out_, self.judgement_ = None, None
        self.noisy_scale_ = Scale.fit(split.training.noisy)
        self.clean_scale_ = Scale.fit(split.training.clean, bounded=self.head == "tanh")
        self.network_ = prepare.network(self, split.channels)
        job = prepare.job(self, split)
        self.engine_ = job.engine.name
        # What the network will be judged against is fitted to what it learns from, no more.
        self.filters_ = fit_filters(split.training.noisy, split.training.clean)
        return job

    def _recordings(self, noisy: Any, what: str) -> Recordings:
        self._require_fit(what)
        recordings = prepare.recordings(noisy, "noisy recordings")
        if recordings.channels != self.network_.inputs:
            raise DataError(
                f"the noisy recordings have {recordings.channels} channels; this network was "
                f"trained on {self.network_.inputs}."
            )
        return recordings

    def _judged(self, pairs: Pairs) -> DenoisingJudgement:
        """Return how the network does on recordings beside the filters."""
        answers: dict[str, RecordingArrays] = {
            NETWORK: cleaned(self, pairs.noisy),
            NOISY: pairs.noisy,
        }
        answers |= {one.name: one.clean(pairs.noisy) for one in self.filters_}
        return judge_denoising(
            pairs.clean,
            answers,
            causal=not self.network_.bidirectional,
            units=self.clean_scale_.spread,
            windows={one.name: one.window for one in self.filters_},
        )

    def _contents(self) -> tuple[dict[str, Any], dict[str, Any]]:
        return saving.contents(self)

    def _restore(self, contents: Contents) -> None:
        saving.restore(self, contents)
