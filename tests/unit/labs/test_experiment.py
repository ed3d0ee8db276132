"""What all labs share: their names, what each is given, how long a part of it took."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from recur.errors import SettingsError
from recur.labs import experiment, folder
from recur.labs.experiment import LABS, Setting, run_lab, timed
from recur.report.findings import Findings, Picture, Row
from recur.report.plots.lines import lines_picture


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(SettingsError, match=r"no lab `lookbck`; the nearest is `lookback`; there"):
        run_lab("lookbck", Setting())


def test_a_lab_is_the_module_of_its_name_and_is_given_the_setting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str | Setting] = []

    class Module:
        @staticmethod
        def run(setting: Setting) -> Findings:
            asked.append(setting)
            return Findings((Row("a", "b", 1.0),))

    def imported(name: str) -> type[Module]:
        asked.append(name)
        return Module

    monkeypatch.setattr(experiment, "import_module", imported)
    setting = Setting(quick=True, seed=3)
    assert run_lab("ladder", setting).rows[0].ours == 1.0
    assert asked == ["recur.labs.ladder.lab", setting]


@pytest.mark.parametrize("quick", [True, False])
def test_a_quick_run_and_no_other_says_first_that_its_figures_are_not_those_of_the_whole(
    monkeypatch: pytest.MonkeyPatch, quick: bool
) -> None:
    class Module:
        @staticmethod
        def run(_: Setting) -> Findings:
            return Findings((), ("what was found",))

    monkeypatch.setattr(experiment, "import_module", lambda _: Module)
    *first, last = run_lab("signal", Setting(quick=quick)).words
    assert last == "what was found"
    assert len(first) == quick
    assert all(word.startswith("A quick run, on less data") for word in first)


@pytest.mark.parametrize("name", sorted(LABS.keys() - {"stocks", "shakespeare", "sherlock"}))
def test_a_lab_that_makes_its_own_data_takes_no_files(name: str) -> None:
    with pytest.raises(SettingsError, match=rf"`{name}` makes its own data.* got `a\.csv`"):
        run_lab(name, Setting(files=(Path("a.csv"),)))


def test_every_lab_says_in_a_line_what_it_shows() -> None:
    for name, shows in LABS.items():
        assert name.isidentifier()
        assert 20 < len(shows) < 85


def test_no_lab_is_called_like_a_part_of_the_frame() -> None:
    assert not {"experiment", "folder", "list", "all"} & set(LABS)


def test_timed_work_gives_its_answer_and_seconds() -> None:
    answer, seconds = timed(lambda: 41 + 1)
    assert answer == 42
    assert seconds >= 0


def test_a_setting_says_nothing_unless_told() -> None:
    setting = Setting()
    setting.say("a line")
    assert (setting.files, setting.quick, setting.seed) == ((), False, 0)


def test_a_lab_leaves_its_figures_its_pictures_and_one_page(tmp_path: Path) -> None:
    picture = Picture("curve", "A curve.", lambda: lines_picture("A", "b", (), across="x", up="y"))
    found = Findings((Row("a", "b", float("nan")),), pictures=(picture,))
    files = folder.write_lab("lookback", "shows", found, tmp_path)
    names = {"rows": "rows.json", "curve": "curve.png", "page": "report.html"}
    assert files == {what: tmp_path / name for what, name in names.items()}
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names.values())
    told = json.loads(files["rows"].read_text(encoding="utf-8"))
    assert told == {"lab": "lookback", **found.to_dict()}
    assert files["curve"].read_bytes().startswith(b"\x89PNG")
    assert "Lab: lookback" in files["page"].read_text(encoding="utf-8")
