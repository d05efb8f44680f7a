import numpy as np

from rnnref import optim

TURN = np.array([[0.8, -0.6], [0.6, 0.8]])
RULES = {
    "SGD": optim.sgd(0.01),
    "momentum": optim.momentum(0.005),
    "Nesterov": optim.nesterov(0.005),
    "Adagrad": optim.adagrad(1.0),
    "RMSprop": optim.rmsprop(0.05),
    "Adam": optim.adam(1.0),
}


def steps(rule, turn):
    A = turn @ np.diag([1.0, 100.0]) @ turn.T  # L = ½ θᵀAθ
    p = turn @ np.array([1.0, 0.5])
    state = rule.init(p)
    for t in range(1, 1001):
        p, state = rule.update(p, A @ p, state)
        if 0.5 * p @ A @ p < 1e-6:
            return t


for name, rule in RULES.items():
    print(f"{name:10} {steps(rule, np.eye(2)):4} {steps(rule, TURN):4}")
