"""Requests as nobody means them: hypothesis makes them, nearly right and quite wrong."""

from __future__ import annotations

import io
import json
from typing import Any

import polars as pl
from hypothesis import strategies as st

Request = tuple[str, str, dict[str, str], bytes]
"""Method, address, headers and body."""

JSON, CSV = "application/json", "text/csv"
ARROW, PARQUET = "application/vnd.apache.arrow.stream", "application/vnd.apache.parquet"
KINDS = (JSON, CSV, "text/plain", ARROW, "application/vnd.apache.arrow.file", PARQUET, "audio/wav")
OPTIONS = (
    *("horizon", "season", "levels", "test", "target", "time", "id", "fill", "wide", "past"),
    *("known", "static", "strict", "decimal", "encoding", "sheet", "every", "aggregate"),
    *("prime", "length", "temperature", "top_k", "top_p", "min_p", "count", "seed", "stop"),
)

numbers = st.one_of(
    st.floats(-1e6, 1e6),
    st.integers(-5, 5),
    st.floats(allow_nan=False),
    st.integers(-(10**30), 10**30),
    st.none(),
)
values = st.recursive(
    st.one_of(numbers, st.booleans(), st.text(max_size=20)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=8,
)
times = st.one_of(
    st.dates().map(str),
    st.datetimes().map(str),
    st.integers(0, 10**6).map(str),
    st.text(max_size=8),
)
series = st.one_of(
    st.lists(st.floats(-100, 100), min_size=4, max_size=80),
    st.lists(numbers, max_size=40),
    st.lists(st.lists(numbers, max_size=30), max_size=4),
    values,
)
options = st.dictionaries(st.sampled_from(OPTIONS), values, max_size=3)


@st.composite
def rows(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Draw rows of a table, mostly with the columns that one has."""
    count = draw(st.integers(0, 40))
    names = draw(st.lists(st.sampled_from(["unique_id", "ds", "y", "x", ""]), max_size=4))
    columns = {
        name: draw(st.lists(times if name == "ds" else numbers, min_size=count, max_size=count))
        for name in {*names, "y"}
    }
    return [{name: column[i] for name, column in columns.items()} for i in range(count)]


@st.composite
def objects(draw: st.DrawFn) -> dict[str, Any]:
    """Draw the JSON of a request."""
    given = draw(options)
    kind = draw(st.sampled_from(["series", "rows", "columns", "text", "sampling", "anything"]))
    if kind == "series":
        return {**given, "series": draw(series)}
    if kind == "rows":
        return {**given, "rows": draw(st.one_of(rows(), values))}
    if kind == "columns":
        table = draw(rows())
        return {**given, "columns": {n: [row[n] for row in table] for n in (table or [{}])[0]}}
    if kind == "text":
        return {"text": draw(st.one_of(st.text(max_size=80), values))}
    if kind == "sampling":
        return {**given, "prime": draw(st.text(max_size=20)), "length": draw(st.integers(0, 40))}
    return draw(st.dictionaries(st.text(max_size=10), values, max_size=4))


@st.composite
def tables(draw: st.DrawFn) -> bytes:
    """Draw the bytes of a table of some kind, a part of which may be changed."""
    frame = pl.DataFrame(draw(rows()), strict=False, infer_schema_length=None)
    file = io.BytesIO()
    how = draw(st.sampled_from(["csv", "arrow", "arrow file", "parquet"]))
    try:
        if how == "csv":
            frame.write_csv(file)
        elif how == "arrow":
            frame.write_ipc_stream(file)
        elif how == "arrow file":
            frame.write_ipc(file)
        else:
            frame.write_parquet(file)
    except pl.exceptions.PolarsError:
        return b""
    data = bytearray(file.getvalue())
    for _ in range(draw(st.integers(0, 3)) if data else 0):
        data[draw(st.integers(0, len(data) - 1))] = draw(st.integers(0, 255))
    return bytes(data[: draw(st.one_of(st.just(len(data)), st.integers(0, len(data))))])


bodies = st.one_of(
    objects().map(lambda made: json.dumps(made).encode("utf-8", "surrogatepass")),
    tables(),
    st.binary(max_size=200),
    st.text(max_size=100).map(lambda text: text.encode("utf-8", "surrogatepass")),
)
names = st.sampled_from(["wave", "prose", "pretrained", "none", "..", "%00", "a%2fb"])
paths = st.one_of(
    st.tuples(names, st.sampled_from(["predict", "judge", "stream"])).map(
        lambda both: f"/v1/models/{both[0]}/{both[1]}"
    ),
    st.sampled_from(
        ["/v1/models", "/health", "/metrics", "/v1/jobs", "/v1/verbs", "/v1/jobs/none",
         "/v1/jobs/none/events", "/v1/jobs/none/files/a", "/openapi.json", "/", "/%ff"]
    ),
)  # fmt: skip
queries = st.one_of(
    st.just(""),
    st.lists(
        st.tuples(
            st.sampled_from(OPTIONS), st.sampled_from(["1", "0", "y", "true", "-", "%00", "%f0"])
        ),
        max_size=2,
    ).map(lambda pairs: "?" + "&".join(f"{name}={value}" for name, value in pairs)),
)


@st.composite
def meant(draw: st.DrawFn) -> Request:
    """Draw a request that somebody could mean, with values as they come."""
    model = draw(st.sampled_from(["wave", "pretrained", "prose"]))
    use = draw(st.sampled_from(["predict", "predict", "judge"]))
    given: dict[str, Any] = {"horizon": draw(st.integers(1, 3))} if use == "predict" else {}
    if model == "prose":
        text = draw(st.text("the catsondog.", min_size=2, max_size=60))
        more = {"prime": text, "length": draw(st.integers(1, 40)), "seed": draw(st.integers(0, 9))}
        given = more if use == "predict" else {"text": text}
    else:
        scale = draw(st.sampled_from([1e-9, 1.0, 100.0, 1e12]))
        sound = st.one_of(st.floats(-1, 1), st.just(0.0), st.integers(-3, 3))
        one = st.lists(sound, min_size=24, max_size=120).map(lambda x: [scale * y for y in x])
        given["series"] = draw(st.one_of(one, st.lists(one, min_size=1, max_size=4)))
    accept = draw(st.sampled_from(["*/*", JSON, JSON, CSV, ARROW]))
    headers = {"Content-Type": JSON, "Accept": accept}
    return "POST", f"/v1/models/{model}/{use}", headers, json.dumps(given).encode()


@st.composite
def astray(draw: st.DrawFn) -> Request:
    """Draw a request that is asked of a model, as a body of the kind that it mostly says."""
    body = draw(bodies)
    fitting = JSON if body.startswith(b"{") else CSV
    fitting = ARROW if body.startswith(b"\xff\xff\xff\xff") else fitting
    kind = draw(st.one_of(st.just(fitting), st.just(fitting), st.sampled_from([*KINDS, ""])))
    path = draw(st.sampled_from(["predict", "predict", "judge", "stream"]))
    model = draw(st.sampled_from(["wave", "wave", "pretrained", "prose"]))
    headers = {"Content-Type": kind, "Accept": draw(st.sampled_from(["*/*", JSON, CSV, ARROW]))}
    return "POST", f"/v1/models/{model}/{path}{draw(queries)}", headers, body


@st.composite
def lost(draw: st.DrawFn) -> Request:
    """Draw a request for anything at all."""
    method = draw(st.sampled_from(["POST", "GET", "GET", "PUT", "DELETE", "HEAD", "OPTIONS"]))
    headers = {"Content-Type": draw(st.sampled_from([*KINDS, ""])), "Accept": "image/png"}
    return method, draw(paths) + draw(queries), headers, draw(bodies)


requests = st.one_of(meant(), meant(), astray(), astray(), lost())
