import numpy as np

from rnnref import layers, losses, optim, rnn, train

K, H, T = 2, 12, 8
rng = np.random.default_rng(0)
start = (rnn.init(rng, K, H), layers.Linear(np.zeros((K, H)), np.zeros(K)))


def gradient(params, rng):
    cell, head = params
    bits = rng.integers(K, size=(16, T))
    target = np.where(np.arange(T) < 2, -1, np.roll(bits, 2, axis=1))  # k_t = k_{t-2}
    run = rnn.forward(np.eye(K)[bits], cell)
    read = layers.linear(run.y, head)
    loss = losses.cross_entropy(read.y, target, ignore=-1)
    back = layers.linear_backward(read, dy=losses.cross_entropy_backward(loss))
    return loss.loss, (rnn.backward(run, dy=back.x).params, back.params)


rule = optim.adam(0.02)
fit = train.fit(gradient, start, rule, steps=100, rng=rng, clip=1.0, progress=False)
for step in (1, 10, 25, 50, 100):
    print(f"{step:3}  {fit.history.loss[step - 1]:.4f}")
