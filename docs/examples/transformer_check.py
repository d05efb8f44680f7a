import numpy as np

from rnnref import attention, gradcheck

rng = np.random.default_rng(0)
q, k, v, dy = (rng.standard_normal((1, n, 4)) for n in (3, 5, 5, 3))


def loss(q, k, v):
    return np.sum(dy * attention.attention(q, k, v).y)


run = attention.attention(q, k, v)
grads = attention.attention_backward(run, dy=dy)
right = {"q": grads.q, "k": grads.k, "v": grads.v}
print(gradcheck.check(loss, {"q": q, "k": k, "v": v}, right))

dweights = dy @ v.mT
forgotten = run.weights * dweights  # ∂L/∂s
wrong = right | {"q": forgotten @ k / 2, "k": forgotten.mT @ q / 2}
print(gradcheck.check(loss, {"q": q, "k": k, "v": v}, wrong))
