"""`recur inspect`: what a model file holds, without running anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from recur.cli.options import Json, Model

if TYPE_CHECKING:
    from recur.data.text.vocabulary import Vocabulary

_CLEANING = ("cell", "inputs", "hidden", "layers", "bidirectional", "dropout", "head")
_WRITING = ("cell", "nonlinearity", "symbols", "inputs", "hidden", "layers", "dropout", "tied")
"""What is told of the networks of denoisers and writers, who have no more to choose."""


def inspect(model: Model, as_json: Json = False) -> None:
    """Say what a model file holds, without running anything."""
    from recur.cli.output import print_json, stdout
    from recur.files.modelfile import read_file
    from recur.report.tables import key_values

    contents = read_file(model, header_only=True)
    if as_json:
        shapes = {name: list(shape) for name, shape in contents.shapes.items()}
        print_json(
            {
                "recur": contents.version,
                "kind": contents.kind,
                **contents.header,
                "tensors": shapes,
            }
        )
        return
    describe = _of_model if contents.kind == "model" else _of_run
    pairs: list[tuple[str, object]] = [
        ("file", model),
        ("kind", f"{contents.kind}, saved by recur {contents.version}"),
        *describe(contents.header),
    ]
    console = stdout()
    console.print(key_values(pairs))
    console.print()
    console.print(key_values((n, " x ".join(map(str, s))) for n, s in contents.shapes.items()))


def _of_model(header: dict[str, Any]) -> list[tuple[str, object]]:
    others = {"write": _of_writer, "denoise": _of_denoiser}
    pairs = others.get(str(header.get("task")), _of_forecaster)(header)
    judgement = header.get("judgement")
    if isinstance(judgement, dict) and isinstance(judgement.get("verdict"), dict):
        pairs.append(("verdict", judgement["verdict"].get("sentence")))
    return pairs


def _of_forecaster(header: dict[str, Any]) -> list[tuple[str, object]]:
    from recur.cli.output import sees
    from recur.tasks.forecast.saving import Learned

    learned = Learned.from_dict(header.get("learned", {}))
    settings = header.get("settings")
    shown = settings if isinstance(settings, dict) else {}
    ids = learned.ids
    beside = sees(learned.encoding, learned.target, gaps=learned.sees_gaps)
    return [
        ("task", header.get("task")),
        ("target", learned.target),
        ("horizon", shown.get("horizon")),
        ("lookback", learned.lookback),
        ("season", learned.season),
        ("strategy", shown.get("strategy")),
        ("residual", learned.residual),
        ("sees", " · ".join(["the values", *([beside] if beside else [])])),
        ("intervals", _intervals(shown)),
        ("series", f"{len(ids)}: {', '.join(ids[:5])}{', ...' if len(ids) > 5 else ''}"),
        ("network", _network(dict(learned.network))),
        ("scaling", learned.scaling),
        ("engine", learned.engine),
        ("epochs", f"{len(learned.history)}, weights of epoch {learned.kept_epoch}"),
    ]


def _of_writer(header: dict[str, Any]) -> list[tuple[str, object]]:
    from recur.data.text.vocabulary import Vocabulary

    learned = header.get("learned")
    known = learned if isinstance(learned, dict) else {}
    vocabulary = Vocabulary.from_dict(known.get("vocabulary", {}))
    chosen, network = known.get("chosen", {}), known.get("network", {})
    history = known.get("history", [])
    pairs: list[tuple[str, object]] = [
        ("task", header.get("task")),
        (vocabulary.unit, _symbols(vocabulary)),
        ("unknown", vocabulary.unknown),
        ("network", ", ".join(f"{name} {network.get(name)}" for name in _WRITING)),
        ("streams", f"{chosen.get('streams')}, windows of {chosen.get('steps')}"),
        ("engine", known.get("engine")),
        ("epochs", f"{len(history)}, weights of epoch {known.get('kept_epoch')}"),
        ("ended", known.get("ended")),
    ]
    judgement = header.get("judgement")
    if isinstance(judgement, dict) and isinstance(judgement.get("validation"), dict):
        held = judgement["validation"]
        pairs.append(("loss", f"{held.get('nats'):.4f} nats, {held.get('bits'):.4f} bits"))
    return pairs


def _of_denoiser(header: dict[str, Any]) -> list[tuple[str, object]]:
    learned, settings = header.get("learned"), header.get("settings")
    known = learned if isinstance(learned, dict) else {}
    shown = settings if isinstance(settings, dict) else {}
    rate, names = known.get("rate_hz"), known.get("names", [])
    network, history = known.get("network", {}), known.get("history", [])
    return [
        ("task", header.get("task")),
        ("cleans", ", ".join(names) or (f"sound at {rate:,} Hz" if rate else "arrays")),
        ("noise", shown.get("noise") or "that of the pairs"),
        ("network", ", ".join(f"{name} {network.get(name)}" for name in _CLEANING)),
        ("stretches", f"of {shown.get('steps')} steps"),
        ("engine", known.get("engine")),
        ("epochs", f"{len(history)}, weights of epoch {known.get('kept_epoch')}"),
        ("ended", known.get("ended")),
    ]


def _symbols(vocabulary: Vocabulary) -> str:
    """Return how many symbols there are and, of characters, which."""
    if vocabulary.unit == "bytes":
        return f"{len(vocabulary)} of 256"
    shown = "".join(vocabulary.symbols[:100])
    more = ", ..." if len(vocabulary) > 100 else ""
    return f"{len(vocabulary)}: {repr(shown)[1:-1]}{more}"


def _intervals(settings: dict[str, Any]) -> str:
    """Return the levels of a model's intervals and how they are made."""
    from recur.judge import level_key

    levels = settings.get("intervals")
    if not isinstance(levels, list) or not levels:
        return "none"
    shown = ", ".join(f"{level_key(float(level))} %" for level in levels)
    return f"{shown}, {settings.get('interval_method')}"


def _network(spec: dict[str, Any]) -> str:
    """Return the settings of a network, a convolution's among them."""
    front = spec.pop("convolution")
    told = [f"{name} {value}" for name, value in spec.items()]
    if front is not None:
        told.append(f"convolution of {', '.join(f'{name} {value}' for name, value in front)}")
    return ", ".join(told)


def _of_run(header: dict[str, Any]) -> list[tuple[str, object]]:
    return [
        ("epochs", len(header.get("history", []))),
        ("steps", header.get("steps", [0])[0]),
        ("rescues", header.get("attempt")),
        ("ended", header.get("ended") or "no: fit with the same data and settings resumes it"),
    ]
