import numpy as np

from rnnref import examples, rnn

x, p = examples.X, examples.rnn_params()
h, y = np.zeros((1, 2)), []

for t in range(3):
    h = rnn.step(x[:, t], h, p).h
    y.append(h)
    print(f"t = {t + 1}   h = {h[0].round(4)}")

run = rnn.forward(x, p)
print("max |Δy| < 1e-15:", np.abs(run.y - np.stack(y, axis=1)).max() < 1e-15)
