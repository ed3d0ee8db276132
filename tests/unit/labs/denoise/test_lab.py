"""The lab `denoise`: what it promises to show, and that its limits are limits."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from recur.labs.denoise import lab as denoise
from recur.labs.denoise.lab import COURSE, ONCE, course, own
from recur.labs.denoise.problem import PUBLISHED, Sines
from recur.labs.experiment import Setting
from recur.report.findings import Findings

QUICK = Setting(quick=True)


@pytest.fixture(scope="module")
def sines() -> Sines:
    return Sines.simulated(1000, 400, seed=1)


def test_every_way_of_cleaning_stays_above_the_limit(findings: Findings) -> None:
    assert len(findings.rows) == 13
    assert all((one.ours or 0.0) > (one.limit or 0.0) for one in findings.rows)


def test_the_published_figure_stands_beside_the_recipe_and_the_single_pass(
    findings: Findings,
) -> None:
    published = {one.name: one.published for one in findings.rows if one.published is not None}
    assert published == {COURSE: PUBLISHED, ONCE: PUBLISHED}


def test_who_sees_both_ways_has_the_lower_limit(findings: Findings) -> None:
    for one in findings.rows:
        if one.name.endswith("for noise"):
            assert one.limit is None
        elif "both ways" in one.name:
            assert one.limit == 0
        else:
            assert 0.005 < (one.limit or 0.0) < 0.015


def test_reading_both_ways_helps_every_recipe(ours: Callable[[str], float]) -> None:
    for name in (COURSE, "our defaults"):
        assert ours(f"{name}, both ways") < ours(name)


def test_every_network_cleans(findings: Findings, ours: Callable[[str], float]) -> None:
    nothing = ours("doing nothing")
    networks = [one for one in findings.rows if one.limit is not None and one.seconds is not None]
    assert len(networks) == 8
    assert all((one.ours or 1.0) < nothing for one in networks)


def test_words_name_each_noise_and_no_epoch_that_was_not_reached(findings: Findings) -> None:
    assert any("in 20 epochs; reading" in word for word in findings.words)
    for text in denoise.OTHER_NOISES.values():
        assert any(f"`{text}`" in word for word in findings.words)


def test_the_best_causal_answer_knows_more_at_every_ten_steps(sines: Sines) -> None:
    error = sines.errors(sines.best[False])
    assert (np.diff(error.reshape(10, 10).mean(axis=1)[:7]) < 0).all()
    assert error[0] > 0.1
    assert sines.limit(False) == pytest.approx(error.mean())
    assert sines.limit(True) == 0


def test_the_course_s_recipe_takes_values_as_they_are_and_learns_from_its_share_alone(
    sines: Sines,
) -> None:
    made = course("course", sines, QUICK)
    noisy, clean = sines.noisy.copy(), sines.clean.copy()
    clean[sines.learnt :] += 1.0
    again = course("course", Sines(noisy, clean, sines.learnt, sines.best), QUICK)
    assert np.array_equal(made.answers, again.answers)
    assert np.abs(made.answers).max() < 1  # a tanh that nothing widens
    watched = np.abs(made.answers - sines.tested[1])[: denoise.WATCHED]
    assert made.curve[-1] == pytest.approx(watched.mean(), rel=1e-5)


def test_a_causal_network_answers_before_it_sees_what_comes_after(sines: Sines) -> None:
    noisy = sines.noisy.copy()
    noisy[sines.learnt :, 50:] += 1.0
    later = Sines(noisy, sines.clean, sines.learnt, sines.best)
    for both in (False, True):
        made, again = (course("course", one, QUICK, both=both).answers for one in (sines, later))
        assert np.array_equal(made[:, :50], again[:, :50]) != both
        assert not np.array_equal(made[:, 50:], again[:, 50:])


def test_the_curve_is_in_the_unit_of_the_signal(sines: Sines) -> None:
    cleaner, model = own("one", sines, QUICK, loss="mae", keep_best=False)
    held = slice(round(0.8 * sines.learnt), sines.learnt)
    made = model.predict(sines.noisy[held])
    error = np.abs(made - sines.clean[held]).mean()
    assert cleaner.curve[-1] == pytest.approx(error, rel=1e-4)
