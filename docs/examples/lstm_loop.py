import numpy as np

from rnnref import examples, lstm

x, p = examples.X, examples.lstm_params()
h, c = np.zeros((1, 2)), np.zeros((1, 2))

for t in range(3):
    s = lstm.step(x[:, t], h, c, p)
    h, c = s.h, s.c
    print(f"t = {t + 1}   c = {c[0].round(4)}   h = {h[0].round(4)}")

run = lstm.forward(x, p)
print("max |Δc| < 1e-15:", np.abs(run.state.c - c).max() < 1e-15)
print("max |Δh| < 1e-15:", np.abs(run.state.h - h).max() < 1e-15)
