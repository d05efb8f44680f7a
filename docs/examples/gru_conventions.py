import numpy as np

from rnnref import examples, gru

x, h = examples.X[:, 1], examples.gru_run().y[:, 0]
p = examples.gru_params()


def fixed(z):
    q = gru.Params(p.W.copy(), p.U.copy(), p.b.copy())
    q.W_z[:], q.U_z[:], q.b_z[:] = 0, 0, np.log(z / (1 - z))
    return q


print("  z  |Δh[1]| keep  |Δh[1]| replace  ratio")
for z in (0.1, 0.5, 0.9):
    keep = abs(gru.step(x, h, fixed(z)).h - h)[0, 0]
    replace = abs(gru.step_update_replace(x, h, fixed(z)).h - h)[0, 0]
    print(f"{z:3.1f} {keep:13.4f} {replace:16.4f} {replace / keep:6.2f}")

# z → 1 - z
q = gru.Params(p.W.copy(), p.U.copy(), p.b.copy())
q.W_z[:], q.U_z[:], q.b_z[:] = -p.W_z, -p.U_z, -p.b_z
a = gru.forward(examples.X, p).y
b = gru.forward(examples.X, q, update="replace").y
print("max |Δ| =", np.abs(a - b).max().round(15))
