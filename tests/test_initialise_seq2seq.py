"""Weights from which encoder-decoder models start to learn."""

import math

import numpy as np
import pytest

from rnnref import ArgumentError, DTypeError, OptionError, seq2seq, trees

SIZES = {"V_x": 9, "V_y": 7, "E": 4, "H": 5}
WITH_SCORE = SIZES | {"A": 6}
OPTIONS = [
    {"cell": "lstm", "P": 3},
    {"cell": "lstm", "P": 3, "peepholes": True, "forget_bias": 0.5},
    {"cell": "lstm", "P": None, "peepholes": True},
    {"cell": "gru", "reset": "after"},
]
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


@pytest.mark.parametrize(
    "vector",
    [
        lambda r: seq2seq.init_bahdanau(r, 3, 3, 2, 2, 2).score.v_a,
        lambda r: seq2seq.init_luong(r, 3, 3, 2, 2, score="concat").score.v_a,
    ],
)
def test_the_vector_of_a_score_is_drawn_as_the_one_row_that_it_is(vector):
    rng = np.random.default_rng(6)
    largest = max(np.abs(vector(rng)).max() for _ in range(50))
    assert math.sqrt(6 / (2 + 2)) < largest <= math.sqrt(6 / (1 + 2))


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


@every_draw
@pytest.mark.parametrize("options", OPTIONS)
def test_what_is_drawn_with_options_of_the_cell_runs_forward_and_backward(name, options):
    p = draw(name, **options)
    reset = {"reset": options["reset"]} if "reset" in options else {}
    batch = np.array([[3, 8, 1], [2, 0, 4]]), np.array([[2, 6], [5, 1]])
    grads = named(seq2seq.backward(seq2seq.teacher_forced(*batch, p, bos=0, **reset)))
    rng = np.random.default_rng(4)
    direction = {key: rng.standard_normal(array.shape) for key, array in named(p).items()}
    moved = trees.rebuilt(p, [a + 1e-30j * direction[key] for key, a in named(p).items()])
    slope = seq2seq.teacher_forced(*batch, moved, bos=0, **reset).loss.imag / 1e-30
    along = sum(np.sum(grads[key] * direction[key]) for key in direction)
    np.testing.assert_allclose(along, slope, rtol=1e-12)


def test_all_outside_the_cells_has_the_width_of_a_projected_state():
    given = {"cell": "lstm", "P": 3}
    plain, bahdanau, luong = (draw(name, **given) for name in DRAWN)
    assert plain.out.W.shape == (7, 3)
    assert (bahdanau.start.W.shape, bahdanau.out.W.shape) == ((3, 3), (7, 3 + 6 + 4))
    assert (bahdanau.score.W_a.shape, bahdanau.score.U_a.shape) == ((6, 3), (6, 6))
    assert (luong.score.W_a.shape, luong.combine.W.shape, luong.out.W.shape) == (
        (3, 6),
        (3, 6),
        (7, 3),
    )


REFUSALS = {
    "an option that no cell has": (
        {"foo": 1},
        OptionError,
        "**options must be one of 'reset', got 'foo'",
        "**options 应为 'reset' 之一，实际是 'foo'",
    ),
    "an option of a cell that has none": (
        {"cell": "rnn", "P": 3},
        OptionError,
        "**options must be none, got 'P'",
        "**options 应为空，实际是 'P'",
    ),
    "an unknown value of an option": (
        {"reset": "x"},
        OptionError,
        "reset must be one of 'before', 'after', got 'x'",
        "reset 应为 'before'、'after' 之一，实际是 'x'",
    ),
    "a state of no width": (
        {"cell": "lstm", "P": 0},
        ArgumentError,
        "P must be an integer of at least 1, got 0",
        "P 应为至少为 1 的整数，实际是 0",
    ),
    "a bias that is a word": (
        {"cell": "lstm", "forget_bias": "a"},
        ArgumentError,
        "forget_bias must be a number in (-inf, inf), got a",
        "forget_bias 应为 (-inf, inf) 内的数，实际是 a",
    ),
}


def refused_before_drawing(name, which):
    """Return the text of a refusal, after which the generator is where it was."""
    options, kind, *_ = REFUSALS[which]
    rng = np.random.default_rng(3)
    with pytest.raises(kind) as refusal:
        draw(name, rng=rng, **options)
    assert rng.random() == np.random.default_rng(3).random()
    return str(refusal.value)


@every_draw
@pytest.mark.parametrize("which", REFUSALS)
def test_options_are_refused_before_anything_is_drawn(name, which):
    assert refused_before_drawing(name, which) == f"seq2seq.{name}: {REFUSALS[which][2]}"


@every_draw
@pytest.mark.parametrize("which", REFUSALS)
def test_options_are_refused_in_chinese(chinese, name, which):
    assert refused_before_drawing(name, which) == f"seq2seq.{name}：{REFUSALS[which][3]}"
