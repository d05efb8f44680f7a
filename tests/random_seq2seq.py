"""Random encoder-decoder models and batches, each drawn from its own number; all sizes differ.

The recorder and the tests make the same ones, so only PyTorch's results are stored. Sequences have
several lengths, and what stands in the padding is no token at all.
"""

import numpy as np

MODELS = ("plain", "bahdanau", "luong dot", "luong general", "luong concat")
CELLS = {"rnn": 1, "lstm": 4, "gru": 3}
NAMES = [f"{model}, {cell}" for model in MODELS for cell in CELLS]
B, S, T = 3, 5, 4
V_X, V_Y, E_X, E_Y, H, A, N = 6, 7, 3, 2, 4, 5, 8  # A of the score, N of the attentional state
BOS = 1
SOURCE_LENGTHS, TARGET_LENGTHS = (5, 2, 4), (2, 4, 3)


def batch():
    """Return source (B, S) and target (B, T), -3 and 99 in their padding."""
    rng = np.random.default_rng(7)
    source, target = rng.integers(V_X, size=(B, S)), rng.integers(V_Y, size=(B, T))
    source[np.arange(S) >= np.array(SOURCE_LENGTHS)[:, None]] = -3
    target[np.arange(T) >= np.array(TARGET_LENGTHS)[:, None]] = 99
    return source, target


def weights(name):
    """Return the weights and biases of a model by name, the bahdanau state of H + 1 units."""
    model, cell = name.split(", ")
    rng, kind = np.random.default_rng(NAMES.index(name)), model.split()[0]
    G, K = CELLS[cell], H + (kind == "bahdanau")
    shapes = {"source": (V_X, E_X), "target": (V_Y, E_Y)}
    shapes |= layer("encoder", G, E_X, H)
    if kind == "bahdanau":
        shapes |= layer("reverse", G, E_X, H)
        shapes |= {"start.W": (K, H), "start.b": (K,)}
        shapes |= {"score.W_a": (A, K), "score.U_a": (A, 2 * H), "score.v_a": (A,)}
        shapes |= {"score.b_a": (A,)} | layer("decoder", G, E_Y + 2 * H, K)
        width = K + 2 * H + E_Y
    else:
        shapes, width = shapes | layer("decoder", G, E_Y, H), H
    if kind == "luong":
        scores = {"general": {"score.W_a": (H, H)}}
        scores["concat"] = {"score.W_a": (A, 2 * H), "score.v_a": (A,)}
        shapes |= scores.get(model.split()[1], {})
        shapes |= {"combine.W": (N, 2 * H), "combine.b": (N,)}
        width = N
    shapes |= {"out.W": (V_Y, width), "out.b": (V_Y,)}
    return {field: 0.7 * rng.standard_normal(shape) for field, shape in shapes.items()}


def layer(name, G, D, H):
    """Return the shapes of one layer of a cell with G gates."""
    return {f"{name}.W": (G * H, D), f"{name}.U": (G * H, H), f"{name}.b": (G * H,)}
