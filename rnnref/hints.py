"""The words of the type hints: what kind of thing an argument is; its shape is in the docstring."""

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np

Array: TypeAlias = np.ndarray  # of floats; of booleans where it hides, of integers for tokens
Shape: TypeAlias = tuple[int, ...]  # sizes of the axes of an array
Lengths: TypeAlias = np.ndarray | Sequence[int]  # steps or keys of each sequence of a batch
# That reaches an output: None means zero, and a number counts for every number of the output.
Gradient: TypeAlias = np.ndarray | complex | np.number | None
Values: TypeAlias = Any  # a float, or an array of them: what comes out is what went in
# In quotes, because only who uses them should wait for them to be loaded.
Generator: TypeAlias = "np.random.Generator"
DType: TypeAlias = "np.typing.DTypeLike"
