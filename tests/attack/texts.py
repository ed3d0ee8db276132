"""Cases of texts, of columns of words and of labelled series: read by the models that take them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from tests.attack.outcomes import of_command
from tests.attack.values import ODD_NAMES, flipped
from tests.attack.victims import USES

Come = tuple[str, str, str]
_SORTS = ("write", "classify", "classify_series", "tag", "translate")
_ENCODINGS = ("utf-8", "utf-16", "utf-16-le", "latin-1", "cp1252", "utf-32", "utf-8-sig")


def texts(folder: Path, rng: np.random.Generator, place: Path) -> tuple[str, list[Come]]:
    """Damage a file that a model reads, and use and judge the model on it."""
    sort = _SORTS[rng.integers(len(_SORTS))]
    use = USES[sort]
    whole = (folder / use.data).read_text("utf-8")
    told, text = _changed(whole, rng)
    encoding = _ENCODINGS[rng.choice(len(_ENCODINGS), p=[0.7, *[0.05] * 6])]
    data = text.encode(encoding, "replace")
    if rng.random() < 0.3:
        more, data = flipped(data, rng)
        told = f"{told}, {more}"
    path = place / f"data{Path(use.data).suffix}"
    path.write_bytes(data)
    model = folder / f"{sort}.recur"
    judged = ("judge", model, path, *use.labelled, "--json")
    if sort == "write":
        prime = text[:50].replace("\0", "") or "a"
        words: tuple[object, ...] = (
            *("sample", model, "--length", 10, "--unknown", "skip", "--json"),
            f"--prime={prime.encode('utf-8', 'replace').decode()}",
        )
    else:
        words = ("predict", model, path)
    return f"{sort}: {told}, {encoding}", [
        (str(one[0]), *of_command(*one)) for one in (judged, words)
    ]


def _changed(text: str, rng: np.random.Generator) -> tuple[str, str]:
    lines = text.split("\n")
    told = []
    for _ in range(int(rng.integers(1, 4))):
        how, at = rng.integers(10), int(rng.integers(len(lines)))
        odd = ODD_NAMES[rng.integers(len(ODD_NAMES))]
        if how < 3:
            middle = int(rng.integers(len(lines[at]) + 1))
            lines[at] = lines[at][:middle] + odd + lines[at][middle:]
            told.append(f"{odd!r:.30} in line {at}")
        elif how == 3:
            lines[at] = odd
            told.append(f"line {at} is {odd!r:.30}")
        elif how == 4:
            lines = lines[:at] or [""]
            told.append(f"{at} lines")
        elif how == 5:
            lines = [lines[at]] * (1, 3, 2_000)[rng.integers(3)]
            told.append(f"line {at} alone")
        elif how == 6:
            lines[at] = lines[at] * 500
            told.append(f"line {at} is long")
        elif how == 7:
            lines[at] = lines[at][:1]
            told.append(f"line {at} is short")
        elif how == 8:
            lines.insert(at, "")
            told.append(f"a blank line at {at}")
        else:
            lines[at] = lines[at].replace(",", ",,").replace(" ", "\t").replace(":", "::")
            told.append(f"line {at} has other separators")
    return ", ".join(told), "\n".join(lines)
