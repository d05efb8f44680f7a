import numpy as np

from rnnref import attention

rng = np.random.default_rng(0)
print(" d_k   Var  Var/d_k   max a   max a, scaled")
for E in (4, 64, 256):
    q = rng.standard_normal((2000, 1, E))
    k = rng.standard_normal((2000, 10, E))
    v = np.zeros((2000, 10, 1))
    s = attention.score_dot(q, k)
    dot = attention.attention(q, k, v, score="dot").weights.max(axis=-1).mean()
    scaled = attention.attention(q, k, v, score="scaled").weights.max(axis=-1).mean()
    print(f"{E:4} {s.var():5.0f} {s.var() / E:8.2f} {dot:7.2f} {scaled:10.2f}")
