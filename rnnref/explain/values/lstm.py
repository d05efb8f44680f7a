"""Numbers in the prose of the page on the LSTM."""

from functools import partial

import numpy as np

from ... import examples, lstm, rnn
from ...gradcheck import COMPLEX_STEP
from ...numerics import sigmoid
from ..samples import STEP, UNIT
from . import value
from .notes import power
from .rnn import signed

LONG = 50  # steps that "a long time" stands for on the page
TIGHT = "\N{NO-BREAK SPACE}"  # keeps a product, with the sign before it, on one line


def given(number):
    """Write a short decimal of the example as it is, negatives in brackets."""
    text = signed(number, None)
    return f"({text})" if number < 0 else text


def computed(number):
    """Write a computed number to four places, negatives in brackets."""
    text = signed(number)
    return f"({text})" if number < 0 else text


def written_out(gate, t):
    """Write a net input of unit 1 as the sum a reader would enter: products, bias, result."""
    p, h_prev = examples.lstm_params(), examples.lstm_run().y[0, t - 1]
    by_x = zip(getattr(p, f"W_{gate}")[UNIT], examples.X[0, t], strict=True)
    by_h = zip(getattr(p, f"U_{gate}")[UNIT], h_prev, strict=True)
    products = [f"{given(w)} × {given(x)}" for w, x in by_x]
    products += [f"{given(u)} × {computed(h)}" for u, h in by_h]
    bias = given(getattr(p, f"b_{gate}")[UNIT])
    return sum_of([*products, bias], net_input(gate, t))


def sum_of(terms, result):
    """Write a sum that may break before a "+" or the "=", and nowhere else."""
    first, *others = (term.replace(" ", TIGHT) for term in terms)
    pieces = [first, *(f"+{TIGHT}{term}" for term in others), f"={TIGHT}{signed(result)}"]
    return " ".join(pieces)


def net_input(gate, t):
    """Return what the nonlinearity of unit 1 is applied to."""
    p, h_prev = examples.lstm_params(), examples.lstm_run().y[0, t - 1]
    a = getattr(p, f"W_{gate}") @ examples.X[0, t] + getattr(p, f"U_{gate}") @ h_prev
    return (a + getattr(p, f"b_{gate}"))[UNIT]


for _gate in lstm.GATES:
    value(f"lstm.sum-{_gate}")(partial(written_out, _gate, STEP))
value("lstm.sum-f-3")(partial(written_out, "f", STEP + 1))


def squashed(gate, t):
    """Return what the nonlinearity makes of a net input."""
    a = net_input(gate, t)
    name, result = ("tanh", np.tanh(a)) if gate == "c" else ("σ", sigmoid(a))
    return f"{name}({signed(a)}){TIGHT}={TIGHT}{signed(result)}"


for _gate in lstm.GATES:
    value(f"lstm.squash-{_gate}")(partial(squashed, _gate, STEP))
value("lstm.squash-f-3")(partial(squashed, "f", STEP + 1))


def unit(field, t=STEP, u=UNIT):
    """Return one number of the running example."""
    return examples.lstm_run().steps._asdict()[field][0, t, u]


@value("lstm.update-line")
def update_line():
    """Write out the cell update of the step that the page enters."""
    f, c_prev, i, c_tilde, c = unit("f"), unit("c", STEP - 1), unit("i"), unit("c_tilde"), unit("c")
    kept, written = ((f, c_prev), (i, c_tilde))
    return sum_of([f"{computed(a)} × {computed(b)}" for a, b in (kept, written)], c)


@value("lstm.output-line")
def output_line():
    """Write out the hidden state of the step that the page enters."""
    squash = signed(np.tanh(unit("c")))
    o, c, h = computed(unit("o")), computed(unit("c")), signed(unit("h"))
    steps = [f"{o} × tanh({c})", f"= {o} × {squash}", f"= {h}"]
    return " ".join(step.replace(" ", TIGHT) for step in steps)


def kept(u):
    """Return what the forget gate leaves of the old cell state at step 2."""
    return signed(unit("f", u=u) * unit("c", STEP - 1, u))


def added(u):
    """Return what the input gate adds at step 2."""
    return signed(unit("i", u=u) * unit("c_tilde", u=u))


for _u in (0, 1):
    value(f"lstm.kept-{_u + 1}")(partial(kept, _u))
    value(f"lstm.added-{_u + 1}")(partial(added, _u))


@value("lstm.dot")
def dot():
    """Return the dot product that the gate does NOT take: one number instead of two."""
    steps = examples.lstm_run().steps
    return signed(steps.f[0, STEP] @ steps.c[0, STEP - 1])


@value("lstm.parameters")
def parameters():
    """Count the numbers in W, U and b of the running example."""
    return str(sum(array.size for array in examples.lstm_params() if array is not None))


def count(D, H, biases=1):
    """Count the parameters of an LSTM layer with one or two biases per gate."""
    return str(4 * H * (D + H + biases))


value("lstm.parameters-100-256")(partial(count, 100, 256))
value("lstm.parameters-100-256-two")(partial(count, 100, 256, 2))


def plain_unit(u):
    """Return the states of one plain recurrent unit without input that starts at 0.8."""
    p = rnn.Params(np.zeros((1, 1)), np.array([[u]]), np.zeros(1))
    return rnn.forward(np.zeros((1, LONG, 1)), p, state=np.array([[0.8]])).y[0, :, 0]


@value("lstm.rnn-fades")
def rnn_fades():
    """Say what a plain unit with U = 1 still has of 0.8 after 50 steps."""
    return signed(plain_unit(1.0)[-1])


@value("lstm.rnn-latch")
def rnn_latch():
    """Say where a plain unit with U = 2 comes to rest."""
    return signed(plain_unit(2.0)[-1])


@value("lstm.rnn-latch-slope")
def rnn_latch_slope():
    """Say by what the derivative is multiplied there in every step."""
    return signed(2 * (1 - plain_unit(2.0)[-1] ** 2))


@value("lstm.rnn-latch-gradient")
def rnn_latch_gradient():
    """Say what is left of the derivative by the start after 50 steps."""
    return power(np.prod(2 * (1 - plain_unit(2.0) ** 2)))


@value("lstm.cell-keeps")
def cell_keeps():
    """Say what a cell state of 0.8 is after 50 steps, forget gate open, input gate shut."""
    p = lstm.Params(np.zeros((4, 1)), np.zeros((4, 1)), np.array([-50.0, 50.0, 0.0, 0.0]))
    start = lstm.State(np.zeros((1, 1)), np.array([[0.8]]))
    return signed(lstm.forward(np.zeros((1, LONG, 1)), p, state=start).state.c[0, 0])


def half_life(f):
    """Return after how many steps half is left where the forget gate stands at f."""
    return np.log(0.5) / np.log(f)


value("lstm.half-life-0.9")(lambda: signed(half_life(0.9), 1))
value("lstm.half-life-0.99")(lambda: signed(half_life(0.99), 1))
value("lstm.left-0.9")(lambda: signed(100 * 0.9**LONG, 1))
value("lstm.half-life-latch")(lambda: signed(half_life(sigmoid(6.0)), 0))
value("lstm.f-for-20")(lambda: signed(0.5 ** (1 / 20)))
value("lstm.bias-for-20")(lambda: signed(np.log(0.5 ** (1 / 20) / (1 - 0.5 ** (1 / 20))), 2))
value("lstm.opened")(lambda: signed(sigmoid(6.0)))  # a gate of the latch
value("lstm.shut")(lambda: signed(sigmoid(-6.0)))
value("lstm.sigmoid-minus-39")(lambda: power(textbook_sigmoid(-39.0)))


def textbook_sigmoid(a):
    """Return the sigmoid of a negative number as textbooks write it, to the last digit or two."""
    return 1 / (1 + np.exp(-a))


def sigmoid_error(a):
    """Return by how many per cent our form of the sigmoid is off."""
    return f"{100 * abs(sigmoid(a) / textbook_sigmoid(a) - 1):.0f}"


for _a in (36, 37):
    value(f"lstm.sigmoid-error-{_a}")(partial(sigmoid_error, -float(_a)))


def belt(u):
    """Return the derivative of c_3 by c_1 along the belt alone."""
    f = examples.lstm_run().steps.f[0]
    return signed(f[1, u] * f[2, u])


def whole(row, column):
    """Return the whole derivative of c_3 by c_1, with every detour through h, by complex step."""
    steps, p = examples.lstm_run().steps, examples.lstm_params()
    c = steps.c[:, 0] + 1j * COMPLEX_STEP * np.eye(2)[[column]]
    start = lstm.State(steps.o[:, 0] * np.tanh(c), c)
    run = lstm.forward(examples.X[:, 1:].astype(complex), p, state=start)
    return signed(run.state.c.imag[0, row] / COMPLEX_STEP)


for _u in (0, 1):
    value(f"lstm.belt-{_u + 1}")(partial(belt, _u))
    for _v in (0, 1):
        value(f"lstm.whole-{_u + 1}{_v + 1}")(partial(whole, _u, _v))


@value("lstm.without-tanh")
def without_tanh():
    """Return what h would be at c = 3 and o = 0.9 without the second tanh."""
    return signed(0.9 * 3.0, 1)


@value("lstm.with-tanh")
def with_tanh():
    """Return what h is at c = 3 and o = 0.9."""
    return signed(0.9 * np.tanh(3.0), 2)
