"""Hundreds of random recurrent networks, each drawn from its own number; sizes are small.

Two kinds: `module` ones are what torch.nn has (layers, directions, packed lengths, projections);
`loop` ones are single layers in forms that it lacks, which the recorder writes out in torch.
"""

from typing import NamedTuple

import numpy as np

MODULES, LOOPS = 360, 240
GATES = {"rnn": 1, "lstm": 4, "gru": 3}


class Setting(NamedTuple):
    """What one network is."""

    cell: str
    options: dict  # of our `forward`
    layers: int
    bidirectional: bool
    lengths: tuple | None
    sizes: dict  # B, T, D, H, and P if the hidden state is projected
    peepholes: bool = False
    truncate: int | None = None

    @property
    def outputs(self):
        return self.sizes.get("P", self.sizes["H"])

    @property
    def records(self):
        return self.layers * (1 + self.bidirectional)


def module(k):
    """Return the k-th network that torch.nn can build."""
    rng = np.random.default_rng([1, k])
    kind = ("rnn", "rnn relu", "lstm", "lstm projected", "gru")[k % 5]
    cell, _, variant = kind.partition(" ")
    sizes = drawn(rng)
    if variant == "projected":
        sizes |= {"H": int(rng.integers(2, 5)), "P": 1}
        sizes["P"] = int(rng.integers(1, sizes["H"]))
    options = {"nonlinearity": variant or "tanh"} if cell == "rnn" else {}
    options |= {"reset": "after"} if cell == "gru" else {}
    lengths = drawn_lengths(rng, sizes, least=1)
    return Setting(cell, options, int(rng.integers(1, 4)), bool(rng.integers(2)), lengths, sizes)


def loop(k):
    """Return the k-th network that is written out as a loop in torch."""
    rng = np.random.default_rng([2, k])
    cell = ("rnn", "lstm", "lstm", "gru", "gru")[k % 5]
    sizes = drawn(rng)
    options = {"reverse": bool(rng.integers(2))}
    if cell == "rnn":
        options["nonlinearity"] = ("tanh", "relu")[rng.integers(2)]
    if cell == "lstm":
        options["coupled"] = bool(rng.integers(2))
        sizes |= {"P": int(rng.integers(1, 5))} if rng.integers(2) else {}
    if cell == "gru":
        options["reset"] = ("before", "after")[rng.integers(2)]
        options["update"] = ("keep", "replace")[rng.integers(2)]
    peepholes = cell == "lstm" and bool(rng.integers(2))
    truncate = int(rng.integers(1, 4)) if rng.integers(2) else None
    lengths = drawn_lengths(rng, sizes, least=0)
    return Setting(cell, options, 1, False, lengths, sizes, peepholes, truncate)


def drawn(rng):
    return {
        letter: int(rng.integers(1, top)) for letter, top in zip("BTDH", (5, 7, 5, 5), strict=True)
    }


def drawn_lengths(rng, sizes, least):
    if rng.integers(2):
        return None
    return tuple(int(n) for n in rng.integers(least, sizes["T"] + 1, sizes["B"]))


def arguments(setting, seed):
    """Return random x, weights, start states, and derivatives by y and by the final states.

    Returns
    -------
    x : (B, T, D)
    weights : list of dict
        Of each record: W, U, b, and b_u, p, W_p if it has them.
    starts, dstates : list of tuple
    dy : (B, T, outputs of the last layer)
    """
    rng = np.random.default_rng([3, seed])
    B, T, D, H = (setting.sizes[letter] for letter in "BTDH")
    P, G, K = setting.outputs, GATES[setting.cell], 1 + setting.bidirectional
    weights = []
    for n in range(setting.records):
        width = D if n < K else P * K
        shapes = {"W": (G * H, width), "U": (G * H, P), "b": (G * H,)}
        shapes |= {"b_u": (H,)} if setting.options.get("reset") == "after" else {}
        shapes |= {"p": (3 * H,)} if setting.peepholes else {}
        shapes |= {"W_p": (P, H)} if "P" in setting.sizes else {}
        weights.append({name: rng.standard_normal(shape) for name, shape in shapes.items()})
    sizes = (P, H) if setting.cell == "lstm" else (H,)
    starts, dstates = (
        [tuple(rng.standard_normal((B, size)) for size in sizes) for _ in weights] for _ in "sd"
    )
    return (
        rng.standard_normal((B, T, D)),
        weights,
        starts,
        rng.standard_normal((B, T, P * K)),
        dstates,
    )


def fingerprint(arrays):
    """Return two weighted sums of each array, in the order of their names.

    Parameters
    ----------
    arrays : dict of name to array

    Returns
    -------
    (number of arrays, 2)
    """
    rows = []
    for name in sorted(arrays):
        rng = np.random.default_rng(len(name))
        array = np.asarray(arrays[name], float)
        rows.append([np.sum(array * rng.standard_normal(array.shape)) for _ in range(2)])
    return np.array(rows)
