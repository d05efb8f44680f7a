"""The claims of the page on the recurrent cell, one test each."""

import contextlib
import io
import runpy
from pathlib import Path

import numpy as np
import pytest

from rnnref import examples, joined, layers, losses, rnn
from rnnref.explain import values
from rnnref.numerics import sigmoid

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
B, T, D, H, K = 2, 5, 3, 4, 6


@pytest.fixture
def rng():
    return np.random.default_rng(7)


@pytest.fixture
def p(rng):
    return rnn.Params(*(rng.standard_normal(shape) for shape in [(H, D), (H, H), (H,)]))


@pytest.fixture
def x(rng):
    return rng.standard_normal((B, T, D))


@pytest.mark.claim("rnn.loop")
def test_a_sequence_is_a_loop_over_the_step():
    script = runpy.run_path(str(EXAMPLES / "rnn_loop.py"))
    looped = np.stack(script["y"], axis=1)
    np.testing.assert_allclose(looped, script["run"].y, rtol=0, atol=1e-15)


def swapped(x):
    """Return a sequence with its first two inputs exchanged."""
    other = x.copy()
    other[:, [0, 1]] = x[:, [1, 0]]
    return other


@pytest.mark.claim("rnn.order")
def test_swapping_the_first_two_inputs_of_the_example_changes_the_last_state_and_no_sum():
    x, p = examples.X, examples.rnn_params()
    assert np.min(np.abs(rnn.forward(swapped(x), p).state - rnn.forward(x, p).state)) > 0.1
    np.testing.assert_array_equal(swapped(x)[:, 2], x[:, 2])
    np.testing.assert_allclose(np.sum(swapped(x), axis=1), np.sum(x, axis=1))


@pytest.mark.claim("rnn.bounded")
def test_every_hidden_value_lies_between_minus_one_and_one(p, rng):
    y = rnn.forward(rng.standard_normal((B, 300, D)), p).y
    assert np.all(np.abs(y) <= 1)
    assert np.max(np.abs(y)) > 0.9


@pytest.mark.claim("rnn.joined")
def test_one_joined_matrix_gives_the_same_step(x, p, rng):
    h = rng.standard_normal((B, H))
    one = joined.rnn_step(x[:, 0], h, joined.join(p)).h
    np.testing.assert_allclose(one, rnn.step(x[:, 0], h, p).h, rtol=1e-12)


@pytest.mark.claim("rnn.any-length")
def test_the_same_weights_read_3_steps_or_300(p, rng):
    x = rng.standard_normal((B, 300, D))
    long, short = rnn.forward(x, p), rnn.forward(x[:, :3], p)
    assert long.y.shape == (B, 300, H)
    np.testing.assert_array_equal(long.y[:, :3], short.y)


@pytest.mark.claim("rnn.shared")
def test_same_input_and_same_state_give_the_same_result_at_any_step(x, p):
    y = rnn.forward(x, p).y
    for t in range(1, T):
        np.testing.assert_allclose(y[:, t], rnn.step(x[:, t], y[:, t - 1], p).h, rtol=1e-12)


@pytest.mark.claim("rnn.scalar")
def test_the_scalar_program_prints_the_states_of_rnn_forward():
    with contextlib.redirect_stdout(io.StringIO()) as out:
        runpy.run_path(str(EXAMPLES / "rnn_scalar.py"))
    printed = np.array([[float(n) for n in line.split()] for line in out.getvalue().splitlines()])
    np.testing.assert_allclose(printed, examples.rnn_run().y[0], atol=5e-5)


def test_the_pieces_of_the_table_lead_to_the_second_state():
    for unit in (1, 2):
        wx, uh, b, a = (
            float(values.get(f"rnn.{piece}-{unit}").replace("\N{MINUS SIGN}", "-"))
            for piece in ("wx", "uh", "b", "a")
        )
        assert wx + uh + b == pytest.approx(a, abs=2e-4)
        assert np.tanh(a) == pytest.approx(examples.rnn_run().y[0, 1, unit - 1], abs=1e-4)


@pytest.mark.claim("rnn.batch")
def test_a_sequence_gives_the_same_result_alone_as_in_a_batch(x, p):
    np.testing.assert_allclose(rnn.forward(x[1:], p).y, rnn.forward(x, p).y[1:], rtol=1e-12)


@pytest.mark.claim("rnn.lengths")
def test_with_lengths_padding_is_not_read_and_the_state_is_that_of_the_last_real_step(x, p):
    lengths = [3, 5]
    x[0, 3:] = np.nan
    run = rnn.forward(x, p, lengths=lengths)
    for b, length in enumerate(lengths):
        alone = rnn.forward(x[b : b + 1, :length], p)
        np.testing.assert_allclose(run.state[b], alone.state[0], rtol=1e-12)
        np.testing.assert_allclose(run.y[b, :length], alone.y[0], rtol=1e-12)
        np.testing.assert_array_equal(run.y[b, length:], 0)


@pytest.mark.claim("rnn.readout")
def test_the_probabilities_of_the_readout_are_positive_and_sum_to_one(rng):
    h = 5 * rng.standard_normal((B, H))
    p = layers.Readout(rng.standard_normal((K, H)), rng.standard_normal(K))
    y_hat = layers.readout(h, p).y_hat
    assert np.all(y_hat > 0)
    np.testing.assert_allclose(y_hat.sum(axis=-1), 1, rtol=1e-12)


@pytest.mark.claim("rnn.loss")
def test_a_step_costs_minus_the_log_of_the_probability_of_the_right_class(rng):
    y_hat = rng.dirichlet(np.ones(K), size=(B, T))
    right = rng.integers(K, size=(B, T))
    expected = -np.log(np.take_along_axis(y_hat, right[..., None], axis=-1)[..., 0])
    np.testing.assert_allclose(losses.step_losses(y_hat, np.eye(K)[right]), expected)


@pytest.mark.claim("rnn.uniform")
def test_giving_all_K_classes_the_same_probability_costs_ln_K():
    y_hat, target = np.full((1, 1, K), 1 / K), np.eye(K)[[[2]]]
    np.testing.assert_allclose(losses.step_losses(y_hat, target), np.log(K))


@pytest.mark.claim("rnn.bottleneck")
def test_an_encoder_hands_over_H_numbers_however_long_the_source(p, rng):
    states = [rnn.forward(rng.standard_normal((1, T, D)), p).state for T in (1, 10, 100)]
    assert [state.shape for state in states] == [(1, H)] * 3


@pytest.mark.claim("rnn.sigmoid-tanh")
def test_sigma_is_tanh_stretched_halved_and_lifted():
    a = np.linspace(-8, 8, 33)
    np.testing.assert_allclose(1 / (1 + np.exp(-a)), np.tanh(a / 2) / 2 + 0.5, rtol=1e-12)
    np.testing.assert_allclose(sigmoid(a), 1 / (1 + np.exp(-a)), rtol=1e-12)


@pytest.mark.claim("rnn.slopes")
@pytest.mark.parametrize(("curve", "largest"), [(sigmoid, 0.25), (np.tanh, 1.0)])
def test_the_slope_is_largest_at_zero_and_there_a_quarter_or_one(curve, largest):
    a = np.linspace(-10, 10, 2001)
    slope = curve(a + 1e-30j).imag / 1e-30
    assert a[np.argmax(slope)] == pytest.approx(0, abs=1e-12)
    assert slope.max() == pytest.approx(largest)
    assert np.all(np.diff(slope[a > 0]) < 0)


def two(rng, width):
    """Return the weights of two RNNs; the second reads inputs of another width."""
    sizes = [(H, D), (H, width)]
    return [rnn.Params(*map(rng.standard_normal, (W, (H, H), (H,)))) for W in sizes]


@pytest.mark.claim("rnn.two-directions")
def test_the_last_input_changes_the_reverse_half_of_the_first_output_alone(x, rng):
    other, pair = x.copy(), two(rng, D)
    other[:, -1] += 1
    one, changed = (layers.stack(a, pair, bidirectional=True).y[:, 0] for a in (x, other))
    np.testing.assert_array_equal(changed[:, :H], one[:, :H])
    assert np.all(changed[:, H:] != one[:, H:])


@pytest.mark.claim("rnn.stacked")
def test_a_stack_hands_the_states_of_the_lower_layer_to_the_upper_one(x, rng):
    lower, upper = two(rng, H)
    wanted = rnn.forward(rnn.forward(x, lower).y, upper).y
    np.testing.assert_array_equal(layers.stack(x, [lower, upper]).y, wanted)


@pytest.mark.claim("rnn.stacked-past")
def test_a_stack_does_not_see_the_next_input(x, rng):
    other, pair = x.copy(), two(rng, H)
    other[:, 3] += 1
    one, changed = (layers.stack(a, pair).y for a in (x, other))
    np.testing.assert_array_equal(changed[:, :3], one[:, :3])
    assert np.all(changed[:, 3] != one[:, 3])


@pytest.mark.claim("rnn.past")
def test_changing_the_next_input_leaves_this_state_exactly_as_it_is(x, p):
    other = x.copy()
    other[:, 3] += 100.0
    old, new = rnn.forward(x, p).y, rnn.forward(other, p).y
    np.testing.assert_array_equal(old[:, :3], new[:, :3])
    assert np.max(np.abs(old[:, 3] - new[:, 3])) > 0.1


@pytest.mark.claim("rnn.first-step")
def test_from_a_zero_state_U_has_no_effect_on_the_first_step(x, p, rng):
    other = p._replace(U=rng.standard_normal((H, H)))
    old, new = rnn.forward(x, p).y, rnn.forward(x, other).y
    np.testing.assert_array_equal(old[:, 0], new[:, 0])
    assert np.max(np.abs(old[:, 1] - new[:, 1])) > 0.1


@pytest.mark.claim("rnn.cut")
def test_a_sequence_cut_in_two_with_the_state_handed_on_equals_the_whole(x, p):
    first = rnn.forward(x[:, :2], p)
    second = rnn.forward(x[:, 2:], p, state=first.state)
    whole = rnn.forward(x, p)
    np.testing.assert_array_equal(np.concatenate([first.y, second.y], axis=1), whole.y)
    np.testing.assert_array_equal(second.state, whole.state)


def untrained(seed, scale):
    """Draw the network and the input of the experiment, U times a factor."""
    rng = np.random.default_rng(seed)
    D, H, T = 4, 32, 20
    W, U, b = (rng.uniform(-1, 1, shape) / H**0.5 for shape in [(H, D), (H, H), (H,)])
    return rng.standard_normal((1, T, D)), rnn.Params(W, scale * U, b)


def gap(seed, scale):
    """Return how far apart two runs are that differ at step 1 only, at every step."""
    x, p = untrained(seed, scale)
    other = x.copy()
    other[0, 0] += 1.0
    return np.linalg.norm(rnn.forward(x, p).y - rnn.forward(other, p).y, axis=-1)[0]


def jacobian_norms(seed, scale):
    """Return the norm of the derivative of h_t by h_0 for every t, by the complex step."""
    x, p = untrained(seed, scale)
    nudges = 1e-30j * np.eye(len(p.b))
    y = rnn.forward(np.repeat(x, len(p.b), axis=0), p, state=nudges).y
    return np.linalg.norm(y.imag / 1e-30, 2, axis=(0, 2))


@pytest.mark.claim("rnn.jacobian")
@pytest.mark.parametrize("scale", [1.0, 4.0])
def test_products_of_U_and_the_slopes_of_tanh_are_the_derivative(scale):
    program = runpy.run_path(str(EXAMPLES / "rnn_fades.py"))
    _, size = program["measure"](scale * program["U"])
    np.testing.assert_allclose(size, jacobian_norms(0, scale), rtol=1e-9)


@pytest.mark.claim("rnn.fades")
@pytest.mark.parametrize("seed", range(10))
def test_the_gap_shrinks_at_every_step_to_less_than_a_ten_thousandth_at_step_20(seed):
    apart = gap(seed, scale=1.0)
    assert np.all(np.diff(apart) < 0)
    assert apart[19] < 1e-4 * apart[0]


@pytest.mark.claim("rnn.vanishes")
@pytest.mark.parametrize("seed", range(10))
def test_the_derivative_is_less_than_a_thousandth_at_step_20(seed):
    assert jacobian_norms(seed, scale=1.0)[19] < 1e-3


@pytest.mark.claim("rnn.grows")
@pytest.mark.parametrize("seed", range(10))
def test_with_U_four_times_as_large_the_gap_more_than_doubles(seed):
    apart = gap(seed, scale=4.0)
    assert apart[19] > 2 * apart[0]


@pytest.mark.claim("rnn.explodes")
@pytest.mark.parametrize("seed", range(10))
def test_with_U_four_times_as_large_the_derivative_exceeds_100_at_step_20(seed):
    assert jacobian_norms(seed, scale=4.0)[19] > 100


@pytest.mark.claim("rnn.count")
def test_with_3_inputs_and_4_units_an_rnn_has_32_parameters(p, x):
    assert sum(array.size for array in p) == 32
    rnn.forward(x, p)  # the record is one that the cell accepts


@pytest.mark.claim("rnn.swapped")
def test_exchanging_U_and_W_goes_unnoticed_only_while_D_equals_H(x, p):
    small = examples.rnn_params()
    swapped = rnn.Params(small.U, small.W, small.b)
    wrong = rnn.forward(examples.X, swapped).y
    assert np.max(np.abs(wrong - examples.rnn_run().y)) > 0.1
    with pytest.raises(ValueError, match="W must have shape"):
        rnn.forward(x, rnn.Params(p.U, p.W, p.b))


@pytest.mark.claim("rnn.no-memory")
def test_without_U_every_step_is_the_same_layer_applied_to_its_own_input(x, p):
    y = rnn.forward(x, p._replace(U=np.zeros((H, H)))).y
    np.testing.assert_allclose(y, np.tanh(x @ p.W.T + p.b), rtol=1e-12)


@pytest.mark.claim("rnn.no-order")
def test_without_U_swapping_the_first_two_inputs_leaves_the_last_state_as_it_is(x, p):
    blind = p._replace(U=np.zeros((H, H)))
    np.testing.assert_array_equal(rnn.forward(swapped(x), blind).state, rnn.forward(x, blind).state)
    assert np.max(np.abs(rnn.forward(swapped(x), p).state - rnn.forward(x, p).state)) > 1e-6
