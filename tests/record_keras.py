"""Record Keras's recurrent layers in float64, with weights from here and there.

    KERAS_BACKEND=jax PYTHONPATH=. python tests/record_keras.py

needs keras 3.15.1 and jax 0.10.2 and writes tests/golden/keras.npz and .toml. Groups "from ..."
have random weights in Keras's layout, groups "to ..." those of `convert.to_keras`.
"""

import sys

import layered
import numpy as np
from layered import Case
from record_torch import save

from rnnref import convert

STEM = "keras"
SEED = 20190916
KERAS, JAX = "3.15.1", "0.10.2"
BOTH = {"bidirectional": True}
CASES = {
    "rnn": Case("rnn", BOTH, (4, 5)),
    "rnn relu": Case("rnn", {"nonlinearity": "relu"}),
    "lstm": Case("lstm", {}),
    "lstm both": Case("lstm", BOTH, (4, 5)),
    "gru": Case("gru", {"reset": "after"}),
    "gru both": Case("gru", {"reset": "after"} | BOTH, (4, 5)),
    "gru before": Case("gru", {"reset": "before"} | BOTH),
}


def compute(seed=SEED):
    """Return weights and Keras's results for them: name -> float64 array."""
    rng, found = np.random.default_rng(seed), {}
    for name, case in CASES.items():
        for bias in case.biased:
            layers = build(case, bias)
            for weight in (weight for layer in layers for weight in layer.weights):
                weight.assign(rng.standard_normal(weight.shape))
            found |= results(f"from {name}" + " unbiased" * (not bias), case, layers)
        layers = build(case)
        weights = convert.to_keras(layered.records(case), case.options)
        for weight in (weight for layer in layers for weight in layer.weights):
            weight.assign(weights[weight.path])
        found |= results(f"to {name}", case, layers)
    return found


def build(case, bias=True):
    """Return Keras's layers of a case, the first of their session, with their weights made."""
    import keras

    keras.backend.clear_session()
    arguments = convert.keras_arguments(layered.records(case), case.options) | exact(case)
    kind = {"rnn": keras.layers.SimpleRNN, "lstm": keras.layers.LSTM, "gru": keras.layers.GRU}
    layers, x = [], layered.inputs()
    for units in case.units:
        layer = kind[case.cell](
            units, use_bias=bias, return_sequences=True, return_state=True, **arguments
        )
        layers.append(keras.layers.Bidirectional(layer) if case.directions == 2 else layer)
        x, *_ = layers[-1](x)
    return layers


def exact(case):
    """Return activations that jax computes: Keras's own round float64 to float32."""
    import jax
    import keras

    def relu(a):
        return jax.nn.relu(a)

    def sigmoid(a):
        return jax.nn.sigmoid(a)

    def tanh(a):
        return jax.numpy.tanh(a)

    for activation in (relu, sigmoid, tanh):  # a Bidirectional copies its layer by such names
        keras.saving.register_keras_serializable()(activation)
    if case.options.get("nonlinearity") == "relu":
        return {"activation": relu}
    return {"activation": tanh} | ({} if case.cell == "rnn" else {"recurrent_activation": sigmoid})


def results(group, case, layers):
    """Run layers from random states and return their weights, y and final states."""
    x, starts = layered.inputs(), layered.starts(case)
    finals, found = [], {}
    for k, layer in enumerate(layers):
        own = starts[k * case.directions : (k + 1) * case.directions]
        x, *final = layer(x, initial_state=[part for start in own for part in start])
        finals += final
        found |= {f"{group}/weights/{weight.path}": weight.numpy() for weight in layer.weights}
    states = {f"{group}/final{n}": np.asarray(final) for n, final in enumerate(finals)}
    return found | states | {f"{group}/y": np.asarray(x)}


def main():
    """Write the two files."""
    import jax
    import keras

    found = {"keras": keras.__version__, "jax": jax.__version__}
    if (keras.backend.backend(), found) != ("jax", {"keras": KERAS, "jax": JAX}):
        raise SystemExit(f"needs keras {KERAS} on jax {JAX}, found {found}")
    jax.config.update("jax_enable_x64", True)
    keras.config.set_floatx("float64")
    save(sys.modules[__name__], found)


if __name__ == "__main__":
    main()
