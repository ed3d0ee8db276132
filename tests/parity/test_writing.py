"""Symbols written and read by every engine: against each other, by hand, and in pieces."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from recur.arrays import Symbols
from recur.data.text.counts import Counts
from recur.data.text.ngram import NGram
from recur.engines.base import Engine, SymbolWriter
from recur.engines.compiled.engine import CompiledEngine
from recur.engines.compiled.kernels import writing
from recur.engines.compiled.kernels.plan import blocks_for
from recur.engines.compiled.threads import Threads
from recur.engines.compiled.writer import CompiledWriter
from recur.engines.mixing import EVEN, Mixture, nats
from recur.engines.reading import read
from recur.engines.registry import open_engine
from recur.engines.sampling import SamplingSettings, choose
from recur.errors import InputError, SettingsError
from recur.networks.cells import CELLS
from recur.networks.initial import initial_values
from recur.networks.reference import State, forward, zero_state
from recur.networks.spec import NetworkSpec

GREEDY = SamplingSettings(temperature=0)
DRAWINGS = {
    "greedy": GREEDY,
    "plain": SamplingSettings(seed=1),
    "cold": SamplingSettings(temperature=0.3, seed=2),
    "top k": SamplingSettings(top_k=4, seed=3),
    "top p": SamplingSettings(top_p=0.6, seed=2**62 + 5),
    "min p": SamplingSettings(min_p=0.2, seed=8),
    "all": SamplingSettings(temperature=1.7, top_k=9, top_p=0.8, min_p=0.05, seed=4),
}


def network(cell: str, layers: int, hidden: int = 12, symbols: int = 13) -> NetworkSpec:
    return NetworkSpec.from_dict({
        "cell": cell, "layers": layers, "hidden": hidden, "symbols": symbols, "inputs": 5,
        "outputs": symbols, "reads": "every", "dropout": 0.5,
    })  # fmt: skip


def values_of(spec: NetworkSpec) -> NDArray[np.float32]:
    return np.random.default_rng(2).normal(0, 0.4, spec.size).astype(np.float32)


def start(spec: NetworkSpec, lanes: int) -> tuple[Symbols, State]:
    """Return newest symbols, and a state in which something has been read."""
    random = np.random.default_rng(lanes)
    text = random.integers(0, spec.symbols, (4, lanes)).astype(np.int32)
    _, state = forward(spec, values_of(spec), text[:-1])
    return text[-1], state


def by_hand(
    engine: Engine,
    spec: NetworkSpec,
    given: tuple[Symbols, State],
    count: int,
    sampling: SamplingSettings,
) -> tuple[list[list[int]], State]:
    stepper = engine.stepper(spec, values_of(spec))
    newest, state = given
    written = []
    for step in range(count):
        logits, state = stepper.step(newest, state)
        newest = choose(logits, sampling, step)
        written.append(newest.tolist())
    return written, state


def same(ours: State, theirs: State, tolerance: float = 0) -> None:
    assert len(ours) == len(theirs)
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=tolerance)


@pytest.mark.parametrize("lanes", [1, 3, 17])
@pytest.mark.parametrize("layers", [1, 2, 3])
@pytest.mark.parametrize("cell", CELLS)
def test_engines_write_the_same_symbols(cell: str, layers: int, lanes: int) -> None:
    spec = network(cell, layers)
    given = start(spec, lanes)
    writers = [open_engine(name).writer(spec, values_of(spec)) for name in ("torch", "compiled")]
    for sampling in DRAWINGS.values():
        (theirs, their_end), (ours, our_end) = (
            writer.write(*given, 12, sampling) for writer in writers
        )
        assert ours.dtype == theirs.dtype == np.int32
        assert ours.tolist() == theirs.tolist()
        same(our_end, their_end, 1e-5)


@pytest.mark.parametrize("lanes", [1, 3])
@pytest.mark.parametrize("name", DRAWINGS)
@pytest.mark.parametrize("cell", CELLS)
def test_writing_is_stepping_and_choosing(cell: str, name: str, lanes: int, engine: Engine) -> None:
    spec, sampling = network(cell, 2), DRAWINGS[name]
    given = start(spec, lanes)
    written, end = engine.writer(spec, values_of(spec)).write(*given, 30, sampling)
    expected, state = by_hand(engine, spec, given, 30, sampling)
    assert written.tolist() == expected
    same(end, state, 1e-5 if lanes == 1 else 0)  # one text finds its first sums in a table


@pytest.mark.parametrize("name", DRAWINGS)
@pytest.mark.parametrize("symbols", [1, 2, 300])
def test_compiled_code_draws_what_numpy_draws_from_the_same_outputs(
    symbols: int, name: str
) -> None:
    spec = network("gru", 1, symbols=symbols)
    given, engine = start(spec, 5), open_engine("compiled")
    written, _ = engine.writer(spec, values_of(spec)).write(*given, 50, DRAWINGS[name])
    assert written.tolist() == by_hand(engine, spec, given, 50, DRAWINGS[name])[0]


def test_equal_outputs_are_ordered_by_their_numbers(engine: Engine) -> None:
    spec = network("gru", 1)
    values = np.zeros(spec.size, np.float32)  # all symbols are alike, whatever was written
    bias = spec.named(values)["head.bias"]
    bias[[2, 5, 7, 11]] = 1
    bias[[0, 3]] = -0.0
    writer = engine.writer(spec, values)
    given = np.zeros(4, np.int32), zero_state(spec, 4)
    assert set(writer.write(*given, 9, GREEDY)[0].ravel()) == {2}
    assert set(writer.write(*given, 90, SamplingSettings(top_k=3))[0].ravel()) == {2, 5, 7}
    assert set(writer.write(*given, 90, SamplingSettings(top_k=6))[0].ravel()) == {
        0,
        1,
        2,
        5,
        7,
        11,
    }


@pytest.mark.parametrize("cell", CELLS)
def test_one_text_is_written_alike_with_and_without_a_table_of_first_sums(cell: str) -> None:
    spec, engine = network(cell, 2), CompiledEngine()
    values, given = values_of(spec), start(spec, 1)
    assert len(writing.with_table(spec, values)) > spec.size
    with_it, without = (
        CompiledWriter(Threads(1), spec, values, engine.forward, table=table).write(
            *given, 30, GREEDY
        )
        for table in (True, False)
    )
    assert with_it[0].tolist() == without[0].tolist()
    same(with_it[1], without[1], 1e-5)


def test_many_symbols_have_no_table_larger_than_the_weights() -> None:
    spec = network("lstm", 1, symbols=3000)
    assert len(writing.with_table(spec, values_of(spec))) == spec.size
    theirs, ours = (
        open_engine(name).writer(spec, values_of(spec)) for name in ("torch", "compiled")
    )
    given = start(spec, 1)
    assert ours.write(*given, 9, GREEDY)[0].tolist() == theirs.write(*given, 9, GREEDY)[0].tolist()


@pytest.mark.parametrize(("top_p", "kept"), [(0.25, {0}), (0.5, {0, 1}), (0.51, {0, 1, 2})])
def test_no_more_symbols_are_kept_than_reach_the_probability(
    top_p: float, kept: set[int], engine: Engine
) -> None:
    spec = network("gru", 1, symbols=4)
    writer = engine.writer(spec, np.zeros(spec.size, np.float32))  # a fourth for each
    given = np.zeros(4, np.int32), zero_state(spec, 4)
    assert set(writer.write(*given, 60, SamplingSettings(top_p=top_p))[0].ravel()) == kept


@pytest.mark.parametrize("lanes", [1, 3])
@pytest.mark.parametrize("pieces", [(3, 4), (1, 1, 1, 1, 1, 1, 1), (0, 7), (6, 0, 1)])
@pytest.mark.parametrize("name", ["greedy", "all"])
def test_a_text_in_pieces_is_the_text_in_one(
    pieces: tuple[int, ...], name: str, lanes: int, engine: Engine
) -> None:
    spec = network("lstm", 2)
    newest, state = start(spec, lanes)
    writer = engine.writer(spec, values_of(spec))
    whole, end = writer.write(newest, state, 7, DRAWINGS[name], 100)
    written: list[list[int]] = []
    for count in pieces:
        part, state = writer.write(newest, state, count, DRAWINGS[name], 100 + len(written))
        written += part.tolist()
        newest = part[-1] if count else newest
    assert written == whole.tolist()
    same(state, end)


def test_the_number_of_the_first_step_keys_what_is_drawn(engine: Engine) -> None:
    spec = network("gru", 1)
    writer = engine.writer(spec, values_of(spec))
    texts = [
        writer.write(*start(spec, 2), 30, SamplingSettings(), step)[0].tolist() for step in (0, 1)
    ]
    assert texts[0] != texts[1]
    far = 2**40
    theirs = open_engine("torch").writer(spec, values_of(spec))
    written, _ = writer.write(*start(spec, 2), 5, SamplingSettings(), far)
    assert written.tolist() == theirs.write(*start(spec, 2), 5, SamplingSettings(), far)[0].tolist()


@pytest.mark.parametrize(
    ("lanes", "hidden", "shared"),
    [(3, 128, False), (64, 256, True), (20, 256, True), (150, 12, False)],
)
def test_any_number_of_threads_writes_the_same_bits(lanes: int, hidden: int, shared: bool) -> None:
    spec = network("lstm", 2, hidden)
    texts = []
    for threads in (1, 2, 3):
        writer = CompiledEngine(threads, worth=0).writer(spec, values_of(spec))
        assert (writer._laid_out(lanes)[0].blocks > 1) == shared  # the case is what it is for
        written, end = writer.write(*start(spec, lanes), 6, SamplingSettings(seed=1))
        texts.append((written.tobytes(), *(part.tobytes() for part in end)))
    assert texts[0] == texts[1] == texts[2]


def test_a_few_texts_are_not_shared_among_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = network("gru", 1, 256)
    assert blocks_for(spec, 8) > 1  # elsewhere they are
    calls = []
    original = writing.write

    def recorded(*given: Any) -> None:
        calls.append(given[-3:])
        original(*given)

    monkeypatch.setattr(writing, "write", recorded)
    writer = open_engine("compiled", 2).writer(spec, values_of(spec))
    writer.write(*start(spec, 8), 100, SamplingSettings())
    assert calls == [(1, 0, 0)]


@pytest.mark.parametrize("cell", CELLS)
def test_what_is_read_are_the_logarithms_of_the_outputs_probabilities(
    cell: str, engine: Engine
) -> None:
    spec = network(cell, 2)
    text = np.random.default_rng(5).integers(0, spec.symbols, (40, 3)).astype(np.int32)
    _, state = start(spec, 3)
    losses, end = engine.writer(spec, values_of(spec)).read(text, state)
    outputs, exact = forward(spec, values_of(spec).astype(np.float64), text[:-1], state)
    shares = np.exp(outputs) / np.exp(outputs).sum(axis=-1, keepdims=True)
    expected = -np.log(np.take_along_axis(shares, text[1:, :, None].astype(int), axis=-1))[..., 0]
    assert losses.shape == (39, 3)
    assert losses.dtype == np.float64
    np.testing.assert_allclose(losses, expected, rtol=1e-4, atol=1e-5)
    same(end, exact, 1e-5)


@pytest.mark.parametrize("limit", [{"most": 21}, {"most_outputs": 300}], ids=str)
def test_reading_in_portions_is_reading_at_once(limit: dict[str, Any], engine: Engine) -> None:
    spec = network("lstm", 2)
    text = np.random.default_rng(5).integers(0, spec.symbols, (50, 3)).astype(np.int32)
    writer, state = engine.writer(spec, values_of(spec)), zero_state(spec, 3)
    whole, end = writer.read(text, state)
    portions, same_end = read(engine.forward, spec, values_of(spec), text, state, **limit)
    np.testing.assert_allclose(portions, whole, rtol=0, atol=1e-5)
    same(same_end, end, 1e-6)
    first, state = writer.read(text[:20], zero_state(spec, 3))
    second, state = writer.read(text[19:], state)
    np.testing.assert_allclose(np.concatenate([first, second]), whole, rtol=0, atol=1e-5)
    same(state, end, 1e-6)


def test_writing_goes_on_from_a_text_that_was_read(engine: Engine) -> None:
    spec = network("gru", 3)
    writer = engine.writer(spec, values_of(spec))
    newest, state = start(spec, 3)
    written, end = writer.write(newest, state, 12, SamplingSettings(seed=9))
    text = np.concatenate([newest[None], written])
    _, replayed = writer.read(text, state)
    same(replayed, end, 1e-5)
    more, _ = writer.write(written[-1], end, 5, GREEDY)
    assert more.tolist() == writer.write(text[-1], replayed, 5, GREEDY)[0].tolist()


def test_one_symbol_is_read_without_a_loss_or_a_step(engine: Engine) -> None:
    spec = network("lstm", 1)
    newest, state = start(spec, 2)
    losses, end = engine.writer(spec, values_of(spec)).read(newest[None], state)
    assert losses.shape == (0, 2)
    same(end, state)
    assert not np.shares_memory(end[0], state[0])


def test_what_is_given_stays_as_it_is(engine: Engine) -> None:
    spec = network("lstm", 2)
    values = values_of(spec)
    writer = engine.writer(spec, values)
    newest, state = start(spec, 2)
    before = newest.copy(), tuple(part.copy() for part in state)
    expected, end = writer.write(newest, state, 9, SamplingSettings())
    values[:] = 0  # the writer has its own
    again, _ = writer.write(newest, state, 9, SamplingSettings())
    assert again.tolist() == expected.tolist()
    assert newest.tolist() == before[0].tolist()
    same(state, before[1])
    assert not any(np.shares_memory(a, b) for a, b in zip(end, state, strict=True))


def test_symbols_and_states_need_not_be_contiguous(engine: Engine) -> None:
    spec = network("lstm", 2)
    newest, state = start(spec, 6)
    writer = engine.writer(spec, values_of(spec))
    apart, own = writer.write(
        newest[::2], tuple(part[:, ::2] for part in state), 9, SamplingSettings()
    )
    parts = tuple(np.ascontiguousarray(part[:, ::2]) for part in state)
    assert (
        apart.tolist() == writer.write(newest[::2].copy(), parts, 9, SamplingSettings())[0].tolist()
    )
    assert own[0].flags.c_contiguous


@pytest.mark.parametrize("sampling", [GREEDY, SamplingSettings()])
def test_outputs_beyond_all_bounds_are_an_error_that_names_the_symbol(
    sampling: SamplingSettings, engine: Engine
) -> None:
    spec = network("rnn", 1).but(nonlinearity="relu")
    values = np.abs(initial_values(spec, seed=0)) * 50  # the state grows with every step
    given = np.zeros(3, np.int32), zero_state(spec, 3)
    writer = engine.writer(spec, values)
    writer.write(*given, 5, sampling, 40)
    with (
        np.errstate(all="ignore"),
        pytest.raises(InputError, match=r"no longer finite .* at symbol \d+ of the text"),
    ):
        writer.write(*given, 100, sampling, 40)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"symbols": 0, "inputs": 13}, "0 symbols"),
        ({"outputs": 12}, "12 outputs"),
        ({"head": "tanh"}, "the head 'tanh'"),
        ({"bidirectional": True}, "reads backwards too"),
    ],
)
def test_networks_that_cannot_write_are_refused(
    changes: dict[str, Any], expected: str, engine: Engine
) -> None:
    spec = network("gru", 1).but(**changes)
    with pytest.raises(SettingsError, match=expected):
        engine.writer(spec, np.zeros(spec.size, np.float32))


def writes(writer: SymbolWriter, symbols: Any, state: State) -> object:
    return writer.write(symbols, state, 3, SamplingSettings())


def reads(writer: SymbolWriter, symbols: Any, state: State) -> object:
    return writer.read(symbols[None], state)


@pytest.mark.parametrize("call", [writes, reads])
def test_symbols_and_states_that_do_not_fit_are_refused(call: Any, engine: Engine) -> None:
    spec = network("gru", 1)
    writer, (newest, state) = engine.writer(spec, values_of(spec)), start(spec, 2)
    for wrong in (13, -1):
        with pytest.raises(SettingsError, match="this network knows 0 to 12"):
            call(writer, np.array([0, wrong], np.int32), state)
    with pytest.raises(SettingsError, match="int64"):
        call(writer, newest.astype(np.int64), state)
    with pytest.raises(SettingsError, match="the state has the shapes"):
        call(writer, newest[:1], state)


@pytest.mark.parametrize(("count", "first"), [(-1, 0), (1, -1)])
def test_counts_below_zero_are_refused(count: int, first: int, engine: Engine) -> None:
    spec = network("gru", 1)
    with pytest.raises(SettingsError, match="at least 0"):
        engine.writer(spec, values_of(spec)).write(
            *start(spec, 2), count, SamplingSettings(), first
        )


def test_nothing_to_read_is_refused(engine: Engine) -> None:
    spec = network("gru", 1)
    with pytest.raises(SettingsError, match="at least one"):
        engine.writer(spec, values_of(spec)).read(np.zeros((0, 2), np.int32), zero_state(spec, 2))


def mixture(symbols: int, seed: int = 0) -> Mixture:
    text = np.random.default_rng(seed).integers(0, symbols, 400) // 2
    gate = np.random.default_rng(seed + 1).normal(0.5, 0.2, EVEN.shape)
    return Mixture(Counts.of(NGram.fit(text, 4, symbols)), gate)


@pytest.mark.parametrize("lanes", [1, 3, 70])
def test_engines_write_and_read_the_same_mixed_with_counts(lanes: int) -> None:
    spec = network("gru", 2)
    given, counts = start(spec, lanes), mixture(spec.symbols)
    before = np.random.default_rng(3).integers(0, spec.symbols // 2, (6, lanes)).astype(np.int32)
    names = ("torch", "compiled")
    writers = [open_engine(name).writer(spec, values_of(spec), counts) for name in names]
    for sampling in DRAWINGS.values():
        theirs, ours = (w.write(*given, 12, sampling, 0, before)[0].tolist() for w in writers)
        assert ours == theirs
    assert ours != writers[1].write(*given, 12, sampling)[0].tolist() or lanes == 1
    text = np.random.default_rng(4).integers(0, spec.symbols, (40, lanes)).astype(np.int32)
    (theirs_read, _), (ours_read, _) = (w.read(text, given[1], before) for w in writers)
    np.testing.assert_allclose(ours_read, theirs_read, atol=1e-5)
    alone, _ = open_engine("compiled").writer(spec, values_of(spec)).read(text, given[1])
    assert not np.allclose(ours_read, alone)


def test_mixed_writing_in_pieces_is_writing_in_one(engine: Engine) -> None:
    spec = network("lstm", 1)
    (newest, state), sampling = start(spec, 2), SamplingSettings(seed=5)
    writer = engine.writer(spec, values_of(spec), mixture(spec.symbols))
    whole, _ = writer.write(newest, state, 20, sampling)
    first, after = writer.write(newest, state, 9, sampling)
    before = np.concatenate([newest[None], first])
    rest, _ = writer.write(before[-1], after, 11, sampling, 9, before[:-1])
    assert np.array_equal(np.concatenate([first, rest]), whole)


def test_what_is_read_mixed_is_what_the_equations_say(engine: Engine) -> None:
    spec = network("gru", 1)
    counts = mixture(spec.symbols)
    text = np.random.default_rng(6).integers(0, spec.symbols, (30, 2)).astype(np.int32)
    state = zero_state(spec, 2)
    found, _ = engine.writer(spec, values_of(spec), counts).read(text, state)
    logits, _ = engine.forward(spec.but(reads="every"), values_of(spec), text[:-1], state)
    known = counts.counts.contexts(text[:-1], counts.counts.start(2))
    np.testing.assert_allclose(found, nats(counts.logits(logits, known), text[1:]), atol=1e-9)


def test_counts_of_other_symbols_are_refused(engine: Engine) -> None:
    spec = network("gru", 1)
    with pytest.raises(SettingsError, match="both need the same"):
        engine.writer(spec, values_of(spec), mixture(spec.symbols + 1))
