import numpy as np

from rnnref import rnn

D, H, T = 3, 16, 32
rng = np.random.default_rng(0)
p = rnn.init(rng, D, H)
x, dy = rng.standard_normal((1, T, D)), rng.standard_normal((1, T, H))
run = rnn.forward(x, p)
whole = rnn.backward(run, dy=dy).params.U

for k in (1, 2, 4, 8, 16, 32):
    cut = rnn.backward(run, dy=dy, truncate=k).params.U
    print(f"k = {k:2}   {np.linalg.norm(cut - whole) / np.linalg.norm(whole):.3f}")
