import numpy as np

from rnnref import transformer as tf

E, H, T, HEADS, SEEDS = 16, 32, 6, 2, 4
PLAIN = tf.LayerNorm(np.ones(E), np.zeros(E))


def gradients(norm, depth, seed):
    rng = np.random.default_rng(seed)
    x, dx = rng.standard_normal((1, T, E)), rng.standard_normal((1, T, E))
    runs = []
    for _ in range(depth):
        p = tf.init_encoder_layer(rng, E, H)
        runs.append(tf.encoder_layer(x, p, heads=HEADS, norm=norm))
        x = runs[-1].y
    if norm == "pre":
        dx = tf.layer_norm_backward(tf.layer_norm(x, PLAIN), dy=dx).x
    found = []
    for run in reversed(runs):
        back = tf.encoder_layer_backward(run, dy=dx)
        dx = back.x
        found.append(np.linalg.norm(back.params.feed_forward.W_1))
    return np.log([found[-1], found[0]])


for norm in ("post", "pre"):
    for depth in (2, 8, 32):
        mean = np.mean([gradients(norm, depth, seed) for seed in range(SEEDS)], axis=0)
        first, last = np.exp(mean)
        print(f"{norm:4}  L = {depth:2}   first {first:5.1f}   last {last:5.1f}")
