"""Numbers in the prose of the page on the GRU."""

import functools
from functools import partial

import numpy as np

from ... import examples, gru
from ...numerics import sigmoid
from .. import wayback
from ..samples import STEP, UNIT
from . import value
from .lstm import TIGHT, computed, count, given, sum_of
from .rnn import signed


def met_by_u(gate):
    """Return what U_gate is multiplied by at step 2: h_prev, and r * h_prev for the candidate."""
    run = examples.gru_run()
    h_prev = run.y[0, STEP - 1]
    return run.steps.r[0, STEP] * h_prev if gate == "h" else h_prev


def net_input(gate):
    """Return what the nonlinearity of unit 1 is applied to."""
    p = examples.gru_params()
    a = getattr(p, f"W_{gate}") @ examples.X[0, STEP] + getattr(p, f"U_{gate}") @ met_by_u(gate)
    return (a + getattr(p, f"b_{gate}"))[UNIT]


def written_out(gate):
    """Write a net input of unit 1 as the sum a reader would enter: products, bias, result."""
    p = examples.gru_params()
    by_x = zip(getattr(p, f"W_{gate}")[UNIT], examples.X[0, STEP], strict=True)
    by_h = zip(getattr(p, f"U_{gate}")[UNIT], met_by_u(gate), strict=True)
    products = [f"{given(w)} × {given(x)}" for w, x in by_x]
    products += [f"{given(u)} × {computed(h)}" for u, h in by_h]
    bias = given(getattr(p, f"b_{gate}")[UNIT])
    return sum_of([*products, bias], net_input(gate))


def squashed(gate):
    """Return what the nonlinearity makes of a net input."""
    a = net_input(gate)
    name, result = ("tanh", np.tanh(a)) if gate == "h" else ("σ", sigmoid(a))
    return f"{name}({signed(a)}){TIGHT}={TIGHT}{signed(result)}"


for _gate in gru.GATES:
    value(f"gru.sum-{_gate}")(partial(written_out, _gate))
    value(f"gru.squash-{_gate}")(partial(squashed, _gate))


def reset_state(u):
    """Return what the candidate sees of the old state at step 2."""
    return signed(met_by_u("h")[u])


for _u in (0, 1):
    value(f"gru.reset-h-{_u + 1}")(partial(reset_state, _u))


@value("gru.blend-line")
def blend_line():
    """Write out the hidden state of unit 1 at step 2."""
    run = examples.gru_run()
    z, h_tilde, h = (run.steps._asdict()[name][0, STEP, UNIT] for name in ("z", "h_tilde", "h"))
    h_prev = computed(run.y[0, STEP - 1, UNIT])
    return sum_of([f"{computed(z)} × {h_prev}", f"{computed(1 - z)} × {computed(h_tilde)}"], h)


def reset_after_candidate(p, u):
    """Return the candidate of step 2 if the reset gate acts after the product."""
    now = gru.step_reset_after(examples.X[:, STEP], examples.gru_run().y[:, STEP - 1], p)
    return signed(now.h_tilde[0, u])


for _u in (0, 1):
    _zero = examples.gru_params()._replace(b_u=np.zeros(2))
    value(f"gru.after-{_u + 1}")(partial(reset_after_candidate, _zero, _u))
    _own = examples.gru_params_reset_after()
    value(f"gru.after-bias-{_u + 1}")(partial(reset_after_candidate, _own, _u))


def parameters(D, H, biases=1):
    """Count the parameters of a GRU layer with one or two biases per gate."""
    return 3 * H * (D + H + biases)


@value("gru.parameters")
def example_parameters():
    """Count the numbers in W, U and b of the running example."""
    return str(sum(array.size for array in examples.gru_params() if array is not None))


@value("gru.same-size")
def same_size():
    """Return the H of the GRU whose parameters are closest in number to those of the LSTM."""
    return str(min(range(1, 100), key=lambda H: abs(parameters(32, H) - int(count(32, 32)))))


@value("gru.parameters-same-size")
def same_size_parameters():
    """Count the parameters of that GRU."""
    return str(parameters(32, int(same_size())))


value("gru.lstm-32")(lambda: count(32, 32))
value("gru.gru-32")(lambda: str(parameters(32, 32)))
value("gru.parameters-100-256")(lambda: str(parameters(100, 256)))
value("gru.parameters-100-256-two")(lambda: str(parameters(100, 256, 2)))


def move(step):
    """Return how far unit 1 moves at step 2 of the running example if z is held at 0.9."""
    p, h = examples.gru_params(), examples.gru_run().y[:, STEP - 1]
    held = gru.Params(p.W.copy(), p.U.copy(), p.b.copy())
    held.W_z[:], held.U_z[:], held.b_z[:] = 0.0, 0.0, np.log(9.0)
    return signed(np.abs(step(examples.X[:, STEP], h, held).h - h)[0, UNIT])


value("gru.move-keep")(partial(move, gru.step))
value("gru.move-replace")(partial(move, gru.step_update_replace))


@value("gru.gap-line")
def gap_line():
    """Write out how far unit 1 is from its candidate at step 2."""
    run = examples.gru_run()
    h, h_tilde = run.y[0, STEP - 1, UNIT], run.steps.h_tilde[0, STEP, UNIT]
    return f"{signed(h_tilde)}{TIGHT}−{TIGHT}{computed(h)}{TIGHT}={TIGHT}{signed(h_tilde - h)}"


@functools.cache
def shares_back():
    """Return the four shares of the gradient of h_1 in step 2, their sum, and that of h_2."""
    run, p = examples.gru_run(), examples.gru_params()
    _, back = wayback.recorded(gru, run, p)
    z, r = run.steps.z[:, STEP], run.steps.r[:, STEP]
    shares = {"kept": back["dh"] * z, "candidate": back["drh"] * r}
    shares |= {"reset": back["da_r"] @ p.U_r, "update": back["da_z"] @ p.U_z}
    return shares | {"sum": back["dh_prev"], "dh": back["dh"]}


for _name in ("kept", "candidate", "reset", "update", "sum", "dh"):
    value(f"gru.back-{_name}")(lambda name=_name: signed(shares_back()[name][0, UNIT]))
