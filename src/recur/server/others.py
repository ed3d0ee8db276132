"""Models that classify, tag, translate, clean or write, asked over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from recur.data.labelled.examples import Examples
from recur.data.labelled.pairs import TextPairs
from recur.data.labelled.sentences import Sentences
from recur.data.text.text import Text
from recur.errors import DataError
from recur.server.bodies import Answer, Body
from recur.server.errors import Refusal
from recur.server.forecasting import arrays
from recur.server.limits import Limits
from recur.server.options import READING, TOKENS, Kind, taken
from recur.tasks.kinds import kind_of

SAMPLING: dict[str, Kind] = {
    "prime": "text",
    "length": "count",
    "temperature": "number",
    "top_k": "whole",
    "top_p": "number",
    "min_p": "number",
    "stop": "text",
    "count": "count",
    "seed": "whole",
    "unknown": "text",
}
_FILE_OPTIONS: dict[str, dict[str, Kind]] = {
    "denoise": {**READING, "clean": "text"},
    "classify": {"target": "texts", "label": "text", "id": "text", "time": "text",
                 "encoding": "text"},
    "tag": dict(TOKENS),
    "translate": {"target": "texts", "encoding": "text"},
    "write": {"encoding": "text", "adapt": "flag"},
}  # fmt: skip
_PATHS = ("clean", "label")
_ROWS = {"classify": "answers", "tag": "answers", "translate": "translations", "denoise": "cleaned"}


def predict(model: Any, body: Body, limits: Limits) -> Answer:
    """Return what a model makes of what a request brings."""
    if model.task == "write":
        return Answer({"texts": whole(pieces(model, body, limits))})
    facts = _of_file(model, body, "predict") if body.values is None else (
        _PREDICT[model.task](model, body.values, limits)
    )  # fmt: skip
    rows = facts.get(_ROWS[model.task])
    return Answer(facts, None if rows is None else lambda: [_flat(row) for row in rows])


def judge(model: Any, body: Body, limits: Limits) -> Answer:
    """Return how well a model does on what a request brings, which says what is true."""
    if body.values is None:
        return Answer(_of_file(model, body, "judge"))
    return Answer(_JUDGE[model.task](model, body.values, limits))


def pieces(model: Any, body: Body, limits: Limits) -> Iterator[tuple[str, ...]]:
    """Yield what a writer writes as a request asks, piece by piece; the first is the prime."""
    if model.task != "write":
        raise Refusal(422, f"this model {kind_of(model.task).does} and writes nothing.")
    values = body.query if body.values is None else body.values
    given = taken(values, SAMPLING)
    limits.check_horizon(given.setdefault("length", 500))
    limits.check_series(given.get("count", 1))
    limits.check_length(len(given.get("prime", "")))
    made: Iterator[tuple[str, ...]] = model.stream(given.pop("prime", None), **given)
    return made


def whole(parts: Iterator[tuple[str, ...]]) -> list[str]:
    """Return whole texts of their pieces."""
    return ["".join(text) for text in zip(*parts, strict=True)]


def _of_file(model: Any, body: Body, use: str) -> dict[str, Any]:
    """Use a model on a file as the command does."""
    kind = kind_of(model.task)
    given = taken(body.query, _FILE_OPTIONS[model.task])
    body = body.as_parquet()
    for name in _PATHS:  # which beside a file that is no table would be those of other files
        if name in given and not body.is_table:
            raise Refusal(422, f"`{name}` names a column of a table, and the body is none.")
    with body.file() as path:
        if use == "judge":
            assert kind.judge is not None
            return kind.judge(model, path, given).facts()
        assert kind.predict is not None
        return kind.predict(model, path, given, None).facts()


def _classify(model: Any, values: Mapping[str, Any], limits: Limits) -> dict[str, Any]:
    from recur.tasks.classify.results import AnswersResult

    examples = Examples.of(_items(values, limits))
    probabilities = model.predict_proba(examples)
    return AnswersResult(model=model, examples=examples, probabilities=probabilities).facts()


def _judge_classes(model: Any, values: Mapping[str, Any], limits: Limits) -> dict[str, Any]:
    labels = _texts(_one(values, "labels", "texts", "series"), "labels", limits)
    items = _items({k: v for k, v in values.items() if k != "labels"}, limits)
    found: dict[str, Any] = model.judge(items, labels).to_dict()
    return found


def _tag(model: Any, values: Mapping[str, Any], limits: Limits) -> dict[str, Any]:
    from recur.tasks.tag.results import TaggedResult

    sentences = Sentences.of(_lists(_one(values, "sentences"), "sentences", limits))
    answers = model.answers(sentences)
    return TaggedResult(model=model, sentences=sentences, answers=answers).facts()


def _judge_tags(model: Any, values: Mapping[str, Any], limits: Limits) -> dict[str, Any]:
    words = _lists(_one(values, "sentences", "tags"), "sentences", limits)
    tags = _lists(_one(values, "tags", "sentences"), "tags", limits)
    found: dict[str, Any] = model.judge(words, tags).to_dict()
    return found


def _translate(model: Any, values: Mapping[str, Any], limits: Limits) -> dict[str, Any]:
    from recur.tasks.translate.results import TranslationsResult

    pairs = TextPairs.of(_texts(_one(values, "texts"), "texts", limits))
    return TranslationsResult(model=model, pairs=pairs, answers=tuple(model.predict(pairs))).facts()


def _judge_translations(model: Any, values: Mapping[str, Any], limits: Limits) -> dict[str, Any]:
    sources = _texts(_one(values, "texts", "targets"), "texts", limits)
    targets = _texts(_one(values, "targets", "texts"), "targets", limits)
    found: dict[str, Any] = model.judge(sources, targets).to_dict()
    return found


def _clean(model: Any, values: Mapping[str, Any], limits: Limits) -> dict[str, Any]:
    given = arrays(_one(values, "series"), limits)
    return {"series": [part.reshape(-1).tolist() for part in model.predict(given)]}


def _judge_cleaning(model: Any, values: Mapping[str, Any], limits: Limits) -> dict[str, Any]:
    noisy = arrays(_one(values, "series", "clean"), limits)
    clean = arrays(_one(values, "clean", "series"), limits)
    found: dict[str, Any] = model.judge(noisy, clean).to_dict()
    return found


def _judge_writing(model: Any, values: Mapping[str, Any], limits: Limits) -> dict[str, Any]:
    text = _one(values, "text", "adapt")
    if not isinstance(text, str):
        raise DataError("`text` is expected to be a text.")
    limits.check_length(len(text))
    adapt = taken({"adapt": values.get("adapt")}, {"adapt": "flag"}).get("adapt", False)
    found: dict[str, Any] = model.judge(Text.of(text), adapt=adapt).to_dict()
    return found


def _items(values: Mapping[str, Any], limits: Limits) -> Any:
    if "series" in values:
        return arrays(_one(values, "series"), limits)
    return _texts(_one(values, "texts"), "texts", limits)


def _one(values: Mapping[str, Any], name: str, *beside: str) -> Any:
    """Return a value of a body; refuse a body without it, or with others than those beside it."""
    for other in values:
        if other not in (name, *beside):
            raise DataError(f"`{other[:80]}` is not known here; `{name}` is expected.")
    if name not in values:
        raise DataError(f"`{name}` is expected, and did not come.")
    return values[name]


def _texts(given: Any, name: str, limits: Limits) -> list[str]:
    if not isinstance(given, list) or not all(isinstance(one, str) for one in given) or not given:
        raise DataError(f"`{name}` is expected to be a list of texts.")
    limits.check_series(len(given))
    limits.check_length(max(map(len, given)))
    return given


def _lists(given: Any, name: str, limits: Limits) -> list[list[str]]:
    if not isinstance(given, list) or not given:
        raise DataError(f"`{name}` is expected to be a list of lists of texts.")
    limits.check_series(len(given))
    return [_texts(one, name, limits) for one in given]


def _flat(row: Any) -> dict[str, Any]:
    """Return a row without others in it: those of an object by its name, lists as text."""
    if not isinstance(row, dict):
        return {"text": row}
    flat: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, dict):
            flat |= {f"{name}_{key}": one for key, one in value.items()}
        else:
            flat[name] = " ".join(map(str, value)) if isinstance(value, list | tuple) else value
    return flat


Use = Callable[[Any, Mapping[str, Any], Limits], dict[str, Any]]
_PREDICT: dict[str, Use] = {
    "classify": _classify,
    "tag": _tag,
    "translate": _translate,
    "denoise": _clean,
}
_JUDGE: dict[str, Use] = {
    "classify": _judge_classes,
    "tag": _judge_tags,
    "translate": _judge_translations,
    "denoise": _judge_cleaning,
    "write": _judge_writing,
}
