"""A writer whose symbols are pieces of words: what it says is told by the character."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import recur
from recur import SettingsError, Text, Writer
from recur.data.text.text import TextSplit
from recur.files.modelfile import read_file
from recur.report.symbols import pieces
from recur.tasks.kinds import describe_header
from recur.tasks.write.folder import write_writer
from recur.tasks.write.judge import read_losses

PHRASES = ("the cat sat on a mat. ", "a dog ran far away. ", "we saw the moon rise. ")
SMALL: dict[str, Any] = {
    "unit": "subwords", "subwords": 40, "embedding": 8, "hidden": 8, "layers": 1, "dropout": 0.0,
    "rate": 0.02, "steps": 12, "streams": 4, "epochs": 3,
}  # fmt: skip


@pytest.fixture(scope="module")
def text() -> Text:
    order = np.random.default_rng(0).integers(len(PHRASES), size=200)
    return Text.of("".join(PHRASES[i] for i in order)[:4000])


@pytest.fixture(scope="module")
def fitted(text: Text) -> Writer:
    return Writer(**SMALL).fit(text, progress=False)


def test_losses_are_told_by_the_character(fitted: Writer, text: Text) -> None:
    judged = fitted.judge()
    read = fitted.text_
    assert read is not None
    assert (len(fitted.vocabulary_), read.characters) == (40, 4000)
    held = TextSplit.of(read, validation=0.1).validation
    assert held is not None
    assert held.characters == 400
    following = held.characters - fitted.vocabulary_.lengths[held.symbols[0]]
    assert judged.verdict.characters == following
    # Judged with the halves' own gates, so alone it is the network that can be told again.
    alone = fitted.clone()
    alone.fitted_ = replace(fitted.fitted_, mixture=None)
    losses = read_losses(alone.fitted_, held.symbols)
    assert judged.network == pytest.approx(losses.sum() / following, rel=1e-6)
    assert judged.uniform == pytest.approx(math.log(len(text.vocabulary)))
    last = fitted.history_[-1]
    assert last.validation == pytest.approx(judged.network, rel=0.1)
    assert last.training < math.log(len(text.vocabulary))
    said = fitted.vocabulary_.decode(held.symbols)
    mean = fitted.score(said)
    whole = float(read_losses(fitted.fitted_, fitted.vocabulary_.encode(said)).sum())
    assert mean == pytest.approx(-whole / following, rel=1e-6)
    assert fitted.judge(held).nats == pytest.approx(-mean, rel=1e-6)


def test_counting_costs_what_it_costs_a_writer_of_characters(fitted: Writer, text: Text) -> None:
    other = (
        Writer(**{**SMALL, "unit": "characters", "subwords": None})
        .fit(text, progress=False)
        .judge()
    )
    judged = fitted.judge()
    assert judged.verdict.ngram == pytest.approx(other.verdict.ngram, rel=0.02)
    assert judged.unigram == pytest.approx(other.unigram, rel=0.02)


def test_a_saved_one_writes_and_reads_the_same(fitted: Writer, tmp_path: Path) -> None:
    loaded = recur.load(fitted.save(tmp_path / "model.recur"))
    assert loaded.vocabulary_ == fitted.vocabulary_
    assert loaded.sample("the cat ", length=30) == fitted.sample("the cat ", length=30)
    assert loaded.score("a dog ran") == fitted.score("a dog ran")
    written = fitted.sample("a dog", length=50, count=2, seed=3)
    assert all(one.startswith("a dog") for one in written)
    assert "".join(piece for (piece,) in fitted.stream("a dog", 50, seed=3)) == written[0]
    assert fitted.sample("a dog ", length=9, seed=3) == fitted.sample("a dog", length=9, seed=3)


def test_it_learns_on_and_is_judged_on_further_characters(fitted: Writer) -> None:
    further = Text.of("we saw the cat? " * 40)
    with pytest.warns(recur.DataWarning, match="40 of 640 characters were left out"):
        judged = fitted.judge(further, adapt=True)
    assert judged.unit == "character"
    first = fitted.vocabulary_.lengths[fitted.vocabulary_.encode("we saw")[0]]
    assert judged.symbols == 600 - first
    assert judged.adapted is not None
    assert judged.adapted < judged.uniform
    more = fitted.clone().set_params(epochs=1)
    more.fitted_ = fitted.fitted_
    with pytest.warns(recur.DataWarning, match="knows 18 others"):
        more.fit(further, progress=False, go_on=True)
    assert more.vocabulary_.symbols == fitted.vocabulary_.symbols


def test_its_page_and_its_description_show_subwords(fitted: Writer, tmp_path: Path) -> None:
    files = write_writer(fitted, [("sample", "x")], tmp_path)
    page = files["report"].read_text(encoding="utf-8")
    assert "40 subwords" in page
    assert "nats a character" in page
    assert re.search(r'<span class="[a-z ]*" title="[^"]*"> the</span>', page)
    held = fitted.fitted_.held_out
    assert held is not None
    shown = pieces(fitted.vocabulary_, held.passage.symbols)
    assert sum(count for _, count in shown) == len(held.passage.symbols)
    told = describe_header(read_file(files["model"], header_only=True).header)
    assert str(told["subwords"]).startswith("40, 18 of them single characters, then '")


def test_how_many_there_are_follows_from_the_text_or_is_given(text: Text) -> None:
    usual = Writer(**{**SMALL, "subwords": None}).fit(text, progress=False)
    single = len(text.vocabulary)
    assert single < len(usual.vocabulary_) <= single + 3600 // 500 + 1
    with pytest.raises(SettingsError, match=f"the text has {single} distinct characters"):
        Writer(**{**SMALL, "subwords": 5}).fit(text, progress=False)
    with pytest.raises(SettingsError, match="is of `unit=subwords`; here it is `bytes`"):
        Writer(**{**SMALL, "unit": "bytes"}).fit(text, progress=False)
