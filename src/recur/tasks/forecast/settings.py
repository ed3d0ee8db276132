"""What a forecaster can be asked to be: each parameter with its bounds, default and meaning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Ge, Le

from recur.errors import SettingsError
from recur.networks.cells import CELLS
from recur.parameters import (
    FURTHEST,
    Ahead,
    Count,
    Help,
    OneOf,
    Share,
    ShareBelowOne,
    Size,
    SizeOrNone,
)
from recur.tasks.forecast.methods import FORECASTERS, TRAINED
from recur.tasks.parameters import (
    DATA,
    INTERVALS,
    NETWORK,
    TRAINING,
    Batch,
    Clip,
    Decay,
    Dropout,
    EngineName,
    Epochs,
    Initialisation,
    KeepBest,
    Layers,
    Loss,
    Minutes,
    Nonlinearity,
    Patience,
    RandomSeed,
    Rate,
    Schedule,
    Threads,
    Validation,
)

Strategy = Literal["direct", "recursive", "all_steps", "encoder_decoder"]
IntervalMethod = Literal[
    "conformal", "dropout", "quantiles", "conformal_dropout", "conformal_quantiles"
]
_CELLS = (*CELLS, "mlp")


def parse_levels(text: str | None) -> tuple[float, ...] | None:
    """Return the levels of intervals in percent.

    >>> parse_levels("80,97.5")
    (80.0, 97.5)
    """
    if text is None:
        return None
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError:
        raise SettingsError(
            f"`intervals` is `{text}`; it takes percentages with commas between them, such as "
            "80,95."
        ) from None


def parse_forcing(text: str | None) -> tuple[float, float] | None:
    """Return how likely a decoder is fed the truth at the beginning and at the end of training.

    >>> parse_forcing("1:0.25")
    (1.0, 0.25)
    """
    if text is None:
        return None
    try:
        start, end = (float(part) for part in text.split(":"))
    except ValueError:
        start = end = -1.0
    if not (0 <= start <= 1 and 0 <= end <= 1):
        raise SettingsError(f"`forcing` is `{text}`; it takes two shares from 0 to 1, such as 1:0.")
    return start, end


@dataclass(eq=False, repr=False)
class ForecasterParameters:
    """The parameters of a forecaster; those that are None are chosen from the data."""

    horizon: Annotated[
        int,
        Ge(0),
        Le(FURTHEST),
        Help("Steps ahead; 0 takes what is usual for the clock of the data.", DATA),
    ] = 0
    method: Annotated[
        str,
        OneOf(FORECASTERS),
        Help(
            f"What forecasts: {', '.join(FORECASTERS)}. All but network do without a training and "
            "take no option of a network; ets, arima, theta and blend are of the "
            "extra classical.",
            DATA, metavar="NAME",
        ),
    ] = TRAINED  # fmt: skip
    network: Annotated[
        Literal["auto", "pretrained", "tuned", "aligned", "trained"],
        Help(
            "Which network: pretrained, the one that comes with recur and needs no training; "
            "tuned, the same after learning on from these data, by itself or in a mean with what "
            "it was before; aligned, one that reads histories in the same way and learns from "
            "these data alone; trained, one that reads a plain window and learns from these data "
            "alone; auto, trained where "
            "an option describes a network or columns stand beside the values, else the "
            "pretrained one or, where there are data enough to tell, what the validation part "
            "chooses.",
            DATA, metavar="NAME",
        ),
    ] = "auto"  # fmt: skip
    lookback: Annotated[
        Count | None,
        Help("Known values that the network sees.", NETWORK, unset="from season and horizon"),
    ] = None
    strategy: Annotated[
        Strategy,
        Help(
            "How it looks ahead. direct: all steps at once from the last hidden state; recursive: "
            "one step, fed back as often as needed; all_steps: as direct, and trained at every "
            "time step; encoder_decoder: a second network goes on from the state of the first, "
            "one step after the other.",
            NETWORK, metavar="NAME",
        ),
    ] = "direct"  # fmt: skip
    residual: Annotated[
        Literal["last", "seasonal", "none"] | None,
        Help(
            "What forecasts count from: last, the newest value; seasonal, the value a season "
            "before; none, the centre of the scaling.",
            NETWORK, unset="by the data", metavar="NAME",
        ),
    ] = None  # fmt: skip
    season: Annotated[
        Count | None,
        Help(
            "Steps in a season, 1 for none; for the lookback and the seasonal naive.",
            DATA, unset="detected",
        ),
    ] = None  # fmt: skip
    least_history: Annotated[
        Count | None,
        Help(
            "Known values that a window has at least; where a series has fewer than the lookback, "
            "the older steps are masked.",
            NETWORK, unset="the lookback",
        ),
    ] = None  # fmt: skip
    calendar: Annotated[
        bool | None,
        Help(
            "See the time of day, week and year, as far as they have come round twice.",
            NETWORK, unset="where it clearly helps",
        ),
    ] = None  # fmt: skip
    holidays: Annotated[
        str | None,
        Help(
            "See the holidays of a country, DE say, or of a region of it, DE-BY; of the extra "
            "holidays.",
            NETWORK, unset="none", metavar="CODE",
        ),
    ] = None  # fmt: skip
    cell: Annotated[
        str,
        OneOf(_CELLS),
        Help(
            f"The cell: {', '.join(CELLS)}, or mlp, dense layers over the window, without memory.",
            NETWORK, metavar="NAME",
        ),
    ] = "gru"  # fmt: skip
    hidden: Annotated[
        Size | None,
        Help("Size of the hidden state.", NETWORK, unset="32, or 64 for much data"),
    ] = None
    layers: Layers = 1
    bidirectional: Annotated[bool, Help("Read windows backwards too.", NETWORK)] = False
    dropout: Dropout = 0.0
    dropout_mask: Annotated[
        Literal["step", "sequence"],
        Help(
            "What to drop is drawn for each step, or once for a whole sequence.",
            NETWORK, metavar="NAME",
        ),
    ] = "step"  # fmt: skip
    filters: Annotated[
        SizeOrNone,
        Help(
            "Of a convolution over time in front of the network; 0 for none. It looks back only.",
            NETWORK,
        ),
    ] = 0
    kernel: Annotated[Size, Help("Time steps that it sees at once.", NETWORK)] = 5
    filter_stride: Annotated[
        Count, Help("Time steps from one of its outputs to the next.", NETWORK)
    ] = 1
    decoder_length: Annotated[
        Ahead | None,
        Help("Steps that a decoder takes in training.", NETWORK, unset="the horizon"),
    ] = None
    forcing: Annotated[
        tuple[Share, Share],
        Help(
            "How likely a decoder is fed the truth in training rather than its own last answer, "
            "at the beginning and at the end.",
            NETWORK, metavar="A:B", parse=parse_forcing,
        ),
    ] = (1.0, 0.0)  # fmt: skip
    nonlinearity: Nonlinearity = "tanh"
    head: Annotated[
        Literal["linear", "tanh", "sigmoid", "none"],
        Help(
            "What gives the outputs: linear; bounded, tanh or sigmoid; or none, the hidden state "
            "is the forecast.",
            NETWORK,
        ),
    ] = "linear"
    initialisation: Initialisation = "pytorch"
    scaling: Annotated[
        Literal["window", "series", "minmax", "none"] | None,
        Help(
            "Values are scaled by window or series, to minmax, or none; see "
            "recur.data.panel.scaling.Scaler.",
            NETWORK, unset="by whether the level drifts", metavar="NAME",
        ),
    ] = None  # fmt: skip
    epochs: Epochs = None
    batch: Batch = 64
    rate: Rate = 0.005
    schedule: Schedule = "onecycle"
    order: Annotated[
        Literal["shuffled", "sequential"], Help("Of the windows in an epoch.", TRAINING)
    ] = "shuffled"
    patience: Patience = 10
    keep_best: KeepBest = True
    validation: Validation = 0.2
    loss: Annotated[
        Loss | None,
        Help(
            "mse or mae; networks with quantiles have the loss that belongs to them.",
            TRAINING, unset="as the targets are",
        ),
    ] = None  # fmt: skip
    clip: Clip = 1.0
    decay: Decay = 0.0
    stride: Annotated[Count, Help("Steps between training windows.", TRAINING)] = 1
    intervals: Annotated[
        tuple[float, ...],
        Help(
            "Levels of intervals in percent, such as 80,95; their coverage is measured on the "
            "held-out end.",
            INTERVALS, unset="80,95, or none of a network trained as asked", metavar="A,B",
            parse=parse_levels,
        ),
    ] = ()  # fmt: skip
    interval_method: Annotated[
        IntervalMethod,
        Help(
            "conformal: from the errors of a twin, trained on less, on values that neither its "
            "training nor its early stopping has seen; dropout: from samples with dropout, whose "
            "average then is the forecast; quantiles: from a network that gives them, as the "
            "pretrained one does where data are few; "
            "conformal_dropout, conformal_quantiles: these, moved until they hold what they say on "
            "such values.",
            INTERVALS, metavar="NAME",
        ),
    ] = "conformal"  # fmt: skip
    samples: Annotated[
        int, Ge(1), Le(10_000), Help("With dropout, of each forecast.", INTERVALS)
    ] = 200
    calibration: Annotated[
        ShareBelowOne,
        Help(
            "Share of the history, its end, that conformal intervals are calibrated on.",
            INTERVALS, metavar="P",
        ),
    ] = 0.15  # fmt: skip
    refit: Annotated[
        bool,
        Help(
            "Train again on all values, the held-out end and what was chosen by included, for as "
            "many steps as served the judged network best; that one is handed out.",
            TRAINING,
        ),
    ] = True
    minutes: Minutes = None
    seed: RandomSeed = 0
    engine: EngineName = "auto"
    threads: Threads = None

    @property
    def steps(self) -> int:
        """Return how many steps ahead the network itself looks."""
        if self.strategy == "encoder_decoder":
            return self.decoder_length or self.horizon
        return 1 if self.strategy == "recursive" else self.horizon

    @property
    def conformal(self) -> bool:
        """Say whether intervals are calibrated on values that a twin has not learnt from."""
        return bool(self.intervals) and self.interval_method.startswith("conformal")
