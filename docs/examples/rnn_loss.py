import numpy as np

from rnnref import examples, layers, losses

h = examples.rnn_run().y  # (B, T, H)
p = examples.readout_params()
y_hat = np.stack([layers.readout(h[:, t], p).y_hat for t in range(3)], axis=1)
target = np.zeros((1, 3, 3))  # (B, T, K)
for t, k in enumerate([0, 1, 0]):
    target[0, t, k] = 1.0
steps = losses.step_losses(y_hat, target)
print(y_hat[0].round(4))
print(steps[0].round(4), losses.total(steps).round(4))
