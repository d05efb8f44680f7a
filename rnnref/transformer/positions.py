"""The Transformer: norms, the feed-forward network, positions, encoder and decoder layers."""

import numpy as np

from ..checks.scalars import check_count, check_dtype
from ..hints import Array, DType


def positional_encoding(T: int, E: int, *, dtype: DType = np.float64) -> Array:
    """Give every place a vector of its own: sines and cosines of ever slower waves.

    Parameters
    ----------
    T : int
        Places, counted from 0.
    E : int
        Width; even columns are sines, each followed by its cosine.
    dtype : float64 or float32

    Returns
    -------
    (T, E)
        Between -1 and 1, to be added to the vectors of a sequence.

    Raises
    ------
    ArgumentError
        For a T or E that is no integer of at least 0 or 1.
    DTypeError
        For another dtype.

    References
    ----------
    Vaswani et al. 2017, section 3.5.

    Examples
    --------
    >>> positional_encoding(2, 4).round(3).tolist()
    [[0.0, 1.0, 0.0, 1.0], [0.841, 0.54, 0.01, 1.0]]
    """
    check_count("transformer.positional_encoding", "T", T, 0)
    check_count("transformer.positional_encoding", "E", E, 1)
    check_dtype("transformer.positional_encoding", dtype)
    pair = np.arange(E) // 2
    angles = np.arange(T)[:, None] / 10000 ** (2 * pair / E)
    return np.where(np.arange(E) % 2 == 0, np.sin(angles), np.cos(angles)).astype(dtype)
