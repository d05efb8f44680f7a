import numpy as np

from rnnref import attention

rng = np.random.default_rng(1)
x = rng.standard_normal((1, 5, 4))  # (B, S, D)
W_q, W_k, W_v = (rng.standard_normal(shape) for shape in [(3, 4), (3, 4), (2, 4)])
q, k, v = x @ W_q.T, x @ W_k.T, x @ W_v.T
out = attention.attention(q, k, v)
print(q.shape, k.shape, v.shape, out.weights.shape, out.y.shape)
print(out.weights[0].round(3))
