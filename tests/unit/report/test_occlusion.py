"""Words are shaded by what the answer loses without them, and nothing in them is markup."""

from __future__ import annotations

import re

from recur.report.occlusion import LEAST, Occlusion, occlusion_section, shaded


def _text(symbols: str, *losses: float, apart: bool = True) -> Occlusion:
    return Occlusion(tuple(symbols.split("|")), losses, "yes", 0.75, "no", apart)


def _grounds(html: str) -> list[int]:
    return [int(found) for found in re.findall(r"--rests:(\d+)", html)]


def test_the_ground_is_as_strong_as_the_loss_and_what_speaks_against_has_a_line() -> None:
    html = shaded(_text("a|b|c|d", 2.0, 1.0, 0.0, -1.5))
    assert _grounds(html) == [40, 20, 0, 0]
    assert html.count('class="against"') == 1
    assert html.endswith('title="hidden, the log-probability rises by 1.500">d</span>')
    assert 'title="hidden, the log-probability falls by 2.000">a</span> <span' in html


def test_a_text_in_which_nothing_matters_stays_pale() -> None:
    assert max(_grounds(shaded(_text("a|b", LEAST / 10, 0.0)))) == 4


def test_symbols_are_text_alone_and_a_space_is_one() -> None:
    html = shaded(_text('<|"| |\t|&', 1.0, 1.0, 1.0, 1.0, 1.0, apart=False))
    assert re.findall(r">([^<]*)</span>", html) == ["&lt;", "&quot;", " ", " ", "&amp;"]
    assert "</span><span" in html


def test_the_section_tells_what_shades_mean_and_how_sure_it_is() -> None:
    html = occlusion_section([_text("<b>|b", 2.0, -1.0)])
    assert "The stronger its ground" in html
    assert "A dashed line below it" in html
    assert "<td>no</td><td>yes</td><td>0.75</td><td>2.000</td>" in html
    assert "<b>" not in html
    assert occlusion_section([]) == ""


def test_the_strongest_are_told_first_and_what_rounds_to_nothing_is_not() -> None:
    assert _text("a|b|c|d", 0.1, 2.0, -3.0, 0.001).strongest(4) == [("b", 2.0), ("a", 0.1)]
