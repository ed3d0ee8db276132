"""A FastAPI server of twenty lines around a `torch.nn` model, as one is usually written.

python -m benchmarks.live.torch_server MODEL PORT
"""

from __future__ import annotations

import sys
from typing import Any

import torch
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel

import recur


class Request(BaseModel):
    """What comes in."""

    series: list[float]


def make_app(path: str) -> FastAPI:
    app, model = FastAPI(), recur.load(path)
    module, lookback = recur.torch_module(model).eval(), model.lookback_
    torch.set_num_threads(1)

    @app.post("/predict")
    def predict(request: Request) -> dict[str, Any]:
        newest = torch.tensor(request.series[-lookback:], dtype=torch.float32)
        with torch.no_grad():
            outputs, _ = module(newest[:, None, None])
        return {"forecast": outputs[0].tolist()}

    return app


if __name__ == "__main__":
    uvicorn.run(make_app(sys.argv[1]), port=int(sys.argv[2]), log_level="warning")
