"""In which scale the network meets the series it is rolled out over."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recur.arrays import Indices
from recur.data.panel.panel import Panel
from recur.data.panel.scaling import Scaler
from recur.tasks.notices import notice

_FAR = 10.0  # spreads from the centre of training


def scaler_for(
    panel: Panel, ends: Indices, trained: Scaler, trained_ids: tuple[str, ...]
) -> Scaler:
    """Return the scaler for a panel: as learnt where a series is known, else fitted to it.

    A model of one series takes the one series it is given for the same; where that lies far
    outside what training has seen, it is named in a notice. Only values before `ends` [series] are
    looked at.
    """
    histories = [values[:end] for values, end in zip(panel, ends, strict=True)]
    if len(panel) == len(trained_ids) == 1 or panel.ids == trained_ids:
        _notice_strangers(panel, histories, trained)
        return trained
    fitted = Scaler.fit(trained.kind, histories)
    known = {name: i for i, name in enumerate(trained_ids)}
    places = np.array([known.get(name, -1) for name in panel.ids])
    return Scaler(
        trained.kind,
        np.where(places >= 0, trained.centre[places], fitted.centre),
        np.where(places >= 0, trained.spread[places], fitted.spread),
    )


def _notice_strangers(panel: Panel, histories: list[NDArray[np.float64]], trained: Scaler) -> None:
    """Tell the user of series that bear the name of a trained one and are at another level."""
    if trained.kind == "window":
        return
    means = np.array([history.mean() for history in histories])
    far = np.flatnonzero(np.abs(means - trained.centre) > _FAR * trained.spread)
    if len(far) and trained.kind != "none":
        notice(
            f"series `{panel.ids[far[0]]}` has a mean of {means[far[0]]:.6g}, far from what "
            f"training has seen around {trained.centre[far[0]]:.6g}; if it is another series, use "
            "a model with `scaling` 'window'."
        )
