"""A short run has every row and picture, and a low training loss alone is not called writing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from recur.errors import DataError
from recur.labs.experiment import Setting
from recur.labs.shakespeare import lab as shakespeare
from recur.labs.shakespeare.lab import COURSE, LEARNT, PUBLISHED, UNSEEN, Learnt, learn
from recur.labs.text import lab_text
from recur.report.findings import Findings
from recur.training.history import Epoch

QUICK = Setting(quick=True)
SMALL = COURSE.clone().set_params(hidden=16, epochs=3)


@pytest.fixture(scope="module")
def course() -> Learnt:
    return learn("course's recipe", SMALL, lab_text(QUICK, LEARNT + UNSEEN), QUICK)


def test_both_recipes_stand_beside_the_published_loss_and_its_limit(findings: Findings) -> None:
    losses = [row for row in findings.rows if row.metric.startswith("training loss")]
    assert [row.name.split(",")[0] for row in losses] == ["course's recipe", "better recipe"]
    for row in losses:
        assert (row.published, row.limit) == (PUBLISHED, 0.0)
        assert 0 < (row.ours or 0) < np.inf
        assert (row.seconds or 0) > 0


def test_every_network_is_asked_for_text_it_has_not_seen_beside_counting(
    findings: Findings,
) -> None:
    unseen = [row for row in findings.rows if row.metric == "nats, unseen text"]
    names = [row.name for row in unseen]
    assert names[:3] == ["course's recipe", "better recipe", "our defaults"]
    assert names[3].startswith("counting: best n-gram")
    assert all(0 < (row.ours or 0) < np.inf for row in unseen)
    assert all(row.published is None for row in unseen)


def test_the_times_are_those_to_a_loss_that_both_have_reached(findings: Findings) -> None:
    times = [row for row in findings.rows if row.metric.startswith("seconds to")]
    ends = [row.ours for row in findings.rows if row.metric.startswith("training loss")]
    assert len(times) == 2
    assert len({row.metric for row in times}) == 1
    goal = float(times[0].metric.removeprefix("seconds to "))
    assert goal == pytest.approx(max(PUBLISHED, *(x for x in ends if x)), abs=1e-4)
    assert all((row.ours or 0) > 0 for row in times)


def test_without_a_file_it_is_said_that_this_is_not_shakespeare(findings: Findings) -> None:
    assert "neither Shakespeare nor" in findings.words[1]


def test_a_text_that_cannot_be_learnt_and_judged_in_full_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "part.txt"
    file.write_text("ab\n" * 3999, "utf-8", newline="")
    with pytest.raises(DataError, match=r"part\.txt has 11,997 characters.* at least 12,000"):
        shakespeare.run(Setting(files=(file,)))


def test_samples_are_of_the_first_the_middle_and_the_last_epoch(findings: Findings) -> None:
    names = [name for name, _ in findings.texts]
    assert names == [
        *(f"course's recipe, epoch {number} of 12" for number in (1, 6, 12)), "our defaults",
    ]  # fmt: skip
    first, _, last, _ = (text for _, text in findings.texts)
    assert first != last


def test_the_course_network_learns_the_first_10_000_characters_and_no_others(
    course: Learnt,
) -> None:
    model = course.trained.model
    assert model.counts_.sum() == LEARNT
    assert model.judge().verdict.characters == UNSEEN - 1
    assert course.losses[-1] < course.losses[0]


def test_progress_is_told_after_every_epoch() -> None:
    told: list[str] = []
    setting = replace(QUICK, say=told.append)
    learn("course's recipe", SMALL, lab_text(setting, LEARNT + UNSEEN), setting)
    assert [line.split(":")[0] for line in told] == [
        f"course's recipe, epoch {number}" for number in range(1, 4)
    ]


@pytest.mark.parametrize(
    ("training", "unseen", "said", "unsaid"),
    [
        (0.2, 5.0, "equally likely costs 4, which is less: its 0.2 ", "0.2, which is 4.8 less"),
        (0.2, 3.0, "On the text it learnt it is at 0.2, which is 2.8 less.", "memory, not writing"),
        (3.5, 3.0, "", "On the text it learnt"),
    ],
    ids=["worse than knowing nothing", "less than on what it learnt", "as good as there"],
)
def test_only_what_is_not_known_of_other_text_is_called_memory(
    course: Learnt, training: float, unseen: float, said: str, unsaid: str
) -> None:
    model = course.trained.model.clone()
    judgement = course.judgement
    fitted = course.trained.model.fitted_
    model.fitted_ = replace(
        fitted,
        learned=fitted.learned.but(history=(Epoch(1, training, unseen, 1e-3, 1.0),), kept_epoch=1),
        judgement=replace(judgement, nats=unseen, uniform=4.0),
    )
    told = shakespeare._on_memory(replace(course, trained=replace(course.trained, model=model)))
    after = told.partition(judgement.verdict.sentence)[2]
    assert said in after
    assert unsaid not in after
