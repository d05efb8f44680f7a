"""The page on the LSTM, second half: what goes wrong, and the answers to the exercises."""

import numpy as np
import onnx
import pytest
from onnx.reference import ReferenceEvaluator

from rnnref import examples, joined, lstm
from rnnref.explain import values
from rnnref.explain.values import lstm_reach, notes
from rnnref.numerics import sigmoid

B, T, D, H = 2, 5, 3, 4


def random_case(seed=3):
    """Return x, state and p: all sizes differ, no number is zero or twice the same."""
    rng = np.random.default_rng(seed)
    p = lstm.Params(*(rng.standard_normal(s) for s in [(4 * H, D), (4 * H, H), 4 * H]))
    state = lstm.State(rng.uniform(-1, 1, (B, H)), rng.standard_normal((B, H)))
    return rng.standard_normal((B, T, D)), state, p


def blind_case():
    """Return the case of a careless test: equal weights, no biases, no state, one step."""
    p = lstm.Params(np.full((4 * H, D), 0.1), np.full((4 * H, H), 0.1), np.zeros(4 * H))
    return np.ones((B, 1, D)), lstm.State(np.zeros((B, H)), np.zeros((B, H))), p


def reorder(p, order):
    """Return the parameters with the four blocks of rows in another order of the gates."""
    rows = np.concatenate([np.arange(H) + H * lstm.GATES.index(gate) for gate in order])
    return lstm.Params(*(array[rows] for array in p[:3]))


def distance(a, b):
    return max(np.abs(a.y - b.y).max(), np.abs(a.state.c - b.state.c).max())


# ---- gate order ---------------------------------------------------------------------------------


@pytest.mark.claim("lstm.order-matters")
def test_weights_read_in_the_gate_order_of_onnx_give_other_numbers_and_no_error():
    x, state, p = random_case()
    right, wrong = (lstm.forward(x, q, state=state) for q in (p, reorder(p, "iofc")))
    assert distance(right, wrong) > 0.2


def onnx_lstm(x, state, p):
    """Run the LSTM of ONNX, whose rows are i o f c; B and T change places there."""
    q = reorder(p, "iofc")
    feed = {
        "X": x.swapaxes(0, 1),
        "W": q.W[None],
        "R": q.U[None],
        "B": np.concatenate([q.b, np.zeros_like(q.b)])[None],
        "L": np.full(B, T, np.int32),
        "H": state.h[None],
        "C": state.c[None],
    }
    node = onnx.helper.make_node("LSTM", list(feed), ["Y", "Y_h", "Y_c"], hidden_size=H)
    kinds = {"L": onnx.TensorProto.INT32}
    info = onnx.helper.make_tensor_value_info
    inputs = [info(k, kinds.get(k, onnx.TensorProto.DOUBLE), v.shape) for k, v in feed.items()]
    outputs = [info(k, onnx.TensorProto.DOUBLE, None) for k in ("Y", "Y_h", "Y_c")]
    model = onnx.helper.make_model(onnx.helper.make_graph([node], "lstm", inputs, outputs))
    return ReferenceEvaluator(model).run(None, feed)


@pytest.mark.claim("lstm.onnx-order")
def test_with_its_rows_in_the_order_i_o_f_c_the_lstm_of_onnx_gives_our_numbers():
    x, state, p = random_case()
    ours = lstm.forward(x, p, state=state)
    y, _, c = onnx_lstm(x, state, p)
    np.testing.assert_allclose(y[:, 0].swapaxes(0, 1), ours.y, rtol=1e-12)
    np.testing.assert_allclose(c[0], ours.state.c, rtol=1e-12)


# ---- tests that see nothing ---------------------------------------------------------------------


def forget_and_input_exchanged(x, h_prev, c_prev, p):
    return lstm.step(x, h_prev, c_prev, reorder(p, "fico"))


def output_gate_with_the_bias_of_the_input_gate(x, h_prev, c_prev, p):
    b = p.b.copy()
    b[3 * H :] = p.b_i
    return lstm.step(x, h_prev, c_prev, p._replace(b=b))


def output_without_tanh(x, h_prev, c_prev, p):
    now = lstm.step(x, h_prev, c_prev, p)
    return now._replace(h=now.o * now.c)


def old_cell_state_dropped(x, h_prev, c_prev, p):
    return lstm.step(x, h_prev, np.zeros_like(c_prev), p)


def outputs(step, x, state, p):
    """Return the hidden states that a step gives over a sequence."""
    h, c = state
    ys = []
    for t in range(x.shape[1]):
        now = step(x[:, t], h, c, p)
        h, c = now.h, now.c
        ys.append(h)
    return np.stack(ys)


def seen(mistake, case):
    """Say whether a comparison with the right step notices a mistake."""
    return not np.allclose(outputs(mistake, *case), outputs(lstm.step, *case), atol=1e-6)


@pytest.mark.claim("lstm.equal-weights-blind")
def test_with_equal_weights_in_all_gates_no_test_can_see_two_gates_exchanged():
    x, state, p = random_case()
    equal = lstm.Params(*(np.tile(a[:H], (4,) + (1,) * (a.ndim - 1)) for a in p[:3]))
    assert not seen(forget_and_input_exchanged, (x, state, equal))
    assert seen(forget_and_input_exchanged, (x, state, p))


@pytest.mark.claim("lstm.zero-biases-blind")
def test_with_zero_biases_no_test_can_see_the_wrong_bias():
    x, state, p = random_case()
    zero = p._replace(b=np.zeros(4 * H))
    assert not seen(output_gate_with_the_bias_of_the_input_gate, (x, state, zero))
    assert seen(output_gate_with_the_bias_of_the_input_gate, (x, state, p))


@pytest.mark.claim("lstm.first-step-blind")
def test_in_the_first_step_from_a_zero_state_the_forget_gate_has_no_effect():
    x, _, p = random_case()
    zeros = np.zeros((B, H))
    a = lstm.step(x[:, 0], zeros, zeros, p)
    p.b_f[:] += 5.0
    b = lstm.step(x[:, 0], zeros, zeros, p)
    np.testing.assert_array_equal(a.h, b.h)
    assert np.all(a.f != b.f)


MISTAKES = [
    forget_and_input_exchanged,
    output_gate_with_the_bias_of_the_input_gate,
    output_without_tanh,
    old_cell_state_dropped,
]


@pytest.mark.claim("lstm.blind-test")
def test_the_careless_test_of_the_exercise_sees_one_mistake_of_four_and_a_good_one_sees_all():
    found = [mistake for mistake in MISTAKES if seen(mistake, blind_case())]
    assert found == [output_without_tanh]
    assert all(seen(mistake, random_case()) for mistake in MISTAKES)


# ---- the second tanh, the direction of f, bounds ------------------------------------------------


@pytest.mark.claim("lstm.lost-tanh")
def test_without_the_second_tanh_small_states_look_right_and_large_ones_leave_the_range():
    p = lstm.Params(np.zeros((4, 1)), np.zeros((4, 1)), np.array([-50.0, 50.0, 0.0, np.log(9)]))
    for c, close in [(0.1, True), (3.0, False)]:
        now = lstm.step(np.zeros((1, 1)), np.zeros((1, 1)), np.array([[c]]), p)
        np.testing.assert_allclose(now.o, 0.9)
        assert (np.abs(now.o * now.c - now.h) < 0.00035) == close
    assert now.h < 1 < now.o * now.c


@pytest.mark.claim("lstm.f-backwards")
def test_read_backwards_a_gate_set_to_keep_throws_away():
    x, state, p = random_case()
    p.b_f[:], p.b_i[:] = 50.0, -50.0
    now = lstm.step(x[:, 0], *state, p)
    np.testing.assert_allclose(now.c, state.c, atol=1e-12)
    np.testing.assert_allclose((1 - now.f) * state.c + now.i * now.c_tilde, 0, atol=1e-12)


@pytest.mark.claim("lstm.f-backwards-hidden")
def test_read_backwards_with_its_rows_negated_the_forget_gate_is_the_same_function():
    x, state, p = random_case()
    right = lstm.step(x[:, 0], *state, p)
    for array in p[:3]:
        array[H : 2 * H] *= -1
    wrong = lstm.step(x[:, 0], *state, p)
    c = (1 - wrong.f) * state.c + wrong.i * wrong.c_tilde
    np.testing.assert_allclose(c, right.c, rtol=0, atol=1e-14)


@pytest.mark.claim("lstm.h-bounded")
def test_no_weights_bring_a_hidden_state_beyond_1():
    beyond = 0
    for seed, scale in enumerate(np.geomspace(0.1, 100, 100)):
        x, state, p = random_case(seed)
        p = lstm.Params(*(scale * array for array in p[:3]))
        run = lstm.forward(10 * x, p, state=lstm.State(5 * state.h, 5 * state.c))
        assert np.abs(run.y).max() <= 1.0
        beyond += np.abs(run.steps.c).max() > 1.0
    assert beyond > 90


@pytest.mark.claim("lstm.c-unbounded")
def test_with_all_gates_open_the_cell_state_counts_to_20_in_20_steps():
    p = lstm.Params(np.zeros((4, 1)), np.zeros((4, 1)), np.full(4, 50.0))
    run = lstm.forward(np.zeros((1, 20, 1)), p)
    np.testing.assert_allclose(run.steps.c[0, :, 0], np.arange(1, 21))
    assert run.y.max() <= 1.0


@pytest.mark.claim("lstm.c-grows-by-1")
def test_the_cell_state_grows_by_at_most_1_per_step():
    for seed, scale in enumerate(np.geomspace(0.1, 100, 100)):
        x, state, p = random_case(seed)
        c = lstm.forward(scale * x, p, state=state).steps.c
        before = np.concatenate([state.c[:, None], c[:, :-1]], axis=1)
        assert np.all(np.abs(c) <= np.abs(before) + 1)


# ---- vanishing and exploding --------------------------------------------------------------------


@pytest.mark.claim("lstm.bias-0-vanishes")
def test_with_forget_bias_0_next_to_nothing_gets_through_50_steps_and_in_a_plain_rnn_neither():
    assert notes.typical(notes.reach_lstm, 0.0) < 1e-9
    assert notes.typical(notes.reach_rnn) < 1e-9


@pytest.mark.claim("lstm.bias-4-grows")
def test_with_forget_bias_4_the_whole_derivative_grows_although_the_belt_shrinks():
    for seed in range(notes.SEEDS):
        assert lstm_reach.belt_largest(seed, 4.0) < 1 < notes.reach_lstm(seed, 4.0)


# ---- exercises ----------------------------------------------------------------------------------


@pytest.mark.claim("lstm.bias-for-20")
def test_the_forget_bias_of_the_exercise_halves_the_cell_state_in_20_steps():
    bias = float(values.get("lstm.bias-for-20"))
    p = lstm.Params(np.zeros((4, 1)), np.zeros((4, 1)), np.array([-50.0, bias, 0.0, 0.0]))
    start = lstm.State(np.zeros((1, 1)), np.ones((1, 1)))
    left = lstm.forward(np.zeros((1, 20, 1)), p, state=start).state.c[0, 0]
    assert abs(left - 0.5) < 0.005


@pytest.mark.claim("lstm.split")
def test_the_joined_matrix_can_be_cut_back_into_u_and_w():
    _, _, p = random_case()
    W = joined.join(p).W
    np.testing.assert_array_equal(W[:, :H], p.U)
    np.testing.assert_array_equal(W[:, H:], p.W)


@pytest.mark.claim("lstm.coupled")
def test_with_the_input_block_the_negative_of_the_forget_block_i_is_1_minus_f_and_c_stays_small():
    x, state, p = random_case()
    for array in p[:3]:
        array[:H] = -array[H : 2 * H]
    steps = lstm.forward(np.tile(x, (1, 20, 1)), p, state=state).steps
    np.testing.assert_allclose(steps.i, 1 - steps.f, atol=1e-15)
    assert np.all(np.abs(steps.c) <= np.maximum(np.abs(state.c), 1)[:, None])


@pytest.mark.claim("lstm.counter")
def test_one_unit_can_count_the_ones_in_a_sequence():
    p = lstm.Params(
        W=np.array([[100.0], [0.0], [0.0], [0.0]]),
        U=np.zeros((4, 1)),
        b=np.array([-50.0, 50.0, 50.0, 50.0]),
    )
    x = np.random.default_rng(0).integers(0, 2, (1, 200, 1)).astype(float)
    np.testing.assert_allclose(lstm.forward(x, p).steps.c, np.cumsum(x, axis=1), atol=1e-9)


@pytest.mark.claim("lstm.step-3-by-hand")
def test_the_forget_gate_of_the_exercise_is_that_of_step_3():
    f = examples.lstm_run().steps.f[0, 2, 0]
    assert values.get("lstm.squash-f-3").split()[-1] == f"{f:.4f}"
    np.testing.assert_allclose(sigmoid(-0.1031), f, atol=5e-5)
