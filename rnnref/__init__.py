"""NumPy reference for recurrent networks and attention: code that reads like its equations."""

from . import (
    attention,
    chunked,
    convert,
    decoding,
    examples,
    gradcheck,
    gru,
    initialise,
    joined,
    layers,
    losses,
    lstm,
    masks,
    numerics,
    optim,
    rnn,
    seq2seq,
    train,
    transformer,
)
from .errors import ArgumentError, DTypeError, OptionError, ShapeError, set_language

__version__ = "0.1.0"

__all__ = [
    "ArgumentError",
    "DTypeError",
    "OptionError",
    "ShapeError",
    "attention",
    "chunked",
    "convert",
    "decoding",
    "examples",
    "gradcheck",
    "gru",
    "initialise",
    "joined",
    "layers",
    "losses",
    "lstm",
    "masks",
    "numerics",
    "optim",
    "rnn",
    "seq2seq",
    "set_language",
    "train",
    "transformer",
]
