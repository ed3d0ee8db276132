"""The page of an experiment holds its table, words, pictures and texts, and asks for nothing."""

from __future__ import annotations

import re
from base64 import b64decode

from matplotlib.figure import Figure

from recur.report.findings import COLUMNS, Findings, Picture, Row
from recur.report.lab_page import lab_page

PNG = b"\x89PNG picture"
ROW = Row("one value", "MSE", 0.0079, published=0.0078, limit=0.00785, seconds=1.5)
CURVE = Picture("curve", "A curve & its limit.", Figure)


def page(found: Findings) -> str:
    return lab_page("Lab: lookback", "what it shows", found, {"curve": PNG})


def cells(text: str, tag: str) -> list[str]:
    return re.findall(rf"<{tag}[^>]*>([^<]*)</{tag}>", text)


def test_the_table_has_every_figure() -> None:
    text = page(Findings((ROW, ROW)))
    assert cells(text, "th") == [*COLUMNS, "one value", "one value"]
    assert cells(text, "td") == ["MSE", "0.0078", "0.0079", "0.00785", "1.5 s"] * 2


def test_words_pictures_and_texts_are_told() -> None:
    found = Findings((ROW,), ("First.", "Second."), (CURVE,), (("Sample", "a  b\n<c>"),))
    text = page(found)
    assert [word for word in cells(text, "p") if word in found.words] == list(found.words)
    (source,) = re.findall(r'src="data:image/png;base64,([^"]*)"', text)
    assert b64decode(source) == PNG
    assert cells(text, "figcaption") == ["A curve &amp; its limit."]
    assert "<h2>Sample</h2>" in text
    assert "a  b\n&lt;c&gt;" in text


def test_parts_that_are_empty_are_left_out() -> None:
    assert cells(page(Findings((ROW,))), "h2") == ["Published, ours, and the limit"]
    assert cells(page(Findings((), ("A word.",))), "h2") == ["What it shows"]


def test_a_name_cannot_leave_its_place() -> None:
    hostile = "</table><script>alert(1)</script>"
    row = Row(hostile, hostile, 1.0)
    picture = Picture("curve", f'"{hostile}', Figure)
    text = page(Findings((row,), (hostile,), (picture,), ((hostile, hostile),)))
    assert "<script" not in text
    assert text.count("</table>") == 1
    assert 'alt="&quot;' in text


def test_the_page_is_whole_and_asks_for_nothing_outside() -> None:
    text = page(Findings((ROW,), pictures=(CURVE,)))
    assert text.lower().startswith("<!doctype html>")
    assert text.rstrip().endswith("</html>")
    assert "http" not in re.sub(r'http-equiv="[^"]*"', "", text)


def test_the_page_of_a_quick_run_says_whose_figures_are_of_a_whole_one() -> None:
    page = lab_page("Lab: x", "what it shows", Findings((ROW,), quick=True), {})
    assert "<h2>Published, ours (of a quick run), and the limit</h2>" in page
    assert ">published (in full)</th>" in page
    assert ">ours (quick)</th>" in page
