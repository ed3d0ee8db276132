"""Lab `lookback`: what a network gains from values before the newest one.

Each part is a file of its own: one value of a sine or two (`one_or_two.py`); how far to look back
where there is noise, and what to do where less is known (`windows.py`); a memory in the place of a
window (`with_memory.py`), written out by hand (`memory.py`); and what can be said of the series
before anything is modelled (`description.py`).
"""

from __future__ import annotations

from recur.labs.experiment import Setting
from recur.labs.lookback.description import described
from recur.labs.lookback.one_or_two import one_or_two
from recur.labs.lookback.windows import by_lookback, short_histories
from recur.labs.lookback.with_memory import by_memory, ways_to_update
from recur.report.findings import Findings

PARTS = (one_or_two, by_lookback, short_histories, ways_to_update, by_memory, described)


def run(setting: Setting) -> Findings:
    """Run the lab, part by part."""
    parts = [part(setting) for part in PARTS]
    return Findings(
        rows=tuple(row for part in parts for row in part.rows),
        words=tuple(word for part in parts for word in part.words),
        pictures=tuple(picture for part in parts for picture in part.pictures),
    )
