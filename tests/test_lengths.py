"""Sequences of different lengths, directions, truncation and flow: laws and refusals."""

import backward_laws as laws
import forms
import numpy as np
import pytest
from forms import FORMS, LENGTHS, PLAIN, B, T

from rnnref import ArgumentError, DTypeError, OptionError, ShapeError, gradcheck, gru, lstm, rnn

every_form = pytest.mark.parametrize("name", FORMS)
both_directions = pytest.mark.parametrize("reverse", [False, True])


def arrays(found):
    """Return all arrays of a run or of gradients."""
    parts = [*found[:3], *found[3:]] if hasattr(found, "flow") else found[:3]
    flat = [array for part in parts for array in forms.flat(part)]
    return [array for array in flat if array is not None]


@every_form
@both_directions
def test_full_lengths_are_no_lengths_bit_for_bit(name, reverse):
    full = forms.run(name, lengths=[T] * B, reverse=reverse)
    none = forms.run(name, reverse=reverse)
    for one, other in zip(arrays(full), arrays(none), strict=True):
        np.testing.assert_array_equal(one, other)
    pairs = zip(arrays(forms.backward(name, full)), arrays(forms.backward(name, none)), strict=True)
    for one, other in pairs:
        np.testing.assert_array_equal(one, other)


@every_form
@both_directions
@pytest.mark.parametrize("b", range(B))
def test_a_padded_sequence_gives_what_it_gives_alone(name, reverse, b):
    length, (dy, dstate) = LENGTHS[b], forms.upstream(name)
    run = forms.run(name, lengths=LENGTHS, reverse=reverse)
    grads = forms.backward(name, run)
    start = [part[b : b + 1] for part in forms.state(name)]
    alone = forms.run(name, x=forms.inputs()[b : b + 1, :length], start=start, reverse=reverse)
    own = [part[b : b + 1] for part in dstate]
    single = forms.backward(name, alone, dy=dy[b : b + 1, :length], dstate=own)
    pairs = [(run.y[b, :length], alone.y[0]), (grads.x[b, :length], single.x[0])]
    for whole, one in [(run.state, alone.state), (grads.state, single.state)]:
        pairs += [(w[b], o[0]) for w, o in zip(forms.flat(whole), forms.flat(one), strict=True)]
    for found, true in pairs:
        np.testing.assert_allclose(found, true, rtol=1e-12, atol=1e-13)


@every_form
@both_directions
def test_the_gradient_of_the_weights_is_the_sum_over_the_sequences_alone(name, reverse):
    dy, dstate = forms.upstream(name)
    run = forms.run(name, lengths=LENGTHS, reverse=reverse)
    found, sums = forms.backward(name, run).params, {}
    for b, length in enumerate(LENGTHS):
        row = slice(b, b + 1)
        start, own = ([part[row] for part in parts] for parts in (forms.state(name), dstate))
        alone = forms.run(name, x=forms.inputs()[row, :length], start=start, reverse=reverse)
        single = forms.backward(name, alone, dy=dy[row, :length], dstate=own).params
        for field, array in single._asdict().items():
            sums[field] = None if array is None else sums.get(field, 0) + array
    for field, total in sums.items():
        if total is not None:
            np.testing.assert_allclose(getattr(found, field), total, rtol=1e-12, atol=1e-12)


@every_form
@both_directions
@pytest.mark.parametrize("filling", [np.nan, np.inf, -1e300])
@pytest.mark.parametrize("where", ["state", "gradient of the state", "both"])
def test_an_empty_sequence_may_have_any_state_and_gradient(name, reverse, filling, where):
    """Nothing is computed from either, so they leave no trace but in the state that stays."""

    def spoilt(parts):
        parts = [part.copy() for part in parts]
        for part in parts:
            part[0] = filling
        return parts

    lengths, (dy, dstate), start = [0, *LENGTHS[1:]], forms.upstream(name), forms.state(name)
    plain = forms.run(name, start=start, lengths=lengths, reverse=reverse)
    true = forms.backward(name, plain, dy=dy, dstate=dstate)
    start = spoilt(start) if where != "gradient of the state" else start
    dstate = spoilt(dstate) if where != "state" else dstate
    run = forms.run(name, start=start, lengths=lengths, reverse=reverse)
    found = forms.backward(name, run, dy=dy, dstate=dstate)
    pairs = [(run.y, plain.y), (found.x, true.x), *zip(found.params, true.params, strict=True)]
    pairs += [*zip(forms.flat(found.flow), forms.flat(true.flow), strict=True)]
    for one, other in zip(forms.flat(found.state), forms.flat(true.state), strict=True):
        pairs.append((one[1:], other[1:]))
    for one, other in pairs:
        if other is not None:
            np.testing.assert_array_equal(one, other)
    for one, other in zip(forms.flat(run.state), start, strict=True):
        np.testing.assert_array_equal(one[0], other[0])


@every_form
@both_directions
@pytest.mark.parametrize("filling", [np.nan, np.inf, 1e6, 0.7])
def test_what_stands_in_the_padding_changes_nothing_bit_for_bit(name, reverse, filling):
    x, dy = forms.inputs().copy(), forms.upstream(name)[0].copy()
    x[0, LENGTHS[0] :], dy[0, LENGTHS[0] :] = filling, filling
    filled = forms.run(name, x=x, lengths=LENGTHS, reverse=reverse)
    plain = forms.run(name, lengths=LENGTHS, reverse=reverse)
    there = zip(arrays(filled), arrays(plain), strict=True)
    back = forms.backward(name, filled, dy=dy), forms.backward(name, plain)
    for one, other in [*there, *zip(*map(arrays, back), strict=True)]:
        np.testing.assert_array_equal(one, other)


@every_form
@both_directions
def test_a_sequence_of_length_0_keeps_its_state_and_hands_the_gradient_on(name, reverse):
    run = forms.run(name, lengths=[0, T], reverse=reverse)
    grads = forms.backward(name, run)
    dstate = forms.upstream(name)[1]
    for part, start in zip(forms.flat(run.state), forms.state(name), strict=True):
        np.testing.assert_array_equal(part[0], start[0])
    for part, end in zip(forms.flat(grads.state), dstate, strict=True):
        np.testing.assert_array_equal(part[0], end[0])
    assert np.all(run.y[0] == 0) and np.all(grads.x[0] == 0)


@every_form
def test_reading_backwards_is_turning_the_sequence_round_there_and_back(name):
    x, (dy, _) = forms.inputs(), forms.upstream(name)
    run, turned = forms.run(name, reverse=True), forms.run(name, x=x[:, ::-1])
    np.testing.assert_array_equal(run.y, turned.y[:, ::-1])
    for part, same in zip(forms.flat(run.state), forms.flat(turned.state), strict=True):
        np.testing.assert_array_equal(part, same)
    grads, same = forms.backward(name, run), forms.backward(name, turned, dy=dy[:, ::-1])
    np.testing.assert_array_equal(grads.x, same.x[:, ::-1])
    np.testing.assert_array_equal(grads.params.W, same.params.W)
    for part, other in zip(forms.flat(grads.flow), forms.flat(same.flow), strict=True):
        np.testing.assert_array_equal(part, other[:, ::-1])


@every_form
def test_the_final_state_of_a_reversed_run_is_that_after_step_0(name):
    run = forms.run(name, lengths=LENGTHS, reverse=True)
    np.testing.assert_array_equal(forms.flat(run.state)[0], run.y[:, 0])


@every_form
def test_the_final_state_is_that_after_the_last_live_step(name):
    run = forms.run(name, lengths=LENGTHS)
    last = run.y[np.arange(B), np.array(LENGTHS) - 1]
    np.testing.assert_array_equal(forms.flat(run.state)[0], last)


@every_form
@pytest.mark.parametrize("cut", [1, 3])
def test_the_gradients_of_a_sequence_cut_in_two_are_those_of_the_whole(name, cut):
    x, (dy, dstate) = forms.inputs(), forms.upstream(name)
    whole = forms.backward(name, forms.run(name))
    first = forms.run(name, x=x[:, :cut])
    second = forms.run(name, x=x[:, cut:], start=forms.flat(first.state))
    later = forms.backward(name, second, dy=dy[:, cut:], dstate=dstate)
    middle = forms.flat(later.state)
    earlier = forms.backward(name, first, dy=dy[:, :cut], dstate=middle)
    joined = np.concatenate([earlier.x, later.x], axis=1)
    np.testing.assert_allclose(joined, whole.x, rtol=1e-11, atol=1e-13)
    np.testing.assert_allclose(earlier.params.U + later.params.U, whole.params.U, rtol=1e-10)
    for part, same in zip(forms.flat(earlier.state), forms.flat(whole.state), strict=True):
        np.testing.assert_allclose(part, same, rtol=1e-11, atol=1e-13)


@every_form
@both_directions
@pytest.mark.parametrize("k", [1, 2, 3])
def test_truncation_is_cutting_the_sequence_without_handing_gradients_over(name, reverse, k):
    x, (dy, dstate) = forms.inputs(), forms.upstream(name)
    found = forms.backward(name, forms.run(name, reverse=reverse), truncate=k)
    order = np.arange(T)[:: -1 if reverse else 1]
    start, sums = forms.state(name), 0
    for n in range(0, T, k):
        piece = np.sort(order[n : n + k])
        run = forms.run(name, x=x[:, piece], start=start, reverse=reverse)
        end = dstate if n + k >= T else [np.zeros_like(part) for part in dstate]
        grads = forms.backward(name, run, dy=dy[:, piece], dstate=end)
        np.testing.assert_allclose(found.x[:, piece], grads.x, rtol=1e-11, atol=1e-13)
        start, sums = forms.flat(run.state), sums + grads.params.U
    np.testing.assert_allclose(found.params.U, sums, rtol=1e-11, atol=1e-12)


@every_form
@pytest.mark.parametrize("k", [T, T + 1, 10**6])
def test_truncation_beyond_the_sequence_changes_nothing(name, k):
    run = forms.run(name)
    for one, other in zip(
        arrays(forms.backward(name, run, truncate=k)),
        arrays(forms.backward(name, run)),
        strict=True,
    ):
        np.testing.assert_array_equal(one, other)


def nudged_loss(name, part, t):
    """Return the loss as a function of a nudge to h or c right after it is computed at step t."""
    nudged = laws.nudged(name, rf"^    {part} = (.*)$", rf"    {part} = \1 + nudge")
    x, p, (dy, dstate) = forms.inputs(), forms.params(name), forms.upstream(name)

    def loss(nudge):
        total, state = 0, forms.state(name)
        for now in range(T):
            extra = nudge if now == t else np.zeros_like(nudge)
            step = nudged(x[:, now], *state, p, extra)
            state = [getattr(step, field) for field in FORMS[name].states]
            total = total + np.sum(dy[:, now] * step.h)
        return total + sum(np.sum(d * s) for d, s in zip(dstate, state, strict=True))

    return loss


@pytest.mark.parametrize("t", range(T))
@pytest.mark.parametrize("name", PLAIN)
def test_flow_is_the_total_derivative_by_each_state(name, t):
    flow = forms.backward(name, forms.run(name)).flow
    for part, found in zip(FORMS[name].states, forms.flat(flow), strict=True):
        zero = {"nudge": np.zeros_like(found[:, t])}
        true = gradcheck.derivative(nudged_loss(name, part, t), zero, "nudge")
        np.testing.assert_allclose(found[:, t], true, rtol=1e-12, atol=1e-13)


@every_form
def test_nan_in_a_live_input_spreads_back_into_its_own_sequence_alone(name):
    x = forms.inputs().copy()
    x[0, 2, 1] = np.nan
    with np.errstate(invalid="ignore"):
        grads = forms.backward(name, forms.run(name, x=x))
    assert np.all(np.isfinite(grads.x[1]))
    assert np.isnan(grads.params.W).any()


@every_form
def test_the_gradient_of_the_gradient_is_symmetric(name):
    """Take the derivative of backward by the complex step; second derivatives can be exchanged."""
    args = forms.arguments(name)
    rng = np.random.default_rng(8)
    u, v = ({k: rng.standard_normal(a.shape) for k, a in args.items()} for _ in "uv")

    def curvature(along, against):
        moved = {k: a + 1e-30j * along[k] for k, a in args.items()}
        x, start, p = forms.split(name, moved)
        grads = forms.gradients(name, forms.backward(name, forms.run(name, x=x, p=p, start=start)))
        return sum(np.sum(grads[k].imag * against[k]) / 1e-30 for k in args)

    one, other = curvature(u, v), curvature(v, u)
    assert abs(one - other) <= 1e-12 * max(abs(one), 1)


@pytest.mark.parametrize("name", ["rnn", "lstm", "lstm peephole", "gru", "gru replace"])
def test_gradients_that_explode_become_infinite_without_a_warning_of_overflow(name):
    p = forms.params(name)
    p = p._replace(U=1e200 * np.abs(p.U), b=np.zeros_like(p.b), W=np.zeros_like(p.W))
    run = forms.run(name, p=p, start=[np.zeros_like(part) for part in forms.state(name)])
    with np.errstate(invalid="ignore"):  # infinity times 0 is what it is
        grads = forms.backward(name, run)
    assert not np.all(np.isfinite(grads.flow[0]))


x, p = forms.inputs(), forms.params("lstm")
run, gated = lstm.forward(x, p), gru.forward(x, forms.params("gru"))
H = forms.H
REFUSALS = {
    "too few lengths": (
        lambda: lstm.forward(x, p, lengths=[3]),
        ShapeError,
        "lstm.forward: lengths must have shape (B=2,), got (1,)",
    ),
    "a length beyond T": (
        lambda: lstm.forward(x, p, lengths=[3, 6]),
        ArgumentError,
        "lstm.forward: lengths must be between 0 and T=5, got 6 at [1]",
    ),
    "a negative length": (
        lambda: gru.forward(x, forms.params("gru"), lengths=np.array([-1, 2])),
        ArgumentError,
        "gru.forward: lengths must be between 0 and T=5, got -1 at [0]",
    ),
    "lengths that are no integers": (
        lambda: rnn.forward(x, forms.params("rnn"), lengths=np.array([1.0, 2.0])),
        DTypeError,
        "rnn.forward: lengths must be one integer per sequence, got an array of float64: "
        "np.array(lengths, dtype=int) converts them",
    ),
    "booleans for lengths": (
        lambda: lstm.forward(x, p, lengths=[True, False]),
        DTypeError,
        "lstm.forward: lengths must be one integer per sequence, got bool at [0]",
    ),
    "a number that is none, though one is": (
        lambda: lstm.forward(x, p, lengths=[2, 1.0]),
        DTypeError,
        "lstm.forward: lengths must be one integer per sequence, got float at [1]: "
        "np.array(lengths, dtype=int) converts them",
    ),
    "a length that is missing": (
        lambda: lstm.forward(x, p, lengths=[None, 2]),
        DTypeError,
        "lstm.forward: lengths must be one integer per sequence, got None at [0]",
    ),
    "ragged lengths": (
        lambda: lstm.forward(x, p, lengths=[[1, 2], [3]]),
        DTypeError,
        "lstm.forward: lengths must be one integer per sequence, got list at [0]",
    ),
    "lengths behind a mask": (
        lambda: lstm.forward(x, p, lengths=np.ma.array([2, 3], mask=[True, False])),
        DTypeError,
        "lstm.forward: lengths must be one integer per sequence, got a masked array",
    ),
    "a length beyond all sizes": (
        lambda: lstm.forward(x, p, lengths=[2, 10**400]),
        ArgumentError,
        "lstm.forward: lengths must be between 0 and T=5, got an integer of 1329 bits at [1]",
    ),
    "a direction that is no bool": (
        lambda: lstm.forward(x, p, reverse=1),
        OptionError,
        "lstm.forward: reverse must be one of False, True, got 1",
    ),
    "coupling that is no bool": (
        lambda: lstm.forward(x, p, coupled="yes"),
        OptionError,
        "lstm.forward: coupled must be one of False, True, got 'yes'",
    ),
    "an unknown nonlinearity": (
        lambda: rnn.forward(x, forms.params("rnn"), nonlinearity="gelu"),
        OptionError,
        "rnn.forward: nonlinearity must be one of 'tanh', 'relu', got 'gelu'",
    ),
    "the run of another cell": (
        lambda: lstm.backward(gated),
        DTypeError,
        "lstm.backward: run must be what lstm.forward returns, got Run",
    ),
    "outputs for a run": (
        lambda: gru.backward(gated.y),
        DTypeError,
        "gru.backward: run must be what gru.forward returns, got an array of float64",
    ),
    "a piece of no steps": (
        lambda: lstm.backward(run, truncate=0),
        ArgumentError,
        "lstm.backward: truncate must be an integer of at least 1, got 0",
    ),
    "a piece beyond all sizes": (
        lambda: lstm.backward(run, truncate=10**30),
        ArgumentError,
        f"lstm.backward: truncate must be an integer of at least 1, got {10**30}: "
        "no array is that long",
    ),
    "half a step": (
        lambda: rnn.backward(rnn.forward(x, forms.params("rnn")), truncate=1.5),
        ArgumentError,
        "rnn.backward: truncate must be an integer of at least 1, got 1.5",
    ),
    "a bare array for the gradient of both states": (
        lambda: lstm.backward(run, dstate=np.ones((B, H))),
        DTypeError,
        "lstm.backward: dstate must be a record lstm.State(h, c), got an array of float64",
    ),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_what_cannot_be_run_is_refused_in_one_sentence(name):
    call, kind, text = REFUSALS[name]
    with pytest.raises(kind) as refusal:
        call()
    assert str(refusal.value) == text
    assert type(refusal.value) is kind


@every_form
@pytest.mark.parametrize("shape", [(B, T), (B, T + 1, H), (1, T, H), (B, T, 1)])
def test_a_gradient_of_another_shape_than_y_is_refused(name, shape):
    with pytest.raises(ShapeError, match="backward: dy must have shape"):
        forms.backward(name, forms.run(name), dy=np.ones(shape))


@every_form
@pytest.mark.parametrize("part", range(2))
def test_a_gradient_of_another_shape_than_the_state_is_refused(name, part):
    dstate = [np.ones((1, 1)) if k == part else d for k, d in enumerate(forms.upstream(name)[1])]
    if part < len(dstate):
        with pytest.raises(ShapeError, match=r"backward: dstate(\.[hc])? must have shape"):
            forms.backward(name, forms.run(name), dstate=dstate)


@pytest.mark.parametrize("lengths", [(3, 5), [3, 5], np.array([3, 5], np.uint8)])
def test_lengths_come_as_any_row_of_integers(lengths):
    np.testing.assert_array_equal(
        lstm.forward(x, p, lengths=lengths).y, lstm.forward(x, p, lengths=LENGTHS).y
    )


def test_none_in_the_gradient_of_a_state_is_zero():
    dh = forms.upstream("lstm")[1][0]
    one = lstm.backward(run, dstate=lstm.State(dh, None))
    other = lstm.backward(run, dstate=lstm.State(dh, np.zeros((B, H))))
    np.testing.assert_array_equal(one.x, other.x)


def test_lengths_in_a_column_are_no_lengths():
    p = rnn.init(np.random.default_rng(0), 3, 2)
    with pytest.raises(ShapeError) as refusal:
        rnn.forward(np.ones((2, 3, 3)), p, lengths=np.ones((2, 1), int))
    assert str(refusal.value) == "rnn.forward: lengths must have shape (B=2,), got (2, 1)"
