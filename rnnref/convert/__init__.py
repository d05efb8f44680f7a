"""Weights of PyTorch, Keras, ONNX and Flax to records and back, as dictionaries of arrays.

`from_*` returns records and the options with which `forward` does what the framework's layer does;
`to_*` takes both. There and back is the same function, not the same arrays: where a framework has
two biases that are only ever added, ours is their sum. What a framework cannot express is refused.
"""

from .equivalent import negate_update, uncouple
from .flax import from_flax, to_flax
from .keras import from_keras, keras_arguments, to_keras
from .onnx import from_onnx, onnx_attributes, to_onnx
from .torch import from_torch, to_torch, torch_arguments

__all__ = [
    "from_flax",
    "from_keras",
    "from_onnx",
    "from_torch",
    "keras_arguments",
    "negate_update",
    "onnx_attributes",
    "to_flax",
    "to_keras",
    "to_onnx",
    "to_torch",
    "torch_arguments",
    "uncouple",
]
