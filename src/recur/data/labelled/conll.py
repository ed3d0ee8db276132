"""Files of columns that hold sentences whose words have tags: CoNLL's.

A token a line, its columns apart by a tab or by blanks; an empty line between sentences. A line
that begins with `# ` before a sentence is a comment, as long as it has not the columns of a token.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from recur.data.labelled.paths import existing
from recur.data.labelled.sentences import Sentences
from recur.errors import DataError, SettingsError

_DOCUMENT = "-DOCSTART-"  # a line between documents in files of the shared task of 2003
# In CoNLL-U: words that two lines further down are the parts of, and words that are not written.
_NO_TOKEN = re.compile(r"\d+[-.]\d+")
_U_COLUMNS = 10


def read_conll(files: Sequence[str | Path], *, word: int = 1, tag: int | None = None) -> Sentences:
    """Read sentences, with their tags where files have a column beside that of the words.

    Args:
        files: in UTF-8, of columns.
        word: the column of the words, from 1 on.
        tag: that of the tags; by default the last.

    Raises:
        DataError: a file is missing, empty or ragged.
    """
    paths = [existing(file) for file in files]
    read = [_read(path, word, tag) for path in paths]
    tagged = {bool(one.tags) for one in read}
    if len(tagged) > 1:
        bare = next(one.source for one in read if not one.tags)
        raise DataError(f"`{bare}` has no column of tags, and another file has; give files alike.")
    source = str(paths[0]) if len(paths) == 1 else f"{paths[0]} and {len(paths) - 1} more"
    return Sentences(
        words=tuple(words for one in read for words in one.words),
        tags=tuple(tags for one in read for tags in one.tags),
        source=source,
    )


def _read(path: Path, word: int, tag: int | None) -> Sentences:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise DataError(f"`{path}` cannot be read: {error.strerror or error}.") from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise DataError(
            f"`{path}`, line {line}, is not UTF-8; save the file in that encoding."
        ) from None
    rows = list(_rows(path, text.split("\n")))
    if not any(rows):
        raise DataError(f"`{path}` holds no sentences; a token a line is expected, then its tag.")
    count = len(next(row for row in rows if row))
    for name, column in (("word", word), ("tag", tag)):
        if column is not None and not 1 <= column <= count:
            raise SettingsError(
                f"`{name}` is column {column}, but `{path}` has {count}; they count from 1."
            )
    if tag is None and count > 1:
        tag = count
    sentences = list(_sentences(rows))
    return Sentences(
        words=tuple(tuple(row[word - 1] for row in one) for one in sentences),
        tags=tuple(tuple(row[tag - 1] for row in one) for one in sentences) if tag else (),
        source=str(path),
    )


def _rows(path: Path, lines: Sequence[str]) -> Iterator[list[str]]:
    """Yield the columns of each token, and none where a sentence ends."""
    tabs, inside = any("\t" in line.strip() for line in lines), False
    split = [_split(line, tabs=tabs) for line in lines]
    full = [row for row in split if any(row)]
    count = len(next((row for row in full if not row[0].startswith("#")), full[0])) if full else 0
    for number, (line, row) in enumerate(zip(lines, split, strict=True), 1):
        if not any(row) or row[0] == _DOCUMENT:
            inside = False
            yield []
            continue
        if line.startswith("# ") and not inside and len(row) != count:
            continue
        if len(row) == _U_COLUMNS and _NO_TOKEN.fullmatch(row[0]):
            continue
        inside = True
        if len(row) != count or not all(row):
            raise DataError(
                f"`{path}`, line {number}, is `{line.strip()}`; each token needs {count} "
                f"{'column' if count == 1 else 'columns'}, apart by "
                f"{'a tab' if tabs else 'blanks'}, and an empty line ends a sentence."
            )
        yield row


def _split(line: str, *, tabs: bool) -> list[str]:
    return [cell.strip() for cell in (line.split("\t") if tabs else line.split())]


def _sentences(rows: Sequence[list[str]]) -> Iterator[list[list[str]]]:
    sentence: list[list[str]] = []
    for row in [*rows, []]:
        if row:
            sentence.append(row)
        elif sentence:
            yield sentence
            sentence = []
