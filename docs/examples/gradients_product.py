import numpy as np

from rnnref import examples, rnn

p = examples.rnn_params()
h = rnn.forward(examples.X, p).y[0]
J2, J3 = ((1 - h[t - 1] ** 2)[:, None] * p.U for t in (2, 3))

print("                              |·|    |λ|")
for name, J in (("U", p.U), ("J_2", J2), ("J_3", J3), ("J_3 J_2", J3 @ J2)):
    entries = " ".join(f"{entry:+.2f}" for entry in J.ravel())
    size, radius = np.linalg.norm(J, 2), np.abs(np.linalg.eigvals(J)).max()
    print(f"{name:8}{entries} {size:6.2f}  {radius:.2f}")
