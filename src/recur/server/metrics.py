"""What a server counts, as text for Prometheus."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

_BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
Labels = tuple[tuple[str, str], ...]


@dataclass
class _Seconds:
    """How long requests of a kind took: how many at most so long, and all of them together."""

    buckets: list[int] = field(default_factory=lambda: [0] * len(_BOUNDS))
    count: int = 0
    total: float = 0.0

    def add(self, seconds: float) -> None:
        self.count += 1
        self.total += seconds
        for i, bound in enumerate(_BOUNDS):
            if seconds <= bound:
                self.buckets[i] += 1


class Metrics:
    """Requests by route and status, and how long they took."""

    def __init__(self) -> None:
        self._requests: dict[tuple[str, str, int], int] = {}
        self._seconds: dict[str, _Seconds] = {}

    def add(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request that was answered."""
        key = (method, route, status)
        self._requests[key] = self._requests.get(key, 0) + 1
        self._seconds.setdefault(route, _Seconds()).add(seconds)

    def text(self, gauges: Mapping[str, tuple[str, Mapping[Labels, float]]]) -> str:
        """Return all of it in the format that Prometheus reads.

        Args:
            gauges: of each name what it is, and its values now by their labels.
        """
        lines = ["# HELP recur_requests_total Requests that were answered."]
        lines.append("# TYPE recur_requests_total counter")
        for (method, route, status), count in sorted(self._requests.items()):
            labels = (("method", method), ("route", route), ("status", str(status)))
            lines.append(f"recur_requests_total{_labelled(labels)} {count}")
        name = "recur_request_seconds"
        lines.append(f"# HELP {name} From the first byte of a request to the last of its answer.")
        lines.append(f"# TYPE {name} histogram")
        for route, seconds in sorted(self._seconds.items()):
            lines += _histogram(name, (("route", route),), seconds)
        for gauge, (about, values) in gauges.items():
            lines += [f"# HELP {gauge} {about}", f"# TYPE {gauge} gauge"]
            lines += [f"{gauge}{_labelled(labels)} {value:g}" for labels, value in values.items()]
        return "\n".join(lines) + "\n"


def _histogram(name: str, labels: Labels, seconds: _Seconds) -> Iterable[str]:
    for bound, count in zip(_BOUNDS, seconds.buckets, strict=True):
        yield f"{name}_bucket{_labelled((*labels, ('le', f'{bound:g}')))} {count}"
    yield f"{name}_bucket{_labelled((*labels, ('le', '+Inf')))} {seconds.count}"
    yield f"{name}_sum{_labelled(labels)} {seconds.total:.6f}"
    yield f"{name}_count{_labelled(labels)} {seconds.count}"


def _labelled(labels: Labels) -> str:
    if not labels:
        return ""
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
