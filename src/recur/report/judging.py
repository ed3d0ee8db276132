"""How a verdict came about, in one exact paragraph."""

from __future__ import annotations

from recur.judge import SIZE, Judgement, Walk
from recur.judge.comparison import FEWEST_INDEPENDENT
from recur.judge.words import percent


def how_judged(judgement: Judgement) -> str:
    """Return what was done, what is claimed and at which size, and what the interval is."""
    walk, size = judgement.walk, percent(SIZE)
    level = percent(judgement.verdict.level)
    return (
        f"{_held_out(walk)} The methods were fitted to the values before them. Then they walked "
        f"forward: from each of {walk.times} origins {_apart(walk)} every method forecast the next "
        f"{_values(walk.horizon)}, knowing every true value before the origin. The loss of a "
        f"forecast is its mean squared error, in units of the mean squared one-step change of its "
        f"series before the held-out stretch{_together(walk)}; skill is 1 less the network's mean "
        f"loss over that of a simple answer. The test was declared beforehand: the network has skill only if its "
        f"loss is lower than that of each of three simple answers, which are repeating the last "
        f"value, {_season(walk)} and continuing the straight line from the first to the newest "
        f"value, each in a one-sided t test of size {size} that takes into account that losses "
        f"near in time go together. As all three must agree, chance alone brings about the claim "
        f"in at most {size} of cases. The {level} interval for skill holds every skill that the "
        f"same test does not reject on either side: its lower end is the lowest over the three, "
        f"its upper end is that against the strongest, so it lies above 0 exactly when skill is "
        f"claimed. The comparison with the linear autoregression is made by the same test. Below "
        f"{FEWEST_INDEPENDENT} origins whose forecasts do not overlap nothing is claimed; here "
        f"there are {walk.independent_origins}."
    )


def _held_out(walk: Walk) -> str:
    held_out = _values(walk.held_out)
    if len(walk) == 1:
        return f"The last {held_out} were held out."
    return (
        f"The last {held_out} of each of {len(walk)} series were held out (fewer where a series "
        f"is shorter)."
    )


def _together(walk: Walk) -> str:
    if len(walk) == 1:
        return ""
    return ", averaged over the series at each time, so that what moves them all counts once"


def _apart(walk: Walk) -> str:
    return "one step apart" if walk.stride == 1 else f"{walk.stride} steps apart"


def _values(count: int) -> str:
    return "value" if count == 1 else f"{count} values"


def _season(walk: Walk) -> str:
    if walk.season == 1:
        return "repeating the last season (the same here, as no season was set)"
    return f"repeating the last season of {walk.season} steps"
