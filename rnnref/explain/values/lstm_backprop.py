"""Numbers in the prose of the page on the backward pass of the LSTM: step 2, written out."""

import functools
from functools import partial

import numpy as np

from ... import examples, lstm
from .. import ablation, samples, wayback
from ..samples import STEP
from . import value
from .lstm import TIGHT, computed, given, sum_of
from .rnn import signed

TOPIC = "lstm-backprop"
GATES = "fico"  # the order in which the equations of a step name them


@functools.cache
def numbers():
    """Return the values and gradients of step 2 by name, each (H,)."""
    run, p = examples.lstm_run(), examples.lstm_params()
    _, back = wayback.recorded(lstm, run, p)
    step = {name: field[0, STEP] for name, field in run.steps._asdict().items()}
    step |= {"c_prev": run.steps.c[0, STEP - 1], "tanh_c": np.tanh(step["c"])}
    found = {name: array[0] for name, array in back.items() if array.shape == (1, 2)}
    through_h = found["dc"] - found["dc_next"]
    later = found["dh"] - examples.DY[0, STEP]
    return step | found | {"dy": examples.DY[0, STEP], "through_h": through_h, "later": later}


FACTORS = {  # a gradient: what it is the product of; 1-x stands for 1 - x, 1-x² for 1 - x²
    "do": ("dh", "tanh_c"),
    "through_h": ("dh", "o", "1-tanh_c²"),
    "df": ("dc", "c_prev"),
    "di": ("dc", "c_tilde"),
    "dc_tilde": ("dc", "i"),
    "da_f": ("df", "f", "1-f"),
    "da_i": ("di", "i", "1-i"),
    "da_c": ("dc_tilde", "1-c_tilde²"),
    "da_o": ("do", "o", "1-o"),
    "dc_prev": ("dc", "f"),
}
SUMS = {"dh": ("dy", "later"), "dc": ("dc_next", "through_h")}


def factor(word, unit):
    """Write one factor: a number, or 1 minus a number or its square."""
    name = word.removeprefix("1-").removesuffix("²")
    text = computed(numbers()[name][unit])
    return text if name == word else f"(1 − {text}{'²' if word.endswith('²') else ''})"


def product(name, unit):
    """Write a gradient as the product a reader would enter; it may break before a "×"."""
    first, *others = (factor(word, unit).replace(" ", TIGHT) for word in FACTORS[name])
    pieces = [first, *(f"×{TIGHT}{other}" for other in others)]
    return " ".join([*pieces, f"={TIGHT}{signed(result(name, unit))}"])


def total(name, unit):
    """Write a gradient as the sum of its two shares."""
    first, second = (numbers()[share][unit] for share in SUMS[name])
    return sum_of(
        [signed(first, None if name == "dh" else 4), computed(second)], result(name, unit)
    )


def result(name, unit):
    """Return one number of step 2."""
    return numbers()[name][unit]


def by_gates(unit):
    """Return what each gate's layer sends to one hidden unit of the step before."""
    p = examples.lstm_params()
    return [getattr(p, f"U_{gate}")[:, unit] @ numbers()[f"da_{gate}"] for gate in GATES]


def collected(name, unit):
    """Write the gradient of an old hidden state as the sum over the four layers."""
    first, *others = by_gates(unit)
    terms = [signed(first), *(computed(share) for share in others)]
    return sum_of(terms, result(name, unit))


def one_gate():
    """Write what the layer of the candidate sends to unit 1: column 1 of its U."""
    column = examples.lstm_params().U_c[:, 0]
    da = numbers()["da_c"]
    terms = [f"{given(u)} × {computed(d)}" for u, d in zip(column, da, strict=True)]
    return sum_of(terms, column @ da)


def shares():
    """Return what every step adds to the derivative by the first entry of W_f."""
    run = examples.lstm_run()
    f, c_prev = run.steps.f[0], samples.states(run.steps, "c")[0, :-1]
    dc = lstm.backward(run, dy=examples.DY).flow.c[0]
    return (dc * c_prev * f * (1 - f))[:, 0] * examples.X[0, :, 0]


def share(t):
    """Return the share of one step, counted from 1."""
    found = shares()[t - 1]
    return signed(found) if found else "0"


def derivative(name, unit):
    """Return a derivative by a weight of the running example."""
    return signed(getattr(lstm.backward(examples.lstm_run(), dy=examples.DY).params, name)[unit])


def without_carry(name, unit):
    """Return a derivative as the code without the carry of the cell state computes it."""
    step_backward = ablation.broken("dc_next + dh", "dh")
    zeros = lstm.State(*np.zeros((2, 1, 2)))
    grads = ablation.backward(step_backward, examples.X, examples.lstm_params(), zeros, examples.DY)
    return signed(grads[name][unit])


for _unit in (0, 1):
    value(f"{TOPIC}.tanh-c-{_unit + 1}")(partial(result, "tanh_c", _unit))
    for _name in ("dc_next", "later"):
        value(f"{TOPIC}.{_name}-{_unit + 1}")(partial(result, _name, _unit))
for _name in (*FACTORS, *SUMS, "dh_prev"):
    value(f"{TOPIC}.{_name}-2")(partial(result, _name, 1))
    _write = product if _name in FACTORS else total if _name in SUMS else collected
    value(f"{TOPIC}.{_name}-line-1")(partial(_write, _name, 0))
value(f"{TOPIC}.dc-1")(partial(result, "dc", 0))
for _t in (1, 2, 3):
    value(f"{TOPIC}.share-{_t}")(partial(share, _t))
value(f"{TOPIC}.dW_f")(partial(derivative, "W_f", (0, 0)))
value(f"{TOPIC}.db_i")(partial(derivative, "b_i", 0))
value(f"{TOPIC}.db_i-without")(partial(without_carry, "b_i", 0))
value(f"{TOPIC}.one-gate")(one_gate)
