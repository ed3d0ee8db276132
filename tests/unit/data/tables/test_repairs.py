"""What was put right is handed on with its count, and refused where asked to."""

from __future__ import annotations

import pytest

from recur import DataError, SettingsError, read_panel
from recur.data.tables.repairs import Repair, Repairs
from recur.data.tables.table import read_table


def test_a_repair_is_kept_in_order() -> None:
    repairs = Repairs("f.csv")
    repairs.made("preamble", 2, "Left out 2 lines.")
    repairs.made("footer", 1, "Left out 1 line.")
    assert repairs.done == [
        Repair("preamble", 2, "Left out 2 lines."),
        Repair("footer", 1, "Left out 1 line."),
    ]


def test_a_strict_reading_refuses_a_repair_by_its_sentence() -> None:
    repairs = Repairs("f.csv", strict=True)
    with pytest.raises(DataError, match=r"f\.csv needs a repair that `strict` refuses \(Left out"):
        repairs.made("footer", 1, "Left out 1 line.")
    with pytest.raises(DataError, match=r"^Say this\.$"):
        repairs.made("footer", 1, "Left out 1 line.", refusal="Say this.")
    assert not repairs.done


def test_what_a_table_tells_reaches_the_panel_its_notes_and_its_json(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def repaired(source: object, *options: object) -> object:
        table = read_table(source)
        table.repairs.made("holes", 3, "Filled 3 holes.")
        return table

    monkeypatch.setattr("recur.data.tables.readers.read_table", repaired)
    import pandas as pd

    panel = read_panel(pd.DataFrame({"y": [1.0, 2.0, 4.0]}))
    assert panel.repairs == (Repair("holes", 3, "Filled 3 holes."),)
    assert "Filled 3 holes." in panel.notes
    assert panel.repaired() == [{"kind": "holes", "count": 3, "sentence": "Filled 3 holes."}]
    assert panel.without_last(1).repairs == panel.repairs


def test_unknown_ways_of_reading_are_refused() -> None:
    with pytest.raises(SettingsError, match=r"unknown parameter `stict`; the nearest is `strict`"):
        read_panel([1.0, 2.0], stict=True)
    with pytest.raises(SettingsError, match=r"`strict` is 'no'; it takes True or False\."):
        read_panel([1.0, 2.0], strict="no")


def test_a_panel_takes_no_further_ways_of_reading() -> None:
    panel = read_panel([1.0, 2.0])
    assert read_panel(panel, strict=False) is panel
    with pytest.raises(SettingsError, match=r"leave out `strict`"):
        read_panel(panel, strict=True)
