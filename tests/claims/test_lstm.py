"""Every sentence of the page on the LSTM that asserts behaviour, as a test."""

import runpy
from pathlib import Path

import numpy as np
import pytest

from rnnref import examples, joined, lstm, rnn
from rnnref.numerics import sigmoid

SCRIPTS = Path(__file__).parents[2] / "docs" / "examples"
B, T, D, H = 2, 5, 3, 4
NUDGE = 1e-30  # an imaginary step: its share of the result is the derivative


@pytest.fixture
def rng():
    return np.random.default_rng(7)


@pytest.fixture
def p(rng):
    """All sizes differ, all weights and biases are random and nonzero."""
    return lstm.Params(*(rng.standard_normal(s) for s in [(4 * H, D), (4 * H, H), 4 * H]))


@pytest.fixture
def x(rng):
    return rng.standard_normal((B, T, D))


@pytest.fixture
def state(rng):
    return lstm.State(rng.uniform(-1, 1, (B, H)), rng.standard_normal((B, H)))


def gates_only(f, i, o=1.0, c_tilde=1.0):
    """Return a one-unit LSTM whose gates stand still, at what the biases say."""
    with np.errstate(divide="ignore"):
        b_i, b_f, b_o = (np.log(g) - np.log1p(-g) for g in (i, f, o))
        bias = np.array([b_i, b_f, np.arctanh(c_tilde), b_o])
    return lstm.Params(
        np.zeros((4, 1)), np.zeros((4, 1)), np.nan_to_num(bias, posinf=50, neginf=-50)
    )


def run_still(p, c, steps):
    start = lstm.State(np.zeros((1, 1)), np.array([[float(c)]]))
    return lstm.forward(np.zeros((1, steps, 1)), p, state=start).steps


def plain_unit(u, steps=50):
    """Return the states of a plain unit that starts at 0.8, and the derivative by that start."""
    p = rnn.Params(np.zeros((1, 1)), np.array([[u]]), np.zeros(1))
    start = np.array([[0.8 + 1j * NUDGE]])
    y = rnn.forward(np.zeros((1, steps, 1), complex), p, state=start).y[0, :, 0]
    return y.real, y[-1].imag / NUDGE


# ---- intuition --------------------------------------------------------------------------------


@pytest.mark.claim("lstm.rnn-fades")
def test_a_plain_unit_without_input_loses_its_state_even_with_u_1():
    states, _ = plain_unit(1.0)
    assert np.all(np.diff(states) < 0) and states[-1] < 0.17


@pytest.mark.claim("lstm.rnn-latch")
def test_a_plain_unit_that_stores_a_bit_has_no_gradient_left():
    states, gradient = plain_unit(2.0)
    assert states[-1] > 0.95
    assert 0 < gradient < 1e-38


@pytest.mark.claim("lstm.keeps")
def test_with_the_forget_gate_open_and_the_input_gate_shut_the_cell_state_stays(x, p, state):
    p.b_f[:], p.b_i[:], p.W[: 2 * H], p.U[: 2 * H] = 50.0, -50.0, 0.0, 0.0
    for c in np.moveaxis(lstm.forward(np.tile(x, (1, 10, 1)), p, state=state).steps.c, 1, 0):
        np.testing.assert_allclose(c, state.c, rtol=0, atol=1e-12)


@pytest.mark.claim("lstm.half-life")
def test_at_f_nine_tenths_half_is_gone_before_seven_steps_and_nearly_all_after_fifty():
    c = run_still(gates_only(f=0.9, i=0.0), 1.0, 50).c[0, :, 0]
    assert c[5] > 0.5 > c[6]
    np.testing.assert_allclose(c[49], 0.9**50)
    assert c[49] < 0.006


# ---- one step ---------------------------------------------------------------------------------


@pytest.mark.claim("lstm.gate-per-unit")
def test_at_step_2_one_unit_keeps_nine_tenths_and_the_other_drops_two_thirds():
    f = examples.lstm_run().steps.f[0, 1]
    assert f[0] > 0.9 and f[1] < 1 / 3


@pytest.mark.claim("lstm.layers-read-the-same")
def test_the_cell_state_enters_none_of_the_four_layers(x, p, state):
    a, b = (lstm.step(x[:, 0], state.h, c, p) for c in (state.c, state.c + 1))
    for field in ("f", "i", "c_tilde", "o"):
        np.testing.assert_array_equal(getattr(a, field), getattr(b, field))
    assert np.all(a.c != b.c)


@pytest.mark.claim("lstm.elementwise")
def test_a_unit_meets_no_other_unit_on_the_belt(x, p, state):
    other = state.c.copy()
    other[:, 1] += 1.0
    moved = lstm.step(x[:, 0], state.h, other, p).c != lstm.step(x[:, 0], state.h, state.c, p).c
    np.testing.assert_array_equal(moved, [[False, True, False, False]] * B)


# ---- gate by gate -----------------------------------------------------------------------------


@pytest.mark.claim("lstm.gate-range")
def test_a_gate_is_never_quite_0_or_1_except_by_rounding():
    a = np.linspace(-36, 36, 1001)
    assert np.all((sigmoid(a) > 0) & (sigmoid(a) < 1))
    assert sigmoid(-39.0) == 0.0 and sigmoid(39.0) == 1.0
    assert 1 / (1 + np.exp(39.0)) > 0  # the true value


@pytest.mark.claim("lstm.sigmoid-safe")
def test_the_sigmoid_takes_numbers_of_any_size_without_a_warning():
    np.testing.assert_array_equal(sigmoid(np.array([-1e308, 0.0, 1e308])), [0.0, 0.5, 1.0])


@pytest.mark.claim("lstm.corners")
@pytest.mark.parametrize(
    ("f", "i", "expected"), [(1, 0, 2.0), (0, 0, 0.0), (0, 1, -0.5), (1, 1, 1.5)]
)
def test_the_four_corners_are_keep_clear_overwrite_and_add(f, i, expected):
    c = run_still(gates_only(f=float(f), i=float(i), c_tilde=-0.5), 2.0, 1).c
    np.testing.assert_allclose(c, expected, atol=1e-12)


@pytest.mark.claim("lstm.forget-direction")
def test_raising_the_forget_bias_moves_the_cell_state_towards_keeping(x, p, state):
    p.b_i[:], p.W[:H], p.U[:H] = -50.0, 0.0, 0.0
    before = lstm.step(x[:, 0], state.h, state.c, p).c / state.c
    p.b_f[:] += 1.0
    assert np.all(lstm.step(x[:, 0], state.h, state.c, p).c / state.c > before)


@pytest.mark.claim("lstm.candidate-sign")
def test_only_the_candidate_can_push_the_cell_state_down(x, p, state):
    now = lstm.step(x[:, 0], state.h, state.c, p)
    np.testing.assert_array_equal(np.sign(now.c - now.f * state.c), np.sign(now.c_tilde))
    assert np.any(now.c_tilde < 0) and np.any(now.c_tilde > 0)


@pytest.mark.claim("lstm.closed-output")
def test_a_shut_output_gate_hides_the_cell_state_and_leaves_it_alone(x, p, state):
    still_open = lstm.step(x[:, 0], state.h, state.c, p)
    p.b_o[:], p.W[3 * H :], p.U[3 * H :] = -50.0, 0.0, 0.0
    shut = lstm.step(x[:, 0], state.h, state.c, p)
    np.testing.assert_array_equal(shut.c, still_open.c)
    np.testing.assert_allclose(shut.h, 0, atol=1e-12)


@pytest.mark.claim("lstm.squash")
def test_tanh_squashes_each_number_by_itself_and_normalises_nothing(x, p, state):
    other = state.c.copy()
    other[:, 0] += 100.0
    a, b = (lstm.step(x[:, 0], state.h, c, p) for c in (state.c, other))
    np.testing.assert_array_equal(a.h[:, 1:], b.h[:, 1:])  # the neighbours take no notice
    squashed = a.h / a.o
    assert np.all(np.abs(np.abs(squashed).sum(axis=1) - 1) > 0.1) and np.abs(squashed).max() < 1


# ---- all together -----------------------------------------------------------------------------


@pytest.mark.claim("lstm.parameters")
@pytest.mark.parametrize(("D", "H"), [(2, 2), (3, 5), (10, 1)])
def test_a_layer_has_four_times_h_times_d_plus_h_plus_1_parameters(D, H):
    p = lstm.Params(np.zeros((4 * H, D)), np.zeros((4 * H, H)), np.zeros(4 * H))
    lstm.step(np.zeros((1, D)), np.zeros((1, H)), np.zeros((1, H)), p)  # the shapes fit
    assert sum(array.size for array in p[:3]) == 4 * H * (D + H + 1)


@pytest.mark.claim("lstm.view")
def test_to_change_the_rows_of_a_gate_is_to_change_the_stacked_matrix(p):
    p.W_f[:] = 7.0
    np.testing.assert_array_equal((p.W == 7.0).all(axis=1), [False] * H + [True] * H + [False] * 8)


@pytest.mark.claim("lstm.joined")
def test_the_joined_writing_is_the_same_function(x, p, state):
    ours = lstm.step(x[:, 0], *state, p)
    theirs = joined.lstm_step(x[:, 0], *state, joined.join(p))
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=1e-14)


@pytest.mark.claim("lstm.loop")
def test_a_sequence_is_a_loop_over_the_step():
    script = runpy.run_path(str(SCRIPTS / "lstm_loop.py"))
    np.testing.assert_allclose(script["c"], script["run"].state.c, rtol=0, atol=1e-15)
    np.testing.assert_allclose(script["h"], script["run"].state.h, rtol=0, atol=1e-15)


# ---- the belt ---------------------------------------------------------------------------------


@pytest.mark.claim("lstm.belt-derivative")
def test_with_h_held_the_derivative_along_the_belt_is_the_forget_gate(x, p, state):
    for k in range(H):
        nudged = state.c.astype(complex)
        nudged[:, k] += 1j * NUDGE
        now = lstm.step(x[:, 0], state.h, nudged, p)
        np.testing.assert_allclose(now.c.imag / NUDGE, now.f.real * np.eye(H)[k], rtol=1e-14)


@pytest.mark.claim("lstm.detour")
def test_through_h_there_are_further_paths_from_c_1_to_c_3():
    steps, p = examples.lstm_run().steps, examples.lstm_params()
    c = np.repeat(steps.c[:, 0], 2, axis=0) + 1j * NUDGE * np.eye(2)
    x = np.repeat(examples.X[:, 1:], 2, axis=0).astype(complex)
    run = lstm.forward(x, p, state=lstm.State(steps.o[:, 0] * np.tanh(c), c))
    np.testing.assert_allclose(run.steps.c[0, -1].real, steps.c[0, -1])
    whole, belt = run.state.c.imag.T / NUDGE, np.diag(steps.f[0, 1] * steps.f[0, 2])
    assert abs(whole[0, 0] / belt[0, 0] - 0.5) < 0.01  # half of it is cancelled
    assert whole[0, 1] > 0.1  # and the units do meet


# ---- experiments ------------------------------------------------------------------------------


@pytest.mark.claim("lstm.forget-bias-memory")
def test_a_larger_forget_bias_leaves_more_of_the_past_after_100_steps(capsys):
    runpy.run_path(str(SCRIPTS / "lstm_memory.py"))
    rows = capsys.readouterr().out.splitlines()[-5:]
    assert [float(row.split()[0]) for row in rows] == [0, 1, 2, 3, 4]
    left = [float(row.split()[-1]) for row in rows]
    assert np.all(np.diff(left) > 0) and left[0] < 1e-20 and 0.05 < left[-1] < 0.2


@pytest.mark.claim("lstm.latch")
def test_the_latch_answers_with_the_bit_that_was_written_last():
    x, run = examples.latch_inputs(), examples.latch_run()
    for slot in (0, 1):
        bit = 0.0
        for t in range(x.shape[1]):
            bit = x[0, t, 2] if x[0, t, slot] else bit
            answer = bit * np.tanh(1) if x[0, t, 3] else 0.0
            assert abs(run.steps.c[0, t, slot] - bit) < 0.06
            assert abs(run.y[0, t, slot] - answer) < 0.03


@pytest.mark.claim("lstm.latch-leaks")
def test_with_the_forget_bias_of_the_latch_at_2_the_bit_is_lost_before_it_is_read():
    p = examples.latch_params()
    p.b_f[:] = 2.0
    assert abs(lstm.forward(examples.latch_inputs(), p).y[0, 9, 0]) < 0.4
