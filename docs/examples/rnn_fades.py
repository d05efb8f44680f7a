import numpy as np

from rnnref import rnn

D, H, T = 4, 32, 20
rng = np.random.default_rng(0)
W, U, b = (rng.uniform(-1, 1, shape) / H**0.5 for shape in [(H, D), (H, H), (H,)])
x = rng.standard_normal((1, T, D))
other = x.copy()
other[0, 0] += 1.0  # x_1

for scale in (1.0, 4.0):
    p = rnn.Params(W, scale * U, b)
    gap = np.linalg.norm(rnn.forward(x, p).y - rnn.forward(other, p).y, axis=-1)[0]
    print(f"{scale:.0f} U ", *(f" t={t}: {gap[t - 1]:.0e}" for t in (1, 2, 5, 10, 20)))
