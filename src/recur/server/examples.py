"""What the description of the interface (`/openapi.json`) shows of each address."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

_SERIES = [112, 118, 132, 129, 121, 135, 148, 148, 136, 119, 104, 118, 115, 126, 141, 135]
_CSV = "ds,y\n2024-01-01,112\n2024-02-01,118\n2024-03-01,132\n2024-04-01,129\n2024-05-01,121\n"
_ARROW = "application/vnd.apache.arrow.stream"
_QUERY = {
    "horizon": ("Steps ahead; as trained by default.", "integer"),
    "target": ("Column of values.", "string"),
    "time": ("Column of times.", "string"),
    "id": ("Column that tells series apart.", "string"),
    "fill": ("What missing values are: none, previous or zero.", "string"),
}
_FAILED = {
    "description": "Why it was not answered, in a sentence.",
    "content": {"application/json": {"example": {"error": "there is no model `sales`; ..."}}},
}
_STATUSES = (401, 403, 404, 405, 406, 408, 413, 415, 422, 429, 500, 503)
FAILURES: dict[int | str, dict[str, Any]] = dict.fromkeys(_STATUSES, _FAILED)
"""What every address may answer in the place of what it is for."""


def _query(*names: str) -> list[dict[str, Any]]:
    """Return the options of a body that is a file; those of a JSON body stand in it."""
    return [
        {"name": name, "in": "query", "description": f"Of a body that is a file: {text}",
         "schema": {"type": kind}}
        for name, (text, kind) in _QUERY.items() if name in names
    ]  # fmt: skip


def _body(examples: dict[str, Any]) -> dict[str, Any]:
    return {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"type": "object"},
                "examples": {name: {"value": value} for name, value in examples.items()},
            },
            "text/csv": {"schema": {"type": "string"}, "example": _CSV},
            _ARROW: {"schema": {"type": "string", "format": "binary"}},
        },
    }


MODELS: dict[str, Any] = {
    "responses": {
        "200": {
            "description": "The models, and files that hold none.",
            "content": {
                "application/json": {
                    "example": {
                        "models": [
                            {
                                "name": "sales", "task": "forecast", "version": "4f2a9c01d7be3358",
                                "horizon": 12, "levels": [80.0, 95.0],
                                "inputs": {"target": ["units"], "past": [], "known": [],
                                           "static": []},
                                "problem": None,
                            }
                        ],
                        "broken": [],
                    }
                }
            },
        }
    }
}  # fmt: skip

PREDICT: dict[str, Any] = {
    "parameters": _query("horizon", "target", "time", "id", "fill"),
    "requestBody": _body(
        {
            "one series": {"series": _SERIES, "horizon": 3},
            "several, with a missing value": {"series": [_SERIES, [3, 1, None, 1, 5, 9, 2]]},
            "rows": {"rows": [{"unique_id": "a", "ds": "2024-01-01", "y": 112},
                              {"unique_id": "a", "ds": "2024-02-01", "y": 118}]},
            "columns": {"columns": {"ds": ["2024-01-01", "2024-02-01"], "y": [112, 118]}},
            "texts to classify or translate": {"texts": ["a film to forget"]},
            "sentences to tag": {"sentences": [["Ann", "lives", "in", "Oslo"]]},
            "to go on writing": {"prime": "Watson, ", "length": 200, "temperature": 0.7},
        }
    ),
    "responses": {
        "200": {
            "description": "What the model says; floats are exact.",
            "content": {
                "application/json": {
                    "example": {
                        "model": "sales", "version": "4f2a9c01d7be3358", "task": "forecast",
                        "forecast": [{"id": "0", "time": "16", "value": 131.2, "low_80": 120.4,
                                      "high_80": 142.7}],
                        "notices": [],
                    }
                },
                "text/csv": {"example": "unique_id,ds,y,low_80,high_80\n0,16,131.2,120.4,142.7\n"},
                _ARROW: {"schema": {"type": "string", "format": "binary"}},
            },
        },
    },
}  # fmt: skip

JUDGE: dict[str, Any] = {
    "parameters": _query("target", "time", "id", "fill"),
    "requestBody": _body(
        {
            "a series, its last values to be forecast": {"series": _SERIES * 4, "test": 20},
            "texts and their labels": {"texts": ["a film to forget"], "labels": ["bad"]},
            "texts and their translations": {"texts": ["the house"], "targets": ["la maison"]},
        }
    ),
    "responses": {
        "200": {
            "description": "Errors beside those of the simple answers, and the verdict.",
            "content": {"application/json": {"example": {"verdict": {"claim": "none"}}}},
        },
    },
}


def _form(**parts: Any) -> dict[str, Any]:
    """Return a form with a file, what is to be done with it, and other parts, which it needs."""
    settings = {"type": "string", "description": "A JSON object of the parameters of the command."}
    file = {"type": "string", "format": "binary", "description": "A file with a name."}
    schema = {
        "type": "object",
        "required": [*parts, "file"],
        "properties": {**parts, "settings": settings, "file": file},
    }
    return {"required": True, "content": {"multipart/form-data": {"schema": schema}}}


def files(*kinds: str) -> dict[str, Any]:
    """Return what is shown of an address that answers with files of some kinds."""
    content = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in kinds}
    return {"responses": {"200": {"description": "The file.", "content": content}}}


DESCRIBE: dict[str, Any] = {"requestBody": _form()}

STREAM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"type": "object"},
                "example": {"prime": "Watson, ", "length": 200, "temperature": 0.7},
            }
        },
    },
}

EVENTS: dict[str, Any] = {
    "responses": {
        "200": {
            "description": "Events as they come.",
            "content": {"text/event-stream": {"example": 'event: status\ndata: {"status": ...}\n'}},
        },
    },
}


def job(verbs: Iterable[str]) -> dict[str, Any]:
    """Return what is shown of the address that takes jobs, which can do some verbs."""
    example = {"id": "9f1c2ab33d5e7f00", "verb": "forecast", "status": "queued"}
    return {
        "requestBody": _form(verb={"type": "string", "enum": list(verbs)}),
        "responses": {
            "202": {
                "description": "The job, which waits for its turn.",
                "content": {"application/json": {"example": example}},
            },
        },
    }
