"""The writer: from a text to a network that writes like it, judged against counting."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from recur.data.sources.streams import Streams
from recur.data.text.text import Parts, Text, read_text
from recur.data.text.vocabulary import Vocabulary
from recur.engines.base import StepRecipe
from recur.engines.registry import open_engine, resolve_wish
from recur.engines.sampling import SamplingSettings
from recur.errors import SettingsError
from recur.files.modelfile import Contents
from recur.judge.write.verdict import WritingVerdict
from recur.networks.reference import State, zero_state
from recur.networks.spec import NetworkSpec, Values
from recur.seeding import Purpose, Stream
from recur.settings import Count
from recur.tasks.base import Task, check_tensors
from recur.tasks.notices import notice
from recur.tasks.run import learn
from recur.tasks.write import defaults, judge
from recur.training.checkpoint import Checkpoint
from recur.training.history import Epoch, History
from recur.training.plan import TrainingPlan
from recur.training.streaming import StreamJob

_PIECE = 32  # symbols that a stream gives at once
_USUAL = 2.0  # minutes that sizes are chosen for where none are given
_READ = 6_000_000  # symbols that are read in all where neither epochs nor minutes are given


@dataclass(eq=False)
class Writer(Task):
    """A recurrent network that writes like a text, symbol by symbol.

    Parameters that are None are chosen from the text; `fit` leaves the choice in the attribute
    of the same name with an underscore behind it.

    Attributes:
        cell: `rnn`, `gru` or `lstm`.
        nonlinearity: of a vanilla RNN, `tanh` or `relu`.
        embedding: values of the learnt vector of a symbol.
        hidden: size of the hidden state.
        layers: recurrent layers.
        tied: whether the vectors of the symbols are the weights of the head as well, which makes
            `embedding` the size of the hidden state.
        dropout: share dropped while training, between layers or before the head.
        initialisation: `pytorch` or `orthogonal`.
        unit: what a symbol is, `characters` or `bytes`.
        unknown: what is done about a symbol that training has not seen: `error` or `skip`.
        size: how many symbols of the text, the first ones, are used; all by default.
        steps: symbols over which slopes are followed back.
        streams: places of the text that are read side by side.
        epochs: passes over the text.
        minutes: of training, about, instead of a number of epochs.
        rate: learning rate, the peak of a one-cycle schedule.
        schedule: `onecycle` or `constant`.
        patience: epochs without a better validation loss before training stops; None for never.
        keep_best: end with the weights of the best validation loss.
        offset: symbols among which an epoch begins at random; by default a stretch of `steps`.
        clip: greatest norm of the gradient; None where it is not clipped.
        decay: decoupled weight decay; above 0 the optimiser is AdamW, else Adam.
        validation: share of the text, its last part, to choose and judge by; 0 for none.
        seed: of every random number.
        engine: `auto`, or what `recur.engines.registry` names.
        threads: processor threads; by default as for a Forecaster.
    """

    task: ClassVar[str] = "write"

    cell: Literal["rnn", "gru", "lstm"] = "gru"
    nonlinearity: Literal["tanh", "relu"] = "tanh"
    embedding: Count | None = None
    hidden: Count | None = None
    layers: Count | None = None
    tied: bool = False
    dropout: Annotated[float, Field(ge=0, lt=1)] | None = None
    initialisation: Literal["pytorch", "orthogonal"] = "pytorch"
    unit: Literal["characters", "bytes"] = "characters"
    unknown: Literal["error", "skip"] = "error"
    size: Count | None = None
    steps: Count | None = None
    streams: Count | None = None
    epochs: Count | None = None
    minutes: Annotated[float, Field(gt=0)] | None = None
    rate: Annotated[float, Field(gt=0)] | None = None
    schedule: Literal["onecycle", "constant"] = "onecycle"
    patience: Count | None = 5
    keep_best: bool = True
    offset: Count | None = None
    clip: Annotated[float, Field(gt=0)] | None = 1.0
    decay: Annotated[float, Field(ge=0)] = 0.0
    validation: Annotated[float, Field(ge=0, lt=1)] = 0.1
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 0
    engine: str = "auto"
    threads: Count | None = None

    # What `fit` learns and chooses; `settings_` are the parameters it was done with.
    settings_: dict[str, Any] = field(init=False, repr=False)
    chosen_: dict[str, Any] = field(init=False, repr=False)
    vocabulary_: Vocabulary = field(init=False, repr=False)
    counts_: NDArray[np.int64] = field(init=False, repr=False)
    epochs_: int = field(init=False, repr=False)
    engine_: str = field(init=False, repr=False)
    network_: NetworkSpec = field(init=False, repr=False)
    weights_: Values = field(init=False, repr=False)
    history_: History = field(init=False, repr=False)
    kept_epoch_: int = field(init=False, repr=False)
    rescues_: int = field(init=False, repr=False)
    ended_: str = field(init=False, repr=False)
    text_: Text | None = field(init=False, repr=False)
    judgement_: judge.WritingJudgement | None = field(init=False, repr=False)

    def fit(
        self,
        source: str | Path | Text,
        *,
        encoding: str = "utf-8",
        lines: bool = False,
        checkpoint: str | Path | Checkpoint | None = None,
        progress: bool = True,
        after_epoch: Any = None,
    ) -> Self:
        """Learn to write like a text, and judge on its last part.

        Args:
            source: the path of a text file, or a `Text` (`Text.of("...")` of a string).
            encoding: of the file.
            lines: whether each line is a text of its own.
            checkpoint: a file that training is saved to, and resumed from if it exists.
            progress: show progress where standard error is a terminal.
            after_epoch: called with the number of each finished epoch and a function that writes
                so many symbols with the network as it is then.
        """
        settings = self._checked()
        new = type(self)(**settings)
        text = new._read(source, encoding=encoding, lines=lines)
        job = new._begin(settings, text)
        shown = new._shown(after_epoch) if after_epoch else None
        learn(new, job, checkpoint, progress=progress, after_epoch=shown)
        if len(job.validation):
            new.judgement_ = judge.judge(new, text, job.training, job.validation)
        vars(self).update({name: x for name, x in vars(new).items() if name.endswith("_")})
        return self

    def sample(
        self,
        prime: str | None = None,
        length: int = 500,
        *,
        temperature: float = 1.0,
        top_k: int = 0,
        top_p: float = 1.0,
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
            count: how many texts, written side by side.
            seed: of the random numbers.
        """
        pieces = self.stream(
            prime, length, temperature=temperature, top_k=top_k, top_p=top_p, count=count, seed=seed
        )
        return ["".join(parts) for parts in zip(*pieces, strict=True)]

    def stream(
        self,
        prime: str | None = None,
        length: int | None = None,
        *,
        temperature: float = 1.0,
        top_k: int = 0,
        top_p: float = 1.0,
        count: int = 1,
        seed: int = 0,
    ) -> Iterator[tuple[str, ...]]:
        """Yield pieces of `count` texts as they are written, without end where no length is given.

        The first piece is the prime. See `sample`.
        """
        self._require_fit("sampled")
        drawing = SamplingSettings(temperature=temperature, top_k=top_k, top_p=top_p, seed=seed)
        if count < 1 or (length is not None and length < 0):
            what, value = ("count", count) if count < 1 else ("length", length)
            raise SettingsError(
                f"`{what}` is {value}; it must be {1 if what == 'count' else 0} or more."
            )
        return self._written(self._primed(prime, count, seed), length, drawing)

    def score(self, text: str) -> float:
        """Return nats a symbol of a text, each after the first given all before it."""
        self._require_fit("asked for a score")
        symbols = self.vocabulary_.encode(text)
        if len(symbols) < 2:
            raise SettingsError("a score needs a text of at least 2 symbols.")
        return float(np.mean(judge.read(self, symbols)))

    def judge(self) -> judge.WritingJudgement:
        """Return how the network does on the validation part, beside counting."""
        self._require_fit("judged")
        if self.judgement_ is None:
            raise SettingsError("there is nothing to judge by: `fit` with a `validation` above 0.")
        return self.judgement_

    def chosen(self) -> dict[str, Any]:
        """Return the parameters, with what was chosen from the text in the place of None."""
        self._require_fit("asked for its choices")
        return {
            **self.settings_,
            **self.chosen_,
            "epochs": self.epochs_,
            "engine": self.engine_,
        }

    def _read(self, source: str | Path | Text, *, encoding: str, lines: bool) -> Text:
        if isinstance(source, Text):
            return source.part(0, min(self.size, len(source))) if self.size else source
        text = read_text(source, encoding=encoding, size=self.size, unit=self.unit, lines=lines)
        for note in text.notes:
            notice(note)
        return text

    def _begin(self, settings: dict[str, Any], text: Text) -> StreamJob:
        """Choose what was left open, and lay out the training."""
        engine = resolve_wish(self.engine, self.threads)
        symbols = len(text.vocabulary)
        parts = Parts.of(text, validation=self.validation)
        training, validation = range(len(parts.training)), range(len(parts.training), len(text))
        # For two threads on any machine, so that the choices are the same on all of them.
        minutes = self.minutes or _USUAL
        made: dict[str, Any] = dict(
            defaults.suggested(len(training), symbols, minutes, threads=2, cell=self.cell)
        )
        made["epochs"] = int(np.clip(round(_READ / len(training)), 3, 60))
        chosen = {
            name: value if getattr(self, name) is None else getattr(self, name)
            for name, value in made.items()
        }
        if self.tied and self.embedding is None:
            chosen["embedding"] = chosen["hidden"]
        defaults.refuse_short(len(text), chosen["steps"], chosen["streams"], self.validation)
        chosen["offset"] = self.offset or chosen["steps"]
        if warning := defaults.long_windows(self.cell, chosen["steps"]):
            notice(warning)
        self.settings_, self.chosen_ = settings, chosen
        self.text_, self.judgement_ = text, None
        self.vocabulary_ = text.vocabulary.but(unknown=self.unknown)
        self.counts_ = defaults.counted(text.symbols[: training.stop], symbols)
        self.network_ = network(self, chosen, symbols)
        self.engine_ = engine
        return StreamJob(
            spec=self.network_,
            engine=open_engine(engine, self.threads),
            windows=Streams(text.symbols, chosen["steps"]),
            training=training,
            validation=validation,
            plan=TrainingPlan(
                epochs=chosen["epochs"],
                batch=chosen["streams"],
                rate=chosen["rate"],
                schedule=self.schedule,
                order="sequential",
                patience=self.patience,
                keep_best=self.keep_best,
                recipe=StepRecipe(loss="cross_entropy", clip=self.clip, decay=self.decay),
                seed=self.seed,
            ),
            length=chosen["steps"],
            offset=chosen["offset"],
        )

    def _shown(self, after_epoch: Any) -> Any:
        """Return what training calls after an epoch, with the weights of then."""

        def show(epoch: Epoch, weights: Values) -> None:
            self.weights_ = weights
            try:
                after_epoch(epoch.number, lambda length: self.sample(length=length)[0])
            finally:
                del self.weights_

        return show

    def _primed(self, prime: str | None, count: int, seed: int) -> NDArray[np.int32]:
        """Return int32 [time, count], what each text begins with."""
        if prime:
            symbols = self.vocabulary_.encode(prime, "The prompt")
            if len(symbols):
                return np.repeat(np.asarray(symbols, np.int32)[:, None], count, axis=1)
        drawn = Stream(seed, Purpose.SYMBOLS, step=2**32 - 1).uniform(count)
        places = np.searchsorted(np.cumsum(self.counts_), drawn * self.counts_.sum(), side="right")
        return np.asarray(places[None], np.int32)

    def _written(
        self, begun: NDArray[np.int32], length: int | None, drawing: SamplingSettings
    ) -> Iterator[tuple[str, ...]]:
        count = begun.shape[1]
        writer = open_engine(self.engine_, self.settings_["threads"]).writer(
            self.network_, self.weights_
        )
        state: State = zero_state(self.network_, count)
        decoders = [self.vocabulary_.decoder() for _ in range(count)]
        yield tuple(decode(begun[:, i], length == 0) for i, decode in enumerate(decoders))
        if len(begun) > 1:
            _, state = writer.read(begun, state)
        newest, done = begun[-1], 0
        while length is None or done < length:
            size = _PIECE if length is None else min(_PIECE, length - done)
            made, state = writer.write(newest, state, size, drawing, done)
            newest, done = made[-1], done + size
            yield tuple(decode(made[:, i], done == length) for i, decode in enumerate(decoders))

    def _contents(self) -> tuple[dict[str, Any], dict[str, Any]]:
        learned = {
            "chosen": self.chosen_,
            "vocabulary": self.vocabulary_.to_dict(),
            "epochs": self.epochs_,
            "engine": self.engine_,
            "network": self.network_.to_dict(),
            "history": [epoch.to_dict() for epoch in self.history_],
            "kept_epoch": self.kept_epoch_,
            "rescues": self.rescues_,
            "ended": self.ended_,
        }
        judgement = self.judgement_.to_dict() if self.judgement_ else None
        tensors = {**self.network_.named(self.weights_), "text.counts": self.counts_}
        return {"learned": learned, "judgement": judgement}, tensors

    def _restore(self, contents: Contents) -> None:
        learned = contents.header["learned"]
        vocabulary = Vocabulary.from_dict(learned["vocabulary"])
        spec = NetworkSpec.from_dict(learned["network"])
        if spec != network(self, learned["chosen"], len(vocabulary)):
            raise SettingsError("its network is not the one that its settings describe.")
        tensors = dict(contents.tensors)
        counts = tensors.pop("text.counts")
        if counts.shape != (len(vocabulary),) or counts.dtype != np.int64 or counts.min() < 0:
            raise SettingsError("its counts of symbols are not those of its vocabulary.")
        check_tensors(tensors)
        self.weights_, self.network_ = spec.flat(tensors), spec
        self.counts_, self.vocabulary_, self.chosen_ = counts, vocabulary, learned["chosen"]
        self.epochs_, self.engine_ = int(learned["epochs"]), str(learned["engine"])
        self.history_ = tuple(Epoch(**epoch) for epoch in learned["history"])
        self.kept_epoch_, self.ended_ = int(learned["kept_epoch"]), str(learned["ended"])
        self.rescues_, self.text_, self.judgement_ = int(learned["rescues"]), None, None


def network(model: Writer, chosen: dict[str, Any], symbols: int) -> NetworkSpec:
    """Return the network that a writer's parameters and choices describe."""
    return NetworkSpec(
        cell=model.cell,
        symbols=symbols,
        inputs=chosen["embedding"],
        outputs=symbols,
        hidden=chosen["hidden"],
        layers=chosen["layers"],
        dropout=chosen["dropout"],
        nonlinearity=model.nonlinearity,
        tied=model.tied,
        reads="every",
        initialisation=model.initialisation,
    )


__all__ = ["Writer", "WritingVerdict", "network"]
