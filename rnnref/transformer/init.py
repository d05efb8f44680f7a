"""Weights from which a Transformer starts to learn. Public in `rnnref.transformer`."""

import numpy as np

from ..attention.init import init_multihead
from ..checks.scalars import check_drawing
from ..hints import DType, Generator
from ..initialise import xavier_uniform
from .decoder import DecoderLayer
from .encoder import EncoderLayer
from .feedforward import FeedForward
from .norm import LayerNorm


def init_feed_forward(rng: Generator, E: int, H: int, *, dtype: DType = np.float64) -> FeedForward:
    """Return random weights of a feed-forward network.

    Both matrices are drawn evenly after Glorot; biases are 0.

    Parameters
    ----------
    rng : numpy.random.Generator
    E, H : int
        Width of input and output, hidden units.
    dtype : float64 or float32

    Returns
    -------
    FeedForward

    Raises
    ------
    ArgumentError
        For a size that is no integer of at least 1.
    DTypeError
        For another kind of `rng` or `dtype`.

    References
    ----------
    Glorot & Bengio 2010, eq. 16.

    Examples
    --------
    >>> init_feed_forward(np.random.default_rng(0), 3, 5).W_1.shape
    (5, 3)
    """
    check_drawing("transformer.init_feed_forward", rng, dtype, E=E, H=H)
    W_1 = xavier_uniform(rng, (H, E), dtype=dtype)
    W_2 = xavier_uniform(rng, (E, H), dtype=dtype)
    return FeedForward(W_1, np.zeros(H, dtype), W_2, np.zeros(E, dtype))


def init_encoder_layer(
    rng: Generator, E: int, H: int, *, dtype: DType = np.float64
) -> EncoderLayer:
    """Return random weights of an encoder layer, for norms behind the sums or before the parts.

    Its parts are drawn as `attention.init_multihead` and `init_feed_forward` draw them; a norm
    starts as one that scales by 1 and shifts by 0.

    Parameters
    ----------
    rng : numpy.random.Generator
    E, H : int
        Width of the model, hidden units of the feed-forward network.
    dtype : float64 or float32

    Returns
    -------
    EncoderLayer

    Raises
    ------
    ArgumentError
        For a size that is no integer of at least 1.
    DTypeError
        For another kind of `rng` or `dtype`.

    Examples
    --------
    >>> init_encoder_layer(np.random.default_rng(0), 4, 6).norm_1.gamma.tolist()
    [1.0, 1.0, 1.0, 1.0]
    """
    check_drawing("transformer.init_encoder_layer", rng, dtype, E=E, H=H)
    attention = init_multihead(rng, E, dtype=dtype)
    think = init_feed_forward(rng, E, H, dtype=dtype)
    return EncoderLayer(attention, _norm(E, dtype), think, _norm(E, dtype))


def init_decoder_layer(
    rng: Generator, E: int, H: int, *, F: int | None = None, dtype: DType = np.float64
) -> DecoderLayer:
    """Return random weights of a decoder layer.

    Parameters
    ----------
    rng : numpy.random.Generator
    E, H : int
    F : int, optional
        Width of the memory; None means E.
    dtype : float64 or float32
        All these as in `init_encoder_layer`.

    Returns
    -------
    DecoderLayer

    Raises
    ------
    ArgumentError, DTypeError
        As `init_encoder_layer`.

    Examples
    --------
    >>> init_decoder_layer(np.random.default_rng(0), 4, 6, F=3).cross_attention.W_k.shape
    (4, 3)
    """
    F = E if F is None else F
    check_drawing("transformer.init_decoder_layer", rng, dtype, E=E, H=H, F=F)
    own = init_multihead(rng, E, dtype=dtype)
    cross = init_multihead(rng, E, F=F, V=F, dtype=dtype)
    think = init_feed_forward(rng, E, H, dtype=dtype)
    return DecoderLayer(own, _norm(E, dtype), cross, _norm(E, dtype), think, _norm(E, dtype))


def _norm(E: int, dtype: DType) -> LayerNorm:
    """Return a norm that neither scales nor shifts."""
    return LayerNorm(np.ones(E, dtype), np.zeros(E, dtype))
