"""The corrections to the learner's note, each shown by a test."""

import numpy as np
import pytest

from rnnref import attention, examples, gru, layers, lstm, rnn
from rnnref.explain import values
from rnnref.explain.values import notes
from rnnref.numerics import sigmoid, softmax

B, T, D, H = 2, 5, 3, 4


@pytest.fixture
def rng():
    return np.random.default_rng(19)


def params(rng, cell):
    """Draw all weights of a cell."""
    gates = len(getattr(cell, "GATES", ["h"]))
    shapes = [(gates * H, D), (gates * H, H), (gates * H,)]
    return cell.Params(*(rng.standard_normal(shape) for shape in shapes))


def lstm_case(rng):
    """Draw one LSTM step: input, states, weights."""
    x, h, c = (rng.standard_normal((B, size)) for size in (D, H, H))
    return x, h, c, params(rng, lstm)


@pytest.mark.claim("notes.n01")
def test_at_z_0_9_unit_1_goes_a_tenth_of_its_way_if_z_keeps_and_nine_tenths_if_z_replaces():
    run = examples.gru_run()
    way = np.abs(run.steps.h_tilde[0, 1, 0] - run.y[0, 0, 0])
    keep, replace = (float(values.get(f"gru.move-{form}")) for form in ("keep", "replace"))
    assert keep == pytest.approx(0.1 * way, abs=5e-5)
    assert replace == pytest.approx(0.9 * way, abs=5e-5)


@pytest.mark.claim("notes.n01-negate")
def test_negating_the_z_block_turns_one_form_into_the_other(rng):
    p, x = params(rng, gru), rng.standard_normal((B, T, D))
    other = gru.Params(*(array.copy() for array in p[:3]))
    for rows in (other.W_z, other.U_z, other.b_z):
        rows *= -1
    keep = gru.forward(x, p).y
    np.testing.assert_allclose(gru.forward(x, other, update="replace").y, keep, rtol=1e-12)
    assert np.max(np.abs(gru.forward(x, p, update="replace").y - keep)) > 0.1


@pytest.mark.claim("notes.n02")
def test_similarities_of_the_example_sum_to_1_48_and_two_are_negative():
    q, k, _ = examples.attention_vectors()
    s = attention.score_dot(q, k)
    assert s.sum() == pytest.approx(1.48)
    assert np.count_nonzero(s < 0) == 2


@pytest.mark.claim("notes.n02-softmax")
def test_after_softmax_the_weights_are_positive_and_sum_to_one(rng):
    a = softmax(3 * rng.standard_normal((B, T)))
    assert np.all(a > 0)
    np.testing.assert_allclose(a.sum(axis=-1), 1)


@pytest.mark.claim("notes.n03")
def test_while_nothing_is_written_the_ratio_of_new_to_old_cell_state_is_f(rng):
    x, h, c, p = lstm_case(rng)
    p.b_i[:] = -800.0
    s = lstm.step(x, h, c, p)
    np.testing.assert_allclose(s.c / c, s.f, rtol=1e-12)


def reaches(*forget_biases):
    """Return the typical reach of an LSTM for each forget bias."""
    return [notes.typical(notes.reach_lstm, bias) for bias in forget_biases]


@pytest.mark.claim("notes.n04-vanish")
def test_with_forget_bias_0_hardly_anything_is_left_after_50_steps_and_with_2_much():
    closed, open_ = reaches(0.0, 2.0)
    assert notes.typical(notes.reach_rnn) < 1e-12
    assert closed < 1e-9
    assert open_ > 0.1


@pytest.mark.claim("notes.n04-explode")
def test_with_forget_bias_4_the_derivative_grows_beyond_1():
    assert reaches(4.0)[0] > 5
    assert min(notes.reach_lstm(seed, 4.0) for seed in range(5)) > 1


def test_the_reach_is_the_derivative_that_small_differences_measure():
    rng = np.random.default_rng(0)
    x = notes.inputs(rng)[:1]
    W, U = notes.drawn(rng, 4 * notes.H), notes.drawn(rng, 4 * notes.H)
    p = lstm.Params(W, U, np.zeros(4 * notes.H))
    p.b_f[:] = 2.0

    def last(c):
        return lstm.forward(x, p, state=lstm.State(0 * c, c)).state.c[0]

    nudges = 1e-6 * np.eye(notes.H)[:, None]
    columns = [(last(nudge) - last(-nudge)) / 2e-6 for nudge in nudges]
    assert notes.reach_lstm(0, 2.0) == pytest.approx(np.linalg.norm(columns, 2), rel=1e-6)


@pytest.mark.claim("notes.n05")
def test_candidate_and_new_cell_state_are_different_numbers():
    s = examples.lstm_run().steps
    assert np.min(np.abs(s.c_tilde - s.c)[0, 1]) > 0.2


@pytest.mark.claim("notes.n06")
def test_scores_are_symmetric_without_projections_and_need_not_be_with_them(rng):
    x, (W_q, W_k) = rng.standard_normal((1, T, D)), rng.standard_normal((2, H, D))
    same = attention.score_scaled(x, x)
    np.testing.assert_allclose(same, same.mT, rtol=1e-12)
    apart = attention.score_scaled(x @ W_q.T, x @ W_k.T)
    assert np.max(np.abs(apart - apart.mT)) > 0.5


@pytest.mark.claim("notes.n07")
def test_keys_of_the_example_have_length_3_and_values_length_2():
    q, k, v = examples.attention_vectors()
    assert (k.shape[-1], v.shape[-1]) == (3, 2)
    assert attention.attention(q, k, v).y.shape[-1] == 2


@pytest.mark.claim("notes.n08")
def test_a_gate_multiplies_unit_by_unit_and_a_dot_product_would_mix_them(rng):
    x, h, c, p = lstm_case(rng)
    other = c.copy()
    other[:, 0] += 1.0
    moved = lstm.step(x, h, other, p).c - lstm.step(x, h, c, p).c
    np.testing.assert_allclose(moved[:, 0], lstm.step(x, h, c, p).f[:, 0], rtol=1e-9)
    np.testing.assert_array_equal(moved[:, 1:], 0)


@pytest.mark.claim("notes.n10")
def test_the_output_of_the_example_has_3_numbers_and_the_hidden_state_2():
    h = examples.rnn_run().y[:, 0]
    y_hat = layers.readout(h, examples.readout_params()).y_hat
    assert (h.shape[-1], y_hat.shape[-1]) == (2, 3)


@pytest.mark.claim("notes.n11")
def test_our_sigma_rounds_to_0_below_about_minus_38_and_both_forms_to_1_above_about_37():
    def definition(a):
        return 1 / (1 + np.exp(-a))

    assert sigmoid(np.float64(-37.5)) > 0 == sigmoid(np.float64(-38.5))
    assert 1.1e-17 < definition(-39.0) < 1.2e-17  # what ours rounds away, and float64 can hold
    for form in (sigmoid, definition):
        assert form(np.float64(36.5)) < 1 == form(np.float64(37.5))


@pytest.mark.claim("notes.n12")
def test_with_open_gates_and_candidate_1_the_cell_state_is_20_after_20_steps():
    p = lstm.Params(np.zeros((4, 1)), np.zeros((4, 1)), np.full(4, 50.0))
    run = lstm.forward(np.zeros((1, 20, 1)), p)
    np.testing.assert_allclose(run.state.c, 20)
    assert np.max(np.abs(run.y)) <= 1


@pytest.mark.claim("notes.n13")
def test_with_f_at_0_9_the_belt_keeps_0_9_to_the_50():
    assert float(notes.belt()) == pytest.approx(0.9**50, abs=5e-5)


@pytest.mark.claim("notes.n14")
def test_changing_the_next_input_leaves_the_state_as_it_is(rng):
    p, x = params(rng, rnn), rng.standard_normal((B, T, D))
    other = x.copy()
    other[:, 2] = 50.0
    old, new = rnn.forward(x, p).y, rnn.forward(other, p).y
    np.testing.assert_array_equal(old[:, :2], new[:, :2])
    assert not np.array_equal(old[:, 2], new[:, 2])


@pytest.mark.claim("notes.n15")
def test_a_gru_has_three_quarters_of_the_parameters_of_an_lstm(rng):
    def size(cell):
        p, x = params(rng, cell), rng.standard_normal((B, T, D))
        cell.forward(x, p)  # the cell accepts these weights
        return sum(array.size for array in p if array is not None)

    assert 4 * size(gru) == 3 * size(lstm)


@pytest.mark.claim("notes.n16")
def test_a_source_of_5_or_500_steps_leaves_a_state_of_the_same_size(rng):
    p = params(rng, rnn)
    short, long = (rnn.forward(rng.standard_normal((1, T, D)), p) for T in (5, 500))
    assert short.state.shape == long.state.shape == (1, H)


@pytest.mark.claim("notes.n17")
def test_ten_times_the_keys_is_ten_times_the_norm_and_the_same_number_of_terms():
    q, k, v = examples.attention_vectors()
    assert np.linalg.norm(10 * k) == pytest.approx(10 * np.linalg.norm(k))
    assert attention.attention(q, 10 * k, v).weights.shape[-1] == len(examples.SOURCE) == 4


@pytest.mark.claim("notes.n18")
def test_keys_and_values_are_a_set_whose_order_does_not_matter(rng):
    q, k, v = (rng.standard_normal(shape) for shape in [(1, 2, D), (1, T, D), (1, T, H)])
    order = rng.permutation(T)
    whole = attention.attention(q, k, v).y
    np.testing.assert_allclose(attention.attention(q, k[:, order], v[:, order]).y, whole)
