"""Weights from which the three encoder-decoder models start to learn."""

from typing import Any

import numpy as np

from .. import gru, lstm, rnn
from ..attention.scores import Additive, Concat, General
from ..checks.cells import check_options
from ..checks.scalars import check_count, check_drawing
from ..errors import check_option
from ..hints import Array, DType, Generator
from ..initialise import uniform, xavier_uniform
from ..layers.affine import Linear
from .records import Bahdanau, Luong, Plain

CELLS = {"rnn": rnn, "lstm": lstm, "gru": gru}
OPTIONS = {"rnn": (), "lstm": ("P", "peepholes", "forget_bias"), "gru": ("reset",)}  # of `init`


def init_plain(
    rng: Generator,
    V_x: int,
    V_y: int,
    E: int,
    H: int,
    *,
    cell: str = "gru",
    dtype: DType = np.float64,
    **options: Any,
) -> Plain:
    """Return random weights of a model without attention.

    Parameters
    ----------
    rng : numpy.random.Generator
    V_x, V_y : int
        Tokens of the source and of the target vocabulary.
    E, H : int
        Width of the embeddings, hidden units; the same on both sides.
    cell : "rnn", "lstm" or "gru"
    dtype : float64 or float32
    **options : str or number
        Of the cell's `init`, such as reset="after". With P, which projects the state of an LSTM,
        all that stands outside the cells has P in place of H, as it reads that state.

    Returns
    -------
    Plain

    Raises
    ------
    ArgumentError
        For a size that is no integer, or too small.
    DTypeError
        For another kind of `rng` or `dtype`.
    OptionError
        For an unknown cell, or an option that its `init` does not have.

    Examples
    --------
    >>> init_plain(np.random.default_rng(0), 9, 7, 4, 5).out.W.shape
    (7, 5)
    """
    draw = _Drawing("seq2seq.init_plain", rng, cell, dtype, options, V_x=V_x, V_y=V_y, E=E, H=H)
    tables = draw.table(V_x, E), draw.table(V_y, E)
    return Plain(*tables, draw.cell(E, H), draw.cell(E, H), draw.linear(V_y, draw.P))


def init_bahdanau(
    rng: Generator,
    V_x: int,
    V_y: int,
    E: int,
    H: int,
    A: int,
    *,
    cell: str = "gru",
    dtype: DType = np.float64,
    **options: Any,
) -> Bahdanau:
    """Return random weights of a model that attends before each step.

    Arguments, result and errors are those of `init_plain`, and besides them; H is also the number
    of units of each direction of the encoder, and the result a record Bahdanau.

    Parameters
    ----------
    A : int
        Units of the score.
    """
    sizes = {"V_x": V_x, "V_y": V_y, "E": E, "H": H, "A": A}
    draw = _Drawing("seq2seq.init_bahdanau", rng, cell, dtype, options, **sizes)
    P, M = draw.P, 2 * draw.P
    tables = draw.table(V_x, E), draw.table(V_y, E)
    encoder, start = (draw.cell(E, H), draw.cell(E, H)), draw.linear(P, P)
    score = Additive(draw.matrix(A, P), draw.matrix(A, M), draw.matrix(1, A)[0], np.zeros(A, dtype))
    out = draw.linear(V_y, P + M + E)
    return Bahdanau(*tables, encoder, start, score, draw.cell(E + M, H), out)


def init_luong(
    rng: Generator,
    V_x: int,
    V_y: int,
    E: int,
    H: int,
    *,
    score: str = "general",
    cell: str = "gru",
    dtype: DType = np.float64,
    **options: Any,
) -> Luong:
    """Return random weights of a model that attends after each step.

    Arguments, result and errors are those of `init_plain`, and besides them. The result is a record
    Luong, whose attentional state has H numbers too, and no bias, as in the paper.

    Parameters
    ----------
    score : "dot", "general" or "concat"
        For "concat" the score has H units.
    """
    name = "seq2seq.init_luong"
    draw = _Drawing(name, rng, cell, dtype, options, V_x=V_x, V_y=V_y, E=E, H=H)
    check_option(name, "score", score, ("dot", "general", "concat"))
    P, tables = draw.P, (draw.table(V_x, E), draw.table(V_y, E))
    cells = draw.cell(E, H), draw.cell(E, H)
    weights: General | Concat | None = None
    if score == "general":
        weights = General(draw.matrix(P, P))
    if score == "concat":
        weights = Concat(draw.matrix(P, 2 * P), draw.matrix(1, P)[0])
    combine = Linear(draw.matrix(P, 2 * P))
    return Luong(*tables, *cells, weights, combine, draw.linear(V_y, P))


class _Drawing:
    """A source of random weights of one cell and one dtype, its settings checked."""

    def __init__(
        self,
        function: str,
        rng: Generator,
        cell: str,
        dtype: DType,
        options: dict[str, Any],
        **sizes: int,
    ) -> None:
        check_drawing(function, rng, dtype)
        check_option(function, "cell", cell, CELLS)
        for letter, size in sizes.items():
            check_count(function, letter, size, 1)
        check_options(function, options, OPTIONS[cell])
        self.rng, self.kind, self.dtype, self.options = rng, CELLS[cell], dtype, options
        self.P: int = options.get("P") or sizes["H"]  # the width of h

    def table(self, V: int, E: int) -> Array:
        return uniform(self.rng, (V, E), 1, dtype=self.dtype)

    def matrix(self, rows: int, columns: int) -> Array:
        return xavier_uniform(self.rng, (rows, columns), dtype=self.dtype)

    def cell(self, D: int, H: int) -> Any:
        return self.kind.init(self.rng, D, H, dtype=self.dtype, **self.options)

    def linear(self, H: int, D: int) -> Linear:
        return Linear(self.matrix(H, D), np.zeros(H, self.dtype))
