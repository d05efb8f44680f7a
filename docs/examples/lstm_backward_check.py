import numpy as np

from rnnref import gradcheck, lstm

B, T, D, H = 2, 4, 3, 5
rng = np.random.default_rng(0)
shapes = {"W": (4 * H, D), "U": (4 * H, H), "b": (4 * H,), "x": (B, T, D), "h": (B, H), "c": (B, H)}
args = {name: rng.uniform(-1, 1, shape) for name, shape in shapes.items()}
dy = rng.standard_normal((B, T, H))


def run(W, U, b, x, h, c):
    return lstm.forward(x, lstm.Params(W, U, b), state=lstm.State(h, c))


def loss(**args):
    return np.sum(dy * run(**{name: a + 0j for name, a in args.items()}).y)


back = lstm.backward(run(**args), dy=dy)
grads = {"W": back.params.W, "U": back.params.U, "b": back.params.b, "x": back.x}
grads |= back.state._asdict()
report = gradcheck.check(loss, args, grads)
print(report)
for name, entry in report.table.items():
    print(f"{name}  {np.size(args[name]):3}  {entry.error:.0e}")
