"""A file that is packed or binary is looked at in a process of its own, which may die of it.

One changed byte of a Parquet file can make its reader end the process, and what a few kilobytes
unpack to is not known before it is done.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from recur.errors import RecurError
from recur.server.bodies import Body, json_bytes
from recur.server.errors import Refusal, refusal_of
from recur.server.limits import Limits
from recur.server.studio.looking import look_at

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

_TEXTS = (".csv", ".tsv", ".txt", ".json", ".jsonl", ".tsf", ".arff")
_MARKS = (b"\xff\xfe", b"\xfe\xff")  # of UTF-16, in which there are zeros
_PACKED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"PK\x03\x04")
_MEMORY = 8 << 30  # bytes of addresses
_SECONDS = 60


def look(body: Body, settings: Mapping[str, Any], limits: Limits) -> bytes:
    """Return what `look_at` finds of a file as JSON, in a process of its own where need be.

    Raises:
        Refusal: it cannot be read.
    """
    begin = body.data[:4096]
    binary = (b"\0" in begin and not begin.startswith(_MARKS)) or begin.startswith(_PACKED)
    if not binary and body.name.lower().endswith(_TEXTS):
        return json_bytes(look_at(body, settings, limits))
    asked = {"name": body.name, "settings": dict(settings), "limits": asdict(limits)}
    with body.file() as path:
        try:
            done = subprocess.run(
                [sys.executable, "-m", __name__], input=json.dumps(asked).encode(),
                cwd=path.parent, capture_output=True, timeout=_SECONDS, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            done = None
    if done is None or done.returncode:
        raise Refusal(
            422, f"{body.name} cannot be read: it is damaged, or unpacks to more than is taken."
        )
    told = json.loads(done.stdout)
    if "error" in told:
        raise Refusal(told["status"], told["error"])
    return done.stdout


def main() -> None:
    """Look at the file that standard input names, in this folder, and print what is found."""
    if resource is not None:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    asked = json.load(sys.stdin)
    body = Body(None, asked["name"], Path(asked["name"]).read_bytes())
    try:
        found = look_at(body, asked["settings"], Limits(**asked["limits"]))
    except (Refusal, RecurError) as error:
        told = error if isinstance(error, Refusal) else refusal_of(error)
        found = {"error": told.sentence, "status": told.status}
    sys.stdout.buffer.write(json_bytes(found))


if __name__ == "__main__":
    main()
