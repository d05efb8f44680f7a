"""Where training starts: seeded weights and biases, gate by gate.

Weights of a recurrent layer are stacked on rows, and a rule for one matrix is wrong for the stack:
the number of outputs it sees is four times too large, and the blocks of an orthogonal stack are
not orthogonal. So every rule takes the number of stacked matrices as `blocks`.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .checks.scalars import check_count, check_dtype, check_gates, check_number, check_rng, written
from .errors import ArgumentError, check_option, say
from .hints import Array, DType, Generator, Shape
from .overflow import quietly

__all__ = ["chrono", "forget_bias", "orthogonal", "uniform", "xavier_normal", "xavier_uniform"]


def uniform(rng: Generator, shape: Shape, H: int, *, dtype: DType = np.float64) -> Array:
    """Draw weights between plus and minus one over the root of H, the default of PyTorch's cells.

    Parameters
    ----------
    rng : numpy.random.Generator
    shape : tuple of int
    H : int
        Hidden units; for an output layer the number of its inputs.
    dtype : float64 or float32

    Returns
    -------
    array of `shape`

    Raises
    ------
    ArgumentError
        For a size that is no integer, or H below 1.
    DTypeError
        For another kind of `rng` or `dtype`.
    """
    _check("initialise.uniform", rng, shape, 1, dtype)
    check_count("initialise.uniform", "H", H, 1)
    bound = 1 / math.sqrt(H)
    return rng.uniform(-bound, bound, shape).astype(dtype)


@quietly
def xavier_uniform(
    rng: Generator, shape: Shape, *, blocks: int = 1, gain: float = 1.0, dtype: DType = np.float64
) -> Array:
    """Draw weights evenly, with a variance that keeps signals and gradients of equal size.

    Parameters
    ----------
    rng : numpy.random.Generator
    shape : (rows, columns)
        Outputs and inputs.
    blocks : int
        Matrices stacked on the rows, such as the 4 gates of an LSTM; each is drawn for its own
        number of outputs.
    gain : float
        Factor on all weights, above 0 and at most 1e300.
    dtype : float64 or float32

    Returns
    -------
    array of `shape`

    Raises
    ------
    ArgumentError
        For a shape that is no pair of integers, or rows that are no multiple of `blocks`.
    DTypeError
        For another kind of `rng` or `dtype`.

    References
    ----------
    Glorot & Bengio 2010, eq. 16.
    """
    fans = _fans("xavier_uniform", rng, shape, blocks, gain, dtype)
    bound = gain * math.sqrt(6 / max(fans, 1))
    return rng.uniform(-bound, bound, shape).astype(dtype)


@quietly
def xavier_normal(
    rng: Generator, shape: Shape, *, blocks: int = 1, gain: float = 1.0, dtype: DType = np.float64
) -> Array:
    """Draw normal weights of the same variance as those of `xavier_uniform`.

    Arguments, result and errors are those of `xavier_uniform`.

    References
    ----------
    Glorot & Bengio 2010, eq. 12.
    """
    fans = _fans("xavier_normal", rng, shape, blocks, gain, dtype)
    return (gain * math.sqrt(2 / max(fans, 1)) * rng.standard_normal(shape)).astype(dtype)


@quietly
def orthogonal(
    rng: Generator, shape: Shape, *, blocks: int = 1, gain: float = 1.0, dtype: DType = np.float64
) -> Array:
    """Draw matrices that keep lengths: no state grows or shrinks by the product alone.

    Every orthogonal matrix is equally likely. Where a block is not square, the shorter of its rows
    and columns are orthonormal.

    Arguments, result and errors are those of `xavier_uniform`; each block is drawn on its own.

    References
    ----------
    Saxe, McClelland & Ganguli 2014; Mezzadri 2007 (the signs).
    """
    _fans("orthogonal", rng, shape, blocks, gain, dtype)
    rows, columns = shape[0] // blocks, shape[1]
    normal = rng.standard_normal((blocks, rows, columns))
    Q, R = np.linalg.qr(normal.mT if rows < columns else normal)
    # LAPACK chooses the signs by its own rule; these make the diagonal of R positive.
    Q = Q * np.where(np.diagonal(R, axis1=-2, axis2=-1) < 0, -1, 1)[:, None]
    return (gain * (Q.mT if rows < columns else Q)).reshape(shape).astype(dtype)


@quietly
def forget_bias(
    gates: Sequence[str], H: int, value: float = 1.0, *, gate: str = "f", dtype: DType = np.float64
) -> Array:
    """Return stacked biases, zero but for the gate that keeps the state: it starts out open.

    With the forget gate half shut, as at bias 0, a gradient halves at every step.

    Parameters
    ----------
    gates : tuple of str
        The gates in the order of the rows: `lstm.GATES`.
    H : int
    value : float
    gate : str
        "f" of an LSTM; "z" of a GRU whose update gate keeps.
    dtype : float64 or float32

    Returns
    -------
    (G*H,)

    Raises
    ------
    ArgumentError
        For another gate, H below 1, or a value that is not finite.
    DTypeError
        For another `dtype`, or gates that are no tuple.

    References
    ----------
    Gers, Schmidhuber & Cummins 2000; Jozefowicz, Zaremba & Sutskever 2015.
    """
    check_gates("initialise.forget_bias", gates)
    check_option("initialise.forget_bias", "gate", gate, gates)
    check_count("initialise.forget_bias", "H", H, 1)
    check_number("initialise.forget_bias", "value", value, "(-inf, inf)")
    check_dtype("initialise.forget_bias", dtype)
    return _biases(gates, H, {gate: value}, dtype)


def chrono(
    rng: Generator,
    gates: Sequence[str],
    H: int,
    T: int,
    *,
    keep: str = "f",
    write: str | None = "i",
    dtype: DType = np.float64,
) -> Array:
    """Return stacked biases that spread the memory of the units over all times up to T.

    A unit forgets over about as many steps as the number whose logarithm is its bias. Those
    numbers are drawn evenly between 1 and T - 1, and the writing gate gets the opposite bias.

    Parameters
    ----------
    rng : numpy.random.Generator
    gates : tuple of str
        The gates in the order of the rows: `lstm.GATES`.
    H : int
    T : int
        The longest dependence expected, at least 2 steps.
    keep, write : str
        The gates that keep and write; write=None where one gate does both, as "z" of a GRU.
    dtype : float64 or float32

    Returns
    -------
    (G*H,)

    Raises
    ------
    ArgumentError
        For another gate or the same one twice, H below 1, or T below 2.
    DTypeError
        For another kind of `rng`, `gates` or `dtype`.

    References
    ----------
    Tallec & Ollivier 2018.
    """
    check_rng("initialise.chrono", rng)
    check_gates("initialise.chrono", gates)
    check_option("initialise.chrono", "keep", keep, gates)
    if write is not None:
        check_option("initialise.chrono", "write", write, [g for g in gates if g != keep])
    check_count("initialise.chrono", "H", H, 1)
    check_count("initialise.chrono", "T", T, 2)
    check_dtype("initialise.chrono", dtype)
    memory = np.log(rng.uniform(1, T - 1, H))
    return _biases(gates, H, {write: -memory, keep: memory}, dtype)


def _biases(gates: Sequence[str], H: int, filled: Mapping[Any, Any], dtype: DType) -> Array:
    b = np.zeros((len(gates), H), dtype)
    for gate, value in filled.items():
        if gate is not None:
            b[gates.index(gate)] = value
    return b.reshape(-1)


def _fans(name: str, rng: Generator, shape: Shape, blocks: int, gain: float, dtype: DType) -> int:
    """Check the arguments of a rule for matrices; return inputs plus outputs of one block."""
    _check(f"initialise.{name}", rng, shape, 2, dtype)
    check_count(f"initialise.{name}", "blocks", blocks, 1)
    check_number(f"initialise.{name}", "gain", gain, "(0, 1e300]")
    if shape[0] % blocks:
        expected = say(f"a multiple of blocks={blocks}", f"blocks={blocks} 的倍数")
        raise ArgumentError(f"initialise.{name}", "shape[0]", expected, str(shape[0]))
    return shape[0] // blocks + shape[1]


def _check(function: str, rng: object, shape: object, axes: int, dtype: DType) -> None:
    check_rng(function, rng)
    if not isinstance(shape, tuple) or len(shape) < axes or len(shape) > 2:
        pair = say("a tuple (rows, columns)", "元组 (rows, columns)")
        either = say("a tuple of one or two sizes", "一个或两个大小的元组")
        raise ArgumentError(function, "shape", pair if axes == 2 else either, written(shape))
    for k, size in enumerate(shape):
        check_count(function, f"shape[{k}]", size, 0)
    check_dtype(function, dtype)
