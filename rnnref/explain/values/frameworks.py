"""What the tables of the page on frameworks say, asked of the converters one by one."""

from functools import partial

import numpy as np

from ... import errors, gru, lstm
from ..stored import FRAMEWORKS, OURS, everywhere, of_field, order, places
from . import value
from .lstm import TIGHT

D, H, P = 3, 4, 2  # of the shapes in the tables; all differ, so that no transpose hides
YES, NO = "●", "–"
AFTER, BOTH = {"reset": "after"}, {"bidirectional": True}


def lstm_params(**extra):
    """Return an LSTM of these sizes."""
    hidden = P if "W_p" in extra else H
    shapes = {"W": (4 * H, D), "U": (4 * H, hidden), "b": 4 * H} | extra
    return lstm.Params(**{field: np.ones(shape) for field, shape in shapes.items()})


def gru_params(**extra):
    """Return a GRU of these sizes."""
    shapes = {"W": (3 * H, D), "U": (3 * H, H), "b": 3 * H} | extra
    return gru.Params(**{field: np.ones(shape) for field, shape in shapes.items()})


CELLS = {"lstm": (lstm_params(), {}), "gru": (gru_params(b_u=H), AFTER)}
WRITTEN = {"lstm": ("c", "g"), "gru": ("h", "n")}  # the candidate here and in documentation
SEVERAL = {(OURS, "gru"): 2}  # biases of more than one shape


def blocks(cell, name):
    """Say in which order a framework keeps the gates of a cell."""
    p, options = CELLS[cell]
    return TIGHT.join(order(p, places(p, options)[name]))


def written(cell, name):
    """Say the same in the letters of the documentation of PyTorch and of Flax."""
    own, theirs = WRITTEN[cell]
    return blocks(cell, name).replace(own, theirs)


def shapes(cell, name, fields, which=0, out_of=1):
    """Say which arrays a framework has in the place of some of our fields: 4 × (3, 4).

    Where they have several shapes, `which` says of which one; `out_of` is how many there are.
    """
    p, options = CELLS[cell]
    arrays, own = everywhere(p, options)[name], places(p, options)[name]
    matrices = [key for field in "WU" for key in of_field(p, own, field)]
    keys = of_field(p, own, "W") if fields == "W" else [k for k in own if k not in matrices]
    counts = {}
    for key in keys:
        counts[arrays[key].shape] = counts.get(arrays[key].shape, 0) + 1
    texts = [f"{n} × {shape}" if n > 1 else str(shape) for shape, n in counts.items()]
    if len(texts) != out_of:
        raise ValueError(f"{name} keeps {fields} of a {cell} as {texts}; the page shows {out_of}")
    return texts[which].replace(" ", TIGHT)


# What a converter may refuse: records, and the options with which they run.
FEATURES = {
    "before": ([gru_params()], {}),
    "after": ([gru_params(b_u=H)], AFTER),
    "replace": ([gru_params(b_u=H)], AFTER | {"update": "replace"}),
    "coupled": ([lstm_params()], {"coupled": True}),
    "peepholes": ([lstm_params(p=3 * H)], {}),
    "projection": ([lstm_params(W_p=(P, H))], {}),
    "layers": ([lstm_params(), lstm_params(W=(4 * H, H))], {}),
    "both": ([lstm_params(), lstm_params()], BOTH),
    "reverse": ([lstm_params()], {"reverse": True}),
}


def accepted(feature, name):
    """Say whether a converter accepts a feature; any other error than a refusal is raised."""
    records, options = FEATURES[feature]
    try:
        FRAMEWORKS[name](records, options)
    except errors.ArgumentError as error:
        if type(error) is not errors.ArgumentError:
            raise
        return NO
    return YES


def numbers(cell, name):
    """Count the numbers that a framework keeps for one layer of a cell."""
    p, options = CELLS[cell]
    return str(sum(array.size for array in everywhere(p, options)[name].values()))


for _name in (OURS, *FRAMEWORKS):
    for _cell in CELLS:
        _key = f"{_cell}-{_name.lower()}"
        value(f"frameworks.order-{_key}")(partial(blocks, _cell, _name))
        if _name in ("PyTorch", "Flax"):
            value(f"frameworks.written-{_key}")(partial(written, _cell, _name))
        value(f"frameworks.matrix-{_key}")(partial(shapes, _cell, _name, "W"))
        _count = SEVERAL.get((_name, _cell), 1)
        for _n in range(_count):
            _place = f"-{_n + 1}" if _n else ""
            value(f"frameworks.biases-{_key}{_place}")(
                partial(shapes, _cell, _name, "b", _n, _count)
            )
        value(f"frameworks.numbers-{_key}")(partial(numbers, _cell, _name))
for _name in FRAMEWORKS:
    for _feature in FEATURES:
        value(f"frameworks.{_feature}-{_name.lower()}")(partial(accepted, _feature, _name))
