"""The table of a run in a notebook: every named value of every step."""

import html
from typing import Any

import numpy as np

LONGEST = 40  # steps that a table shows


class TableError(ValueError):
    """There is no table of this value; the message is one sentence."""


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


def trace_table(run: Any, *, example: int = 0) -> TraceTable:
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
       2   1   −0.6165
       2   2    0.7698
       3   1    0.1321
       3   2   −0.8334
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
