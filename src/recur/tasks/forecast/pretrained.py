"""The network that learnt before it met the data: its file, and what it forecasts of histories."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np

from recur.arrays import Float32s, Float64s, Indices
from recur.data.clock import Clock
from recur.data.describe.season import longer_seasons
from recur.data.histories.inputs import HistoryInputs
from recur.data.histories.spans import FEWEST, longest_read
from recur.engines.base import Engine
from recur.engines.registry import machine_threads, open_engine
from recur.errors import SettingsError
from recur.files.modelfile import Contents, read_file, write_file
from recur.judge.forecast.intervals import quantiles_for
from recur.networks.initial import initial_values
from recur.networks.spec import Values
from recur.progress import showing
from recur.tasks.forecast.batches import TILE, batches, full_tiles, side_by_side
from recur.tasks.forecast.cards import Card
from recur.tasks.forecast.known import Known, Prediction, without_ends
from recur.tasks.forecast.quantile_head import ordered, places_of

_FILE = "pretrained.recur"
_AT_ONCE = 60_000  # steps of the recurrence, or answers of the decoder, in one call
_SIDES = 4  # times that it runs beside itself at most: what it reads takes its memory each time
_WORTH = 2 * TILE  # histories of a part from which a thread has some of its own
_LEAST_AHEAD = 64  # steps that it looks ahead at once, or two seasons


def forecast(name: str, known: Known, levels: Sequence[float] = ()) -> Prediction:  # noqa: ARG001
    """Forecast by the network that comes with recur.

    Args:
        name: as every method takes it.
        known: the histories.
        levels: of the intervals, in percent.
    """
    return shipped().forecast(known, levels)


def periods_of(season: int, clock: Clock, longest: int) -> tuple[int, int]:
    """Return the period that series on a clock are read with, and a longer one or 0."""
    suggested = clock.seasons()
    if clock.kind == "trading":
        suggested = suggested[:1]  # prices have no years
    return periods(season, suggested, longest)


def periods(season: int, suggested: Sequence[int], longest: int) -> tuple[int, int]:
    """Return the period that histories are read with, and a longer one or 0.

    Where no season was found, the clock's is taken, and so is its longer one: whether they are
    there, the network sees itself.

    Args:
        season: that was found or named, 1 for none.
        suggested: by the clock, the shortest first.
        longest: values of the longest history.

    >>> periods(24, (24, 168), 1000), periods(1, (12,), 30), periods(48, (), 5000)
    ((24, 168), (12, 0), (48, 336))
    """
    period = season if season > 1 else next((n for n in suggested if n < longest), 1)
    second = next(iter(longer_seasons(period, tuple(suggested))), 0)
    return period, second if second < longest else 0


@dataclass(frozen=True, eq=False)
class Pretrained:
    """Networks that forecast histories which they have not learnt from; their mean is the answer.

    Attributes:
        card: what they are.
        encoder: float32 [members, size], weights.
        decoder: float32 [members, size], weights.
    """

    card: Card
    encoder: Values
    decoder: Values

    @classmethod
    def read(cls, contents: Contents) -> Pretrained:
        """Return what a file holds."""
        card = Card.from_dict(contents.header.get("card", {}))
        read = cls(card, *(contents.tensors[name] for name in ("encoder", "decoder")))
        read.check()
        return read

    def with_weights(self, weights: Values) -> Pretrained:
        """Return networks of the same kind with weights, float32 [members * size of both]."""
        members = weights.reshape(-1, self.encoder.shape[1] + self.decoder.shape[1])
        encoder, decoder = np.split(members, [self.encoder.shape[1]], axis=1)
        return replace(self, encoder=encoder, decoder=decoder)

    def check(self) -> None:
        """Refuse weights that are not those of the networks that the card names."""
        for spec, weights in ((self.card.encoder, self.encoder), (self.card.decoder, self.decoder)):
            if weights.ndim != 2 or weights.shape[1] != spec.size or not len(weights):
                raise SettingsError(
                    f"its weights have the shape {weights.shape}; its networks have {spec.size}."
                )
        if len(self.encoder) != len(self.decoder):
            raise SettingsError("its encoders and decoders are not as many.")

    def beside(self, weights: Values) -> Pretrained:
        """Return these networks and others of the same kind, whose mean is the answer."""
        return self.with_weights(np.append(self.weights, weights))

    @property
    def weights(self) -> Values:
        """Return float32 [members * size of both], member by member."""
        return np.concatenate([self.encoder, self.decoder], axis=1).reshape(-1)

    def save(self, path: Path) -> None:
        """Write the model file."""
        tensors = {"encoder": self.encoder, "decoder": self.decoder}
        write_file(path, "pretrained", {"card": self.card.to_dict()}, tensors)

    def forecast(self, known: Known, levels: Sequence[float] = ()) -> Prediction:
        """Return medians, and the ends of intervals of levels, in percent."""
        histories, apart = known.histories(), not known.panel.whole
        lengths = np.array([len(history) for history in histories])
        if not apart:
            lengths[:] = lengths.max()
        of = {n: periods_of(known.season, known.panel.clock, n) for n in {*lengths.tolist()}}
        threads = min(known.threads or machine_threads(), machine_threads())
        share = min(threads, _SIDES, max(1, len(histories) // _WORTH)) if apart else 1
        engine = open_engine("compiled", threads // share)

        def made(both: tuple[int, int], chosen: Indices) -> Prediction:
            some = [histories[i] for i in chosen.tolist()]
            return self.newest(engine, some, known.horizon, both, levels, apart=apart)

        works, places = [], []
        for both in dict.fromkeys(of.values()):
            alike = np.flatnonzero([of[n] == both for n in lengths.tolist()])
            for chosen in np.array_split(alike, min(share, len(alike))):
                works.append(partial(made, both, chosen))
                places.append(chosen)
        order = np.argsort(np.concatenate(places))
        parts = side_by_side(works, share)
        return Prediction(
            *(np.concatenate(part, axis=-2)[..., order, :] for part in zip(*parts, strict=True))
        )

    def newest(
        self,
        engine: Engine,
        histories: Sequence[Float64s],
        horizon: int,
        periods: tuple[int, int],
        levels: Sequence[float],
        *,
        apart: bool = False,
    ) -> Prediction:
        """Return the same after each history, of which the newest values are enough.

        Args:
            engine: what runs the network.
            histories: float64 [time] each, NaN where a value is missing.
            horizon: steps ahead.
            periods: as `periods_of` gives them.
            levels: of the intervals, in percent.
            apart: as `quantiles` takes it.
        """
        made = self.quantiles(engine, histories, horizon, *periods, apart=apart)
        ends = [self.at(made, level) for level in quantiles_for(tuple(levels))]
        count = len(levels)
        if not count:
            return without_ends(made[:, :, self.middle])
        low, high = np.stack(ends[:count][::-1]), np.stack(ends[count + 1 :])
        return Prediction(made[:, :, self.middle], low, high)

    @property
    def middle(self) -> int:
        """Return the place of the median among the levels."""
        return self.card.levels.index(0.5)

    def at(self, quantiles: Float64s, level: float) -> Float64s:
        """Return one more quantile of those that the network gave: between two, or beyond.

        Args:
            quantiles: float64 [..., levels].
            level: from 0 to 1.
        """
        places, (wanted,) = places_of(self.card.levels), places_of([level])
        right = int(np.clip(np.searchsorted(places, wanted), 1, len(places) - 1))
        share = (wanted - places[right - 1]) / (places[right] - places[right - 1])
        lower, upper = quantiles[..., right - 1], quantiles[..., right]
        return np.asarray(lower + share * (upper - lower))

    def quantiles(
        self,
        engine: Engine,
        histories: Sequence[Float64s],
        horizon: int,
        period: int,
        second: int = 0,
        *,
        apart: bool = False,
    ) -> Float64s:
        """Forecast the steps after each history.

        Args:
            engine: what runs the network.
            histories: float64 [time] each, NaN where a value is missing.
            horizon: steps ahead; beyond what the network looks at once it goes on from its own
                medians.
            period: steps in a season, 1 for none.
            second: steps in a longer season, 0 for none.
            apart: whether the bits of each have to be the same whichever others are given.

        Returns:
            float64 [series, horizon, levels], in order.
        """
        made = np.empty((len(histories), horizon, len(self.card.levels)))
        most = longest_read(period, second)
        newest = [np.asarray(history[-most:], np.float64) for history in histories]
        at_once = max(_LEAST_AHEAD, 2 * period)

        def together(length: int) -> int:
            least = max(48, min(horizon, at_once), length // 8)
            return _AT_ONCE // (least * (_SIDES if apart else 1))

        done = 0
        with showing("forecasting") as line:
            for chosen, values in batches(newest, together, apart=apart):
                line.at(done, len(newest))
                onward = self._onward(engine, values, horizon, period, second, at_once)
                made[chosen] = onward[: len(chosen)]
                done += len(chosen)
        seen = np.isfinite(np.concatenate(newest))
        counts = np.add.reduceat(seen, np.cumsum([0, *map(len, newest)])[:-1], dtype=np.int64)
        for i in np.flatnonzero(counts < FEWEST):
            observed = newest[i][np.isfinite(newest[i])]
            made[i] = self._walk_from(observed, horizon)
        return made

    def _walk_from(self, observed: Float64s, horizon: int) -> Float64s:
        """Return what is said of one value or two: the last one, and a walk of steps as large."""
        if not len(observed):
            return np.zeros((horizon, len(self.card.levels)))
        step = np.ptp(observed) or np.abs(observed[-1])
        reach = step * np.sqrt(np.arange(1, horizon + 1))
        return np.asarray(observed[-1] + np.outer(reach, places_of(self.card.levels)))

    def _onward(
        self, engine: Engine, values: Float64s, horizon: int, period: int, second: int, at_once: int
    ) -> Float64s:
        """Return quantiles as far as asked, in blocks of as many steps as the network looks."""
        blocks = []
        width = np.zeros((len(values), 1, len(self.card.levels)))
        for first in range(0, horizon, at_once):
            steps = min(at_once, horizon - first)
            block = self._both(engine, values, steps, period, second)
            centre = block[:, :, self.middle, None]
            # What was fed on was not known: how uncertain its end was is added.
            reach = np.sign(block - centre) * np.hypot(block - centre, width)
            blocks.append(centre + reach)
            width = reach[:, -1:]
            values = np.concatenate([values, centre[:, :, 0]], axis=1)
        return np.concatenate(blocks, axis=1)

    def _both(
        self, engine: Engine, values: Float64s, steps: int, period: int, second: int
    ) -> Float64s:
        """Return the mean of what it makes of the values and, with a season, of their logarithms.

        Series whose season grows with their level are simpler in logarithms: each of the two
        weighs as the odds of the season are in it, what it explains over what it does not. Yearly
        trends are carried too far by logarithms.
        """
        low, high = np.nanmin(values, axis=1), np.nanmax(values, axis=1)
        positive = np.flatnonzero(low > 0) if period > 1 else np.zeros(0, np.int64)
        if not len(positive):
            return self._run(engine, HistoryInputs.read(values, period, second), steps)[0]
        if len(values) % TILE == 0:
            positive = full_tiles(positive)
        if len(values) == 1:  # both are read at once, in half of the calls
            both = HistoryInputs.read(np.concatenate([values, np.log(values)]), period, second)
            inputs, logarithms = both.alone(0), both.alone(1)
        else:
            inputs = HistoryInputs.read(values, period, second)
            logarithms = HistoryInputs.read(np.log(values[positive]), period, second)
        plain, odds = self._run(engine, inputs, steps)
        part, others = self._run(engine, logarithms, steps)
        share = (others / (others + odds[positive]))[:, None, None]
        plain[positive] += share * (_back(part, high[positive]) - plain[positive])
        return plain

    def _run(self, engine: Engine, inputs: HistoryInputs, steps: int) -> tuple[Float64s, Float64s]:
        """Return quantiles [series, steps, levels], and the odds of the season of each series."""
        ahead, base = inputs.ahead(np.arange(1, steps + 1))
        members = range(len(self.encoder))
        made = [ordered(self.answers(engine, inputs, ahead, i)[1], self.middle) for i in members]
        mean = sum(made[1:], made[0]) / len(made)
        answers = mean * inputs.scale[None, :, None] + base[..., None]
        return np.ascontiguousarray(answers.transpose(1, 0, 2)), inputs.seasonal_odds

    def answers(
        self, engine: Engine, inputs: HistoryInputs, ahead: Float32s, member: int
    ) -> tuple[Float32s, Float64s]:
        """Return what one network is told of each step, and answers.

        Args:
            engine: what runs it.
            inputs: of the histories.
            ahead: float32 [steps, series, AHEAD].
            member: which one.

        Returns:
            float32 [1, steps * series, inputs of the decoder], the encoder's state first; float64
            [steps, series, levels], from which `ordered` makes quantiles.
        """
        mask = inputs.begun
        state, _ = engine.forward(
            self.card.encoder, self.encoder[member], inputs.patches, mask=mask
        )
        known = np.concatenate([state, inputs.summary], axis=1)
        steps, count = ahead.shape[:2]
        told = np.concatenate([np.broadcast_to(known, (steps, *known.shape)), ahead], axis=2)
        rows = np.ascontiguousarray(told.reshape(1, steps * count, -1), np.float32)
        raw, _ = engine.forward(self.card.decoder, self.decoder[member], rows)
        return rows, raw.astype(np.float64).reshape(steps, count, -1)


def _back(logarithms: Float64s, high: Float64s) -> Float64s:
    """Return values of their logarithms, none absurdly far above what was ever seen."""
    return np.exp(np.minimum(logarithms, np.log(high)[:, None, None] + 3.0))


def untaught(seed: int) -> Pretrained:
    """Return a network of the same kind that has learnt nothing yet."""
    card = shipped().card.but(
        made="recur forecast --network aligned", data="the series that it forecasts", figures={}
    )
    both = (initial_values(spec, seed)[None] for spec in (card.encoder, card.decoder))
    return Pretrained(card, *both)


@cache
def shipped() -> Pretrained:
    """Return the network that comes with recur."""
    with as_file(files("recur.tasks.forecast") / _FILE) as path:
        contents = read_file(path, "pretrained")
    return Pretrained.read(contents)
