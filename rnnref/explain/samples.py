"""Values for the arguments of every function in the catalogue: random ones, and live ones.

Random values are for tests: every size differs, the batch is larger than one, no state or bias is
zero. Live ones are those of step 2 of the running example.
"""

from .. import attention, examples, gru, joined, layers, losses, lstm, numerics, rnn

SIZES = {"B": 5, "T": 3, "S": 4, "D": 6, "H": 7, "V": 2, "E": 8, "F": 9, "A": 10}
STEP = 1  # the second one, so that the states before it are not zero
CELLS = {
    joined.rnn_step: rnn.step,
    joined.lstm_step: lstm.step,
    joined.gru_step: gru.step,
    joined.gru_step_update_replace: gru.step_update_replace,
}
UNDECLARED = {numerics.sigmoid: {"a": "B"}, numerics.softmax: {"a": "B S"}}


def random(function, rng, sizes=SIZES):
    """Return random values for the arguments that a function declares.

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
    if function in CELLS:
        values = random(CELLS[function], rng, sizes)
        return values | {"p": joined.join(values["p"])}
    shapes = UNDECLARED.get(function) or function.shapes
    values = {name: _draw(rng, axes, sizes) for name, axes in shapes.items()}
    if function in (gru.step, gru.step_update_replace):  # b_u belongs to the other forms
        values["p"] = values["p"]._replace(b_u=None)
    if function is losses.step_losses:
        values["y_hat"] = numerics.softmax(values["y_hat"])
    return values


def _draw(rng, axes, sizes):
    if not isinstance(axes, str):
        return axes(**{name: _draw(rng, field, sizes) for name, field in axes.SHAPES.items()})
    shape = []
    for axis in axes.split():
        factor, _, letter = axis.rpartition("*")
        shape.append(int(factor or 1) * sizes[letter])
    return 0.5 * rng.standard_normal(shape)


def running(function):
    """Return what a function reads in the running example, None where it has no part in it."""
    if function in CELLS:
        values = running(CELLS[function])
        return values | {"p": joined.join(values["p"])}
    return RUNNING[function]() if function in RUNNING else None


def _now(run, p):
    before = {f"{name}_prev": getattr(run.steps, name)[:, STEP - 1] for name in _states(run)}
    return {"x": examples.X[:, STEP], **before, "p": p}


def _states(run):
    return getattr(run.state, "_fields", ("h",))


def _gru(reset, update):
    p = examples.gru_params_reset_after() if reset == "after" else examples.gru_params()
    return _now(gru.forward(examples.X, p, reset=reset, update=update), p)


def _qkv(*names):
    """Return the named ones of the query, keys and values of the running example."""
    values = dict(zip("qkv", examples.attention_vectors(), strict=True))
    return {name: values[name] for name in names}


def _scores():
    return attention.score_scaled(**_qkv("q", "k"))


RUNNING = {
    rnn.step: lambda: _now(examples.rnn_run(), examples.rnn_params()),
    lstm.step: lambda: _now(examples.lstm_run(), examples.lstm_params()),
    gru.step: lambda: _gru("before", "keep"),
    gru.step_update_replace: lambda: _gru("before", "replace"),
    gru.step_reset_after: lambda: _gru("after", "keep"),
    gru.step_reset_after_update_replace: lambda: _gru("after", "replace"),
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
