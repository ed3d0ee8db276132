"""The denoiser: from noisy and clean recordings to a judged network that cleans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, Self

from recur.data.signals.recordings import Pairs, Recordings, Scale
from recur.errors import DataError, SettingsError
from recur.judge.denoise.filters import Filter, fit_filters
from recur.judge.denoise.judgement import DenoisingJudgement
from recur.tasks.base import Learnt, Task, checked, score_of
from recur.tasks.denoise.clean import cleaned
from recur.tasks.denoise.files import read_to_clean
from recur.tasks.denoise.fitted import FittedDenoiser, LearnedDenoiser, check_names
from recur.tasks.denoise.judge import judged
from recur.tasks.denoise.live import LiveDenoiser, live_denoiser
from recur.tasks.denoise.prepare import prepare, recordings, split
from recur.tasks.denoise.settings import DenoiserParameters
from recur.tasks.run import run_training
from recur.training.checkpoint import Checkpoint


class Denoiser(DenoiserParameters, Task):
    """A recurrent network that cleans signals, judged on recordings it has not seen."""

    task: ClassVar[str] = "denoise"
    fitted_: FittedDenoiser

    noisy_scale_ = Learnt[Scale]("noisy_scale")
    clean_scale_ = Learnt[Scale]("clean_scale")
    filters_ = Learnt[tuple[Filter, ...]]("filters")
    names_ = Learnt[tuple[str, ...]]("learned.names")
    rate_hz_ = Learnt[int | None]("learned.rate_hz")
    held_out_ = Learnt[Pairs | None]("held_out")
    judgement_ = Learnt[DenoisingJudgement | None]("judgement")

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
        settings = checked(DenoiserParameters, self.get_params())
        parts = split(settings, noisy, clean, test)
        check_names(tuple(names), parts.channels)
        prepared = prepare(settings, parts)
        # What the network will be judged against is fitted to what it learns from, no more.
        filters = fit_filters(parts.training.noisy, parts.training.clean)
        weights, record = run_training(settings, prepared.job, checkpoint, progress=progress)
        fitted = FittedDenoiser(
            settings=settings,
            learned=LearnedDenoiser(
                **record,
                names=tuple(names),
                rate_hz=rate_hz,
                filters=tuple(reference.to_dict() for reference in filters),
            ),
            weights=weights,
            noisy_scale=prepared.noisy_scale,
            clean_scale=prepared.clean_scale,
            filters=filters,
        )
        if len(parts.held_out):
            judgement = judged(fitted, parts.held_out)
            fitted = replace(fitted, held_out=parts.held_out, judgement=judgement)
        self.fitted_ = fitted
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
            self._fitted("used")
            noisy = read_to_clean(Path(noisy), self.names_, self.rate_hz_, {}).noisy
        given = self._recordings(noisy, "used")
        return given.like(cleaned(self.fitted_, given.parts))

    def live(self, *, series: int | None = None, state: str | Path | None = None) -> LiveDenoiser:
        """Return a stream: `push` takes the newest value of a signal and returns it cleaned.

        It is what `predict` makes of the whole signal so far, and takes the same time and memory
        however long that is. The network has to be causal.

        Args:
            series: how many signals are cleaned side by side; by default one.
            state: a file that a stream of this model was saved to.
        """
        self._fitted("followed")
        return live_denoiser(self.fitted_, series, state)

    def judge(self, noisy: Any = None, clean: Any = None) -> DenoisingJudgement:
        """Return how the network does beside simple filters.

        Args:
            noisy: whole recordings; by default what `fit` held out.
            clean: what they should be.
        """
        self._fitted("judged")
        if noisy is not None and clean is not None:
            parts = self._recordings(noisy, "judged").parts
            pairs = Pairs(parts, Recordings.of(clean, "clean recordings").parts)
            return judged(self.fitted_, pairs)
        if noisy is not None or clean is not None:
            missing = "clean" if clean is None else "noisy"
            raise DataError(f"there are no {missing} recordings; judging needs both.")
        if self.judgement_ is None:
            raise SettingsError(
                "there is nothing to judge by: give noisy and clean recordings, or `fit` with a "
                "`test`."
            )
        return self.judgement_

    def score(self, noisy: Any = None, clean: Any = None) -> float:
        """Return the skill over the strongest filter, higher being better, 1 at most.

        It is 1 - squared error / squared error of that filter, as in `judge(...).verdict.skill`.
        Where that one is exact and the network is not, it is minus infinity.

        Args:
            noisy: as in `judge`.
            clean: as in `judge`.
        """
        return score_of(self.judge(noisy, clean).verdict)

    def _recordings(self, noisy: Any, what: str) -> Recordings:
        self._fitted(what)
        given = recordings(noisy, "noisy recordings")
        if given.channels != self.network_.inputs:
            raise DataError(
                f"the noisy recordings have {given.channels} channels; this network was "
                f"trained on {self.network_.inputs}."
            )
        return given
