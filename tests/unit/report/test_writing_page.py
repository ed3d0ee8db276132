"""The page of a writer: a passage on the grounds of who knew it better, and what surprised."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from recur import Text, Writer
from recur.judge.write.heldout import APART, PASSAGE, PLACES, Read, held_out
from recur.tasks.write.folder import write_writer

LINES = "the <b> sat on a & mat.\nwe saw it rise.\n"
SMALL: dict[str, Any] = {
    "embedding": 4, "hidden": 6, "layers": 1, "steps": 8, "streams": 2, "epochs": 2, "dropout": 0.0,
}  # fmt: skip


def page(folder: Path, **more: Any) -> str:
    model = Writer(**{**SMALL, **more}).fit(Text.of(LINES * 80), progress=False)
    files = write_writer(model, [("first", "a <i> of it"), ("sample", "x\ny")], folder)
    assert files["report"] == folder / "report.html"
    return files["report"].read_text(encoding="utf-8")


def read(losses: list[float]) -> Read:
    costs = np.array(losses)
    which = np.arange(len(costs)) % 7
    return Read(costs, costs + 1, costs - 1, which, costs / 2)


def test_each_symbol_of_a_passage_is_on_the_ground_of_who_knew_it_better(tmp_path: Path) -> None:
    found = page(tmp_path)
    spans = re.findall(
        r'<span class="(network|counting|)(?: ?surprise)?" title="network ([\d.]+), '
        r'counting ([\d.]+), together [\d.]+ nats">',
        found,
    )
    assert len(spans) == 319  # the last tenth of 3,200, but for its first
    for kind, network, counting in spans:
        better = float(counting) - float(network)
        if abs(abs(better) - np.log(2)) > 0.02:  # which the titles round
            assert kind == ("network" if better > 0.7 else "counting" if better < -0.7 else "")
    assert "counting" in {kind for kind, *_ in spans}
    passage = re.search(r'<p class="passage">(<span.*?)</p>', found, re.DOTALL)
    assert passage is not None
    text = re.sub(r"<[^>]*>", "", passage[1])
    assert "the &lt;b&gt; sat on a &amp; mat.\nwe saw it rise.\n" in text
    for part in ("network mixed with counting", "Most surprising places", "a &lt;i&gt; of it"):
        assert part in found
    assert found.index("<h3>sample</h3>") < found.index("<h3>first</h3>")
    assert "<b>" not in found


def test_without_counts_or_a_part_held_out_there_is_a_page_of_what_there_is(tmp_path: Path) -> None:
    alone = page(tmp_path, counting=False)
    assert "mixed" not in alone
    assert "symbol by symbol" in alone
    nothing = page(tmp_path, validation=0.0, epochs=1)
    assert "symbol by symbol" not in nothing
    assert "Beside counting" not in nothing
    assert "<h3>sample</h3>" in nothing
    assert "so it was not judged" in nothing
    assert "together" not in alone


def test_the_most_surprising_places_lie_apart_and_come_in_order() -> None:
    rng = np.random.default_rng(0)
    symbols = rng.integers(0, 9, 2001).astype(np.uint8)
    losses = rng.gamma(1.0, 1.0, 2000)
    losses[700:705] = 50.0, 60.0, 55.0, 54.0, 53.0
    kept = held_out(symbols, read(losses.tolist()), mixed=True)
    found = [one.loss for one in kept.surprises]
    assert found == sorted(found, reverse=True)
    first = kept.surprises[0]
    assert (first.loss, first.came, first.expected) == (60.0, symbols[702], 701 % 7)
    assert first.expected_loss == 30.0
    assert first.before.tolist() == symbols[642:702].tolist()
    assert len(kept.surprises) == PLACES
    places = [int(np.flatnonzero(losses == one.loss)[0]) for one in kept.surprises]
    assert min(abs(a - b) for a in places for b in places if a != b) >= APART
    assert len(kept.passage.symbols) == PASSAGE
    assert kept.passage.symbols.tolist() == symbols[701:1301].tolist()
    assert kept.passage.losses.tolist() == losses[700:1300].tolist()


@pytest.mark.parametrize("count", [1, 5])
def test_a_short_part_is_shown_whole(count: int) -> None:
    symbols = np.arange(count + 1).astype(np.uint8)
    kept = held_out(symbols, read([1.0] * count), mixed=False)
    assert kept.passage.symbols.tolist() == symbols[1:].tolist()
    assert len(kept.surprises) == 1


def test_a_text_of_another_script_is_legible_in_characters_and_in_bytes(tmp_path: Path) -> None:
    line = "שלום, עולם e\u0301.\n水は 👍🏽\n"
    for more, text in (({}, line * 40), ({"unit": "bytes"}, (line * 40).encode())):
        model = Writer(**{**SMALL, **more}).fit(Text.of(text), progress=False)
        files = write_writer(model, [("sample", line)], tmp_path)
        found = files["report"].read_text(encoding="utf-8")
        passage = re.search(r'<p class="passage">(<span.*?)</p>', found, re.DOTALL)
        assert passage is not None
        assert line[:-2] in re.sub(r"<[^>]*>", "", passage[1])
        assert "\ufffd" not in found
        for piece in ("ש", "e\u0301", "水", "👍🏽"):
            assert f">{piece}</span>" in passage[1]
