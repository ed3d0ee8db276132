"""Exported files run as their users run them: without recur, and by onnxruntime."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

_RUN = """
import pickle, sys
from importlib.util import module_from_spec, spec_from_file_location
sys.modules["recur"] = None  # as where it is not installed
calls = pickle.loads(sys.stdin.buffer.read())
answers = []
for path, function, given in calls:
    spec = spec_from_file_location("model", path)
    model = module_from_spec(spec)
    sys.modules["model"] = model
    spec.loader.exec_module(model)
    answers.append(getattr(model, function)(*given))
foreign = sorted(name for name in ("torch", "numba", "scipy", "onnx") if name in sys.modules)
sys.stdout.buffer.write(pickle.dumps((answers, foreign)))
"""
Called = tuple[Path, str, tuple[Any, ...]]


def called(calls: list[Called]) -> list[Any]:
    """Return what functions of exported files answer in a process that knows NumPy alone."""
    told = [(str(path), name, given) for path, name, given in calls]
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-c", _RUN],
        input=pickle.dumps(told), capture_output=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr.decode()
    answers, foreign = pickle.loads(ended.stdout)
    assert foreign == []
    return list(answers)


def by_onnxruntime(data: bytes, given: Mapping[str, Any]) -> list[Any]:
    """Return what a graph answers."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    kinds: dict[str, Any] = {
        "tensor(double)": np.float64, "tensor(float)": np.float32, "tensor(int64)": np.int64,
        "tensor(int32)": np.int32, "tensor(bool)": np.bool_,
    }  # fmt: skip
    feeds = {one.name: np.asarray(given[one.name], kinds[one.type]) for one in session.get_inputs()}
    return list(session.run(None, feeds))
