import numpy as np

from rnnref import lstm

H, T, SEEDS = 32, 50, 20


def shares(seed, b_f):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((1, T, H))
    W, U = rng.uniform(-1, 1, (2, 4 * H, H)) / np.sqrt(H)
    p = lstm.Params(W, U, np.zeros(4 * H))
    p.b_f[:] = b_f
    run = lstm.forward(np.repeat(x, H, axis=0), p)
    # row j: ∂c_T[j] / ∂c_0
    whole = lstm.backward(run, dstate=lstm.State(None, np.eye(H))).state.c
    belt = run.steps.f[0].prod(axis=0)
    return np.exp(np.log(belt).mean()), belt.max(), np.linalg.norm(whole, 2)


print("b_f    ∏f typ.   ∏f max.  |∂c_T/∂c_0|")
for b_f in (0, 1, 2, 4):
    logs = np.log([shares(seed, b_f) for seed in range(SEEDS)])
    print(f"{b_f:3}  ", *(f"{share:9.1e}" for share in np.exp(logs.mean(axis=0))))
