from math import ceil

import numpy as np

from rnnref import lstm
from rnnref.explain.ablation import NAMES, backward, broken, derivatives, errors

BROKEN = {  # lstm.step_backward: old → new
    1: ("dc_next + dh", "dh"),
    2: (" * (1 - np.tanh(s.c) ** 2)", ""),
    3: ("1 - np.tanh(s.c) ** 2", "1 - s.c**2"),
    4: ("df = dc * c_prev", "df = dc * s.c"),
    5: ("di * s.i * (1 - s.i)", "di * s.i"),
    6: ("da_f @ p.U_f + ", ""),
    7: ("da_f @ p.U_f + da_i @ p.U_i + da_c @ p.U_c + da_o @ p.U_o", "0 * dh"),
    8: ("dc_prev = dc * s.f", "dc_prev = dc * s.i"),
    9: ("np.sum(da_i, axis=0)", "np.sum(da_f, axis=0)"),
    10: ("dc_prev = dc * s.f", "dc_prev = dc * sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T)"),
}
B, T, D, H = 2, 4, 3, 5
rng = np.random.default_rng(0)
p = lstm.Params(*(rng.uniform(-1, 1, shape) for shape in [(4 * H, D), (4 * H, H), 4 * H]))
state = lstm.State(*rng.uniform(-1, 1, (2, B, H)))
x, dy = rng.standard_normal((B, T, D)), rng.standard_normal((B, T, H))


def table(x, p, state, dy):
    true = derivatives(x, p, state, dy)
    return {k: errors(backward(broken(*edit), x, p, state, dy), true) for k, edit in BROKEN.items()}


def tenths(error):
    return "·" if error < 1e-9 else str(min(9, ceil(10 * error)))


for steps in (T, 1):
    print(f"T = {steps}\n     W        U        b        h c\n    ", "i f c o  " * 3 + "0 0")
    for k, row in table(x[:, :steps], p, state, dy[:, :steps]).items():
        row = [tenths(error) for error in row.values()]
        print(f"{k:3} ", "  ".join(" ".join(row[at : at + 4]) for at in (0, 4, 8, 12)))
    print()

zero, late = lstm.State(*np.zeros((2, B, H))), dy * [[0], [0], [0], [1]]
alike = lstm.Params(*(np.concatenate([array[:H]] * 4) for array in p[:3]))
checks = {
    "A": (table(x, p, state, dy), None),
    "B": (table(x[:, :1], p, state, dy[:, :1]), None),
    "C": (table(x[:, :1], p, zero, dy[:, :1]), NAMES),
    "D": (table(x[:, 2:], p, zero, late[:, 2:]), ["U_f"]),
    "E": (table(x, p._replace(b=0 * p.b), state, dy), None),
    "F": (table(x, alike, state, dy), None),
}
print("    ", *checks)
for k in BROKEN:
    worst = [max(rows[k][name] for name in names or rows[k]) for rows, names in checks.values()]
    print(f"{k:3} ", *("×" if error > 1e-9 else "·" for error in worst))
