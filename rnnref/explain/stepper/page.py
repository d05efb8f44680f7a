"""The HTML of a stepper: picture, one panel per stage, fields to change, tables, data.

Without a script the picture of step 2, all equations and the tables are there; controls appear
only when docs/assets/js/stepper.js has taken over.
"""

import functools

from ..document import document
from ..embed import embedded
from ..svg import FigureError
from ..terms import Lookup
from . import drawing
from .cells import CELLS
from .complete import require_all
from .data import data, recorded
from .fields import fields
from .history import played
from .panels import panels
from .tables import tables


def render(name, lang, use):
    """Return a stepper, without the figure element and caption around it.

    Parameters
    ----------
    name : "lstm", "gru" or "rnn"
    lang : "zh" or "en"
    use : str
        Prefix of all ids in it; different for each on a page.

    Raises
    ------
    FigureError
        For an unknown cell, or a picture that is not what its data says.
    """
    if name not in CELLS:
        raise FigureError(f"there is no stepper {name!r}; there are {', '.join(CELLS)}")
    cell, t = CELLS[name], Lookup(lang)
    film = played(cell)
    made = recorded(cell, film)
    require_all(cell, cell.figure.step_graph(), made)
    inside = [
        f'<div class="rr-figure__scroll" role="group" aria-label="{t("figure")}" tabindex="0">'
        f"{drawn(cell, lang, use)}</div>",
        controls(t, film),
        panels(cell, t),
        fields(cell, made["ahead"], film, t),
        tables(cell, film, t),
        embedded(read(cell, made, film, t)),
    ]
    start = f'<rr-stepper class="rr-stepper rr-widget" data-cell="{name}">'
    return f"{start}{''.join(inside)}</rr-stepper>"


def drawn(cell, lang, use):
    """Return the picture as SVG, read once more as every figure is."""
    picture = drawing.picture(cell, Lookup(lang))
    svg = document(picture, f"stepper-{cell.name}", lang, use)
    picture.check(svg)
    return drawing.slim(svg)


def read(cell, made, film, t):
    """Return what the script reads."""
    keys = ("ahead", "play", "pause", "held", "so_far", "invalid")
    words = {key: t(f"step_{key}") for key in keys} | {"back": t("step_behind")}
    return data(cell, made, film) | {"words": words}


def controls(t, film):
    """Return the buttons, the slider and the line that screen readers hear."""
    button = functools.partial('<button type="button" data-{}="{}">{}</button>'.format)
    times = range(len(film.ahead))
    jumps = [
        f"<span>{t('step_ahead')}</span>",
        *(button("ahead", k, f"t = {k + 1}") for k in times),
        button("back", times[-1], f"{t('step_loss')} <output></output>"),
        f"<span>{t('step_behind')}</span>",
        *(button("back", k, f"t = {k + 1}") for k in reversed(times)),
    ]
    plays = [button("do", key, t(f"step_{key}")) for key in ("back", "play", "next")]
    return (
        f'<div class="rr-stepper__bar"><div class="rr-stepper__jumps" role="group" '
        f'aria-label="{t("step_jump")}">{"".join(jumps)}</div>'
        f'<div class="rr-stepper__plays">{"".join(plays)}'
        f'<input type="range" min="0" value="0" aria-label="{t("step_slider")}"></div>'
        f'<p class="rr-stepper__keys">{t("step_keys")}</p>'
        '<p class="rr-stepper__say" aria-live="polite"></p></div>'
    )
