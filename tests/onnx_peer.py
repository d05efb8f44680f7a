"""One recurrent layer in ONNX Runtime, which computes in float32, as a second opinion."""

import numpy as np
import onnxruntime
from cases import FORMS, H
from onnx import TensorProto, helper

# Float32 rounding over five steps; correct programs differ by up to 3e-7 here.
TOLERANCE = {"rtol": 0, "atol": 1e-6}
ORDER = {"RNN": (0,), "LSTM": (0, 3, 1, 2), "GRU": (1, 0, 2)}  # theirs in terms of our row blocks
STATES = {"RNN": ("h",), "LSTM": ("h", "c"), "GRU": ("h",)}


def run(operator, x, p, start, lengths=None, **attributes):
    """Return y (B, T, H) and the final states, each (B, H), of one layer.

    Parameters
    ----------
    operator : "RNN", "LSTM" or "GRU"
    x : (B, T, D)
    p : Params of that cell
        A b_u needs the attribute linear_before_reset=1.
    start : sequence of (B, H)
    lengths : sequence of int, optional
    **attributes
        Of the ONNX operator.
    """
    feeds = {"X": np.swapaxes(x, 0, 1), **weights(operator, p)}
    feeds |= {
        f"initial_{name}": part[None] for name, part in zip(STATES[operator], start, strict=True)
    }
    feeds = {name: np.ascontiguousarray(array, np.float32) for name, array in feeds.items()}
    if lengths is not None:
        feeds["sequence_lens"] = np.array(lengths, np.int32)
    y, *finals = session(operator, feeds, attributes).run(None, feeds)
    return np.swapaxes(y[:, 0], 0, 1), [final[0] for final in finals]


def weights(operator, p):
    """Return W, R and B in the operator's order of gates, with its axis of directions."""
    blocks = FORMS[operator.lower()].gates
    recurrent = np.zeros(len(p.b))
    if getattr(p, "b_u", None) is not None:
        recurrent[-H:] = p.b_u
    stacked = {"W": p.W, "R": p.U, "b": p.b, "b_recurrent": recurrent}
    order = list(ORDER[operator])
    ours = {name: array.reshape(blocks, H, -1)[order] for name, array in stacked.items()}
    theirs = {name: array.reshape(blocks * H, -1) for name, array in ours.items()}
    b = np.concatenate([theirs["b"], theirs["b_recurrent"]])[:, 0]
    found = {"W": theirs["W"][None], "R": theirs["R"][None], "B": b[None]}
    if getattr(p, "p", None) is not None:
        found["P"] = p.p.reshape(3, H)[[0, 2, 1]].reshape(1, 3 * H)  # i o f
    return found


def session(operator, feeds, attributes):
    """Build the model of one node and load it."""
    states = [f"initial_{name}" for name in STATES[operator]]
    places = ["X", "W", "R", "B", "sequence_lens", *states, *(["P"] if "P" in feeds else [])]
    inputs = [name if name in feeds else "" for name in places]
    outputs = ["Y", *[f"Y_{name}" for name in STATES[operator]]]
    node = helper.make_node(operator, inputs, outputs, hidden_size=H, **attributes)
    graph = helper.make_graph(
        [node],
        "layer",
        [
            helper.make_tensor_value_info(n, helper.np_dtype_to_tensor_dtype(a.dtype), a.shape)
            for n, a in feeds.items()
        ],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs],
    )
    # The versions at which these operators last changed; newer numbers need a newer runtime.
    opset = helper.make_opsetid("", 22)
    model = helper.make_model(graph, opset_imports=[opset], ir_version=10)
    return onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
