"""Values for the arguments of the functions in the catalogue: random ones, and live ones.

Random values are for tests: every size differs, the batch is larger than one, no state or bias is
zero. Live ones are those of one step of the running example, by default the second.
"""

import inspect

import numpy as np

from .. import attention, examples, gru, joined, layers, losses, lstm, numerics, rnn
from ..checks.dims import Record

SIZES = {"B": 5, "T": 3, "S": 4, "D": 6, "H": 7, "V": 2, "E": 8, "F": 9, "A": 10, "P": 11}
STEP = 1  # the step that pages and figures enter: the second, so that no state before it is zero
UNIT = 0  # the hidden unit that prose follows


def random(function, rng, sizes=SIZES):
    """Return random values for the arguments that a function needs.

    Parameters
    ----------
    function : function of the catalogue
    rng : numpy.random.Generator
    sizes : dict of str to int
        The size of each axis letter.

    Returns
    -------
    dict
    """
    parameters = inspect.signature(function).parameters
    for axes in function.shapes.values():
        sizes = sizes | _same(axes, sizes)
    values = {
        name: draw(rng, axes, sizes)
        for name, axes in function.shapes.items()
        if parameters[name].default is inspect.Parameter.empty
    }
    if function in (losses.step_losses, losses.step_losses_backward):
        values["y_hat"] = numerics.softmax(values["y_hat"])
    return values


def draw(rng, axes, sizes=SIZES):
    """Return one random array, or record of arrays, by its declared axes."""
    if isinstance(axes, str):
        return 0.5 * rng.standard_normal([_size(axis, sizes) for axis in axes.split()])
    record = axes if isinstance(axes, Record) else Record(axes)
    absent, wanted = _absent(record), record.type.SHAPES | record.axes
    fields = {name: field for name, field in wanted.items() if name not in absent}
    return record.type(**{name: draw(rng, field, sizes) for name, field in fields.items()})


def _absent(record):
    """Return the optional fields that the plain form of a function does without."""
    return record.type._field_defaults.keys() - set(record.needs)


def _same(axes, sizes):
    """Return the sizes of letters that are other ones as long as a field is absent."""
    if isinstance(axes, str):
        return {}
    record = axes if isinstance(axes, Record) else Record(axes)
    same = getattr(record.type, "SAME", {}).items()
    return {letter: sizes[o] for letter, (o, field) in same if field in _absent(record)}


def _size(axis, sizes):
    """Return the length of an axis such as H, 4*H or H+D; of "any axes" a batch is made."""
    if axis == "...":
        return sizes["B"]
    terms = (term.rpartition("*") for term in axis.split("+"))
    return sum(int(factor or 1) * sizes[letter] for factor, _, letter in terms)


def running(function):
    """Return what a function reads in the running example, None where it has no part in it."""
    return RUNNING[function]() if function in RUNNING else None


def states(steps, name):
    """Return one state of a run from its zero start on.

    Parameters
    ----------
    steps : NamedTuple
        The record of every step, as a run returns it.
    name : str

    Returns
    -------
    (B, T + 1, H)
        At index t the state after t steps, which is the state that step t + 1 reads.
    """
    values = getattr(steps, name)
    return np.concatenate([np.zeros_like(values[:, :1]), values], axis=1)


def entered(run, p, step=STEP):
    """Return what a step of a cell reads; steps count from 0."""
    names = getattr(run.state, "_fields", ("h",))
    before = {f"{name}_prev": states(run.steps, name)[:, step] for name in names}
    return {"x": examples.X[:, step], **before, "p": p}


def _gru(reset, update):
    p = examples.gru_params_reset_after() if reset == "after" else examples.gru_params()
    return entered(gru.forward(examples.X, p, reset=reset, update=update), p)


def _joined(values):
    return values | {"p": joined.join(values["p"])}


def _qkv(*names):
    """Return the named ones of the query, keys and values of the running example."""
    values = dict(zip("qkv", examples.attention_vectors(), strict=True))
    return {name: values[name] for name in names}


def _scores():
    return attention.score_scaled(**_qkv("q", "k"))


RUNNING = {
    rnn.step: lambda: entered(examples.rnn_run(), examples.rnn_params()),
    lstm.step: lambda: entered(examples.lstm_run(), examples.lstm_params()),
    gru.step: lambda: _gru("before", "keep"),
    gru.step_update_replace: lambda: _gru("before", "replace"),
    gru.step_reset_after: lambda: _gru("after", "keep"),
    gru.step_reset_after_update_replace: lambda: _gru("after", "replace"),
    joined.rnn_step: lambda: _joined(running(rnn.step)),
    joined.lstm_step: lambda: _joined(running(lstm.step)),
    joined.gru_step: lambda: _joined(running(gru.step)),
    joined.gru_step_update_replace: lambda: _joined(running(gru.step_update_replace)),
    layers.readout: lambda: {
        "h": examples.rnn_run().steps.h[:, STEP],
        "p": examples.readout_params(),
    },
    attention.score_dot: lambda: _qkv("q", "k"),
    attention.score_scaled: lambda: _qkv("q", "k"),
    attention.score_additive: lambda: _qkv("q", "k") | {"p": examples.additive_params()},
    attention.weighted_sum: lambda: {"weights": _scores(), **_qkv("v")},
    attention.attend: lambda: {"scores": _scores(), **_qkv("v")},
    attention.attention: lambda: _qkv("q", "k", "v"),
}
