import numpy as np

from rnnref import optim

g = np.array([10.0, 0.1])  # ±10, ±0.1
for rule in (optim.adam(0.01, weight_decay=0.1), optim.adamw(0.01, weight_decay=0.1)):
    p = np.ones(2)
    state = rule.init(p)
    for t in range(200):
        p, state = rule.update(p, g * (-1) ** t, state)
    print(f"{rule.name:6}", p.round(4))
