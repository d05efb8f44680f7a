import numpy as np

from rnnref import optim

g = {"W": np.array([-6.0, 3.0]), "b": np.array([2.0])}


def joined(grads):
    return np.concatenate([grads["W"], grads["b"]])


clipped, norm = optim.clip_norm(g, 3.5)
print(f"‖g‖ = {norm}")
for kept in (clipped, optim.clip_value(g, 3.5)):
    one, two = joined(g), joined(kept)
    cosine = one @ two / (np.linalg.norm(one) * np.linalg.norm(two))
    print(*(f"{entry:+.1f}" for entry in two), f"  cos = {cosine:.3f}")
