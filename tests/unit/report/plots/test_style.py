"""Drawing must give the same bytes each time and touch no setting of the user."""

from __future__ import annotations

import struct
import subprocess
import sys
from io import BytesIO
from typing import TYPE_CHECKING

import matplotlib as mpl

from recur.report import plots
from recur.training.history import History

if TYPE_CHECKING:
    from tests.unit.report.conftest import Make


def test_a_picture_has_its_size_and_the_same_bytes_each_time(judged: Make) -> None:
    case = judged()
    first, second = (
        plots.png(plots.held_out_picture(case.panel, case.judgement)) for _ in range(2)
    )
    assert struct.unpack(">II", first[16:24]) == (1600, 800)
    assert first == second
    assert b"Software" not in first


def test_drawing_leaves_the_settings_of_matplotlib_alone(judged: Make, history: History) -> None:
    before = dict(mpl.rcParams)
    case = judged()
    plots.png(plots.held_out_picture(case.panel, case.judgement))
    plots.png(plots.horizon_picture(case.judgement))
    plots.png(plots.training_picture(history, 8))
    assert dict(mpl.rcParams) == before


def test_a_style_that_the_user_has_set_does_not_change_the_picture(judged: Make) -> None:
    case = judged()
    plain = plots.png(plots.held_out_picture(case.panel, case.judgement))
    with mpl.rc_context({"font.size": 30, "axes.facecolor": "black", "lines.linewidth": 9}):
        assert plots.png(plots.held_out_picture(case.panel, case.judgement)) == plain


def test_a_picture_shows_itself_in_a_notebook_and_as_it_is_written_to_a_file(judged: Make) -> None:
    case = judged()
    picture = plots.held_out_picture(case.panel, case.judgement)
    with mpl.rc_context({"font.family": "serif", "savefig.dpi": 30}):
        shown = picture._repr_png_()  # type: ignore[attr-defined]
    assert shown == plots.png(picture)


def test_a_picture_has_the_same_style_where_others_draw_it(judged: Make) -> None:
    case = judged()
    drawn = []
    for hinting in ("default", "none"):
        picture, buffer = plots.held_out_picture(case.panel, case.judgement), BytesIO()
        with mpl.rc_context({"text.hinting": hinting}):
            picture.savefig(buffer, format="png")
        drawn.append(buffer.getvalue())
    assert drawn[0] == drawn[1]


def test_the_report_package_alone_loads_nothing_heavy() -> None:
    heavy = "matplotlib rich numpy scipy pydantic recur.judge"
    code = f"import recur.report, sys; print([m for m in {heavy.split()} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
