import numpy as np

from rnnref import gru
from rnnref.convert import from_torch

D, H = 3, 4
rng = np.random.default_rng(0)
w = {
    "weight_ih_l0": rng.normal(size=(3 * H, D)),
    "weight_hh_l0": rng.normal(size=(3 * H, H)),
    "bias_ih_l0": rng.normal(size=3 * H),
    "bias_hh_l0": rng.normal(size=3 * H),
}


def params(w):
    W, U = w["weight_ih_l0"], w["weight_hh_l0"]
    b, b_hh = w["bias_ih_l0"].copy(), w["bias_hh_l0"]
    rz, n = slice(2 * U.shape[1]), slice(2 * U.shape[1], None)
    b[rz] += b_hh[rz]
    return gru.Params(W, U, b, b_u=b_hh[n])


x = rng.normal(size=(2, 5, D))
a = gru.forward(x, params(w), reset="after").y
(p,), options = from_torch(w, "gru")
b = gru.forward(x, p, **options).y
print(options)
print("max |Δ| =", np.abs(a - b).max())
