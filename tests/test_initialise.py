import math

import numpy as np
import pytest
from refusals import texts

from rnnref import ArgumentError, DTypeError, OptionError, gru, initialise, lstm

ROWS, COLUMNS, GATES, H = 12, 5, 4, 3


def rng(seed=7):
    return np.random.default_rng(seed)


MATRICES = {
    "uniform": lambda r, shape, **o: initialise.uniform(r, shape, H, **o),
    "xavier_uniform": initialise.xavier_uniform,
    "xavier_normal": initialise.xavier_normal,
    "orthogonal": initialise.orthogonal,
}
VECTORS = {
    "forget_bias": lambda r, **o: initialise.forget_bias(lstm.GATES, H, 1.5, **o),
    "chrono": lambda r, **o: initialise.chrono(r, lstm.GATES, H, 40, **o),
}
every_matrix = pytest.mark.parametrize("draw", MATRICES.values(), ids=MATRICES)


class Replay(np.random.Generator):
    """A generator that gives out numbers drawn before."""

    def __init__(self, numbers):
        super().__init__(np.random.PCG64(0))
        self.numbers = numbers

    def standard_normal(self, shape):
        return self.numbers.reshape(shape)


def distance_from_uniform(numbers, bound):
    """Return the largest gap between the empirical distribution and the even one."""
    ranks = (np.arange(numbers.size) + 0.5) / numbers.size
    return np.max(np.abs(np.sort(numbers.ravel()) / (2 * bound) + 0.5 - ranks))


def distance_from_normal(numbers, deviation):
    ranks = (np.arange(numbers.size) + 0.5) / numbers.size
    scaled = np.sort(numbers.ravel()) / (deviation * math.sqrt(2))
    return np.max(np.abs([0.5 * (1 + math.erf(t)) for t in scaled.tolist()] - ranks))


@every_matrix
def test_the_same_seed_gives_the_same_weights_and_another_seed_others(draw):
    first, again = draw(rng(), (ROWS, COLUMNS)), draw(rng(), (ROWS, COLUMNS))
    assert first.shape == (ROWS, COLUMNS)
    assert np.array_equal(first, again)
    assert np.all(first != draw(rng(8), (ROWS, COLUMNS)))


@every_matrix
def test_drawing_moves_the_generator_on(draw):
    r = rng()
    assert np.all(draw(r, (ROWS, COLUMNS)) != draw(r, (ROWS, COLUMNS)))


@every_matrix
def test_float32_weights_are_the_rounded_float64_ones(draw):
    single = draw(rng(), (ROWS, COLUMNS), dtype=np.float32)
    assert single.dtype == np.float32
    assert np.array_equal(single, draw(rng(), (ROWS, COLUMNS)).astype(np.float32))


@pytest.mark.parametrize("fill", VECTORS.values(), ids=VECTORS)
def test_float32_biases_are_the_rounded_float64_ones(fill):
    single = fill(rng(), dtype=np.float32)
    assert single.dtype == np.float32
    assert np.array_equal(single, fill(rng()).astype(np.float32))


@every_matrix
@pytest.mark.parametrize("shape", [(0, 5), (12, 0)])
def test_no_rows_or_no_columns_give_no_weights(draw, shape):
    assert draw(rng(), shape).shape == shape


def test_uniform_weights_fill_plus_minus_one_over_the_root_of_the_units_evenly():
    W = initialise.uniform(rng(), (300, 70), 11)
    assert np.max(np.abs(W)) <= 1 / math.sqrt(11)
    assert distance_from_uniform(W, 1 / math.sqrt(11)) < 1.63 / math.sqrt(W.size)


def test_uniform_biases_have_one_axis():
    assert initialise.uniform(rng(), (ROWS,), H).shape == (ROWS,)


@pytest.mark.parametrize(("blocks", "gain"), [(1, 1.0), (4, 1.0), (3, 1.7)])
def test_xavier_counts_the_outputs_of_one_block(blocks, gain):
    rows, columns = 240, 90
    variance = gain**2 * 2 / (rows / blocks + columns)
    even = initialise.xavier_uniform(rng(), (rows, columns), blocks=blocks, gain=gain)
    normal = initialise.xavier_normal(rng(), (rows, columns), blocks=blocks, gain=gain)
    assert np.max(np.abs(even)) <= math.sqrt(3 * variance)
    assert distance_from_uniform(even, math.sqrt(3 * variance)) < 1.63 / math.sqrt(even.size)
    assert distance_from_normal(normal, math.sqrt(variance)) < 1.63 / math.sqrt(normal.size)


@pytest.mark.parametrize("name", ["xavier_uniform", "xavier_normal", "orthogonal"])
def test_one_block_and_no_gain_are_the_defaults(name):
    plain = MATRICES[name](rng(), (ROWS, COLUMNS))
    assert np.array_equal(plain, MATRICES[name](rng(), (ROWS, COLUMNS), blocks=1, gain=1.0))


def test_xavier_keeps_the_size_of_signals_and_of_gradients_where_both_sides_are_equal():
    W = initialise.xavier_normal(rng(), (400, 400))
    x, dy = rng(1).standard_normal((2, 50, 400))
    assert np.std(x @ W.T) == pytest.approx(np.std(x), rel=0.02)
    assert np.std(dy @ W) == pytest.approx(np.std(dy), rel=0.02)


@pytest.mark.parametrize("blocks", [1, 3, 4])
def test_every_square_block_is_orthogonal(blocks):
    H = 7
    U = initialise.orthogonal(rng(), (blocks * H, H), blocks=blocks)
    for block in U.reshape(blocks, H, H):
        np.testing.assert_allclose(block @ block.T, np.eye(H), atol=1e-14)
    assert len(np.unique(U)) == U.size  # no block repeats another


def test_a_long_block_has_orthonormal_columns_and_a_wide_one_orthonormal_rows():
    long, wide = (initialise.orthogonal(rng(), shape) for shape in [(7, 3), (3, 7)])
    np.testing.assert_allclose(long.T @ long, np.eye(3), atol=1e-14)
    np.testing.assert_allclose(wide @ wide.T, np.eye(3), atol=1e-14)


def test_the_gain_scales_lengths():
    U, x = initialise.orthogonal(rng(), (7, 7), gain=1.3), rng(2).standard_normal(7)
    assert np.linalg.norm(U @ x) == pytest.approx(1.3 * np.linalg.norm(x), rel=1e-14)


def test_orthogonal_matrices_have_no_preferred_signs():
    """Without the correction the first number would be of one sign in every draw."""
    draws = np.array([initialise.orthogonal(rng(seed), (3, 3)) for seed in range(600)])
    assert np.all(np.abs(np.mean(draws, axis=0)) < 4 / math.sqrt(3 * 600))


@pytest.mark.parametrize("shape", [(6, 6), (7, 4), (4, 7)])
def test_orthogonal_is_gram_schmidt_on_the_drawn_numbers(shape):
    drawn = rng(3).standard_normal(shape)
    tall = drawn if shape[0] >= shape[1] else drawn.T
    true = []
    for column in tall.T.copy():
        for earlier in true:
            column = column - (column @ earlier) * earlier
        true.append(column / math.sqrt(column @ column))
    true = np.array(true).T if shape[0] >= shape[1] else np.array(true)
    np.testing.assert_allclose(initialise.orthogonal(Replay(drawn), shape), true, atol=1e-13)


def test_the_forget_bias_stands_in_the_rows_of_the_forget_gate_alone():
    b = initialise.forget_bias(lstm.GATES, H, 1.5)
    p = lstm.Params(np.zeros((4 * H, 2)), np.zeros((4 * H, H)), b)
    assert p.b_f.tolist() == [1.5] * H
    assert not np.any([p.b_i, p.b_c, p.b_o])


def test_one_unit_and_one_step_of_a_kind_are_enough():
    assert initialise.forget_bias(lstm.GATES, 1).tolist() == [0, 1, 0, 0]
    assert initialise.chrono(rng(), lstm.GATES, 1, 2).shape == (4,)
    assert initialise.uniform(rng(), (1, 1), 1).shape == (1, 1)
    assert abs(initialise.orthogonal(rng(), (1, 1))).tolist() == [[1]]


def test_the_update_gate_of_a_gru_may_be_the_one_that_keeps():
    b = initialise.forget_bias(gru.GATES, H, -2.0, gate="z")
    assert b.tolist() == [0.0] * H + [-2.0] * H + [0.0] * H


def test_an_open_forget_gate_is_the_default():
    assert initialise.forget_bias(lstm.GATES, H).tolist() == [0.0] * H + [1.0] * H + [0.0] * 2 * H


def test_chrono_draws_memories_evenly_between_one_step_and_the_longest():
    T, H = 50, 4000
    b = initialise.chrono(rng(), lstm.GATES, H, T).reshape(4, H)
    memory = np.exp(b[1])
    assert 1 <= memory.min() < 1.1 and T - 1.1 < memory.max() <= T - 1
    assert distance_from_uniform(memory - T / 2, (T - 2) / 2) < 1.63 / math.sqrt(H)
    assert np.array_equal(b[0], -b[1])
    assert not np.any(b[2:])


def test_chrono_of_a_gru_fills_the_gate_that_keeps():
    b = initialise.chrono(rng(), gru.GATES, H, 30, keep="z", write=None)
    lstm_b = initialise.chrono(rng(), lstm.GATES, H, 30)
    assert np.array_equal(b, np.concatenate([np.zeros(H), lstm_b[H : 2 * H], np.zeros(H)]))


def test_the_shortest_chrono_memory_is_one_step():
    assert not np.any(initialise.chrono(rng(), lstm.GATES, H, 2))


GENERATOR = "numpy.random.Generator"
REFUSALS = {
    "a number in place of gates": (
        lambda: initialise.forget_bias(4, 3),
        DTypeError,
        "initialise.forget_bias: gates must be a tuple of names such as lstm.GATES, got int",
        "initialise.forget_bias：gates 应为 lstm.GATES 之类的名字元组，实际是 int",
    ),
    "a gain whose spread is beyond all floats": (
        lambda: initialise.xavier_uniform(rng(), (2, 2), gain=1e308),
        ArgumentError,
        "initialise.xavier_uniform: gain must be a number in (0, 1e300], got 1e+308",
        "initialise.xavier_uniform：gain 应为 (0, 1e300] 内的数，实际是 1e+308",
    ),
    "a gain beyond all floats": (
        lambda: initialise.orthogonal(rng(), (2, 2), gain=10**400),
        ArgumentError,
        "initialise.orthogonal: gain must be a number in (0, 1e300], "
        "got an integer of 1329 bits: no float can hold it",
        "initialise.orthogonal：gain 应为 (0, 1e300] 内的数，"
        "实际是 1329 位的二进制整数：浮点数放不下它",
    ),
    "a time beyond all sizes": (
        lambda: initialise.chrono(rng(), lstm.GATES, H, 10**400),
        ArgumentError,
        "initialise.chrono: T must be an integer of at least 2, "
        "got an integer of 1329 bits: no array is that long",
        "initialise.chrono：T 应为至少为 2 的整数，实际是 1329 位的二进制整数：没有这么长的数组",
    ),
    "sizes in place of gates": (
        lambda: initialise.forget_bias((1, 2), 3, gate=1),
        DTypeError,
        "initialise.forget_bias: gates[0] must be a name such as 'f', got int",
        "initialise.forget_bias：gates[0] 应为 'f' 之类的名字，实际是 int",
    ),
    "no gates": (
        lambda: initialise.chrono(np.random.default_rng(0), None, 3, 9),
        DTypeError,
        "initialise.chrono: gates must be a tuple of names such as lstm.GATES, got None",
        "initialise.chrono：gates 应为 lstm.GATES 之类的名字元组，实际是 None",
    ),
    "a seed for a generator": (
        lambda: initialise.uniform(3, (2, 2), 4),
        DTypeError,
        f"initialise.uniform: rng must be a {GENERATOR}, got int: "
        "np.random.default_rng(3) makes one",
        f"initialise.uniform：rng 应为 {GENERATOR}，实际是 int：可用 np.random.default_rng(3) 得到",
    ),
    "the old generator": (
        lambda: initialise.chrono(np.random.RandomState(0), lstm.GATES, 3, 5),
        DTypeError,
        f"initialise.chrono: rng must be a {GENERATOR}, got RandomState: "
        "np.random.default_rng(0) makes one",
        f"initialise.chrono：rng 应为 {GENERATOR}，实际是 RandomState："
        "可用 np.random.default_rng(0) 得到",
    ),
    "one size for a matrix": (
        lambda: initialise.orthogonal(rng(), (4,)),
        ArgumentError,
        "initialise.orthogonal: shape must be a tuple (rows, columns), got tuple",
        "initialise.orthogonal：shape 应为元组 (rows, columns)，实际是 tuple",
    ),
    "a list for a shape": (
        lambda: initialise.xavier_normal(rng(), [3, 4]),
        ArgumentError,
        "initialise.xavier_normal: shape must be a tuple (rows, columns), got list",
        "initialise.xavier_normal：shape 应为元组 (rows, columns)，实际是 list",
    ),
    "a shape of three axes": (
        lambda: initialise.uniform(rng(), (4, 2, 2), 4),
        ArgumentError,
        "initialise.uniform: shape must be a tuple of one or two sizes, got tuple",
        "initialise.uniform：shape 应为一个或两个大小的元组，实际是 tuple",
    ),
    "a negative size": (
        lambda: initialise.xavier_normal(rng(), (4, -1)),
        ArgumentError,
        "initialise.xavier_normal: shape[1] must be an integer of at least 0, got -1",
        "initialise.xavier_normal：shape[1] 应为至少为 0 的整数，实际是 -1",
    ),
    "a size that is no integer": (
        lambda: initialise.xavier_uniform(rng(), (4.0, 2)),
        ArgumentError,
        "initialise.xavier_uniform: shape[0] must be an integer of at least 0, got 4.0",
        "initialise.xavier_uniform：shape[0] 应为至少为 0 的整数，实际是 4.0",
    ),
    "rows that are no multiple of the blocks": (
        lambda: initialise.orthogonal(rng(), (7, 2), blocks=3),
        ArgumentError,
        "initialise.orthogonal: shape[0] must be a multiple of blocks=3, got 7",
        "initialise.orthogonal：shape[0] 应为 blocks=3 的倍数，实际是 7",
    ),
    "no blocks": (
        lambda: initialise.orthogonal(rng(), (7, 2), blocks=0),
        ArgumentError,
        "initialise.orthogonal: blocks must be an integer of at least 1, got 0",
        "initialise.orthogonal：blocks 应为至少为 1 的整数，实际是 0",
    ),
    "a gain of nothing": (
        lambda: initialise.xavier_uniform(rng(), (7, 2), gain=0),
        ArgumentError,
        "initialise.xavier_uniform: gain must be a number in (0, 1e300], got 0",
        "initialise.xavier_uniform：gain 应为 (0, 1e300] 内的数，实际是 0",
    ),
    "a dtype too small": (
        lambda: initialise.uniform(rng(), (2, 2), 4, dtype=np.float16),
        DTypeError,
        "initialise.uniform: dtype must be float64 or float32, got float16",
        "initialise.uniform：dtype 应为 float64 或 float32，实际是 float16",
    ),
    "no dtype": (
        lambda: initialise.forget_bias(lstm.GATES, 3, dtype="nothing"),
        DTypeError,
        "initialise.forget_bias: dtype must be float64 or float32, got nothing",
        "initialise.forget_bias：dtype 应为 float64 或 float32，实际是 nothing",
    ),
    "a gate that the cell lacks": (
        lambda: initialise.forget_bias(gru.GATES, 3),
        OptionError,
        "initialise.forget_bias: gate must be one of 'r', 'z', 'h', got 'f'",
        "initialise.forget_bias：gate 应为 'r'、'z'、'h' 之一，实际是 'f'",
    ),
    "a bias that is not finite": (
        lambda: initialise.forget_bias(lstm.GATES, 3, math.nan),
        ArgumentError,
        "initialise.forget_bias: value must be a number in (-inf, inf), got nan",
        "initialise.forget_bias：value 应为 (-inf, inf) 内的数，实际是 nan",
    ),
    "the writing gate of another cell": (
        lambda: initialise.chrono(rng(), gru.GATES, 3, 9, keep="z"),
        OptionError,
        "initialise.chrono: write must be one of 'r', 'h', got 'i'",
        "initialise.chrono：write 应为 'r'、'h' 之一，实际是 'i'",
    ),
    "a time too short": (
        lambda: initialise.chrono(rng(), lstm.GATES, 3, 1),
        ArgumentError,
        "initialise.chrono: T must be an integer of at least 2, got 1",
        "initialise.chrono：T 应为至少为 2 的整数，实际是 1",
    ),
    "a layer without units": (
        lambda: initialise.uniform(rng(), (2, 2), 0),
        ArgumentError,
        "initialise.uniform: H must be an integer of at least 1, got 0",
        "initialise.uniform：H 应为至少为 1 的整数，实际是 0",
    ),
    "a bias of no units": (
        lambda: initialise.forget_bias(lstm.GATES, 0),
        ArgumentError,
        "initialise.forget_bias: H must be an integer of at least 1, got 0",
        "initialise.forget_bias：H 应为至少为 1 的整数，实际是 0",
    ),
    "biases of integers": (
        lambda: initialise.chrono(rng(), lstm.GATES, 3, 9, dtype=int),
        DTypeError,
        "initialise.chrono: dtype must be float64 or float32, got int",
        "initialise.chrono：dtype 应为 float64 或 float32，实际是 int",
    ),
    "no units at all": (
        lambda: initialise.chrono(rng(), lstm.GATES, True, 9),
        ArgumentError,
        "initialise.chrono: H must be an integer of at least 1, got True",
        "initialise.chrono：H 应为至少为 1 的整数，实际是 True",
    ),
    "an unknown gate to keep with": (
        lambda: initialise.chrono(rng(), lstm.GATES, 3, 9, keep="z"),
        OptionError,
        "initialise.chrono: keep must be one of 'i', 'f', 'c', 'o', got 'z'",
        "initialise.chrono：keep 应为 'i'、'f'、'c'、'o' 之一，实际是 'z'",
    ),
}


test_the_whole_english_text_of_a_refusal, test_the_whole_chinese_text_of_a_refusal = texts(REFUSALS)


def test_every_spelling_of_a_dtype_is_understood():
    for dtype in (float, "float64", np.dtype(np.float32), "f4"):
        assert initialise.uniform(rng(), (2, 2), 4, dtype=dtype).dtype == np.dtype(dtype)


@pytest.mark.parametrize("draw", [initialise.xavier_uniform, initialise.xavier_normal])
def test_a_matrix_without_rows_and_columns_has_no_numbers(draw):
    assert draw(rng(), (0, 0)).shape == (0, 0)
