"""aeon: MiniRocket, random kernels and a ridge classifier."""

from __future__ import annotations

import numpy as np
from aeon.classification.convolution_based import MiniRocketClassifier
from benchmarks.peers.workers.protocol import Answer, Clock, Job, serve


def classify(job: Job) -> Answer:
    known, asked = (np.asarray(job[part], dtype=np.float32)[:, None] for part in ("train", "test"))
    clock = Clock()
    model = MiniRocketClassifier(random_state=job["seed"], n_jobs=job["threads"])
    model.fit(known, np.asarray(job["labels"]))
    return {"labels": [str(label) for label in model.predict(asked)], **clock.spent()}


if __name__ == "__main__":
    serve({"classify": classify})
