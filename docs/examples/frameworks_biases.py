import numpy as np

from rnnref import examples, gru
from rnnref.convert import from_torch, to_torch

p, options = examples.gru_params_reset_after(), {"reset": "after"}
weights = to_torch([p], options)
y = gru.forward(examples.X, p, **options).y


def moved(rows):
    """Move 0.5 from bias_hh to bias_ih in some rows."""
    w = {key: array.copy() for key, array in weights.items()}
    w["bias_ih_l0"][rows] += 0.5
    w["bias_hh_l0"][rows] -= 0.5
    [q], _ = from_torch(w, "gru")
    return np.abs(gru.forward(examples.X, q, **options).y - y).max()


print(f"r z: {moved(slice(0, 4)):.2g}")
print(f"h:   {moved(slice(4, 6)):.2g}")
