import itertools

import numpy as np

from rnnref import convert, examples, lstm

p = examples.lstm_params()
weights = convert.to_onnx([p])
W, R, B = (weights[name][0] for name in "WRB")
wrong = lstm.Params(W, R, B[:8] + B[8:])  # i o f c, read as i f c o

y = examples.lstm_run().y[0]
bad = lstm.forward(examples.X, wrong).y[0]
print(wrong.W.shape == p.W.shape, wrong.U.shape == p.U.shape)
for t in range(3):
    print(t + 1, *(f"{h:8.4f}" for h in [*y[t], *bad[t]]))


def off(order):
    rows = np.arange(8).reshape(4, 2)[list(order)].ravel()
    q = lstm.Params(p.W[rows], p.U[rows], p.b[rows])
    return np.abs(lstm.forward(examples.X, q).y - y).max()


deltas = sorted(map(off, itertools.permutations(range(4))))
print(f"{deltas[0]:.4f} | {deltas[1]:.4f} … {deltas[-1]:.4f}")
