"""What a notebook shows: equations of any function, a table of a run, a figure with own numbers.

Each function returns a small object that Jupyter shows by itself and that prints as plain text.
"""

import html
import itertools

import numpy as np

from . import own, terms
from .axes import TraceError
from .equations import Printer

_uses = itertools.count(1)  # every figure of a notebook has ids of its own
LONGEST = 40  # steps that a table shows


class TableError(ValueError):
    """There is no table of this value; the message is one sentence."""


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


def equations(function, values=None, *, scope=None):
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


class TraceTable:
    """Every named value of every step of a run, for one example of the batch.

    Attributes
    ----------
    columns : dict of str to (T, H) array
    shapes : dict of str to tuple
        Of the whole arrays.
    """

    def __init__(self, columns, shapes, example):
        self.columns, self.shapes, self.example = columns, shapes, example

    def rows(self):
        """Yield (t, k, value of each column), steps t and units k from 1."""
        first = next(iter(self.columns.values()))
        for t in range(min(len(first), LONGEST)):
            for unit in range(max(column.shape[1] for column in self.columns.values())):
                values = (
                    column[t, unit] if unit < column.shape[1] else None
                    for column in self.columns.values()
                )
                yield t + 1, unit + 1, list(values)

    def _more(self):
        steps = len(next(iter(self.columns.values())))
        return f"t = 1 … {LONGEST} / {steps}" if steps > LONGEST else ""

    def __repr__(self):
        widths = [max(10, len(name) + 2) for name in self.columns]
        head = "".join(name.rjust(w) for name, w in zip(self.columns, widths, strict=True))
        lines = [f"{'t':>4}{'k':>4}{head}"]
        for t, unit, values in self.rows():
            cells = (_short(v).rjust(w) for v, w in zip(values, widths, strict=True))
            lines.append(f"{t:>4}{unit:>4}{''.join(cells)}")
        shapes = ", ".join(f"{name} {shape}" for name, shape in self.shapes.items())
        return "\n".join([*lines, *filter(None, [self._more(), f"shapes: {shapes}"])])

    def _repr_html_(self):
        names = "".join(
            f'<th scope="col"><code>{html.escape(name)}</code></th>' for name in self.columns
        )
        shapes = "".join(f"<td>{shape}</td>" for shape in self.shapes.values())
        body = "".join(
            f'<tr><th scope="row">{t}</th><th scope="row">{unit}</th>'
            + "".join(f"<td>{_short(value)}</td>" for value in values)
            + "</tr>"
            for t, unit, values in self.rows()
        )
        first = '<th scope="col" rowspan="2">t</th><th scope="col" rowspan="2">k</th>'
        head = f"<tr>{first}{names}</tr><tr>{shapes}</tr>"
        more = f"<caption>{self._more()}</caption>" if self._more() else ""
        return f'<table class="rr-trace">{more}<thead>{head}</thead><tbody>{body}</tbody></table>'


def _short(value):
    return "" if value is None else f"{value:.4f}".replace("-", "\N{MINUS SIGN}")


def trace_table(run, *, example=0):
    """Return a table of every named value of every step: gates, states, candidates.

    Parameters
    ----------
    run : Run
        What the forward of an RNN, LSTM or GRU returned; or the record of one step.
    example : int, optional
        Which one of the batch.

    Raises
    ------
    TableError
        For anything else, and for an example that the batch does not have.

    Examples
    --------
    >>> from rnnref import examples
    >>> print(trace_table(examples.rnn_run()))
       t   k         h
       1   1    0.4621
       1   2    0.5005
       2   1   −0.6242
       2   2    0.7676
       3   1    0.1298
       3   2   −0.8349
    shapes: h (1, 3, 2)
    """
    steps = getattr(run, "steps", run)
    arrays = steps._asdict() if hasattr(steps, "_asdict") else None
    if not arrays or not all(np.ndim(array) in (2, 3) for array in arrays.values()):
        raise TableError(
            f"trace_table needs what forward or step returned, not {type(run).__name__}; "
            "write trace_table(lstm.forward(x, p))"
        )
    size = len(next(iter(arrays.values())))
    if not isinstance(example, int) or not 0 <= example < size:
        raise TableError(f"the batch has {size} examples, so example must be 0 to {size - 1}")
    columns = {name: np.atleast_2d(array[example]) for name, array in arrays.items()}
    return TraceTable(columns, {name: np.shape(a) for name, a in arrays.items()}, example)


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


def figure(name, lang="en", values=None):
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
    ShapeError, DTypeError
        For values that do not fit each other.

    Examples
    --------
    >>> figure("gate", lang="zh")._repr_svg_()[:4]
    '<svg'
    """
    from . import figures  # Matplotlib, which equations do without

    if lang not in terms.LANGUAGES:
        raise figures.FigureError(f"no language {lang!r}; there are {', '.join(terms.LANGUAGES)}")
    use = f"nb{next(_uses)}"
    if values is None:
        return Figure(name, figures.render(name, lang, use), figures.alt(name, lang))
    return _own_figure(name, lang, values, use)


def _own_figure(name, lang, values, use):
    from .document import document
    from .own_cells import picture

    drawn = picture(name, values, terms.Lookup(lang))
    text = document(drawn, name, lang, use)
    drawn.check(text)
    colon = "：" if lang == "zh" else ": "
    return Figure(name, text, f"{drawn.title}{colon}{drawn.alt}")
