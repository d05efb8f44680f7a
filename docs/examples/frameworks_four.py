import numpy as np

from rnnref import convert, examples, gru

p, options = examples.gru_params_reset_after(), {"reset": "after"}
y = gru.forward(examples.X, p, **options).y
told = {"onnx": {"attributes": convert.onnx_attributes([p], options)}}

for name in ("torch", "keras", "onnx", "flax"):
    to, back = getattr(convert, f"to_{name}"), getattr(convert, f"from_{name}")
    weights = to([p], options)
    [q], found = back(weights, "gru", **told.get(name, {}))
    delta = np.abs(gru.forward(examples.X, q, **found).y - y).max()
    print(f"{name:6} max |Δy| = {delta}   {list(weights)[0]}")
print(found)
