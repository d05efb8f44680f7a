import numpy as np

from rnnref import lstm
from rnnref.numerics import sigmoid

D, H, T = 3, 4, 100
rng = np.random.default_rng(0)
x = rng.normal(size=(1, T, D))
p = lstm.Params(
    W=rng.uniform(-0.5, 0.5, (4 * H, D)),
    U=rng.uniform(-0.5, 0.5, (4 * H, H)),
    b=np.zeros(4 * H),
)
BIASES, STEPS = (0.0, 1.0, 2.0, 3.0, 4.0), (10, 50, 100)

print("b_f    σ(b_f)      n½      f^10     f^50    f^100")
for b_f in np.array(BIASES):
    f = sigmoid(b_f)
    half = np.log(0.5) / np.log(f)
    print(f"{b_f:3.0f} {f:9.4f} {half:7.1f} ", *(f"{f**n:8.1e}" for n in STEPS))

print()
print("       h[1]                          h[2], h[3], h[4]")
print("b_f    ∏f(10)   ∏f(50)  ∏f(100)      ∏f(10)   ∏f(50)  ∏f(100)")
for b_f in BIASES:
    p.b_f[:] = b_f
    f = lstm.forward(x, p).steps.f[0]
    log = np.cumsum(np.log(f), axis=0)
    first, others = np.exp(log[:, 0]), np.exp(log[:, 1:].mean(axis=1))
    print(f"{b_f:3.0f} ", *(f"{first[n - 1]:8.1e}" for n in STEPS), end="    ")
    print(*(f"{others[n - 1]:8.1e}" for n in STEPS))
