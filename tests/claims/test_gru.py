"""Every sentence of the page on the GRU that asserts behaviour, as a test."""

import runpy
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch_peer
from onnx.reference import ReferenceEvaluator

from rnnref import examples, gradcheck, gru, joined, lstm, rnn
from rnnref.explain import values

SCRIPTS = Path(__file__).parents[2] / "docs" / "examples"
B, T, D, H = 2, 5, 3, 4
WAYS = ("kept", "candidate", "reset", "update")  # on which a gradient reaches the old state


@pytest.fixture
def rng():
    return np.random.default_rng(11)


@pytest.fixture
def p(rng):
    """All sizes differ, all weights and biases are random and nonzero."""
    return gru.Params(*(rng.standard_normal(s) for s in [(3 * H, D), (3 * H, H), 3 * H]))


@pytest.fixture
def x(rng):
    return rng.standard_normal((B, T, D))


@pytest.fixture
def h(rng):
    return rng.uniform(-1, 1, (B, H))


def hold(p, gate, bias):
    """Return the parameters with one gate standing still at what the bias says."""
    held = gru.Params(*(array.copy() for array in p if array is not None))
    getattr(held, f"W_{gate}")[:], getattr(held, f"U_{gate}")[:] = 0.0, 0.0
    getattr(held, f"b_{gate}")[:] = bias
    return held


def negated(p, gate):
    """Return the parameters with the block of one gate multiplied by -1."""
    other = gru.Params(*(array.copy() for array in p if array is not None))
    for array in other[:3]:
        size = len(array) // 3
        rows = slice(gru.GATES.index(gate) * size, (gru.GATES.index(gate) + 1) * size)
        array[rows] *= -1
    return other


# ---- the gates ----------------------------------------------------------------------------------


def many_cases(count=100):
    """Yield inputs, states and weights of every size, up to saturation."""
    rng = np.random.default_rng(29)
    for size in np.geomspace(0.1, 30, count):
        p = gru.Params(*(size * rng.standard_normal(s) for s in [(3 * H, D), (3 * H, H), 3 * H]))
        yield rng.standard_normal((B, T, D)), 2 * rng.standard_normal((B, H)), p


@pytest.mark.claim("gru.between")
def test_every_new_state_lies_between_the_old_one_and_the_candidate():
    slack = 1e-14  # the two products are rounded
    for x, h, p in many_cases():
        now = gru.step(x[:, 0], h, p)
        assert np.all(np.minimum(h, now.h_tilde) - slack <= now.h)
        assert np.all(now.h <= np.maximum(h, now.h_tilde) + slack)


@pytest.mark.claim("gru.reset-shut")
def test_with_the_reset_gate_shut_the_candidate_does_not_know_the_past(x, p, h):
    shut = hold(p, "r", -50.0)
    a, b = (gru.step(x[:, 0], state, shut).h_tilde for state in (h, h + 1))
    np.testing.assert_allclose(a, b, rtol=0, atol=1e-12)


@pytest.mark.claim("gru.reset-open")
def test_with_the_reset_gate_open_the_candidate_is_the_new_state_of_a_plain_rnn(x, p, h):
    candidate = gru.step(x[:, 0], h, hold(p, "r", 50.0)).h_tilde
    plain = rnn.step(x[:, 0], h, rnn.Params(p.W_h, p.U_h, p.b_h)).h
    np.testing.assert_allclose(candidate, plain, rtol=0, atol=1e-12)


@pytest.mark.claim("gru.update-ends")
def test_z_1_keeps_the_old_state_and_z_0_takes_the_candidate(x, p, h):
    np.testing.assert_allclose(gru.step(x[:, 0], h, hold(p, "z", 50.0)).h, h, atol=1e-12)
    now = gru.step(x[:, 0], h, hold(p, "z", -50.0))
    np.testing.assert_allclose(now.h, now.h_tilde, atol=1e-12)


# ---- all together -------------------------------------------------------------------------------


@pytest.mark.claim("gru.parameters")
def test_at_equal_sizes_a_gru_has_three_quarters_of_the_parameters_of_an_lstm():
    small = gru.Params(np.zeros((3 * H, D)), np.zeros((3 * H, H)), np.zeros(3 * H))
    large = lstm.Params(np.zeros((4 * H, D)), np.zeros((4 * H, H)), np.zeros(4 * H))
    gru.step(np.zeros((1, D)), np.zeros((1, H)), small)  # the shapes fit
    lstm.step(np.zeros((1, D)), np.zeros((1, H)), np.zeros((1, H)), large)
    sizes = [sum(array.size for array in p if array is not None) for p in (small, large)]
    assert sizes == [3 * H * (D + H + 1), 4 * H * (D + H + 1)]


@pytest.mark.claim("gru.joined")
def test_the_joined_writing_is_the_same_function(x, p, h):
    ours, theirs = gru.step(x[:, 0], h, p), joined.gru_step(x[:, 0], h, joined.join(p))
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=1e-14)


# ---- the way back --------------------------------------------------------------------------------


def step_back(x, h, p, dh):
    """Return the forward values of the first step of x, and its way back."""
    s = gru.step(x[:, 0], h, p)
    return s, gru.step_backward(dh, x[:, 0], h, s, p)


@pytest.mark.claim("gru.four-ways")
def test_four_shares_add_up_at_the_old_state_and_none_can_be_left_out(x, p, h):
    dh = np.random.default_rng(3).standard_normal(h.shape)
    s, back = step_back(x, h, p, dh)
    shares = [dh * s.z, back.drh * s.r, back.da_r @ p.U_r, back.da_z @ p.U_z]

    def loss(h):
        return np.sum(dh * gru.step(x[:, 0].astype(h.dtype), h, p).h)

    for left_out in (None, *range(4)):
        total = sum(share for k, share in enumerate(shares) if k != left_out)
        assert gradcheck.check(loss, {"h": h}, {"h": total}).ok == (left_out is None)
    example = [float(values.get(f"gru.back-{k}").replace("−", "-")) for k in WAYS]
    whole = gru.backward(examples.gru_run(), dy=examples.DY).flow[0, 0, 0]
    assert sum(example) + examples.DY[0, 0, 0] == pytest.approx(whole, abs=3e-4)


@pytest.mark.claim("gru.no-difference")
def test_where_old_state_and_candidate_are_equal_the_update_gate_learns_nothing(x, p, h):
    s = gru.step(x[:, 0], h, p)
    same = s._replace(h_tilde=np.where(np.arange(H) == 0, h, s.h_tilde))
    back = gru.step_backward(np.ones_like(h), x[:, 0], h, same, p)
    assert not back.da_z[:, 0].any() and back.da_z[:, 1:].all()


@pytest.mark.claim("gru.dz-sign")
def test_the_gradient_of_z_changes_its_sign_with_the_convention(x, p, h):
    s, dh = gru.step(x[:, 0], h, p), np.ones_like(h)
    keep, replace = (
        back(dh, x[:, 0], h, s, p).dz
        for back in (gru.step_backward, gru.step_update_replace_backward)
    )
    assert keep.all()
    np.testing.assert_array_equal(replace, -keep)


@pytest.mark.claim("gru.dr-first")
def test_from_a_state_of_zero_the_reset_gate_gets_no_gradient(x, p, h):
    _, back = step_back(x, np.zeros_like(h), p, np.ones_like(h))
    assert not back.dW_r.any() and back.dW_z.all()
    _, back = step_back(x, h, p, np.ones_like(h))
    assert back.dW_r.all()


@pytest.mark.claim("gru.dU-reset")
def test_the_gradient_of_u_h_takes_the_reset_state_and_the_others_the_old_one(x, p, h):
    s, back = step_back(x, h, p, np.ones_like(h))
    np.testing.assert_allclose(back.dU_h, back.da_h.T @ (s.r * h), rtol=1e-12)
    assert not np.allclose(back.dU_h, back.da_h.T @ h)
    for gate in "rz":
        wanted = getattr(back, f"da_{gate}").T @ h
        np.testing.assert_allclose(getattr(back, f"dU_{gate}"), wanted, rtol=1e-12)


@pytest.mark.claim("gru.backward-right")
def test_a_loop_over_the_step_is_backward_and_agrees_with_numeric_derivatives(x, p, h, rng):
    dy, run = rng.standard_normal((B, T, H)), gru.forward(x, p, state=h)

    def loss(W, U, b, x, h):
        return np.sum(dy * gru.forward(x, gru.Params(W, U, b), state=h).y)

    back = gru.backward(run, dy=dy)
    named = {"W": p.W, "U": p.U, "b": p.b, "x": x, "h": h}
    found = {"x": back.x, "h": back.state} | {k: getattr(back.params, k) for k in "WUb"}
    report = gradcheck.check(loss, named, found)
    assert report.ok, report
    dh_next = np.zeros((B, H))
    for t in reversed(range(T)):
        before = run.y[:, t - 1] if t else h
        s = gru.GRUStep(*(None if field is None else field[:, t] for field in run.steps))
        one = gru.step_backward(dy[:, t] + dh_next, x[:, t], before, s, p)
        dh_next = one.dh_prev
        np.testing.assert_allclose(one.dx, back.x[:, t], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(dh_next, back.state, rtol=1e-9, atol=1e-12)


@pytest.mark.claim("gru.one-three-four")
@pytest.mark.parametrize(("inputs", "units"), [(3, 4), (7, 2), (1, 9)])
def test_parameters_of_rnn_gru_and_lstm_are_as_1_to_3_to_4(rng, inputs, units):
    counts = [
        sum(array.size for array in cell.init(rng, inputs, units) if array is not None)
        for cell in (rnn, gru, lstm)
    ]
    np.testing.assert_array_equal(counts, counts[0] * np.array([1, 3, 4]))


# ---- the two conventions ------------------------------------------------------------------------


@pytest.mark.claim("gru.z-direction")
def test_a_larger_z_moves_the_state_less_where_it_keeps_and_more_where_it_replaces(x, p, h):
    moves = {step: [] for step in (gru.step, gru.step_update_replace)}
    for bias in np.linspace(-4, 4, 9):
        for step, found in moves.items():
            found.append(np.abs(step(x[:, 0], h, hold(p, "z", bias)).h - h))
    assert np.all(np.diff(moves[gru.step], axis=0) < 0)
    assert np.all(np.diff(moves[gru.step_update_replace], axis=0) > 0)


@pytest.mark.claim("gru.ratio-9")
def test_at_z_nine_tenths_the_moves_stand_in_the_ratio_of_9(x, p, h):
    still = hold(p, "z", np.log(9.0))
    moves = [step(x[:, 0], h, still).h - h for step in (gru.step, gru.step_update_replace)]
    np.testing.assert_allclose(moves[1], 9 * moves[0], rtol=1e-12)


@pytest.mark.claim("gru.negate")
def test_negating_the_z_block_turns_one_convention_into_the_other(x, p, h):
    keep = gru.forward(x, p, state=h).y
    replace = gru.forward(x, negated(p, "z"), state=h, update="replace").y
    np.testing.assert_allclose(keep, replace, rtol=0, atol=1e-14)
    assert np.abs(gru.forward(x, negated(p, "r"), state=h, update="replace").y - keep).max() > 0.1


@pytest.mark.claim("gru.silent")
def test_weights_of_the_other_convention_raise_no_error_and_give_other_numbers(x, p, h):
    a, b = (gru.forward(x, p, state=h, update=update).y for update in ("keep", "replace"))
    assert np.abs(a - b).max() > 0.2


@pytest.mark.claim("gru.note-writing")
def test_the_writing_of_the_note_is_the_replacing_step(x, p, h):
    ours = gru.step_update_replace(x[:, 0], h, p)
    theirs = joined.gru_step_update_replace(x[:, 0], h, joined.join(p))
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=1e-14)


def onnx_gru(x, h, p, linear_before_reset):
    """Run the GRU of ONNX, whose rows are z r h; B and T change places there."""
    rows = np.concatenate([np.arange(H) + H * gru.GATES.index(gate) for gate in "zrh"])
    second = np.zeros_like(p.b)
    if p.b_u is not None:
        second[2 * H :] = p.b_u
    feed = {
        "X": x.swapaxes(0, 1),
        "W": p.W[rows][None],
        "R": p.U[rows][None],
        "B": np.concatenate([p.b[rows], second])[None],
        "L": np.full(B, T, np.int32),
        "H": h[None],
    }
    options = {"hidden_size": H, "linear_before_reset": linear_before_reset}
    node = onnx.helper.make_node("GRU", list(feed), ["Y", "Y_h"], **options)
    kinds = {"L": onnx.TensorProto.INT32}
    info = onnx.helper.make_tensor_value_info
    inputs = [info(k, kinds.get(k, onnx.TensorProto.DOUBLE), v.shape) for k, v in feed.items()]
    outputs = [info(k, onnx.TensorProto.DOUBLE, None) for k in ("Y", "Y_h")]
    model = onnx.helper.make_model(onnx.helper.make_graph([node], "gru", inputs, outputs))
    return ReferenceEvaluator(model).run(None, feed)[0][:, 0].swapaxes(0, 1)


@pytest.mark.claim("gru.onnx")
def test_with_its_rows_in_the_order_z_r_h_the_gru_of_onnx_gives_our_numbers(x, p, h, rng):
    ours = gru.forward(x, p, state=h).y
    np.testing.assert_allclose(onnx_gru(x, h, p, 0), ours, rtol=1e-12)
    q = p._replace(b_u=rng.standard_normal(H))
    after = gru.forward(x, q, state=h, reset="after").y
    np.testing.assert_allclose(onnx_gru(x, h, q, 1), after, rtol=1e-12)


# ---- reset before or after ----------------------------------------------------------------------


@pytest.mark.claim("gru.reset-differs")
def test_reset_before_and_after_are_two_functions_even_without_b_u():
    x, h, p = examples.X[:, 1], examples.gru_run().y[:, 0], examples.gru_params()
    before = gru.step(x, h, p).h_tilde
    after = gru.step_reset_after(x, h, p._replace(b_u=np.zeros(2))).h_tilde
    assert np.all(np.abs(before - after) > 0.005)


@pytest.mark.claim("gru.reset-one")
def test_with_the_reset_gate_open_both_agree_if_the_two_biases_are_added(x, p, h, rng):
    b_u = rng.standard_normal(H)
    opened = hold(p, "r", 50.0)
    after = gru.step_reset_after(x[:, 0], h, opened._replace(b_u=b_u))
    opened.b_h[:] += b_u
    np.testing.assert_allclose(after.h, gru.step(x[:, 0], h, opened).h, rtol=0, atol=1e-12)


@pytest.mark.claim("gru.reset-shared")
def test_without_b_u_both_agree_whenever_all_units_have_the_same_r(x, p, h):
    same = hold(p, "r", 0.3)
    after = gru.step_reset_after(x[:, 0], h, same._replace(b_u=np.zeros(H)))
    np.testing.assert_allclose(after.h, gru.step(x[:, 0], h, same).h, rtol=0, atol=1e-14)


@pytest.mark.claim("gru.one-unit-blind")
def test_with_one_hidden_unit_reset_before_and_after_differ_only_if_there_is_a_b_u(rng):
    p = gru.Params(*(rng.standard_normal(s) for s in [(3, D), (3, 1), 3]))
    x, h = rng.standard_normal((B, D)), rng.uniform(-1, 1, (B, 1))
    before = gru.step(x, h, p).h
    without, there = (
        gru.step_reset_after(x, h, p._replace(b_u=b_u)).h for b_u in (np.zeros(1), np.ones(1))
    )
    np.testing.assert_allclose(without, before, rtol=0, atol=1e-14)
    assert np.abs(there - before).min() > 0.01


@pytest.mark.claim("gru.b-u-inside")
def test_the_bias_b_u_cannot_be_moved_out_of_the_reset_gate(x, p, h, rng):
    b_u = rng.standard_normal(H)
    inside = gru.step_reset_after(x[:, 0], h, p._replace(b_u=b_u)).h
    p.b_h[:] += b_u
    outside = gru.step_reset_after(x[:, 0], h, p._replace(b_u=np.zeros(H))).h
    assert np.abs(inside - outside).max() > 0.1


@pytest.mark.claim("gru.torch")
def test_weights_of_pytorch_converted_by_the_recipe_give_the_recorded_outputs():
    script = runpy.run_path(str(SCRIPTS / "gru_torch_weights.py"))
    np.testing.assert_array_equal(script["a"], script["b"])  # as convert.from_torch does
    arrays = torch_peer.values("recorded", "gru")
    [start] = arrays["start"]
    y = gru.forward(arrays["x"], script["params"](arrays), state=start, reset="after").y
    np.testing.assert_allclose(y, arrays["y"], rtol=0, atol=1e-12)


# ---- beside the LSTM ----------------------------------------------------------------------------


@pytest.mark.claim("gru.bounded")
def test_the_absolute_state_never_exceeds_the_larger_of_1_and_that_of_the_start():
    for x, start, p in many_cases():
        y = gru.forward(np.tile(5 * x, (1, 10, 1)), p, state=start).y
        assert np.all(np.abs(y) <= np.maximum(1, np.abs(start))[:, None] + 1e-13)


@pytest.mark.claim("gru.lstm-count-ends")
def test_in_float64_the_counter_of_an_lstm_stops_at_2_to_the_53():
    p = lstm.Params(np.zeros((4, 1)), np.zeros((4, 1)), np.full(4, 50.0))
    start = lstm.State(np.zeros((1, 1)), np.array([[2.0**53 - 2]]))
    c = lstm.forward(np.zeros((1, 5, 1)), p, state=start).steps.c[0, :, 0]
    np.testing.assert_array_equal(c - 2.0**53, [-1, 0, 0, 0, 0])


@pytest.mark.claim("gru.belt")
def test_without_detours_the_derivative_along_the_state_is_z(x, p, h):
    p.U[:] = 0.0
    for k in range(H):
        nudged = h + 1e-30j * np.eye(H)[k]
        now = gru.step(x[:, 0], nudged, p)
        np.testing.assert_allclose(now.h.imag / 1e-30, now.z.real * np.eye(H)[k], rtol=1e-14)


@pytest.mark.claim("gru.script")
def test_the_script_shows_the_ratio_of_9_and_no_difference_after_the_conversion(capsys):
    script = runpy.run_path(str(SCRIPTS / "gru_conventions.py"))
    np.testing.assert_allclose(script["replace"] / script["keep"], 9)
    for convention in ("keep", "replace"):
        assert values.get(f"gru.move-{convention}") == f"{script[convention]:.4f}"
    np.testing.assert_allclose(script["a"], script["b"], rtol=0, atol=1e-14)


# ---- exercises ----------------------------------------------------------------------------------


@pytest.mark.claim("gru.which-convention")
def test_the_numbers_of_the_exercise_fit_the_replacing_convention_alone():
    z, h_prev, h_tilde = np.array([[0.25]]), np.array([[0.8]]), -0.4
    p = gru.Params(
        W=np.zeros((3, 1)),
        U=np.zeros((3, 1)),
        b=np.array([0.0, np.log(z / (1 - z)).item(), np.arctanh(h_tilde)]),
    )
    x = np.zeros((1, 1))
    np.testing.assert_allclose(gru.step_update_replace(x, h_prev, p).h, 0.5)
    np.testing.assert_allclose(gru.step(x, h_prev, p).h, -0.1)


@pytest.mark.claim("gru.count-runs-out")
def test_a_gru_that_goes_half_of_the_way_at_each_1_cannot_tell_59_ones_from_60():
    p = gru.Params(np.zeros((3, 1)), np.zeros((3, 1)), np.array([0.0, 0.0, 50.0]))
    y = gru.forward(np.zeros((1, 60, 1)), p).y[0, :, 0]
    np.testing.assert_allclose(y[:3], [1 / 2, 3 / 4, 7 / 8])
    assert np.all(np.diff(y[:50]) > 0) and y[58] == y[59]
