"""Equations of the way back through a whole LSTM: what both states receive, and sums over time."""

import numpy as np

from ... import lstm
from .. import samples
from .entry import Entry

T = 6  # steps of a sequence
GATES = "fico"  # the order in which the equations of a step name them


def _run(rng, sizes):
    p, state = (samples.draw(rng, record, _square(sizes)) for record in (lstm.Params, lstm.State))
    x, dy = (rng.standard_normal((sizes["B"], T, n)) for n in (sizes["D"], sizes["H"]))
    return {"x": x, "p": p, "state": state, "dy": dy}


def _square(sizes):
    """Return the sizes of an LSTM without a projection: its states are as wide as each other."""
    return sizes | {"P": sizes["H"]}


def _played(x, p, state, dy):
    """Return the run, and a list of what each step, from the first on, sends back."""
    run = lstm.forward(x, p, state=state)
    h, c = (np.concatenate([s[:, None], getattr(run.steps, n)], 1) for n, s in _named(state))
    back, dh, dc = [], np.zeros_like(state.h), np.zeros_like(state.c)
    for t in reversed(range(T)):
        s = lstm.LSTMStep(*(field[:, t] for field in run.steps))
        back.insert(0, lstm.step_backward(dy[:, t] + dh, dc, x[:, t], h[:, t], c[:, t], s, p))
        dh, dc = back[0].dh_prev, back[0].dc_prev
    return run, h, back


def _named(state):
    return state._asdict().items()


def _states(x, p, state, dy):
    """Return what reaches both states at every step but the last, one step for each example."""
    run, _, back = _played(x, p, state, dy)
    flow, inner = lstm.backward(run, dy=dy).flow, slice(0, T - 1)
    found = {"dh": flow.h[:, inner], "dc": flow.c[:, inner], "dy": dy[:, inner]}
    found |= {"dc_after": flow.c[:, 1:], "f_after": run.steps.f[:, 1:]}
    found |= {name: getattr(run.steps, name)[:, inner] for name in "oc"}
    found |= {f"da_{g}_after": _over_time(back[1:], f"da_{g}") for g in GATES}
    weights = {f"U_{g}": getattr(p, f"U_{g}") for g in GATES}
    return {name: a.reshape(-1, a.shape[-1]) for name, a in found.items()} | weights


def _over_time(back, name):
    return np.stack([getattr(one, name) for one in back], axis=1)


def _total(x, p, state, dy):
    """Return the derivatives by the net inputs of all steps, and by the weights of the gates."""
    run, h, back = _played(x, p, state, dy)
    grads = lstm.backward(run, dy=dy).params
    found = {"x": x, "h_prev": h[:, :-1], "da_f": _over_time(back, "da_f")}
    return found | {f"d{kind}_f": getattr(grads, f"{kind}_f") for kind in "WUb"}


def _by(symbol):
    return rf"\frac{{\partial L}}{{\partial {symbol}}}"


LATER = " + ".join(rf"U_{g}^{{\top}} {_by(f'a_{{{g},t+1}}')}" for g in GATES)
STATES = {
    "dh": f"{_by('h_t')} = {_by('y_t')} + {LATER}",
    "dc": rf"{_by('c_t')} = {_by('c_{t+1}')} \odot f_{{t+1}} + {_by('h_t')} \odot o_t \odot "
    r"\left(1 - \tanh^{2}\left(c_t\right)\right)",
}
EACH = rf"\sum_{{t=1}}^{{T}} {_by('a_{f,t}')}"
TOTAL = {
    "dW_f": rf"{_by('W_f')} = {EACH} x_t^{{\top}}",
    "dU_f": rf"{_by('U_f')} = {EACH} h_{{t-1}}^{{\top}}",
    "db_f": f"{_by('b_f')} = {EACH}",
}

ENTRIES = {
    "lstm.backward": Entry(lstm.backward, "lstm-bptt", lines=STATES, draw=_run, reading=_states),
    "lstm.backward:total": Entry(
        lstm.backward, "lstm-bptt-total", lines=TOTAL, draw=_run, reading=_total
    ),
}
