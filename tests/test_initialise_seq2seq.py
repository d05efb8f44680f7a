"""Weights from which encoder-decoder models start to learn."""

import numpy as np
import pytest

from rnnref import ArgumentError, DTypeError, seq2seq, trees

SIZES = {"V_x": 9, "V_y": 7, "E": 4, "H": 5}
WITH_SCORE = SIZES | {"A": 6}
DRAWN = {
    "init_plain": (seq2seq.init_plain, SIZES, {}),
    "init_bahdanau": (seq2seq.init_bahdanau, WITH_SCORE, {}),
    "init_luong": (seq2seq.init_luong, SIZES, {"score": "concat"}),
}
EVERY_SIZE = [(name, letter) for name, (_, sizes, _) in DRAWN.items() for letter in sizes]
every_draw = pytest.mark.parametrize("name", DRAWN)


def draw(name, rng=0, **changed):
    function, sizes, options = DRAWN[name]
    rng = np.random.default_rng(rng) if isinstance(rng, int) else rng
    return function(rng, **sizes | options | changed)


def named(p):
    return trees.arrays("test", "p", p)


@every_draw
@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_all_weights_come_in_the_dtype_that_was_asked_for(name, cell, dtype):
    found = named(draw(name, cell=cell, dtype=dtype))
    assert {array.dtype for array in found.values()} == {np.dtype(dtype)}


@every_draw
def test_the_same_seed_gives_the_same_weights_and_no_two_matrices_the_same_numbers(name):
    first, again = named(draw(name)), named(draw(name))
    for key, array in first.items():
        np.testing.assert_array_equal(array, again[key])
    drawn = np.concatenate([a.ravel() for a in first.values() if np.any(a)])
    assert len(np.unique(drawn)) == len(drawn)


@every_draw
def test_the_vector_of_a_score_is_drawn_too(name):
    score = getattr(draw(name), "score", None)
    assert score is None or np.all(score.v_a != 0)


@pytest.mark.parametrize(("name", "letter"), EVERY_SIZE)
def test_every_size_is_checked(name, letter):
    with pytest.raises(ArgumentError) as refusal:
        draw(name, **{letter: 0})
    expected = f"seq2seq.{name}: {letter} must be an integer of at least 1, got 0"
    assert str(refusal.value) == expected


@every_draw
def test_what_draws_is_checked(name):
    with pytest.raises(DTypeError, match=rf"seq2seq\.{name}: rng must be a numpy"):
        draw(name, rng=np.random)


@every_draw
def test_the_dtype_is_checked(name):
    with pytest.raises(DTypeError, match=rf"seq2seq\.{name}: dtype must be float64 or float32"):
        draw(name, dtype=np.int64)
