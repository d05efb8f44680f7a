import numpy as np

from rnnref import rnn

D, H, T = 4, 32, 20
rng = np.random.default_rng(0)
W, U, b = (rng.uniform(-1, 1, shape) / H**0.5 for shape in [(H, D), (H, H), (H,)])
x = rng.standard_normal((1, T, D))
other = x.copy()
other[0, 0] += 1.0  # x_1


def measure(U):
    p = rnn.Params(W, U, b)
    h = rnn.forward(x, p).y[0]
    gap = np.linalg.norm(rnn.forward(other, p).y[0] - h, axis=-1)
    J, size = np.eye(H), []
    for t in range(T):
        J = (1 - h[t] ** 2)[:, None] * (U @ J)  # ∂h_t/∂h_0
        size.append(np.linalg.norm(J, 2))
    return gap, size


radius = np.abs(np.linalg.eigvals(U)).max()
print(f"       U: max|λ| = {radius:.2f}     4U: max|λ| = {4 * radius:.2f}")
print("   t      |Δh|       |J|       |Δh|     |J|")
(gap, size), (gap4, size4) = measure(U), measure(4 * U)
for t in (1, 2, 5, 10, 20):
    k = t - 1
    print(f"{t:4} {gap[k]:9.5f} {size[k]:9.5f} {gap4[k]:10.2f} {size4[k]:7.1f}")
