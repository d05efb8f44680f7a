"""One ONNX node, its weights given in its own layout, run by ONNX Runtime or by onnx itself."""

import numpy as np
import onnxruntime
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator

# ONNX Runtime computes in float32; correct programs differ by up to 3e-7 here.
TOLERANCE = {"runtime": {"rtol": 1e-6, "atol": 1e-6}, "reference": {"rtol": 0, "atol": 1e-13}}
DTYPES = {"runtime": np.float32, "reference": np.float64}


def run(engine, cell, weights, attributes, x, starts):
    """Return y and the final states, as `layered.run` does.

    Parameters
    ----------
    engine : "runtime" or "reference"
    cell : "rnn", "lstm" or "gru"
    weights : dict of str to array
        W, R, B and P, or some of them.
    attributes : dict
    x : (B, T, D)
    starts : list of tuple of (B, H)
    """
    names = ("h", "c")[: len(starts[0])]
    feeds = {"X": np.swapaxes(x, 0, 1), **weights}
    feeds |= {f"initial_{n}": np.stack(parts) for n, *parts in zip(names, *starts, strict=True)}
    feeds = {key: np.ascontiguousarray(a, DTYPES[engine]) for key, a in feeds.items()}
    y, *finals = model(engine, cell, feeds, attributes, names).run(None, feeds)
    T, K, B, H = y.shape
    return y.transpose(2, 0, 1, 3).reshape(B, T, K * H), list(zip(*finals, strict=True))


def model(engine, cell, feeds, attributes, names):
    """Build the model of one node and load it."""
    places = ["X", "W", "R", "B", "sequence_lens", *[f"initial_{n}" for n in names]]
    places += ["P"] if "P" in feeds else []
    inputs = [name if name in feeds else "" for name in places]
    outputs = ["Y", *[f"Y_{n}" for n in names]]
    node = helper.make_node(cell.upper(), inputs, outputs, **attributes)
    kind = TensorProto.FLOAT if engine == "runtime" else TensorProto.DOUBLE
    graph = helper.make_graph(
        [node],
        "layer",
        [helper.make_tensor_value_info(n, kind, a.shape) for n, a in feeds.items()],
        [helper.make_tensor_value_info(name, kind, None) for name in outputs],
    )
    # The versions at which these operators last changed; newer numbers need a newer runtime.
    built = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 22)], ir_version=10)
    if engine == "reference":
        return ReferenceEvaluator(built)
    return onnxruntime.InferenceSession(
        built.SerializeToString(), providers=["CPUExecutionProvider"]
    )
