"""One panel per stage: its title, a sentence, its equations, and room for the arithmetic."""

import functools

from .. import catalog
from ..svg import FigureError
from .cells import NET, Stage
from .data import GOAL, WAYS, entries
from .formulas import formula
from .tables import is_weight

# How values are written that the code gives no name.
UNNAMED = {"x@W": "W x_t", "h_prev@U": "U h_{t-1}", NET: "W x_t + U h_{t-1} + b"}
LOSS = Stage("loss", ("L", "dh"))  # takes the place of the first stage back at the last time step


def panels(cell, t):
    """Return the panels of both ways."""
    ways = []
    for way in WAYS:
        stages = list(enumerate(getattr(cell, way)))
        if way == "back":
            stages = [("loss", LOSS), *stages]
        inside = "".join(panel(cell, way, number, stage, t) for number, stage in stages)
        ways.append(f'<div data-panels="{way}">{inside}</div>')
    return f'<div class="rr-stepper__panels">{"".join(ways)}</div>'


def panel(cell, way, number, stage, t):
    """Return one panel; the script shows it by the name of its way and its number."""
    name = GOAL if stage is LOSS else entries(cell)[way]
    lines = equations(name)
    if unknown := set(stage.fields) - set(lines):
        raise FigureError(f"the stage {stage.key} shows {min(unknown)}, which {name} does not have")
    parts = [
        f'<div class="rr-math">{lines[field]}</div>{line(field) if written(stage, field) else ""}'
        for field in stage.fields[: stage.shown]
    ]
    parts += [
        f'<div class="rr-math">{formula(UNNAMED[value])}</div>{line(value)}'
        for value in set_apart(stage)
    ]
    inside = "".join(f"<div>{part}</div>" for part in parts)
    alike = f"<p>{t('step_alike')}</p>" if stage.shown else ""
    title, says = t(f"step_{stage.key}"), t(f"step_{stage.key}_says")
    return (
        f'<div class="rr-panel" data-panel="{way} {number}">'
        f"<p><i></i> <strong>{title}</strong> <span>{says}</span></p>"
        f'<div class="rr-panel__lines">{inside}</div>{alike}</div>'
    )


def set_apart(stage):
    """Return the values whose arithmetic is shown, but which no equation names."""
    return [value for value in stage.lines or () if value not in stage.fields]


def written(stage, field):
    """Say whether the arithmetic of an equation is shown here, or the sum of its derivatives."""
    return stage.lines is None or field in stage.lines or is_weight(field)


def line(field):
    """Return the place for the arithmetic of one value."""
    return f'<div class="rr-line" data-line="{field}"></div>'


@functools.cache
def equations(name):
    """Return the equations of a catalogue entry as MathML, by field."""
    scope = catalog.scope(name)
    latex = catalog.equations(name)
    return {field: formula(text, scope) for field, text in latex.items()}
