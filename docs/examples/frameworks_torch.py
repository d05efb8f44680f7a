import numpy as np

from rnnref import lstm
from rnnref.convert import from_torch, to_torch

# state = {k: v.cpu().numpy() for k, v in module.state_dict().items()}
D, H = 3, 4
rng = np.random.default_rng(0)
state = {
    "weight_ih_l0": rng.normal(size=(4 * H, D)),
    "weight_hh_l0": rng.normal(size=(4 * H, H)),
    "bias_ih_l0": rng.normal(size=4 * H),
    "bias_hh_l0": rng.normal(size=4 * H),
}
[p], options = from_torch(state, "lstm")
x = rng.normal(size=(2, 5, D))  # (B, T, D)
y = lstm.forward(x, p, **options).y

back = to_torch([p], options)
for key, array in back.items():
    print(f"{key:13}{array.shape!s:8} {np.array_equal(array, state[key])}")
[q], options = from_torch(back, "lstm")
print("max |Δy| =", np.abs(lstm.forward(x, q, **options).y - y).max())
