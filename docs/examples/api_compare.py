import numpy as np

from rnnref import gru
from rnnref.examples import X, gru_params
from rnnref.numerics import sigmoid


def mine(x, h_prev, p):
    r = sigmoid(x @ p.W_r.T + h_prev @ p.U_r.T + p.b_r)
    z = sigmoid(x @ p.W_z.T + h_prev @ p.U_z.T + p.b_z)
    h_tilde = np.tanh(x @ p.W_h.T + r * (h_prev @ p.U_h.T) + p.b_h)
    h = z * h_prev + (1 - z) * h_tilde
    return gru.GRUStep(r, z, h_tilde, h)


p = gru_params()
x, h_prev = X[:, 0], np.array([[0.6, -0.3]])
ours, yours = gru.step(x, h_prev, p), mine(x, h_prev, p)
for name, a, b in zip(ours._fields, ours, yours, strict=True):
    print(f"{name:8} {np.abs(a - b).max():.4f}")
