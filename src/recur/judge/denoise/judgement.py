"""The verdict on a network that cleans signals: whether it does better than simple filters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from recur.arrays import Float64s
from recur.data.signals.recordings import RecordingArrays
from recur.errors import DataError
from recur.judge.comparison import (
    FEWEST_INDEPENDENT,
    Comparison,
    compare,
    degrees_of_freedom,
)
from recur.judge.denoise.filters import AHEAD, CAUSAL
from recur.judge.metrics import mae, mse, rmse
from recur.judge.superiority import NETWORK as NETWORK
from recur.judge.superiority import NO_INTERVAL, Superiority, beats_all
from recur.judge.words import FAR, interval, percent, times
from recur.markup import card
from recur.settings import from_plain

NOISY = "noisy"

MOST_BLOCKS = 200
"""Blocks that held-out recordings are cut into at most."""

SHORTEST_BLOCK = 50
"""Steps in a block at least."""

_WORDS = {
    "noisy": "doing nothing",
    "moving_average": "a moving average",
    "trailing_average": "a trailing average",
    "savitzky_golay": "a Savitzky-Golay filter",
    "wiener": "a Wiener filter",
    "causal_wiener": "a causal Wiener filter",
}


@dataclass(frozen=True)
class DenoisingVerdict(Superiority):
    """What the errors along held-out recordings say of a network, against those of filters.

    A network that can be used while a signal comes in is held against filters that can; one that
    sees whole recordings, against all.

    Attributes, beside those of the test:
        steps: how many held-out steps there are.
        blocks: into how many blocks they are cut, each block being one observation.
        references: the names of all of them.
        over_ahead: for a network that does not see the future, the comparison with the strongest
            filter that does; None for one that does.
    """

    steps: int
    blocks: int
    references: tuple[str, ...]
    over_ahead: Comparison | None

    @property
    def sentence(self) -> str:
        """Return the verdict in plain words."""
        if self.claim == "too_little":
            return (
                f"Too little data to say whether the network cleans better than simple filters: "
                f"{self.steps} held-out steps, and at least "
                f"{FEWEST_INDEPENDENT * SHORTEST_BLOCK} are needed."
            )
        return f"{self._over_references()} {self._beyond()}"

    def to_dict(self) -> dict[str, Any]:
        """Return the fields and the sentence as plain JSON values, None for what is not known."""
        told = {**asdict(self), "references": list(self.references)}
        return {**told, "sentence": self.sentence}

    def _over_references(self) -> str:
        strongest = _WORDS[self.against]
        if self.claim == "skill" and self.skill is not None:
            sure = interval(self.low, self.high, self.level) or NO_INTERVAL
            return (
                f"The network cleans better than {_listed(self.references)}: its mean squared "
                f"error is {percent(self.skill)} below that of {strongest}, the strongest of them "
                f"({sure})."
            )
        return f"{self.finding(strongest)}."

    def _beyond(self) -> str:
        """Say what is seen of the future, and by whom."""
        over = self.over_ahead
        if over is None:
            return "It sees the whole recording, as the filters that look ahead do."
        strongest = f"{_WORDS[over.against]}, the strongest filter that does"
        sure = interval(over.low, over.high, self.level) or NO_INTERVAL
        begin = "It does not see the future; beside"
        if over.skill is None:
            return f"{begin} {strongest}, its error cannot be told: that one is exact."
        if over.finding == "none":
            return f"{begin} {strongest}, no difference was found ({sure})."
        side = "below" if over.skill > 0 else "above"
        if FAR <= over.skill < 0 and over.low is not None and over.high is not None:
            sure = interval(-over.high, -over.low, self.level)
        size = f"{percent(abs(over.skill))} {side}"
        if over.skill < FAR:
            size = f"{times(1.0 - over.skill)} times as large"
        return f"{begin} {strongest}, its error is {size} ({sure})."


@dataclass(frozen=True, eq=False)
class DenoisingJudgement:
    """What a network and simple filters make of held-out recordings.

    Attributes:
        errors: of the network, of the noisy recordings as they are, and of every filter, `mae`,
            `mse` and `rmse` over all values.
        windows: of every filter, how many values it sees at once.
        sees_future: the methods that see what comes after the value they clean.
        verdict: on the network.
        cleaned: the network's answer to each recording, float64 [time, channels]; none where the
            model was loaded, since its file holds no signals.
    """

    errors: dict[str, dict[str, float]]
    windows: dict[str, int]
    sees_future: tuple[str, ...]
    verdict: DenoisingVerdict
    cleaned: RecordingArrays = ()

    def __repr__(self) -> str:
        return f"<DenoisingJudgement: {self.verdict.sentence}>"

    def _repr_html_(self) -> str:
        return card("Judgement", text=self.verdict.sentence)

    def to_dict(self) -> dict[str, Any]:
        """Return everything but the signals as plain JSON values."""
        return {
            "errors": self.errors,
            "windows": self.windows,
            "sees_future": list(self.sees_future),
            "verdict": self.verdict.to_dict(),
        }

    @staticmethod
    def from_dict(told: Any) -> DenoisingJudgement | None:
        """Return what `to_dict` told; None where this version does not understand it."""
        plain = from_plain(_Plain, told)
        if plain is None or not plain.is_whole():
            return None
        return DenoisingJudgement(**vars(plain))


@dataclass(frozen=True)
class _Plain:
    """What `DenoisingJudgement.to_dict` tells."""

    errors: dict[str, dict[Literal["mae", "mse", "rmse"], float]]
    windows: dict[str, int]
    sees_future: tuple[str, ...]
    verdict: DenoisingVerdict

    def is_whole(self) -> bool:
        """Say whether there are all errors of all methods that are named."""
        over = self.verdict.over_ahead
        named = {self.verdict.against, *self.verdict.references, *([over.against] if over else ())}
        complete = all(len(errors) == 3 for errors in self.errors.values())
        return complete and {NETWORK, *named} <= set(self.errors) and named <= set(_WORDS)


def judge_denoising(
    clean: RecordingArrays,
    answers: Mapping[str, RecordingArrays],
    *,
    causal: bool,
    units: Float64s,
    windows: Mapping[str, int],
) -> DenoisingJudgement:
    """Judge what a network makes of held-out recordings.

    Errors of neighbouring steps go together, so the recordings are cut into blocks, one after the
    other, and the sums of their squared errors are compared; the test allows for blocks that still
    go together.

    Args:
        clean: the truth, float64 [time, channels] each.
        answers: of the "network", of the "noisy" recordings as they are, and of filters.
        causal: whether the network sees only what came before.
        units: float64 [channels], in which the errors of each channel count for the verdict.
        windows: of every filter, how many values it sees at once.
    """
    truth = np.concatenate(clean)
    made = {name: np.concatenate(parts) for name, parts in answers.items()}
    for name, values in made.items():
        if values.shape != truth.shape:
            raise DataError(
                f"the answers of `{name}` have the shape {values.shape}, the clean recordings "
                f"{truth.shape}; they must be of the same steps."
            )
    filters = [name for name in made if name not in (NETWORK, NOISY)]
    ahead = [name for name in filters if name in AHEAD]
    references = [NOISY, *(name for name in filters if (name in CAUSAL) == causal)]
    blocks = min(MOST_BLOCKS, max(1, len(truth) // SHORTEST_BLOCK))
    losses = {name: _losses(values, truth, units, blocks) for name, values in made.items()}
    return DenoisingJudgement(
        errors={name: _errors(truth, values) for name, values in made.items()},
        windows=dict(windows),
        sees_future=(*ahead, *([] if causal else [NETWORK])),
        cleaned=answers[NETWORK],
        verdict=_decide(losses, references, ahead if causal else [], len(truth), blocks),
    )


def _decide(
    losses: Mapping[str, Float64s],
    references: Sequence[str],
    ahead: Sequence[str],
    steps: int,
    blocks: int,
) -> DenoisingVerdict:
    degrees = degrees_of_freedom(times=blocks, independent_origins=blocks)
    best_ahead = min(ahead, key=lambda name: float(losses[name].sum()), default=None)
    return DenoisingVerdict(
        **beats_all(losses, references, degrees).fields(),
        steps=steps,
        blocks=blocks,
        references=tuple(references),
        over_ahead=None
        if best_ahead is None
        else compare(best_ahead, losses[best_ahead], losses[NETWORK], degrees),
    )


def _losses(values: Float64s, truth: Float64s, units: Float64s, blocks: int) -> Float64s:
    """Return float64 [blocks], mean squared errors; blocks differ by one step in length at most."""
    squares = np.mean(((values - truth) / units) ** 2, axis=1)
    firsts = np.arange(blocks + 1) * len(squares) // blocks
    return np.asarray(np.add.reduceat(squares, firsts[:-1]) / np.diff(firsts))


def _errors(truth: Float64s, values: Float64s) -> dict[str, float]:
    return {"mae": mae(truth, values), "mse": mse(truth, values), "rmse": rmse(truth, values)}


def _listed(names: Sequence[str]) -> str:
    words = [_WORDS[name] for name in names]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
