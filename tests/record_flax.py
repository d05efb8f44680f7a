"""Record Flax linen's recurrent cells in float64, with weights from here and there.

    PYTHONPATH=. python tests/record_flax.py

needs flax 0.12.8 and jax 0.10.2 and writes tests/golden/flax.npz and .toml. Groups "from ..." have
random weights in Flax's layout, groups "to ..." those of `convert.to_flax`.
"""

import sys

import layered
import numpy as np
from layered import Case
from record_torch import save

from rnnref import convert

STEM = "flax"
SEED = 20190917
FLAX, JAX = "0.12.8", "0.10.2"
CASES = {
    "rnn": Case("rnn", {}),
    "rnn relu": Case("rnn", {"nonlinearity": "relu"}),
    "lstm": Case("lstm", {}),
    "gru": Case("gru", {"reset": "after"}),
}


def compute(seed=SEED):
    """Return weights and Flax's results for them: name -> float64 array."""
    import flax

    rng, found = np.random.default_rng(seed), {}
    for name, case in CASES.items():
        variables = layer(case).init(key(), layered.inputs())
        shapes = flax.traverse_util.flatten_dict(variables["params"]["cell"], sep="/")
        random = {name: rng.standard_normal(array.shape) for name, array in shapes.items()}
        found |= results(f"from {name}", case, random)
        found |= results(f"to {name}", case, convert.to_flax(layered.records(case), case.options))
    return found


def layer(case):
    """Return Flax's layer of a case."""
    import flax.linen as nn
    import jax.numpy as jnp

    settings = {"features": case.units[0], "param_dtype": jnp.float64}
    if case.options.get("nonlinearity") == "relu":
        settings["activation_fn"] = nn.relu
    cells = {"rnn": nn.SimpleCell, "lstm": nn.LSTMCell, "gru": nn.GRUCell}
    return nn.RNN(cells[case.cell](**settings), return_carry=True)


def key():
    import jax

    return jax.random.key(SEED)


def results(group, case, weights):
    """Run a cell from random states and return its weights, y and final states."""
    import flax

    cell = flax.traverse_util.unflatten_dict(weights, sep="/")
    [start] = layered.starts(case)
    carry = start[::-1] if case.cell == "lstm" else start[0]  # Flax has c before h
    final, y = layer(case).apply({"params": {"cell": cell}}, layered.inputs(), initial_carry=carry)
    finals = final[::-1] if case.cell == "lstm" else (final,)
    found = {f"{group}/weights/{name}": np.asarray(array) for name, array in weights.items()}
    found |= {f"{group}/final{n}": np.asarray(array) for n, array in enumerate(finals)}
    return found | {f"{group}/y": np.asarray(y)}


def main():
    """Write the two files."""
    import flax
    import jax

    found = {"flax": flax.__version__, "jax": jax.__version__}
    if found != {"flax": FLAX, "jax": JAX}:
        raise SystemExit(f"needs flax {FLAX} and jax {JAX}, found {found}")
    jax.config.update("jax_enable_x64", True)
    save(sys.modules[__name__], found)


if __name__ == "__main__":
    main()
