"""What a request brings, JSON or a file, and how an answer is written for whoever asked."""

from __future__ import annotations

import io
import json
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from recur.errors import DataError
from recur.report.csvtext import csv_of_records
from recur.server.errors import Refusal

JSON, CSV = "application/json", "text/csv"
ARROW = "application/vnd.apache.arrow.stream"
# No Parquet: a few bytes of it make its reader ask for more memory than there is, and abort.
_FILES = {  # what a body is called, and how one begins where its kind tells
    CSV: ("body.csv", ()),
    "text/plain": ("body.txt", ()),
    ARROW: ("body.arrow", (b"ARROW1", b"\xff\xff\xff\xff")),
    "application/vnd.apache.arrow.file": ("body.arrow", (b"ARROW1",)),
    "audio/wav": ("body.wav", (b"RIFF",)),
}
_TABLES = ("body.csv", "body.parquet")
_ARROW_FILE = b"ARROW1"
_OF_TEXTS = ("body.csv", "body.txt")
_MARKS = (b"\xff\xfe", b"\xfe\xff")  # of UTF-16, in which there are zeros
_OTHERS = (
    b"RIFF",
    b"PAR1",
    b"ARROW1",
    b"\xd0\xcf\x11\xe0",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ",
    b"\x28\xb5\x2f\xfd",
    b"PK\x03\x04",
)
_ANSWERS = (JSON, CSV, ARROW)


@dataclass(frozen=True)
class Body:
    """What a request brings.

    Attributes:
        values: of JSON; None where it is a file.
        name: of the file.
        data: of the file.
        query: what is said in the address.
    """

    values: dict[str, Any] | None
    name: str = ""
    data: bytes = b""
    query: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_table(self) -> bool:
        """Say whether it is a file of columns."""
        return self.name in _TABLES

    def as_parquet(self) -> Body:
        """Return a table of Arrow as Parquet, which every task reads; any other body as it is."""
        if not self.name.endswith(".arrow"):
            return self
        import polars as pl

        file = io.BytesIO()
        try:
            read = pl.read_ipc if self.data.startswith(_ARROW_FILE) else pl.read_ipc_stream
            read(io.BytesIO(self.data)).write_parquet(file)
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
            raise Refusal(
                422, f"the body is a damaged Arrow table: {_first_line(error)}."
            ) from None
        return Body(None, "body.parquet", file.getvalue(), self.query)

    @contextmanager
    def file(self) -> Iterator[Path]:
        """Give the file where it can be read, for as long as the block lasts."""
        with tempfile.TemporaryDirectory(prefix="recur-") as folder:
            path = Path(folder) / self.name
            path.write_bytes(self.data)
            try:
                yield path
            except Exception as error:  # no path of this disk is told to whoever asked
                error.args = tuple(
                    one.replace(f"{folder}/", "").replace(folder, "")
                    if isinstance(one, str)
                    else one
                    for one in error.args
                )
                raise


def _without(folder: str, told: Any) -> Any:
    if not isinstance(told, str):
        return told
    return told.replace(f"{folder}{os.sep}", "").replace(folder, "")


def body_of(kind: str, data: bytes, query: Mapping[str, str]) -> Body:
    """Return what a request brings.

    Args:
        kind: its content type.
        data: all of it.
        query: what is said in its address.

    Raises:
        Refusal: it is of a kind that is not known, or not of the kind that it says.
    """
    kind = content_type(kind)
    if kind == JSON:
        return Body({**json_object(data), **query})
    if kind not in _FILES:
        known = ", ".join([JSON, *_FILES])
        raise Refusal(
            415, f"the content type is `{kind[:100]}`; it is one of {known}." if kind else
            f"there is no content type; it is one of {known}.",
        )  # fmt: skip
    name, begins = _FILES[kind]
    if not data:
        raise Refusal(422, f"the body is empty; {kind} is expected.")
    if begins and not data.startswith(begins):
        raise Refusal(422, f"the body is not {kind}, as its content type says.")
    zeros = b"\0" in data[:4096] and not data.startswith(_MARKS)
    if name in _OF_TEXTS and (zeros or data.startswith(_OTHERS) or data[8:12] == b"DUCK"):
        raise Refusal(422, f"the body is not {kind}, as its content type says, but binary.")
    return Body(None, name, data, query)


def content_type(header: str) -> str:
    """Return a content type without what stands behind it."""
    return header.partition(";")[0].strip().lower()


def json_object(data: bytes | str) -> dict[str, Any]:
    """Return an object of JSON.

    Raises:
        Refusal: it is none.
    """
    try:
        values = json.loads(data, parse_constant=_no_number)
    except DataError as error:
        raise Refusal(422, str(error)) from None
    except (ValueError, RecursionError) as error:
        raise Refusal(422, f"the body is not JSON: {_first_line(error)}.") from None
    if not isinstance(values, dict):
        raise Refusal(422, f"the body is a JSON {_called(values)}; an object is expected.")
    return values


def _no_number(constant: str) -> Any:
    raise DataError(f"there is no {constant} in JSON; write null for a value that is missing.")


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")[:200]


def _called(value: Any) -> str:
    return {list: "array", str: "text", bool: "truth value", type(None): "null"}.get(
        type(value), "number"
    )


@dataclass(frozen=True)
class Answer:
    """What a request is answered.

    Attributes:
        facts: plain JSON values.
        records: the rows of it as a table, plain dictionaries of the same keys; None for none.
        frame: the same as a polars frame, where it is more than the rows say.
    """

    facts: dict[str, Any]
    records: Callable[[], list[dict[str, Any]]] | None = None
    frame: Callable[[], Any] | None = None


def wanted(accept: str) -> str:
    """Return the content type of an answer: the first that is known of those that are accepted."""
    for part in accept.split(","):
        kind = content_type(part)
        if kind in _ANSWERS:
            return kind
        if kind in ("", "*/*", "application/*"):
            return JSON
        if kind == "text/*":
            return CSV
    raise Refusal(406, f"nothing that is accepted can be sent; it can be {', '.join(_ANSWERS)}.")


def written(answer: Answer, kind: str) -> bytes:
    """Return an answer as it is sent."""
    if kind == JSON:
        return json_bytes(answer.facts)
    if answer.records is None:
        raise Refusal(406, f"this answer is no table; it can be sent as {JSON} alone.")
    if kind == CSV:
        return csv_of_records(answer.records()).encode()
    file = io.BytesIO()
    (answer.frame or (lambda: _frame(answer)))().write_ipc_stream(file)
    return file.getvalue()


def json_bytes(values: Any) -> bytes:
    """Return JSON; there is no NaN in it."""
    return json.dumps(values, ensure_ascii=False, allow_nan=False).encode("utf-8", "replace")


def _frame(answer: Answer) -> Any:
    from recur.files.tablefile import records_frame

    assert answer.records is not None
    return records_frame(answer.records())
