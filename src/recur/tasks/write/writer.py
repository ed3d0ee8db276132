"""The writer: from a text to a network that writes like it, judged against counting."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, Self, overload

from recur.arrays import Indices
from recur.data.text.subwords import in_subwords, learn_subwords
from recur.data.text.text import Text, TextSplit, read_text
from recur.data.text.vocabulary import Vocabulary
from recur.engines.sampling import SamplingSettings
from recur.errors import SettingsError
from recur.judge.write.judgement import ReadingJudgement, WritingJudgement
from recur.networks.spec import Values
from recur.notices import notice
from recur.tasks.base import Learnt, Task, checked, refuse_target
from recur.tasks.run import run_training
from recur.tasks.write.adapting import adapted_losses
from recur.tasks.write.defaults import usual_subwords
from recur.tasks.write.fitted import FittedWriter, LearnedWriter, shape
from recur.tasks.write.judge import judged, judged_on, mean_loss, read_losses
from recur.tasks.write.live import LiveWriter, live_writer
from recur.tasks.write.mixing import mixed
from recur.tasks.write.prepare import prepare
from recur.tasks.write.sample import until, written
from recur.tasks.write.settings import WriterParameters
from recur.training.checkpoint import Checkpoint
from recur.training.history import Epoch
from recur.training.progress import Silent, on_terminal

AfterEpoch = Callable[[int, Callable[[int], str]], None]
"""Called with the number of a finished epoch, and what writes so many symbols as of then."""


class Writer(WriterParameters, Task):
    """A recurrent network that writes like a text, symbol by symbol.

    Parameters that are None are chosen from the text; `chosen()` tells what they were.
    """

    task: ClassVar[str] = "write"
    fitted_: FittedWriter

    chosen_ = Learnt[dict[str, Any]]("chosen")
    vocabulary_ = Learnt[Vocabulary]("vocabulary")
    counts_ = Learnt[Indices]("counts")
    text_ = Learnt[Text | None]("text")
    judgement_ = Learnt[WritingJudgement | None]("judgement")

    def fit(
        self,
        source: str | Path | Text,
        y: None = None,
        *,
        encoding: str = "utf-8",
        lines: bool = False,
        checkpoint: str | Path | Checkpoint | None = None,
        progress: bool = True,
        after_epoch: AfterEpoch | None = None,
        go_on: bool = False,
    ) -> Self:
        """Learn to write like a text, and judge on its last part.

        Args:
            source: the path of a text file, or a `Text` (`Text.of("...")` of a string).
            y: of scikit-learn's ways; always None.
            encoding: of the file.
            lines: whether each line is a text of its own.
            checkpoint: a file that training is saved to, and resumed from if it exists.
            progress: show progress where standard error is a terminal.
            after_epoch: called with the number of each finished epoch and a function that writes
                so many symbols with the network as it is then.
            go_on: start from the network that was learnt, which keeps its size and its symbols;
                what is counted is the new text.
        """
        refuse_target(y)
        settings = checked(WriterParameters, self.get_params())
        text, first = _read(settings, source, encoding=encoding, lines=lines), None
        if go_on:
            self._fitted("taught more")
            text, first = _known(text, self.vocabulary_), self.weights_
            settings = replace(settings, **shape(self.fitted_))
        else:
            text = _in_units(settings, text)
        if isinstance(checkpoint, str | Path):
            checkpoint = Checkpoint(Path(checkpoint))
        with on_terminal() if progress else nullcontext(Silent()) as watcher:
            prepared = prepare(settings, text, checkpoint, watcher)
        vocabulary = text.vocabulary.but(unknown=settings.unknown)

        def fitted_with(weights: Values, record: dict[str, Any]) -> FittedWriter:
            learned = LearnedWriter(
                **record, chosen=prepared.chosen, vocabulary=vocabulary.to_dict()
            )
            return FittedWriter(settings, learned, weights, vocabulary, prepared.counts, text=text)

        def show(epoch: Epoch, weights: Values) -> None:
            assert after_epoch is not None
            job = prepared.job
            unfinished = {
                "network": job.spec, "engine": job.engine.name, "epochs": job.plan.epochs,
                "history": (epoch,), "kept_epoch": 0, "ended": "unfinished",
            }  # fmt: skip
            fitted = fitted_with(weights, unfinished)
            after_epoch(epoch.number, lambda length: _sample(fitted, length))

        weights, record = run_training(
            replace(settings, minutes=None), prepared.job, checkpoint, progress=progress,
            first=first, after_epoch=show if after_epoch else None,
        )  # fmt: skip
        fitted = fitted_with(weights, record)
        training, validation = prepared.job.training, prepared.job.validation
        if settings.counting:
            fitted = mixed(fitted, text, training, validation)
        if len(validation):
            judgement, held_out = judged(fitted, text, training, validation)
            fitted = replace(fitted, judgement=judgement, held_out=held_out)
        self.fitted_ = fitted
        return self

    def sample(
        self,
        prime: str | None = None,
        length: int = 500,
        *,
        temperature: float = 1.0,
        top_k: int = 0,
        top_p: float = 1.0,
        min_p: float = 0.0,
        stop: str | None = None,
        count: int = 1,
        seed: int = 0,
    ) -> list[str]:
        """Return texts of `length` symbols that the network goes on with, the prime in front.

        Args:
            prime: what each begins with; without it, a random symbol of the text.
            length: symbols to be written.
            temperature: below 1 more careful, above 1 bolder; at 0 always the likeliest symbol.
            top_k: draw from so many of the likeliest symbols alone; 0 for all.
            top_p: draw from the fewest symbols that together have this probability.
            min_p: draw from symbols alone that are at least so many times as likely as the
                likeliest.
            stop: a text ends before this, where it comes.
            count: how many texts, written side by side.
            seed: of the random numbers.
        """
        pieces = self.stream(
            prime, length, temperature=temperature, top_k=top_k, top_p=top_p, min_p=min_p,
            stop=stop, count=count, seed=seed,
        )  # fmt: skip
        return ["".join(parts) for parts in zip(*pieces, strict=True)]

    def stream(
        self,
        prime: str | None = None,
        length: int | None = None,
        *,
        temperature: float = 1.0,
        top_k: int = 0,
        top_p: float = 1.0,
        min_p: float = 0.0,
        stop: str | None = None,
        count: int = 1,
        seed: int = 0,
        unknown: str | None = None,
    ) -> Iterator[tuple[str, ...]]:
        """Yield pieces of `count` texts as they are written, without end where no length is given.

        The first piece is the prime. See `sample`; `unknown` says what is done about symbols of
        the prime that training has not seen, `error` or `skip`, by default as trained.
        """
        self._fitted("sampled")
        fitted = self.fitted_
        if unknown is not None:
            fitted = replace(fitted, vocabulary=fitted.vocabulary.but(unknown=unknown))
        drawing = SamplingSettings(
            temperature=temperature, top_k=top_k, top_p=top_p, min_p=min_p, seed=seed
        )
        pieces = written(fitted, prime, length, count, drawing)
        return until(stop, pieces) if stop else pieces

    def live(self, *, state: str | Path | None = None) -> LiveWriter:
        """Return a stream: `push` takes what comes next of a text and returns what may follow.

        Args:
            state: a file that a stream of this model was saved to.
        """
        self._fitted("followed")
        return live_writer(self.fitted_, state)

    def score(self, text: str, y: None = None, *, adapt: bool = False) -> float:
        """Return the mean log-probability of a character (or byte) in nats, 0 at most.

        Args:
            text: each symbol after the first is scored, given all before it.
            y: of scikit-learn's ways; always None.
            adapt: whether the network learns on from what it has just read, which is another way of
                asking; the writer stays as it is.
        """
        refuse_target(y)
        self._fitted("asked for a score")
        symbols = self.vocabulary_.encode(text)
        if len(symbols) < 2:
            raise SettingsError("a score needs a text of at least 2 symbols.")
        losses = adapted_losses if adapt else read_losses
        return -mean_loss(self.fitted_, losses(self.fitted_, symbols), symbols)

    @overload
    def judge(self) -> WritingJudgement: ...
    @overload
    def judge(
        self, source: str | Path | Text, *, encoding: str = "utf-8", adapt: bool = False
    ) -> ReadingJudgement: ...
    def judge(
        self,
        source: str | Path | Text | None = None,
        *,
        encoding: str = "utf-8",
        adapt: bool = False,
    ) -> WritingJudgement | ReadingJudgement:
        """Return how the network does on the validation part, or on another text.

        Args:
            source: the path of a text file, or a `Text`; by default the validation part.
            encoding: of the file.
            adapt: whether it is also asked to learn on from what it has just read.
        """
        self._fitted("judged")
        if source is not None:
            text = _read(self.fitted_.settings, source, encoding=encoding, lines=False)
            return judged_on(self.fitted_, _known(text, self.vocabulary_), adapt=adapt)
        if self.judgement_ is None:
            raise SettingsError("there is nothing to judge by: `fit` with a `validation` above 0.")
        return self.judgement_


def _sample(fitted: FittedWriter, length: int) -> str:
    """Return a text that a network writes by the usual drawing."""
    return "".join(piece for (piece,) in written(fitted, None, length, 1, SamplingSettings()))


def _read(
    settings: WriterParameters, source: str | Path | Text, *, encoding: str, lines: bool
) -> Text:
    size = settings.size
    if isinstance(source, Text):
        return source.part(0, min(size, len(source))) if size else source
    text = read_text(source, encoding=encoding, size=size, unit=settings.unit, lines=lines)
    for note in text.notes:
        notice(note)
    return text


def _in_units(settings: WriterParameters, text: Text) -> Text:
    """Return a text of characters in the subwords that its training part teaches, if asked for."""
    if settings.unit != "subwords":
        if settings.subwords is None:
            return text
        raise SettingsError(
            f"`subwords` is of `unit=subwords`; here it is `{settings.unit}`: leave `subwords` "
            "out, or take that unit."
        )
    training = len(TextSplit.of(text, validation=settings.validation).training)
    size = settings.subwords or usual_subwords(training, len(text.vocabulary))
    return learn_subwords(text, training, size)


def _known(text: Text, vocabulary: Vocabulary) -> Text:
    """Return a text under a vocabulary, without what is unknown there, which is said."""
    known = vocabulary.but(unknown="skip")
    kept = in_subwords(text, known) if known.unit == "subwords" else text.under(known)
    if missing := text.characters - kept.characters:
        notice(
            f"{text.source}: {missing:,} of {text.characters:,} {vocabulary.measure}s were left "
            f"out: the writer has never seen them and knows {len(vocabulary.alphabet):,} others."
        )
    return replace(kept, vocabulary=vocabulary)
