"""What a notebook shows: equations of any function, and figures with the learner's own numbers.

Each function returns a small object that Jupyter shows by itself and that prints as plain text, as
does `run_table.trace_table`.
"""

import itertools
from collections.abc import Callable
from typing import Any

from . import own, terms
from .axes import TraceError
from .equations import Printer

_uses = itertools.count(1)  # every figure of a notebook has ids of its own


class Equations:
    """The equations of one function.

    Attributes
    ----------
    lines : dict of str to str
        Name of a value -> LaTeX.
    """

    def __init__(self, name, lines):
        self.name, self.lines = name, lines

    def __repr__(self):
        return "\n".join(self.lines.values())

    def _repr_latex_(self):
        rows = (line.replace(" = ", " &= ", 1) for line in self.lines.values())
        return r"$\displaystyle \begin{aligned} " + r" \\ ".join(rows) + r" \end{aligned}$"


def equations(
    function: Callable[..., Any], values: dict[str, Any] | None = None, *, scope: str | None = None
) -> Equations:
    r"""Return the equations of a function: of the package, or one of your own.

    The function is run once on values that remember how they came about, and each value to which
    it gives a name becomes an equation. Its source is not needed.

    Parameters
    ----------
    function : function
    values : dict, optional
        An array or a record of parameters for each argument; batches come first. None takes the
        running example, for a function with the arguments of a cell's step.
    scope : str, optional
        The table of symbols in terms.toml, such as "lstm" or "attention-index"; None takes that
        of the cell with these arguments. A name that is not in it is spelled as it is: `W_g` is
        W with the index g.

    Raises
    ------
    TraceError
        For a line that has no equation, values that are missing, or no function at all.

    Examples
    --------
    >>> from rnnref import rnn
    >>> equations(rnn.step)
    h_t = \tanh\left(W x_t + U h_{t-1} + b\right)
    """
    plain = own.plain_function(function)
    if scope is not None:
        _known(scope)
    lines = _of_the_package(function) if values is None and scope is None else None
    if lines is None:
        values, scope = own.chosen(plain, values, scope)
        printer = Printer(scope, function)
        nodes = own.recorded(function, values, scope)
        lines = {name: _line(printer, plain, name, node) for name, node in nodes.items()}
    return Equations(plain.__name__, lines)


def _known(scope):
    try:
        terms.symbols(scope)
    except terms.TermError as error:
        raise TraceError(str(error)) from None


def _line(printer, function, name, node):
    try:
        return printer.equation(node)
    except TraceError as error:
        raise TraceError(f"{function.__name__}, {name}: {error}") from None


def _of_the_package(function):
    """Return the equations under which the catalogue has a function, None if it has it not."""
    from . import catalog  # imports all of the package

    for name, entry in catalog.ENTRIES.items():
        if entry.function is function and ":" not in name:
            return entry.equations()
    return None


class Figure:
    """A figure of the site, as SVG that needs nothing else; `str(figure)` is its text alternative.

    Attributes
    ----------
    svg : str
    """

    def __init__(self, name, svg, alt):
        self.name, self.svg, self.alt = name, svg, alt

    def __repr__(self):
        return self.alt

    def _repr_svg_(self):
        return self.svg


def figure(name: str, lang: str = "en", values: dict[str, Any] | None = None) -> Figure:
    """Return a figure by its id, with the numbers of the running example or with your own.

    Parameters
    ----------
    name : str
        Such as "lstm-cell"; `figures.names()` lists them all.
    lang : "zh" or "en"
    values : dict, optional
        For "lstm-cell", "gru-cell" and "rnn-cell": the arguments of the cell's step. There is room
        for one example of two inputs and two hidden units: x (1, 2), h_prev (1, 2), for an LSTM
        c_prev (1, 2), and p.

    Raises
    ------
    FigureError
        For an unknown name or language, or values that the figure has no room for.
    ModuleNotFoundError
        Without Matplotlib.
    ShapeError, DTypeError
        For values that do not fit each other.

    Examples
    --------
    >>> figure("gate", lang="zh")._repr_svg_()[:4]
    '<svg'
    """
    figures = _drawing()
    if lang not in terms.LANGUAGES:
        raise figures.FigureError(f"no language {lang!r}; there are {', '.join(terms.LANGUAGES)}")
    use = f"nb{next(_uses)}"
    if values is None:
        return Figure(name, figures.render(name, lang, use), figures.alt(name, lang))
    return _own_figure(name, lang, values, use)


def _drawing():
    """Return what draws; it needs Matplotlib, which equations and tables do without."""
    try:
        from . import figures

        figures.names()  # imports all that draws
    except ModuleNotFoundError as error:
        cure = 'run pip install -e ".[site]" in the folder of the project'
        raise ModuleNotFoundError(f"figure needs {error.name}; {cure}", name=error.name) from None
    return figures


def _own_figure(name, lang, values, use):
    from .document import document
    from .own_cells import picture

    drawn = picture(name, values, terms.Lookup(lang))
    text = document(drawn, name, lang, use)
    drawn.check(text)
    colon = "：" if lang == "zh" else ": "
    return Figure(name, text, f"{drawn.title}{colon}{drawn.alt}")
