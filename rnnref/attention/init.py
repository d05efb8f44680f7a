"""Weights from which multi-head attention starts to learn. Public in `rnnref.attention`."""

import numpy as np

from ..checks.scalars import check_drawing, check_flag
from ..hints import DType, Generator
from ..initialise import xavier_uniform
from .heads import MultiHead


def init_multihead(
    rng: Generator,
    E: int,
    *,
    F: int | None = None,
    V: int | None = None,
    biases: bool = True,
    dtype: DType = np.float64,
) -> MultiHead:
    """Return random weights of multi-head attention; the number of heads is not theirs.

    Each of the four matrices is drawn evenly after Glorot, as a whole; biases are 0.

    Parameters
    ----------
    rng : numpy.random.Generator
    E : int
        Width of queries and of the output; a multiple of the number of heads.
    F, V : int, optional
        Width of keys and of values; None means E.
    biases : bool
        Whether there are any.
    dtype : float64 or float32

    Returns
    -------
    MultiHead

    Raises
    ------
    ArgumentError
        For a size that is no integer, or too small.
    DTypeError
        For another kind of `rng` or `dtype`.
    OptionError
        For `biases` that is no bool.

    References
    ----------
    Glorot & Bengio 2010, eq. 16.

    Examples
    --------
    >>> p = init_multihead(np.random.default_rng(0), 6, F=4)
    >>> p.W_q.shape, p.W_k.shape, p.b_o.tolist()
    ((6, 6), (6, 4), [0.0, 0.0, 0.0, 0.0, 0.0, 0.0])
    """
    F, V = E if F is None else F, E if V is None else V
    check_drawing("attention.init_multihead", rng, dtype, E=E, F=F, V=V)
    check_flag("attention.init_multihead", "biases", biases)
    matrices = [xavier_uniform(rng, (E, width), dtype=dtype) for width in (E, F, V, E)]
    return MultiHead(*matrices, *(np.zeros(E, dtype) if biases else None for _ in matrices))
