"""Record what ONNX's reference evaluator makes of its own test cases of attention, in float64.

    python tests/record_onnx_attention.py

writes tests/golden/onnx_attention.npz and .toml. Left out are the cases of soft caps and windows,
which the package does not have, those of half precision, and repetitions that ask for scores too.
"""

import sys
import warnings

import numpy as np
from record_torch import save

STEM = "onnx_attention"
SEED = 0  # the cases draw their own numbers, from a seed of their own


def compute():
    """Return arguments and results of every case: case/name -> array."""
    from onnx.backend.test.case.node import collect_testcases
    from onnx.reference import ReferenceEvaluator

    found = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        cases = collect_testcases("Attention")
    for case in cases:
        node, arrays = case.model.graph.node[0], case.data_sets[0][0]
        if node.op_type != "Attention" or arrays[0].dtype != np.float32:
            continue
        settings = {attribute.name: attribute.i or attribute.f for attribute in node.attribute}
        if any(word in case.name for word in ("softcap", "window", "qk_matmul")):
            continue
        inputs = dict(zip([name for name in node.input if name], arrays, strict=True))
        feeds = {n: a.astype(float) if a.dtype.kind == "f" else a for n, a in inputs.items()}
        y = ReferenceEvaluator(case.model).run(None, feeds)[0]
        arrays = {**inputs, **{n: np.array(number) for n, number in settings.items()}, "Y": y}
        name = case.name.removeprefix("test_attention_")
        found |= {f"{name}/{key}": array for key, array in arrays.items()}
    return found


if __name__ == "__main__":
    import onnx

    save(sys.modules[__name__], {"onnx": onnx.__version__})
