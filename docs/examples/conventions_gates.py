import numpy as np

from rnnref import examples, lstm


def reorder(W, old, new):
    blocks = dict(zip(old, np.split(W, len(old)), strict=True))
    return np.concatenate([blocks[gate] for gate in new])


W = examples.lstm_params().W  # (4*H, D), i f c o
W_onnx = reorder(W, lstm.GATES, "iofc")
for gate, rows in zip("iofc", np.split(W_onnx, 4), strict=True):
    print(gate, rows.tolist())
print(np.array_equal(reorder(W_onnx, "iofc", lstm.GATES), W))
