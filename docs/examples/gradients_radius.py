import numpy as np

from rnnref import rnn

H, T, SEEDS = 32, 50, 20


def network(radius, scale, seed):
    rng = np.random.default_rng(seed)
    U = rng.standard_normal((H, H))
    U *= radius / np.abs(np.linalg.eigvals(U)).max()
    W = rng.uniform(-1, 1, (H, H)) / np.sqrt(H)
    x = scale * rng.standard_normal((1, T, H))
    return U, rnn.forward(x, rnn.Params(W, U, np.zeros(H))).y[0]


def reach(radius, scale, seed):
    U, h = network(radius, scale, seed)
    J = np.eye(H)
    for t in range(T):
        J = (1 - h[t] ** 2)[:, None] * (U @ J)  # ∂h_t/∂h_0
    return np.linalg.norm(U, 2), np.linalg.norm(J, 2)


print("   x  |λ|  |U|   |∂h_50/∂h_0|")
for scale in (1.0, 0.1):
    for radius in (0.7, 1.0, 1.3):
        sizes, found = np.array([reach(radius, scale, s) for s in range(SEEDS)]).T
        mean = np.exp(np.log(found).mean())
        spread = f"{found.min():.0e} … {found.max():.0e}"
        print(f"{scale:4}  {radius}  {sizes.mean():.1f}  {mean:.0e}  {spread}")
