"""Every number of a run as tables: forward, backward, and the derivatives by the weights."""

import numpy as np

from ..numerals import printed
from ..terms import symbols

KINDS = ("W", "U", "b")


def tables(cell, film, t):
    """Return the folded tables; the script writes new numbers into the same cells."""
    scope = symbols(f"{cell.name}-backward")
    step = cell.module.step(**{k: film.ahead[0][k] for k in ("x", *prevs(cell), "p")})
    back = [name for name in film.back[0] if name in scope and not is_weight(name)]
    parts = [
        times(t("step_ahead"), "ahead", ["x", *step._fields], film.ahead, scope),
        times(t("step_behind"), "back", back, film.back, scope),
        weights(t("step_sums"), film, scope),
    ]
    return (
        f'<details class="rr-stepper__tables"><summary>{t("step_table")}</summary>'
        f"{''.join(parts)}</details>"
    )


def prevs(cell):
    """Return the names of the states that a step reads."""
    return [f"{state}_prev" for state in cell.states]


def is_weight(name):
    """Say whether a derivative is by a weight or bias."""
    return name[1:2] in KINDS


def times(title, way, names, steps, scope):
    """Return a table with a row for each value and a column for each time step."""
    head = "".join(f'<th scope="col">t = {k + 1}</th>' for k in range(len(steps)))
    rows = "".join(
        f'<tr><th scope="row"><code>{name}</code></th>'
        + "".join(
            f'<td data-cell="{way} {k} {name}">{spelled(step[name])}</td>'
            for k, step in enumerate(steps)
        )
        + "</tr>"
        for name in names
    )
    return table(title, f"<tr><td></td>{head}</tr>", rows)


def weights(title, film, scope):
    """Return the derivatives by the weights; the first step back to which all are summed is 1."""
    names = [name for name in film.back[0] if is_weight(name) and name in scope]
    rows = "".join(
        f'<tr><th scope="row"><code>{name}</code></th>'
        f'<td data-cell="sum 0 {name}">{spelled(sum(step[name] for step in film.back))}</td></tr>'
        for name in names
    )
    return table(title, "", rows)


def table(title, head, rows):
    """Return a table that can scroll."""
    return (
        f'<div class="rr-table" tabindex="0"><table class="rr-plain"><caption>{title}</caption>'
        f"{f'<thead>{head}</thead>' if head else ''}<tbody>{rows}</tbody></table></div>"
    )


def spelled(value):
    """Write a vector as numbers in a row, a matrix row by row."""
    rows = value if value.ndim > 1 else [value]
    return "; ".join(" ".join(printed(number, ".4f") for number in row) for row in np.array(rows))
