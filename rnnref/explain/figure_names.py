"""Which figures show the values of a function by name, so that a page can light both together.

`views` says how the names are written.
"""

import html
import re

from .figures import gru_backward, lstm_backward
from .views import ViewError, view

# Figure -> the function whose every value it must show.
FIGURES = {
    "rnn-cell": "rnn.step",
    "lstm-cell": "lstm.step",
    "lstm-belt": "lstm.step",
    "lstm-forget": "lstm.step",
    "lstm-input": "lstm.step",
    "lstm-update": "lstm.step",
    "lstm-output": "lstm.step",
    "gru-cell": "gru.step",
}
# Figure of a way back -> the function, and what shows its gradients: pills on wires, and boxes.
GRADIENTS = {
    "lstm-backward": ("lstm.step_backward", lstm_backward),
    "gru-backward": ("gru.step_backward", gru_backward),
}
BOX = re.compile('data-box="([^"]+)"')


def linked(figure, svg):
    """Return the family of a figure and the figure, the layers of which name their weights.

    The family is "" if the names in the figure are its own.

    Raises
    ------
    ViewError
        If a value of the cell has no box in the finished figure.
    """
    if figure in GRADIENTS:
        return _back(figure, svg)
    if figure not in FIGURES:
        return "", svg
    name = FIGURES[figure]
    shown, boxes = view(name), set(BOX.findall(svg))
    for equation in shown.equations:
        drawn = [one for one in equation.line.names if shown.role(one)]
        if missing := set(drawn) - boxes:
            raise _missing(figure, name, missing.pop())
        weights = " ".join(one for one in equation.line.names if one not in drawn)
        box = f'data-box="{equation.field}"'
        svg = svg.replace(box, f'{box} data-weights="{weights}"') if weights else svg
    return shown.family, svg


def _back(figure, svg):
    """Name the gradients of a figure, the boxes of which have the names of the way forward."""
    name, module = GRADIENTS[figure]
    places = {one: f'data-pill="{html.escape(pill[0])}"' for one, pill in module.PILLS.items()}
    ends = module.ARRIVE | module.LEAVE
    places |= {one: f'data-box="{box}"' for box, one in ends.items()}
    shown = view(name)
    for one, place in places.items():
        if one not in shown.hooks or place not in svg:
            raise _missing(figure, name, one)
        svg = svg.replace(place, f'{place} data-rr="{one}"')
    return shown.family, svg


def _missing(figure, function, name):
    return ViewError(
        f"{figure}: {function} computes with {name}, but the figure has no place of that name; "
        "draw it, or take the figure out of figure_names"
    )
