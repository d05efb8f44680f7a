"""Where frameworks keep the weights of a record, found out by asking the converters alone.

A record whose entries are 1, 2, 3 … goes through `convert.to_*`. What comes out says of every place
which entry of ours stands there, and 0 where a framework has a number of which we have none. So no
order of gates and no layout is written down here a second time.
"""

import numpy as np

from .. import convert, gru, lstm, rnn

FRAMEWORKS = {
    "PyTorch": convert.to_torch,
    "Keras": convert.to_keras,
    "ONNX": convert.to_onnx,
    "Flax": convert.to_flax,
}
OURS = "rnnref"
MODULES = (rnn, lstm, gru)
U_BIAS = "u"  # stands for the gate of b_u


def ours(p, options=None):
    """Return the arrays of a record by field, as the converters return theirs by key."""
    return {field: array for field, array in p._asdict().items() if array is not None}


def everywhere(p, options=None):
    """Return the weights of one record as everybody keeps them: name -> key -> array."""
    found = {OURS: ours(p)}
    return found | {name: to([p], options) for name, to in FRAMEWORKS.items()}


def numbered(p):
    """Return a record of the same shapes whose entries are 1, 2, 3 … in the order of its fields."""
    last, fields = 0, {}
    for field, array in ours(p).items():
        fields[field] = np.arange(last + 1.0, last + array.size + 1).reshape(array.shape)
        last += array.size
    return p._replace(**fields)


def places(p, options=None):
    """Return for every framework and key which entry stands where; 0 for none of ours."""
    found = everywhere(numbered(p), options)
    return {
        name: {key: array.astype(int) for key, array in arrays.items()}
        for name, arrays in found.items()
    }


def entries(p):
    """Return the entries of a record by their numbers, and 0.0 as number 0."""
    return np.concatenate([[0.0], *(array.ravel() for array in ours(p).values())])


def gates(p):
    """Return the gate that each numbered entry belongs to, "" for number 0."""
    [names] = [module.GATES for module in MODULES if isinstance(p, module.Params)]
    found = [""]
    for field, array in ours(p).items():
        own = (U_BIAS,) if field == "b_u" else names
        found += [gate for gate in own for _ in range(array.size // len(own))]
    return found


def of_field(p, arrays, field):
    """Return those arrays of one framework that hold entries of one of our fields."""
    mine = set(numbered(p)._asdict()[field].ravel().astype(int))
    return {key: array for key, array in arrays.items() if mine & set(array.ravel().tolist())}


def order(p, arrays):
    """Return the gates in the order in which the matrix on the input has them."""
    names = gates(p)
    read = np.concatenate([array.ravel() for array in of_field(p, arrays, "W").values()])
    return list(dict.fromkeys(names[n] for n in read))
