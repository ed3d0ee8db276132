"""Lab `configurations`: one to one, one to many, many to one, many to many, each at its smallest.

What goes in and what comes out are one thing or many, and where both are many, aligned or not. Each
of the five is shown on a toy of its use, made here so that every answer is known:

- one to one: an image with a line in it; does it lie or stand? (Dense layers, no memory.)
- one to many: a tune from its first note, and the caption of an image. (A network that is fed what
  it has just written; its first state is made of what is given.)
- many to one: the sentiment of a sentence. (`Classifier`: the last hidden state alone is read.)
- many to many, aligned: a tag for each word. (`Tagger`: every hidden state is read.)
- many to many, not aligned: six digits said again in three words, as a translation has other words
  and another number of them. (`Translator`: an encoder, and a decoder that goes on from its last
  state and looks back.)

Beside each stands the simple answer that one would try first; of the tasks, the strongest of those
that they are judged against.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from recur.labs.configurations.by_hand import caption, one_to_many, one_to_one
from recur.labs.configurations.with_tasks import aligned, many_to_one, not_aligned
from recur.labs.experiment import Setting
from recur.report.findings import Findings, Picture

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CONFIGURATIONS = (one_to_one, one_to_many, caption, many_to_one, aligned, not_aligned)


def run(setting: Setting) -> Findings:
    """Run the lab."""
    outcomes = []
    for configuration in CONFIGURATIONS:
        setting.say(configuration.__name__.replace("_", " "))
        outcomes.append(configuration(setting))
    better = sum(outcome.ours < outcome.simple for outcome in outcomes)
    right = [outcome.name for outcome in outcomes if outcome.ours == 0]
    picture = Picture(
        "shapes",
        "The five shapes: what goes in (below), the hidden states, and what comes out (above). An "
        "arrow to the right hands a state on; a broken one feeds an output back.",
        _picture,
    )
    return Findings(
        rows=tuple(row for outcome in outcomes for row in outcome.rows),
        words=(
            f"The network is better than the simple answer in {better} of {len(outcomes)}, and "
            f"without a mistake in {len(right)}{': ' * bool(right)}{'; '.join(right)}.",
            "Every answer is known here, so that the limit is 0. In brackets behind each example "
            "below stands what is right, or how much is wrong.",
            "Of the tasks, the simple answer is the strongest of those that each is judged "
            "against. That of translation has a word for each digit, and so twice as many as are "
            "right.",
        ),
        pictures=(picture,),
        texts=tuple((outcome.name, outcome.example) for outcome in outcomes),
    )


def _picture() -> Figure:
    from recur.report.plots.shapes import shapes_picture

    return shapes_picture()
