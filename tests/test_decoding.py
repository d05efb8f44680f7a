"""Decoding without a teacher, against teacher forcing and against all sequences that there are."""

import itertools

import numpy as np
import pytest
from random_seq2seq import BOS, SOURCE_LENGTHS, V_X, V_Y, B
from seq2seq_cases import named, params, source

from rnnref import ArgumentError, OptionError, ShapeError, decoding, losses, seq2seq, trees

MODELS = ("plain, rnn", "plain, lstm", "bahdanau, gru", "bahdanau, lstm", "luong concat, lstm")
every_model = pytest.mark.parametrize("name", MODELS)
EOS, LIMIT = 4, 6
LENGTHS = np.array(SOURCE_LENGTHS)


def greedy(p, **changes):
    given = {"bos": BOS, "eos": EOS, "limit": LIMIT, "source_lengths": LENGTHS, **changes}
    return decoding.greedy(given.pop("source", source), p, **given)


def beam(p, width, **changes):
    given = {"bos": BOS, "eos": EOS, "limit": LIMIT, "source_lengths": LENGTHS, **changes}
    return decoding.beam(given.pop("source", source), p, width=width, **given)


def likelihood(p, b, sequence, bos=BOS):
    """Return the logarithm of the probability of a sequence, by teacher forcing."""
    target = np.array([sequence])
    alone = source[b : b + 1, : SOURCE_LENGTHS[b]]
    run = seq2seq.teacher_forced(alone, target, p, bos=bos)
    return -losses.cross_entropy(run.logits, target, reduction="sum").loss


def few(kind, seed, V=3):
    """Return a model of a vocabulary of which all sequences can be tried."""
    rng = np.random.default_rng(seed)
    sizes = (V_X, V, 2, 3, 4) if kind == "bahdanau" else (V_X, V, 2, 3)
    p = getattr(seq2seq, f"init_{kind}")(rng, *sizes)
    return trees.rebuilt(p, [1.5 * rng.standard_normal(a.shape) for a in named(p).values()])


def sequences(V, eos, limit):
    """Yield every sequence that ends with its only eos, or at the limit without one."""
    others = [token for token in range(V) if token != eos]
    for n in range(limit):
        for beginning in itertools.product(others, repeat=n):
            yield (*beginning, eos)
    yield from itertools.product(others, repeat=limit)


@every_model
def test_greedy_writes_the_likeliest_token_after_what_it_wrote(name):
    p, found = params(name), greedy(params(name))
    for b in range(B):
        written = found.tokens[b, : found.lengths[b]]
        alone = source[b : b + 1, : SOURCE_LENGTHS[b]]
        logits = seq2seq.teacher_forced(alone, written[None], p, bos=BOS).logits[0]
        assert np.array_equal(np.argmax(logits, axis=-1), written)


@every_model
def test_the_probability_of_what_was_written_is_that_of_teacher_forcing(name):
    p = params(name)
    one, many = greedy(p), beam(p, 3)
    for b in range(B):
        true = likelihood(p, b, one.tokens[b, : one.lengths[b]])
        np.testing.assert_allclose(one.log_p[b], true, rtol=1e-12)
        for k in range(3):
            true = likelihood(p, b, many.tokens[b, k, : many.lengths[b, k]])
            np.testing.assert_allclose(many.log_p[b, k], true, rtol=1e-12)


@every_model
def test_greedy_is_a_beam_of_width_1(name):
    one, first = greedy(params(name)), beam(params(name), 1)
    assert np.array_equal(one.tokens, first.tokens[:, 0])
    assert np.array_equal(one.lengths, first.lengths[:, 0])
    np.testing.assert_allclose(one.log_p, first.log_p[:, 0], rtol=1e-14)


@pytest.mark.parametrize("kind", ["plain", "bahdanau", "luong"])
@pytest.mark.parametrize("seed", range(4))
def test_a_wide_beam_finds_the_best_of_all_sequences(kind, seed):
    p, limit, every = few(kind, seed), 3, list(sequences(3, 2, 3))
    width = len(every)
    assert width == 15
    found = beam(p, width, bos=0, eos=2, limit=limit)
    for b in range(B):
        true = {one: likelihood(p, b, one, bos=0) for one in every}
        order = sorted(every, key=true.get, reverse=True)
        tokens = [
            tuple(row[:n].tolist())
            for row, n in zip(found.tokens[b], found.lengths[b], strict=True)
        ]
        assert tokens == order
        np.testing.assert_allclose(found.log_p[b], [true[one] for one in order], rtol=1e-12)


def test_all_sequences_of_a_small_vocabulary_have_probabilities_that_sum_to_1():
    found = beam(few("luong", 0), 15, bos=0, eos=2, limit=3)
    np.testing.assert_allclose(np.exp(found.log_p).sum(axis=-1), 1, rtol=1e-13)


def test_of_equally_likely_tokens_those_with_small_numbers_come_first():
    V, width = 300, 40  # enough for a sort that is not stable to show
    p = seq2seq.init_plain(np.random.default_rng(0), V_X, V, 2, 3)
    likely = np.arange(V) % 3 == 1
    p = p._replace(out=p.out._replace(W=np.zeros((V, 3)), b=np.where(likely, 1.0, 0.0)))
    found = beam(p, width, bos=0, eos=V - 1, limit=1)
    first = np.flatnonzero(likely)[:width]
    np.testing.assert_array_equal(found.tokens[:, :, 0], np.tile(first, (B, 1)))
    assert np.all(greedy(p, bos=0, eos=V - 1, limit=2).tokens == first[0])


def test_a_beam_finds_what_greedy_misses():
    better = 0
    for seed in range(12):
        p = few("luong", seed)
        best = beam(p, 4, bos=0, eos=2, limit=4).log_p[:, 0]
        better += np.sum(best > greedy(p, bos=0, eos=2, limit=4).log_p + 1e-9)
    assert better > 0


def test_a_beam_wider_than_all_sequences_says_which_are_missing():
    found = beam(few("plain", 1), 20, bos=0, eos=2, limit=3)
    assert np.all(found.log_p[:, 15:] == -np.inf) and np.all(found.log_p[:, :15] > -np.inf)
    assert not np.any(found.lengths[:, 15:]) and np.all(found.tokens[:, 15:] == 2)


@every_model
def test_sequences_end_with_their_first_eos_or_at_the_limit(name):
    found = beam(params(name), 5)
    for tokens, n in zip(found.tokens.reshape(B * 5, -1), found.lengths.ravel(), strict=True):
        assert EOS not in tokens[: n - 1] and np.all(tokens[n:] == EOS)
        assert tokens[n - 1] == EOS or n == LIMIT


def test_greedy_fills_up_with_eos_what_ends_before_the_others():
    found = [greedy(few("luong", seed), bos=0, eos=2) for seed in range(8)]
    assert any(len(set(one.lengths.tolist())) > 1 for one in found)
    for one in found:
        assert one.tokens.shape[1] == max(one.lengths)
        for tokens, n in zip(one.tokens, one.lengths, strict=True):
            assert 2 not in tokens[: n - 1] and np.all(tokens[n:] == 2)


@every_model
def test_the_best_comes_first_and_none_comes_twice(name):
    found = beam(params(name), 5)
    assert np.all(np.diff(found.log_p, axis=-1) <= 0)
    for b in range(B):
        assert len({tuple(row) for row in found.tokens[b].tolist()}) == 5


@every_model
def test_what_is_written_depends_on_no_other_source_and_on_no_padding(name):
    p, whole = params(name), beam(params(name), 3)
    for b in range(B):
        alone = source[b : b + 1, : SOURCE_LENGTHS[b]]
        one = beam(p, 3, source=alone, source_lengths=None)
        n = one.tokens.shape[-1]
        assert np.array_equal(whole.tokens[b, :, :n], one.tokens[0])
        assert np.all(whole.tokens[b, :, n:] == EOS)
        np.testing.assert_allclose(whole.log_p[b], one.log_p[0], rtol=1e-12)


def test_of_equally_likely_tokens_the_smallest_is_written():
    p = params("luong dot, gru")
    flat = p._replace(out=p.out._replace(W=0 * p.out.W, b=0 * p.out.b))
    assert np.array_equal(greedy(flat, limit=2).tokens, np.zeros((B, 2), int))
    np.testing.assert_allclose(greedy(flat, limit=2).log_p, -2 * np.log(V_Y), rtol=1e-14)
    assert beam(flat, 2, limit=1).tokens[:, :, 0].tolist() == [[0, 1]] * B


@every_model
def test_nothing_to_write_and_nobody_to_write_for_are_allowed(name):
    p, none = params(name), {"source": source[:0], "source_lengths": None}
    assert greedy(p, limit=0).tokens.shape == (B, 0) and not np.any(greedy(p, limit=0).log_p)
    assert beam(p, 2, limit=0).tokens.shape == (B, 2, 0)
    assert greedy(p, **none).tokens.shape == (0, 0)
    assert beam(p, 2, **none).tokens.shape[:2] == (0, 2)


def test_a_limit_takes_no_memory_before_it_is_reached():
    p = params("plain, gru")
    b = np.where(np.arange(V_Y) == EOS, 90.0, 0.0)
    sure = p._replace(out=p.out._replace(b=b))  # of eos, at once
    assert greedy(sure, limit=10**15).tokens.tolist() == [[EOS]] * B


@every_model
def test_float32_stays_float32(name):
    p = params(name)
    single = trees.rebuilt(p, [a.astype(np.float32) for a in named(p).values()])
    for call in (greedy, lambda p, **more: beam(p, 3, **more)):
        found = call(single)
        assert found.log_p.dtype == np.float32
        np.testing.assert_allclose(found.log_p, call(p).log_p, rtol=1e-4)
        assert call(single, limit=0).log_p.dtype == np.float32


def test_results_are_read_only():
    p = params("plain, gru")
    assert not any(array.flags.writeable for array in (*greedy(p), *beam(p, 2)))


p = params("bahdanau, gru")
REFUSALS = {
    "a source token out of range": (
        lambda: greedy(p, source_lengths=None),
        ArgumentError,
        "decoding.greedy: source must be between 0 and V-1=5, got -3 at (1, 2)",
    ),
    "an eos out of range": (
        lambda: greedy(p, eos=7),
        ArgumentError,
        "decoding.greedy: eos must be between 0 and V-1=6, got 7",
    ),
    "a bos that is no number": (
        lambda: beam(p, 2, bos="<s>"),
        ArgumentError,
        "decoding.beam: bos must be an integer of at least 0, got <s>",
    ),
    "a negative limit": (
        lambda: beam(p, 2, limit=-1),
        ArgumentError,
        "decoding.beam: limit must be an integer of at least 0, got -1",
    ),
    "no width": (
        lambda: beam(p, 0),
        ArgumentError,
        "decoding.beam: width must be an integer of at least 1, got 0",
    ),
    "too many lengths": (
        lambda: beam(p, 2, source_lengths=np.array([1, 1, 1, 1])),
        ShapeError,
        "decoding.beam: source_lengths must have shape (B=3,), got (4,)",
    ),
    "an unknown value of an option": (
        lambda: beam(p, 2, reset="x"),
        OptionError,
        "decoding.beam: reset must be one of 'before', 'after', got 'x'",
    ),
    "an unknown option": (
        lambda: greedy(p, temperature=0.5),
        OptionError,
        "decoding.greedy: **options must be one of 'reset', 'update', got 'temperature'",
    ),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_the_whole_text_of_a_refusal(name):
    call, kind, text = REFUSALS[name]
    with pytest.raises(kind) as refusal:
        call()
    assert str(refusal.value) == text


def test_scores_that_explode_are_no_warning():
    p = params("plain, rnn")
    huge = p._replace(out=p.out._replace(W=np.full_like(p.out.W, 1e308)))
    for found in (greedy(huge), beam(huge, 2)):
        assert found.tokens.shape[-1] <= LIMIT
