"""How a verdict came about, in one exact paragraph."""

from __future__ import annotations

from recur.judge import SIZE, JudgementSummary, Walk
from recur.judge.comparison import FEWEST_INDEPENDENT
from recur.judge.forecast.walk import WalkSize
from recur.judge.words import percent
from recur.report.error_table import where_judged

_NAMED = 10  # series that are named as not judged


def how_judged(judgement: JudgementSummary) -> str:
    """Return what was done, what is claimed and at which size, and what the interval is."""
    walk = judgement.walk
    level = percent(judgement.verdict.level)
    return " ".join([_held_out(walk), _walked(walk), _loss(walk), _claim(walk), _interval(level)])


def _held_out(walk: Walk | WalkSize) -> str:
    held_out = _values(walk.held_out)
    was = "was" if walk.held_out == 1 else "were"
    if len(walk) == 1 and not walk.left_out:
        return f"The last {held_out} {was} held out."
    stretch = f"The last {held_out}{where_judged(walk)} {was} held out (fewer where it is shorter)."
    if not walk.left_out:
        return stretch
    named = ", ".join(f"`{name}`" for name in walk.left_out[:_NAMED])
    more = f" and {len(walk.left_out) - _NAMED:,} more" if len(walk.left_out) > _NAMED else ""
    return f"{stretch} Too short for that, and not judged: {named}{more}."


def _walked(walk: Walk | WalkSize) -> str:
    apart = "one step apart" if walk.stride == 1 else f"{walk.stride} steps apart"
    origins = "one origin" if walk.times == 1 else f"each of {walk.times} origins, {apart}"
    return (
        f"The methods were fitted to the values before that. Then they walked forward: from "
        f"{origins}, every method forecast the next {_values(walk.horizon)}, knowing every true "
        f"value before the origin."
    )


def _loss(walk: Walk | WalkSize) -> str:
    together = ", averaged over the series at each time, so that what moves them all counts once"
    return (
        f"The loss of a forecast is its mean squared error, in units of the mean squared one-step "
        f"change of its series before the held-out stretch{together if len(walk) > 1 else ''}; "
        f"skill is 1 less the judged method's mean loss over that of a simple answer."
    )


def _claim(walk: Walk | WalkSize) -> str:
    size = percent(SIZE)
    seasonal = ""
    if walk.season > 1:
        seasonal = f", the last season of {walk.season} steps repeated, the mean of past seasons"
    return (
        f"The test was declared beforehand: there is skill only if the loss of what is judged is "
        f"lower than that of each simple answer, which are the last value repeated{seasonal}, the "
        f"straight line from the first to the newest value, the mean of all known values, the "
        f"mean of the newest and a linear autoregression, each in a one-sided t test of size "
        f"{size} that takes into account that losses near in time go together. As all must agree, "
        f"chance alone brings about the claim in at most {size} of cases. Below "
        f"{FEWEST_INDEPENDENT} origins whose forecasts do not overlap nothing is claimed; here "
        f"there are {walk.independent_origins}."
    )


def _interval(level: str) -> str:
    return (
        f"The {level} interval for skill holds every skill that the same test does not reject on "
        f"either side: its lower end is the lowest over these answers, its upper end is that "
        f"against the strongest, so it lies above 0 exactly when skill is claimed."
    )


def _values(count: int) -> str:
    return "value" if count == 1 else f"{count} values"
