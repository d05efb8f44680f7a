import numpy as np

from rnnref import example_models, transformer

x, p = example_models.words(), example_models.encoder_layer()
P = transformer.positional_encoding(3, 4)
order = [2, 0, 1]


def layer(x):
    return transformer.encoder_layer(x, p, heads=2).y


for added in (np.zeros_like(P), P):
    gap = layer(x[:, order] + added) - layer(x + added)[:, order]
    print(f"{np.max(np.abs(gap)):.4f}")
