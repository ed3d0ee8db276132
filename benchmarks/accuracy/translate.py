"""English to French with the defaults, beside word by word and a plain PyTorch loop.

    python benchmarks/accuracy/translate.py [--seed 0] [--plain-share 5] [--settings '{}']

Needs RECUR_DATA, sacrebleu and PyTorch. A tenth of the sentences is held out, all pairs of a
sentence together. The plain loop is that of PyTorch's own tutorial on translation with attention
(an encoder and a decoder with a GRU of 256, additive attention whose context goes into the next
step, teacher forcing, batches of 32 padded to the longest, Adam at 0.001, dropout 0.1, the
likeliest word each time), on the same words of the same pairs, cut and put together in the same
way. It is given `--plain-share` times the processor time that the translator took, judging
included, of which only its own training counts, and is judged after every epoch. Both run on one
thread, and processor time is told, so that what else runs on the machine does not count. Prints a
line of JSON each; at the end whether the translator is at least as good as the plain loop ever was,
and when that was as good.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import sacrebleu
import torch
from torch import Tensor, nn

from recur import Translator
from recur.data.labelled.lexicon import pieces
from recur.data.labelled.pairs import TextPairs, read_pairs
from recur.data.labelled.spacing import Spacing
from recur.judge.superiority import NETWORK

HIDDEN, BATCH, RATE, DROPOUT = 256, 32, 0.001, 0.1
BEGIN, END, REST = 0, 1, 2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--plain-share", type=float, default=5.0, help="0 leaves the loop out")
    parser.add_argument("--settings", default="{}", help="parameters of the translator, as JSON")
    given = parser.parse_args()
    if "RECUR_DATA" not in os.environ:
        sys.exit("set RECUR_DATA to a folder with labelled/")
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    pairs = read_pairs([Path(os.environ["RECUR_DATA"]) / "labelled/english-french.tsv"])
    first, second = pairs.divided(0.1, given.seed, 0)
    rest, held = pairs.part(first), pairs.part(second)
    ours = translator(rest, held, {**json.loads(given.settings), "seed": given.seed})
    if given.plain_share:
        plain(rest, held, given.seed, given.plain_share, ours)


def translator(rest: TextPairs, held: TextPairs, settings: dict[str, Any]) -> dict[str, Any]:
    """Fit with the defaults, judge, and print and return what that came to."""
    began, processor = time.perf_counter(), time.process_time()
    model: Any = Translator(**{"threads": 1, **settings}).fit(rest, test=held, progress=False)
    row = {
        "method": "recur",
        "settings": settings,
        "parameters": model.network_.size,
        "epochs": len(model.history_),
        "scores": {name: rounded(vars(one)) for name, one in model.judgement_.scores.items()},
        "sacrebleu": measured(model.held_out_.answers[NETWORK], model.held_out_.truths),
        "verdict": model.judgement_.verdict.sentence,
        "processor seconds": round(time.process_time() - processor, 1),
        "seconds": round(time.perf_counter() - began, 1),
    }
    print(json.dumps(row, ensure_ascii=False), flush=True)
    return row


def rounded(values: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 3) for name, value in values.items()}


def measured(answers: Sequence[str], truths: Sequence[Sequence[str]]) -> dict[str, float]:
    """Return chrF and BLEU as sacrebleu computes them."""
    most = max(map(len, truths))
    streams: Any = [[each[i] if i < len(each) else None for each in truths] for i in range(most)]
    return rounded(
        {
            "chrf": sacrebleu.corpus_chrf(answers, streams).score,
            "bleu": sacrebleu.corpus_bleu(answers, streams, force=True).score,
        }
    )


class Encoder(nn.Module):
    """The tutorial's encoder."""

    def __init__(self, words: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(words, HIDDEN)
        self.gru = nn.GRU(HIDDEN, HIDDEN, batch_first=True)
        self.dropout = nn.Dropout(DROPOUT)

    def forward(self, inputs: Tensor) -> tuple[Tensor, Tensor]:
        """Return what it gives at each step, and its last state."""
        output, hidden = self.gru(self.dropout(self.embedding(inputs)))
        return output, hidden


class Decoder(nn.Module):
    """The tutorial's decoder: what it looks at goes into its next step beside the word before."""

    def __init__(self, words: int, longest: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(words, HIDDEN)
        self.query, self.key = nn.Linear(HIDDEN, HIDDEN), nn.Linear(HIDDEN, HIDDEN)
        self.score = nn.Linear(HIDDEN, 1)
        self.gru = nn.GRU(2 * HIDDEN, HIDDEN, batch_first=True)
        self.out = nn.Linear(HIDDEN, words)
        self.dropout = nn.Dropout(DROPOUT)
        self.longest = longest

    def forward(self, memory: Tensor, hidden: Tensor, targets: Tensor | None = None) -> Tensor:
        """Return the logarithms of probabilities, [batch, longest, words]."""
        fed = torch.full((len(memory), 1), BEGIN, dtype=torch.long)
        outputs = []
        for step in range(self.longest):
            embedded = self.dropout(self.embedding(fed))
            query = hidden.permute(1, 0, 2)
            scores = self.score(torch.tanh(self.query(query) + self.key(memory)))
            context = torch.bmm(torch.softmax(scores.permute(0, 2, 1), -1), memory)
            output, hidden = self.gru(torch.cat((embedded, context), dim=2), hidden)
            outputs.append(self.out(output))
            if targets is None:
                fed = outputs[-1].topk(1)[1].squeeze(-1).detach()
            else:
                fed = targets[:, step : step + 1]
        return torch.log_softmax(torch.cat(outputs, dim=1), dim=-1)


def plain(rest: TextPairs, held: TextPairs, seed: int, share: float, ours: dict[str, Any]) -> None:
    """Train the tutorial's loop for a multiple of our processor time; judge it every epoch."""
    own, aim = ours["processor seconds"], ours["sacrebleu"]["chrf"]
    seconds = share * own
    torch.manual_seed(seed)
    sides = [[pieces(text, "words", exact=True) for text in side]
             for side in (rest.sources, rest.targets)]  # fmt: skip
    words = [[*dict.fromkeys(word for text in side for word in text)] for side in sides]
    numbers = [{word: REST + i for i, word in enumerate(side)} for side in words]
    sources, truths = held.references()
    asked = [pieces(text, "words", exact=True) for text in sources]
    # Padded with 0, as the tutorial does, which counts as a target, too.
    longest = max(len(text) for side in (*sides, asked) for text in side) + 1

    def padded(texts: Sequence[Sequence[str]], of: dict[str, int]) -> Tensor:
        rows = torch.zeros(len(texts), longest, dtype=torch.long)
        for row, text in zip(rows, texts, strict=True):
            known = [of[word] for word in text if word in of]
            row[: len(known) + 1] = torch.tensor([*known, END])
        return rows

    inputs, targets = (padded(side, of) for side, of in zip(sides, numbers, strict=True))
    encoder = Encoder(REST + len(words[0]))
    decoder = Decoder(REST + len(words[1]), longest)
    parts = [*encoder.parameters(), *decoder.parameters()]
    optimisers = [torch.optim.Adam(part.parameters(), lr=RATE) for part in (encoder, decoder)]
    criterion, spacing = nn.NLLLoss(), Spacing.of(rest.targets, "words")
    spent, epoch, best, as_good = 0.0, 0, 0.0, None
    while spent < seconds:
        began = time.process_time()
        for rows in torch.split(torch.randperm(len(inputs)), BATCH):
            for optimiser in optimisers:
                optimiser.zero_grad()
            memory, hidden = encoder(inputs[rows])
            loss = criterion(decoder(memory, hidden, targets[rows]).flatten(0, 1),
                             targets[rows].flatten())  # fmt: skip
            loss.backward()
            for optimiser in optimisers:
                optimiser.step()
            if spent + time.process_time() - began > seconds:
                break
        spent, epoch = spent + time.process_time() - began, epoch + 1
        encoder.eval(), decoder.eval()
        with torch.no_grad():
            memory, hidden = encoder(padded(asked, numbers[0]))
            chosen = decoder(memory, hidden).argmax(-1).tolist()
        encoder.train(), decoder.train()
        answers = []
        for row in chosen:
            end = row.index(END) if END in row else len(row)
            written = [words[1][number - REST] for number in row[:end] if number >= REST]
            answers.append(spacing.join(written, "words"))
        found = measured(answers, truths)
        if as_good is None and found["chrf"] >= aim:
            as_good = round(spent, 1)
        best = max(best, found["chrf"])
        row = {"method": "plain PyTorch", "epoch": epoch, "loss": round(loss.item(), 3), **found}
        row["processor seconds"] = round(spent, 1)
        print(json.dumps(row), flush=True)
    row = {
        "parameters": sum(int(np.prod(part.shape)) for part in parts),
        "chrf of recur": aim,
        "processor seconds of recur": own,
        "best chrf of the plain loop": best,
        "processor seconds of the plain loop": round(spent, 1),
        "as good as the plain loop": aim >= best,
        "as good as recur after processor seconds": as_good,
    }
    print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
