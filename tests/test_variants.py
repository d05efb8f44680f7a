"""The variants against ONNX Runtime, by hand, and against the plain forms that they contain."""

import forms
import numpy as np
import onnx_peer
import pytest
from forms import FORMS, LENGTHS, B, D, H, T

from rnnref import ArgumentError, DTypeError, gru, layers, lstm, rnn

ONNX = {
    "rnn": {},
    "rnn relu": {"activations": ["Relu"]},
    "lstm": {},
    "lstm peephole": {},
    "lstm coupled": {"input_forget": 1},
    "lstm peephole coupled": {"input_forget": 1},
    "gru": {"linear_before_reset": 0},
    "gru after": {"linear_before_reset": 1},
}
DIRECTIONS = {False: "forward", True: "reverse"}


@pytest.mark.parametrize("name", ONNX)
@pytest.mark.parametrize("lengths", [None, LENGTHS, (4, 1)])
@pytest.mark.parametrize("reverse", DIRECTIONS)
def test_every_form_that_onnx_has_equals_onnx_runtime(name, lengths, reverse):
    operator, attributes = name.split()[0].upper(), ONNX[name]
    direction = DIRECTIONS[reverse]
    given = (forms.inputs(), forms.params(name), forms.state(name), lengths)
    y, finals = onnx_peer.run(operator, *given, direction=direction, **attributes)
    run = forms.run(name, lengths=lengths, reverse=reverse)
    # Relu lets numbers grow, and float32 rounding with them.
    tolerance = {"rtol": 1e-6, "atol": 1e-6}
    np.testing.assert_allclose(run.y, y, **tolerance)
    for part, final in zip(forms.flat(run.state), finals, strict=True):
        np.testing.assert_allclose(part, final, **tolerance)


def scalar(p, h=0.4, c=0.8, x=0.3, **options):
    """Run one step of one unit; return its named values as numbers."""
    cell = lstm if isinstance(p, lstm.Params) else rnn
    start = lstm.State(np.array([[h]]), np.array([[c]])) if cell is lstm else np.array([[h]])
    run = cell.forward(np.array([[[x]]]), p, state=start, **options)
    return {name: float(value[0, 0, 0]) for name, value in run.steps._asdict().items()}


def sigma(a):
    return 1 / (1 + np.exp(-a))


W = np.array([[0.5], [-0.2], [0.9], [1.1]])  # i f c o
U = np.array([[-0.7], [0.6], [0.1], [0.8]])
b = np.array([0.3, -0.4, 0.2, 0.05])
NETS = dict(zip("ifco", 0.3 * W[:, 0] + 0.4 * U[:, 0] + b, strict=True))


def test_peepholes_of_one_unit_by_hand():
    s = scalar(lstm.Params(W, U, b, p=np.array([0.6, -0.9, 0.7])))
    i, f = sigma(NETS["i"] + 0.6 * 0.8), sigma(NETS["f"] - 0.9 * 0.8)
    c = f * 0.8 + i * np.tanh(NETS["c"])
    o = sigma(NETS["o"] + 0.7 * c)  # the new cell state
    assert s["h"] == pytest.approx(o * np.tanh(c), rel=1e-14)
    assert (s["i"], s["f"], s["o"]) == pytest.approx((i, f, o), rel=1e-14)


def test_coupled_gates_of_one_unit_by_hand():
    s = scalar(lstm.Params(W, U, b), coupled=True)
    i = sigma(NETS["i"])
    c = (1 - i) * 0.8 + i * np.tanh(NETS["c"])
    assert (s["f"], s["c"]) == pytest.approx((1 - i, c), rel=1e-14)


def test_a_projection_of_one_unit_by_hand():
    s = scalar(lstm.Params(W, U, b, W_p=np.array([[2.5]])))
    c = sigma(NETS["f"]) * 0.8 + sigma(NETS["i"]) * np.tanh(NETS["c"])
    assert s["h"] == pytest.approx(2.5 * sigma(NETS["o"]) * np.tanh(c), rel=1e-14)


@pytest.mark.parametrize(("bias", "h"), [(0.5, 0.5), (-0.5, 0.0)])
def test_relu_cuts_off_what_is_negative(bias, h):
    p = rnn.Params(np.array([[1.0]]), np.array([[0.5]]), np.array([bias - 0.5]))
    assert scalar(p, nonlinearity="relu")["h"] == pytest.approx(h, rel=1e-15)


def test_peepholes_of_zero_are_the_plain_lstm():
    p = forms.params("lstm")
    with_zeros = forms.run("lstm peephole", p=p._replace(p=np.zeros(3 * H)))
    np.testing.assert_array_equal(with_zeros.y, forms.run("lstm").y)


def test_a_projection_that_changes_nothing_is_the_plain_lstm():
    p, start = forms.params("lstm"), lstm.State(*forms.state("lstm"))
    run = lstm.forward(forms.inputs(), p._replace(W_p=np.eye(H)), state=start)
    np.testing.assert_allclose(run.y, forms.run("lstm").y, rtol=1e-13)


def test_coupled_gates_are_the_plain_lstm_with_the_negated_rows_of_i_as_those_of_f():
    p, start = forms.params("lstm"), lstm.State(*forms.state("lstm"))
    tied = [array.copy() for array in p[:3]]
    for array in tied:
        array[H : 2 * H] = -array[:H]
    plain = lstm.forward(forms.inputs(), lstm.Params(*tied), state=start)
    coupled = lstm.forward(forms.inputs(), p, state=start, coupled=True)
    np.testing.assert_allclose(coupled.y, plain.y, rtol=1e-13)


@pytest.mark.parametrize("name", [name for name in FORMS if "coupled" in name])
def test_coupled_gates_do_not_read_the_rows_of_f_and_give_them_a_gradient_of_exactly_zero(name):
    p = forms.params(name)
    changed = [array.copy() for array in p[:3]]
    for array in changed:
        array[H : 2 * H] = 9
    run = forms.run(name, p=p._replace(**dict(zip("WUb", changed, strict=True))))
    np.testing.assert_array_equal(run.y, forms.run(name).y)
    grads = forms.backward(name, run).params
    assert all(np.all(array[H : 2 * H] == 0) for array in grads[:3])
    assert grads.p is None or np.all(grads.p_f == 0)


def test_combinations_of_variants_are_all_different():
    names = [name for name in FORMS if name.startswith("lstm")]
    p = forms.params("lstm peephole")
    ys = []
    for name in names:
        own = p if "peephole" in name else p._replace(p=None)
        own = own._replace(W_p=2 * np.eye(H)) if "projected" in name else own
        options = FORMS[name].options
        start = lstm.State(*forms.state("lstm"))
        ys.append(lstm.forward(forms.inputs(), own, state=start, **options).y)
    for k, y in enumerate(ys):
        assert all(np.abs(y - other).max() > 0.01 for other in ys[:k])


@pytest.mark.parametrize("reset", ["before", "after"])
def test_the_gradient_knows_both_meanings_of_z_as_one_function(reset):
    """Negated rows of z turn one update into the other; so do negated rows of the gradient."""
    keep, replace = (
        ("gru", "gru replace") if reset == "before" else ("gru after", "gru after replace")
    )
    sign = np.repeat([1.0, -1.0, 1.0], H)
    p = forms.params(keep)
    negated = p._replace(W=sign[:, None] * p.W, U=sign[:, None] * p.U, b=sign * p.b)
    here = forms.backward(keep, forms.run(keep))
    there = forms.backward(replace, forms.run(replace, p=negated))
    np.testing.assert_allclose(there.x, here.x, rtol=1e-11, atol=1e-13)
    np.testing.assert_allclose(
        sign[:, None] * there.params.W, here.params.W, rtol=1e-11, atol=1e-13
    )
    np.testing.assert_allclose(sign * there.params.b, here.params.b, rtol=1e-11, atol=1e-13)


def test_with_an_open_reset_gate_both_resets_have_one_gradient():
    p = forms.params("gru after")
    b = p.b.copy()
    b[:H] = 60.0  # r = 1 exactly
    after = forms.backward("gru after", forms.run("gru after", p=p._replace(b=b)))
    b_sum = np.concatenate([b[: 2 * H], b[2 * H :] + p.b_u])
    before = forms.backward("gru", forms.run("gru", p=p._replace(b=b_sum, b_u=None)))
    np.testing.assert_allclose(after.x, before.x, rtol=1e-11, atol=1e-13)
    np.testing.assert_allclose(after.params.U, before.params.U, rtol=1e-11, atol=1e-13)
    np.testing.assert_allclose(after.params.b_u, before.params.b_h, rtol=1e-11, atol=1e-13)


def test_the_conveyor_belt_hands_the_gradient_of_c_back_unchanged():
    p = forms.params("lstm")
    b = p.b.copy()
    b[:H], b[H : 2 * H] = -60.0, 60.0  # i = 0 and f = 1 exactly
    run = forms.run("lstm", p=p._replace(b=b))
    dc = forms.upstream("lstm")[1][1]
    grads = lstm.backward(run, dstate=lstm.State(None, dc))
    np.testing.assert_allclose(grads.state.c, dc, rtol=1e-12)
    np.testing.assert_allclose(grads.flow.c, np.broadcast_to(dc[:, None], (B, T, H)), rtol=1e-12)


def test_a_relu_unit_that_is_off_has_no_gradient():
    p = forms.params("rnn relu")
    off = p._replace(b=np.full(H, -100.0))
    grads = forms.backward("rnn relu", forms.run("rnn relu", p=off))
    assert np.all(grads.x == 0) and np.all(grads.params.W == 0)


STARTS = {
    "rnn": lambda rng, **options: rnn.init(rng, D, H, **options),
    "lstm": lambda rng, **options: lstm.init(rng, D, H, **options),
    "lstm peephole": lambda rng, **options: lstm.init(rng, D, H, peepholes=True, **options),
    "lstm projected": lambda rng, **options: lstm.init(rng, D, H, P=forms.P, **options),
    "gru": lambda rng, **options: gru.init(rng, D, H, **options),
    "gru after": lambda rng, **options: gru.init(rng, D, H, reset="after", **options),
}


@pytest.mark.parametrize("name", STARTS)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_initial_weights_fit_their_form(name, dtype):
    p = STARTS[name](np.random.default_rng(0), dtype=dtype)
    given = forms.params(name)
    for array, like in zip(p, given, strict=True):
        assert (array is None) == (like is None)
        assert array is None or (array.shape == like.shape and array.dtype == dtype)
    assert np.all(np.isfinite(forms.run(name, p=p).y))


@pytest.mark.parametrize("name", STARTS)
def test_initial_weights_are_those_of_their_seed(name):
    first, again, other = (STARTS[name](np.random.default_rng(seed)) for seed in (5, 5, 6))
    np.testing.assert_array_equal(first.W, again.W)
    np.testing.assert_array_equal(first.U, again.U)
    assert np.all(first.W != other.W)


@pytest.mark.parametrize("name", STARTS)
def test_each_block_of_the_initial_u_is_orthogonal(name):
    U = STARTS[name](np.random.default_rng(0)).U
    for block in np.split(U, len(U) // H):
        small = block @ block.T if block.shape[0] <= block.shape[1] else block.T @ block
        np.testing.assert_allclose(small, np.eye(len(small)), atol=1e-14)


def test_the_forget_gate_starts_open_and_all_other_biases_at_zero():
    p = lstm.init(np.random.default_rng(0), D, H, forget_bias=1.5)
    assert p.b_f.tolist() == [1.5] * H
    assert np.all(p.b_i == 0) and np.all(p.b_c == 0) and np.all(p.b_o == 0)


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda rng: rnn.init(rng, D, 0), "rnn.init: H must be an integer of at least 1, got 0"),
        (lambda rng: rnn.init(rng, -1, H), "rnn.init: D must be an integer of at least 0, got -1"),
        (lambda rng: lstm.init(rng, D, 0), "lstm.init: H must be an integer of at least 1, got 0"),
        (lambda rng: gru.init(rng, D, 0), "gru.init: H must be an integer of at least 1, got 0"),
        (lambda rng: gru.init(rng, -1, H), "gru.init: D must be an integer of at least 0, got -1"),
        (
            lambda rng: lstm.init(rng, D, H, P=0),
            "lstm.init: P must be an integer of at least 1, got 0",
        ),
        (
            lambda rng: lstm.init(rng, D, H, peepholes=1),
            "lstm.init: peepholes must be one of False, True, got 1",
        ),
        (
            lambda rng: gru.init(rng, D, H, reset="both"),
            "gru.init: reset must be one of 'before', 'after', got 'both'",
        ),
    ],
)
def test_what_is_no_size_or_choice_is_refused(call, text):
    with pytest.raises(ValueError) as refusal:
        call(np.random.default_rng(0))
    assert str(refusal.value) == text


@pytest.mark.parametrize(
    ("init", "text"),
    [
        (lambda rng: rnn.init(0, D, H), "rnn.init: rng must be a numpy.random.Generator, got int"),
        (lambda rng: gru.init(None, D, H), "gru.init: rng must be a numpy.random.Generator, got"),
        (
            lambda rng: lstm.init(0, D, H),
            "lstm.init: rng must be a numpy.random.Generator, got int",
        ),
        (lambda rng: gru.init(rng, D, H, dtype=int), "gru.init: dtype must be float64 or float32"),
        (
            lambda rng: lstm.init(rng, D, H, forget_bias="a"),
            "lstm.init: forget_bias must be a number in (-inf, inf), got a",
        ),
    ],
)
def test_an_init_refuses_in_its_own_name_before_it_draws(init, text):
    rng = np.random.default_rng(3)
    with pytest.raises(ValueError) as refusal:
        init(rng)
    assert str(refusal.value).startswith(text)
    assert rng.random() == np.random.default_rng(3).random()


def test_layers_stack_under_the_name_of_the_contract():
    assert layers.stack(forms.inputs(), [forms.params("rnn")]).y.shape == (B, T, H)


@pytest.mark.parametrize("cell", [rnn, lstm, gru], ids=["rnn", "lstm", "gru"])
@pytest.mark.parametrize(("D", "H", "text"), [(-1, 2, "D must be"), (2, 0, "H must be")])
def test_every_size_of_a_cell_is_checked(cell, D, H, text):
    with pytest.raises(ArgumentError, match=rf"^{cell.__name__[7:]}.init: {text} an integer of at"):
        cell.init(np.random.default_rng(0), D, H)


def test_a_projected_step_needs_its_matrix_and_reads_no_peepholes():
    p = lstm.init(np.random.default_rng(0), 3, 4, P=2)
    x, h, c = np.ones((1, 3)), np.ones((1, 2)), np.ones((1, 4))
    with pytest.raises(DTypeError, match=r"^lstm.step_projected: p.W_p must be an array of"):
        lstm.step_projected(x, h, c, p._replace(W_p=None))
    with pytest.raises(ArgumentError, match=r"^lstm.step_projected: p.p must be None, got an"):
        lstm.step_projected(x, h, c, p._replace(p=np.ones(12)))


@pytest.mark.parametrize("cell", [rnn, lstm, gru], ids=["rnn", "lstm", "gru"])
def test_the_initial_w_is_drawn_after_glorot_for_each_gate(cell):
    D, H = 40, 60
    largest = np.abs(cell.init(np.random.default_rng(0), D, H).W).max()
    assert 0.99 * (6 / (D + H)) ** 0.5 < largest <= (6 / (D + H)) ** 0.5
