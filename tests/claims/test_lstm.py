"""Every sentence of the page on the LSTM that asserts behaviour, as a test."""

import runpy
from decimal import Decimal, localcontext
from pathlib import Path

import numpy as np
import pytest
import torch_peer

from rnnref import examples, joined, lstm, rnn
from rnnref.explain import values
from rnnref.explain.figures import memory
from rnnref.explain.values import lstm_reach, notes
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


def many_cases(count=200, scale=3.0):
    """Yield inputs, states and weights of every size, up to saturation."""
    rng = np.random.default_rng(23)
    for size in np.geomspace(0.1, 10 * scale, count):
        p = lstm.Params(*(size * rng.standard_normal(s) for s in [(4 * H, D), (4 * H, H), 4 * H]))
        state = lstm.State(rng.uniform(-1, 1, (B, H)), scale * rng.standard_normal((B, H)))
        yield rng.standard_normal((B, T, D)), state, p


def plain_unit(u, start=0.8, steps=50):
    """Return the states of a plain unit, and the derivative of the last by its start."""
    p = rnn.Params(np.zeros((1, 1)), np.array([[u]]), np.zeros(1))
    start = np.array([[start + 1j * NUDGE]])
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
    assert states[-1] > 0.95 and np.ptp(states[10:]) < 1e-9  # it rests there
    np.testing.assert_array_equal(plain_unit(2.0, start=-0.8)[0], -states)
    assert 2 * (1 - states[-1] ** 2) < 0.2
    assert 0 < gradient < 1e-38


@pytest.mark.claim("lstm.noise-stays")
def test_noise_on_a_kept_cell_state_stays_where_the_latching_plain_unit_corrects_it():
    clean, noisy = (run_still(gates_only(f=1.0, i=0.0), c, 50).c[0, -1, 0] for c in (0.8, 0.9))
    np.testing.assert_allclose(noisy - clean, 0.1, rtol=1e-12)
    clean, noisy = (plain_unit(2.0, start)[0][-1] for start in (0.8, 0.9))
    assert abs(noisy - clean) < 1e-15


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
def test_at_step_2_unit_1_keeps_nine_tenths_and_unit_2_writes_more_than_it_keeps():
    steps = examples.lstm_run().steps
    f, old, c = steps.f[0, 1], steps.c[0, 0], steps.c[0, 1]
    kept, written = np.abs(f * old), np.abs(steps.i[0, 1] * steps.c_tilde[0, 1])
    assert 0.88 < f[0] < 0.92 and written[0] < 0.03
    assert 0.31 < f[1] < 0.35 and written[1] > kept[1]
    np.testing.assert_array_equal(np.sign(c) == np.sign(old), [True, False])


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
    with localcontext(prec=60):
        for a in (Decimal(-39), Decimal(39)):
            assert 0 < 1 / (1 + (-a).exp()) < 1  # the true value


@pytest.mark.claim("lstm.sigmoid-price")
def test_near_0_our_form_of_the_sigmoid_loses_digits_that_float64_could_hold():
    def textbook(a):
        return 1 / (1 + np.exp(-a))

    above, below = np.linspace(37.1, 60), np.linspace(-60, -38.1)
    assert np.all(sigmoid(above) == 1) and np.all(textbook(above) == 1)
    assert np.all(sigmoid(np.array([36.9, -37.9])) % 1 > 0) and textbook(36.7) < 1
    assert np.all(sigmoid(below) == 0) and np.all(textbook(below) > 0)
    assert values.get("lstm.sigmoid-minus-39").split() == ["1", "×", "10⁻¹⁷"]
    a = np.arange(-60, 61)
    with localcontext(prec=60):
        true = np.array([float(1 / (1 + (-Decimal(int(k))).exp())) for k in a])
    error = np.abs(sigmoid(a.astype(float)) - true)
    assert error.max() < 3e-16
    relative = dict(zip(a.tolist(), error / true, strict=True))
    assert 0.035 < relative[-36] < 0.045 and 0.345 < relative[-37] < 0.355
    assert relative[-10] < 1e-11 < relative[-20] < 1e-7 < relative[-30] < 1e-3  # it grows


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
def test_only_the_candidate_can_take_the_cell_state_across_zero_and_f_draws_it_towards_0():
    crossings = 0
    for x, state, p in many_cases(scale=1.0):
        now = lstm.step(x[:, 0], *state, p)
        crossed = now.c * state.c < 0
        np.testing.assert_array_equal(np.sign(now.c_tilde[crossed]), np.sign(now.c[crossed]))
        crossings += np.count_nonzero(crossed)
        p.W_c[:], p.U_c[:], p.b_c[:] = 0.0, 0.0, 0.0
        kept = lstm.step(x[:, 0], *state, p).c
        assert np.all(kept * state.c >= 0) and np.all(np.abs(kept) <= np.abs(state.c))
    assert crossings > 100


def test_at_step_2_the_cell_state_of_unit_1_falls_although_its_candidate_is_positive():
    steps = examples.lstm_run().steps
    assert steps.c_tilde[0, 1, 0] > 0 and steps.c[0, 1, 0] < steps.c[0, 0, 0]


@pytest.mark.claim("lstm.torch-two-biases")
def test_pytorch_adds_its_two_biases_so_a_forget_bias_of_1_in_both_is_2():
    arrays = torch_peer.values("recorded", "lstm")
    p = torch_peer.params("lstm", arrays)
    run = lstm.forward(arrays["x"], p, state=lstm.State(*arrays["start"]))
    np.testing.assert_allclose(run.y, arrays["y"], rtol=0, atol=1e-12)
    for name in ("bias_ih_l0", "bias_hh_l0"):
        arrays[name] = arrays[name].copy()
        arrays[name].reshape(4, -1)[lstm.GATES.index("f")] = 1.0
    np.testing.assert_array_equal(torch_peer.params("lstm", arrays).b_f, 2.0)


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
    plain = rnn.Params(np.zeros((H, D)), np.zeros((H, H)), np.zeros(H))
    rnn.step(np.zeros((1, D)), np.zeros((1, H)), plain)
    assert sum(array.size for array in p[:3]) == 4 * sum(array.size for array in plain)


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


def after(x, h, c, p, share):
    """Return the loss of what follows on a state: a share of every later hidden state."""
    return np.sum(share * lstm.forward(x, p, state=lstm.State(h, c)).y, axis=(1, 2))


def derivative(loss, at):
    """Return the derivative of a loss per example by its argument, by complex step."""
    columns = [loss(at + 1j * NUDGE * unit).imag / NUDGE for unit in np.eye(at.shape[1])]
    return np.stack(columns, axis=1)


@pytest.mark.claim("lstm.error-onto-belt")
def test_error_reaches_c_through_h_and_from_the_next_c_along_the_belt(x, p, state):
    share = np.random.default_rng(5).standard_normal((B, T, H))
    now = lstm.step(x[:, 0], *state, p)
    following = lstm.step(x[:, 1], now.h, now.c, p)
    x = x.astype(complex)

    def next_step(h, c):
        """Return the loss after this step, of which the next h and c are made from h and c."""
        s = lstm.step(x[:, 1], h, c, p)
        return np.sum(share[:, 1] * s.h, axis=1) + after(x[:, 2:], s.h, s.c, p, share[:, 2:])

    def of_next_c(c):  # everything that reads the next c: its own h, and the steps that follow
        h = following.o * np.tanh(c)
        return np.sum(share[:, 1] * h, axis=1) + after(x[:, 2:], h, c, p, share[:, 2:])

    def of_c(c):
        h = now.o * np.tanh(c)
        return np.sum(share[:, 0] * h, axis=1) + next_step(h, c)

    error_h = share[:, 0] + derivative(lambda h: next_step(h, now.c + 0j), now.h)
    error_next_c = derivative(of_next_c, following.c)
    through_h = error_h * now.o * (1 - np.tanh(now.c) ** 2)
    np.testing.assert_allclose(
        derivative(of_c, now.c), through_h + following.f * error_next_c, rtol=1e-11
    )


@pytest.mark.claim("lstm.detours-dominate")
@pytest.mark.parametrize("bias", [0.0, 1.0, 2.0, 4.0])
def test_in_untrained_lstms_the_whole_derivative_is_over_10_times_the_largest_share(bias):
    whole, belt = (notes.typical(of, bias) for of in (notes.reach_lstm, lstm_reach.belt_largest))
    assert whole > 10 * belt


def test_the_share_of_the_belt_is_the_diagonal_of_the_derivative_with_u_0():
    x, p = notes.untrained_lstm(0, 2.0)
    p.U[:] = 0.0
    run = lstm.forward(x, p)
    whole = lstm.backward(run, dstate=lstm.State(None, np.eye(notes.H))).state.c
    np.testing.assert_allclose(whole, np.diag(np.prod(run.steps.f[0], axis=0)), atol=1e-15)


def test_the_figure_draws_the_typical_share_of_the_table():
    for bias in memory.BIASES:
        typical = notes.typical(lstm_reach.belt_typical, float(bias))
        np.testing.assert_allclose(memory.memory_curve(bias)[0][-1], typical, rtol=1e-9)


@pytest.mark.claim("lstm.reach-script")
def test_the_script_prints_the_table_of_belt_and_whole_derivative(capsys):
    source = (SCRIPTS / "lstm_reach.py").read_text(encoding="utf-8")
    assert source.count(f"H, T, SEEDS = {notes.H}, {notes.STEPS}, {notes.SEEDS}\n") == 1
    exec(
        compile(
            source.replace(f"{notes.STEPS}, {notes.SEEDS}", f"{notes.STEPS}, 2"),
            "lstm_reach.py",
            "exec",
        ),
        {},
    )
    rows = [row.split() for row in capsys.readouterr().out.splitlines()[1:]]
    columns = (lstm_reach.belt_typical, lstm_reach.belt_largest, notes.reach_lstm)
    assert [row[0] for row in rows] == ["0", "1", "2", "4"]
    for bias, *printed in rows:
        for text, column in zip(printed, columns, strict=True):
            shares = [column(seed, float(bias)) for seed in (0, 1)]
            assert text == f"{np.sqrt(np.prod(shares)):.1e}"


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


def printed_tables(capsys, source):
    """Run a variant of the script; return the columns f^n, those of unit 1, of the others."""
    exec(compile(source, "lstm_memory.py", "exec"), {})
    rows = [row.split() for row in capsys.readouterr().out.splitlines()]
    upper, lower = (np.array(part, float) for part in (rows[1:6], rows[-5:]))
    for table in (upper, lower):
        np.testing.assert_array_equal(table[:, 0], [0, 1, 2, 3, 4])
    return upper[:, 3:], lower[:, 1:4], lower[:, 4:]


MEMORY = (SCRIPTS / "lstm_memory.py").read_text(encoding="utf-8")


@pytest.mark.claim("lstm.forget-bias-memory")
def test_each_1_on_the_forget_bias_leaves_far_more_after_100_steps(capsys):
    powers, first, others = printed_tables(capsys, MEMORY)
    for products in (first, others):
        assert np.all(products[1:, 2] > 10 * products[:-1, 2])
        assert 1e-32 < products[0, 2] < 1e-30 and 0.05 < products[-1, 2] < 0.2
        assert np.all(np.abs(np.log(products / powers)) < np.log(15))


@pytest.mark.claim("lstm.forget-bias-own")
def test_a_forget_bias_on_unit_1_alone_changes_how_long_unit_1_remembers_alone(capsys):
    assert MEMORY.count("p.b_f[:] = b_f") == 1
    _, before, _ = printed_tables(capsys, MEMORY)
    changed = MEMORY.replace("p.b_f[:] = b_f", "p.b_f[0] = b_f")
    _, first, others = printed_tables(capsys, changed)
    assert np.all(np.abs(np.log(first / before)) < np.log(1.5))
    assert np.all(np.abs(np.log(others / others[0])) < np.log(1.5))


@pytest.mark.claim("lstm.latch")
def test_the_latch_answers_with_the_bit_that_was_written_last():
    x, run = examples.latch_inputs(), examples.latch_run()
    for slot in (0, 1):
        bit = 0.0
        for t in range(x.shape[1]):
            bit = x[0, t, 2] if x[0, t, slot] else bit
            answer = bit * np.tanh(1) if x[0, t, 3] else 0.0  # h shows the bit, or hardly anything
            assert abs(run.steps.c[0, t, slot] - bit) < 0.06
            assert abs(run.y[0, t, slot] - answer) < 0.03


@pytest.mark.claim("lstm.latch-leaks")
def test_with_the_forget_bias_of_the_latch_at_2_the_bit_is_lost_before_it_is_read():
    p = examples.latch_params()
    p.b_f[:] = 2.0
    assert abs(lstm.forward(examples.latch_inputs(), p).y[0, 9, 0]) < 0.4


@pytest.mark.claim("lstm.latch-drifts")
def test_between_writes_a_bit_of_the_other_sign_wears_c_down_and_one_of_its_sign_hardly_at_all():
    x, steps = examples.latch_inputs()[0], examples.latch_run().steps
    for t in [*range(3, 14), *range(15, 24)]:
        old, c, bit = steps.c[0, t - 1, 0], steps.c[0, t, 0], x[t, 2]
        np.testing.assert_allclose(
            [steps.f[0, t, 0], steps.i[0, t, 0]], [0.9975, 0.0025], atol=5e-5
        )
        change = abs(c) - abs(old)
        assert -0.006 < change < -0.004 if bit * old < 0 else abs(change) < 1e-4


@pytest.mark.claim("lstm.latch-floods")
def test_with_the_input_bias_of_the_latch_at_minus_2_the_bits_on_offer_leak_in():
    p, still = examples.latch_params(), examples.latch_run().steps.c[0, 2:14, 0]
    p.b_i[:] = -2.0
    run = lstm.forward(examples.latch_inputs(), p)
    assert round(run.steps.c[0, 2:14, 0].min(), 2) == 0.63 and still.min() > 0.96
    assert sigmoid(-2.0) > 0.1
