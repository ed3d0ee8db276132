"""A fitted denoiser on recordings whose clean form is known, beside simple filters."""

from __future__ import annotations

from recur.data.signals.recordings import Pairs, RecordingArrays
from recur.judge.denoise.judgement import NETWORK, NOISY, DenoisingJudgement, judge_denoising
from recur.tasks.denoise.clean import cleaned
from recur.tasks.denoise.fitted import FittedDenoiser


def judged(fitted: FittedDenoiser, pairs: Pairs) -> DenoisingJudgement:
    """Return how a denoiser does on recordings beside the filters."""
    answers: dict[str, RecordingArrays] = {
        NETWORK: cleaned(fitted, pairs.noisy),
        NOISY: pairs.noisy,
    }
    answers |= {each.name: each.clean(pairs.noisy) for each in fitted.filters}
    return judge_denoising(
        pairs.clean,
        answers,
        causal=not fitted.learned.network.bidirectional,
        units=fitted.clean_scale.spread,
        windows={each.name: each.window for each in fitted.filters},
    )
