"""The layers around a cell: from tokens to vectors, from a hidden state to a prediction."""

from .affine import (
    EmbeddingRun,
    Linear,
    LinearGrads,
    LinearRun,
    embedding,
    embedding_backward,
    linear,
    linear_backward,
)
from .prediction import Readout, ReadoutStep, ReadoutStepGrads, readout, readout_backward
from .stacked import StackGrads, StackRun, stack, stack_backward

__all__ = [
    "EmbeddingRun",
    "Linear",
    "LinearGrads",
    "LinearRun",
    "Readout",
    "ReadoutStep",
    "ReadoutStepGrads",
    "StackGrads",
    "StackRun",
    "embedding",
    "embedding_backward",
    "linear",
    "linear_backward",
    "readout",
    "readout_backward",
    "stack",
    "stack_backward",
]
