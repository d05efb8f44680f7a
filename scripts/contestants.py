"""What `scripts/bench.py` compares: `rnnref`, matrix products, a naive loop, and two frameworks."""

import functools
import importlib
from typing import Any, NamedTuple

import numpy as np

from rnnref import attention, convert
from scripts import naive
from scripts.bench_cases import MODULES, OPTIONS

TOLERANCE = {"float32": 1e-4, "float64": 1e-9}


class Contestant(NamedTuple):
    """Two calls: the forward pass, which returns y, and forward with backward; None if it has none.

    `checked` says whether y must be that of `rnnref`.
    """

    forward: Any
    both: Any
    checked: bool = True


def ours(case):
    """`rnnref` itself."""
    if case.kind == "attention":
        run = functools.partial(attention.attention, *case.inputs)
        back = attention.attention_backward
    else:
        module = MODULES[case.kind]
        run = functools.partial(module.forward, *case.inputs, case.p, **OPTIONS[case.kind])
        back = module.backward
    return Contestant(lambda: run().y, lambda: back(run(), dy=case.dy))


def products(case):
    """The matrix products that nobody can leave out, and nothing else."""
    if case.kind == "attention":
        return attention_products(*case.inputs)
    (x,), (B, T, D), (rows, H) = case.inputs, case.inputs[0].shape, case.p.U.shape
    stacked = np.concatenate([case.p.b[:, None], case.p.W, case.p.U], axis=1)
    read = np.ones((1 + D + H, B), x.dtype)
    nets, dh = np.empty((rows, B), x.dtype), np.empty((H, B), x.dtype)
    all_nets = np.ones((rows, T * B), x.dtype)
    all_read = np.ones((T * B, 1 + D + H), x.dtype)
    W, U = case.p.W.T.copy(), case.p.U.T.copy()

    def forward():
        for _ in range(T):
            np.dot(stacked, read, out=nets)

    def both():
        forward()
        for _ in range(T):
            np.dot(U, nets, out=dh)
        return all_nets @ all_read, W @ all_nets

    return Contestant(forward, both, checked=False)


def attention_products(q, k, v):
    """The same for attention, whose weights are ready beforehand."""
    weights = q @ k.mT

    def forward():
        return q @ k.mT, weights @ v

    def both():
        return *forward(), v @ v.mT, weights.mT @ v, weights @ k, weights.mT @ q

    return Contestant(forward, both, checked=False)


def naive_loop(case):
    """Gate by gate and step by step, as in `scripts/naive.py`."""
    if case.kind == "attention":

        def both():
            _, weights = naive.attention(*case.inputs)
            return naive.attention_backward(*case.inputs, weights, case.dy)

        return Contestant(lambda: naive.attention(*case.inputs)[0], both)
    layer, (x,) = naive.LAYERS[case.kind](case.p), case.inputs

    def cell():
        _, states, kept = naive.forward(layer, x)
        return naive.backward(layer, x, states, kept, case.dy)

    return Contestant(lambda: naive.forward(layer, x)[0], cell)


def pytorch(case):
    """PyTorch on the processor."""
    torch = importlib.import_module("torch")
    torch.set_num_threads(1)
    inputs = [torch.from_numpy(part.copy()).requires_grad_() for part in case.inputs]
    dy = torch.from_numpy(case.dy)
    if case.kind == "attention":
        call, weights = torch.nn.functional.scaled_dot_product_attention, []
    else:
        layer = torch_layer(torch, case)
        call, weights = (lambda x: layer(x)[0]), list(layer.parameters())

    def forward():
        with torch.no_grad():
            return call(*inputs).numpy()

    def both():
        for leaf in [*inputs, *weights]:
            leaf.grad = None
        call(*inputs).backward(dy)

    return Contestant(forward, both)


def torch_layer(torch, case):
    """Return a PyTorch layer with the weights of a case."""
    (H, D), dtype = (case.p.U.shape[1], case.p.W.shape[1]), getattr(torch, case.dtype)
    kind = getattr(torch.nn, case.kind.upper())
    layer = kind(D, H, batch_first=True, dtype=dtype)
    weights = convert.to_torch([case.p], OPTIONS[case.kind])
    layer.load_state_dict({name: torch.from_numpy(part) for name, part in weights.items()})
    return layer


def onnx_runtime(case):
    """ONNX Runtime on the processor: forward alone, its recurrent layers in float32 alone."""
    runtime = importlib.import_module("onnxruntime")
    helper = importlib.import_module("onnx.helper")
    if case.dtype != "float32":
        return Contestant(None, None)
    graph, feeds = onnx_attention(case) if case.kind == "attention" else onnx_layer(case)
    number = 1  # FLOAT in the numbering of ONNX
    values = [helper.make_tensor_value_info(n, number, a.shape) for n, a in feeds.items()]
    result = helper.make_tensor_value_info("Y", number, None)
    nodes = [helper.make_node(*node, **attributes) for *node, attributes in graph]
    model = helper.make_model(
        helper.make_graph(nodes, "bench", values, [result]),
        opset_imports=[helper.make_opsetid("", 17)],
        ir_version=9,
    )
    options = runtime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = runtime.InferenceSession(model.SerializeToString(), options)

    def forward():
        (y,) = session.run(None, feeds)
        return y if y.ndim == 3 else np.swapaxes(y[:, 0], 0, 1)

    return Contestant(forward, None)


def onnx_layer(case):
    """Return the node of a recurrent layer, and what it reads."""
    (x,), options = case.inputs, OPTIONS[case.kind]
    weights = convert.to_onnx([case.p], options)
    attributes = convert.onnx_attributes([case.p], options)
    feeds = {"X": np.ascontiguousarray(np.swapaxes(x, 0, 1)), **weights}
    return [(case.kind.upper(), ["X", "W", "R", "B"], ["Y"], attributes)], feeds


def onnx_attention(case):
    """Return the nodes of scaled dot attention, and what they read."""
    q, k, v = case.inputs
    scale = np.array(q.shape[-1] ** -0.5, q.dtype)
    nodes = [
        ("Mul", ["q", "scale"], ["scaled"], {}),
        ("Transpose", ["k"], ["turned"], {"perm": (0, 2, 1)}),
        ("MatMul", ["scaled", "turned"], ["scores"], {}),
        ("Softmax", ["scores"], ["weights"], {"axis": -1}),
        ("MatMul", ["weights", "v"], ["Y"], {}),
    ]
    return nodes, {"q": q, "k": k, "v": v, "scale": scale}


CONTESTANTS = {
    "rnnref": ours,
    "products": products,
    "naive": naive_loop,
    "torch": pytorch,
    "onnxruntime": onnx_runtime,
}
NEEDS = {"torch": ("torch",), "onnxruntime": ("onnxruntime", "onnx")}  # what they import


def installed():
    """Return the contestants that can run here, and the names of those that cannot."""
    found, missing = {}, []
    for name in CONTESTANTS:
        try:
            for module in NEEDS.get(name, ()):
                importlib.import_module(module)
            found[name] = CONTESTANTS[name]
        except ImportError:
            missing.append(name)
    return found, missing


def compared(case, contestants):
    """Build all contestants of a case; each must give the y of `rnnref`."""
    built = {name: build(case) for name, build in contestants.items()}
    right = built["rnnref"].forward()
    for name, one in built.items():
        if (
            one.checked
            and one.forward
            and np.abs(one.forward() - right).max() > TOLERANCE[case.dtype]
        ):
            raise ValueError(f"{name} does not compute {case.kind} as rnnref does; mend it first")
    return built
