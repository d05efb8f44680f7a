"""The attention explorer: several queries look at one source, and every number can be changed.

Without a script it shows one query, and the weights of all; docs/assets/js/explorer.js makes the
fields editable and computes everything again with the program recorded here.
"""

import numpy as np

from .. import attention, examples
from . import catalog
from .attention_flow import Looked
from .embed import embedded
from .mathml import to_mathml
from .numerals import printed
from .program import compiled
from .terms import Lookup, symbols
from .trace import trace

LIMIT = 100  # of a field: the exponential of any score made of such numbers can be computed
HIDDEN = -1e300  # the score of a key that may not be seen: its exponential is exactly 0
SCOPE = "attention-index"
CHOSEN = 1  # the query that is shown first: the one of the chapter
PARTS = {"k": ("k",), "scores": ("scores",), "weights": ("weights",), "v": ("v",)}
PARTS |= {"share": ("weights", "v")}  # column -> the values whose symbols stand above it


def look_dot(q, k, v):
    """Compare by the dot product, then average."""
    scores = attention.score_dot(q, k)
    attended = attention.attend(scores, v)
    return Looked(scores, attended.weights, attended.y)


def look_scaled(q, k, v):
    """Compare by the dot product divided by the root of the key length, then average."""
    scores = attention.score_scaled(q, k)
    attended = attention.attend(scores, v)
    return Looked(scores, attended.weights, attended.y)


LOOKS = {"dot": look_dot, "scaled": look_scaled}


def vectors():
    """Return the queries, keys and values that the explorer starts with."""
    _, k, v = examples.attention_vectors()
    return {"q": examples.attention_queries(), "k": k, "v": v}


def render(lang, use):
    """Return an explorer, without the figure element and caption around it.

    Parameters
    ----------
    lang : "zh" or "en"
    use : str
        Prefix of the names of its fields; different for each on a page.
    """
    t, given = Lookup(lang), vectors()
    run = look_dot(**given)
    inside = [
        weights_map(run.weights[0], use, t),
        settings(use, t),
        f'<div class="rr-explorer__one">{query(given["q"][0, CHOSEN], t)}'
        f"{keys(given, run, t)}{result(run.y[0, CHOSEN], t)}</div>",
        f'<p class="rr-widget__changed" hidden>{t("step_changed")} '
        f'<button type="button" data-do="reset">{t("step_reset")}</button></p>',
        '<p class="rr-explorer__say" aria-live="polite"></p>',
        embedded(read(given, t)),
    ]
    return f'<rr-explorer class="rr-explorer rr-widget">{"".join(inside)}</rr-explorer>'


def read(given, t):
    """Return the programs, the numbers and the words that the script needs."""
    words = {key: t(f"explorer_{key}") for key in ("says", "hidden", "nothing")}
    return {
        "programs": {name: compiled(recorded(name))._asdict() for name in LOOKS},
        "given": {name: value.tolist() for name, value in given.items()},
        "words": words | {"invalid": t("explorer_invalid").format(limit=LIMIT)},
        "queries": examples.QUERIES,
        "source": examples.SOURCE,
        "hidden": HIDDEN,
        "chosen": CHOSEN,
    }


def recorded(name):
    """Return the recorded look at the source, by dot product or scaled."""
    return trace(LOOKS[name], vectors(), SCOPE)


def weights_map(weights, use, t):
    """Return the table of all weights; its first column chooses a query."""
    head = "".join(f'<th scope="col">{word("zh", key)}</th>' for key in examples.SOURCE)
    rows = ""
    for j, (name, row) in enumerate(zip(examples.QUERIES, weights, strict=True)):
        checked = " checked" * (j == CHOSEN)
        choice = (
            f'<label><input type="radio" name="{use}-query" value="{j}"{checked} disabled>'
            f" {word('en', name)}</label>"
        )
        cells = "".join(f"<td data-map>{bar(weight)}</td>" for weight in row)
        rows += f'<tr data-query="{j}"><th scope="row">{choice}</th>{cells}</tr>'
    return (
        f'<p class="rr-explorer__hint">{t("explorer_map")}</p>'
        f'<div class="rr-table" tabindex="0"><table class="rr-plain rr-explorer__map">'
        f'<thead><tr><th scope="col">{t("explorer_query")}</th>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def word(lang, text):
    """Mark the language of a word of the source or of the target."""
    return f'<span lang="{lang}">{text}</span>'


def bar(weight):
    """Return a weight as a number above a bar."""
    return f'<span class="rr-share" style="--w:{weight:.4f}"><b>{printed(weight)}</b></span>'


def settings(use, t):
    """Return the choice of the score; the script lets the reader use it."""
    choices = "".join(
        f'<label><input type="radio" name="{use}-score" value="{name}"'
        f"{' checked' * (name == 'dot')} disabled> {t(f'explorer_{name}')} "
        f"{math(*catalog.render(f'attention.score_{name}:index'))}</label>"
        for name in LOOKS
    )
    legend = t("explorer_score")
    return f'<fieldset class="rr-explorer__score"><legend>{legend}</legend>{choices}</fieldset>'


def query(values, t):
    """Return the chosen query with its fields."""
    return (
        f'<p class="rr-explorer__query"><span class="rr-name">{t("explorer_query")} '
        f'<b data-word lang="en">{examples.QUERIES[CHOSEN]}</b></span> {math(symbol("q"))} '
        f"{fields('q', CHOSEN, values)}</p>"
    )


def keys(given, run, t):
    """Return one row for each place of the source: from its key to what it adds to the result."""
    head = "".join(
        f'<th scope="col">{t(f"explorer_{part}")} {math(" ".join(map(symbol, names)))}</th>'
        for part, names in PARTS.items()
    )
    rows = "".join(place(i, given, run, t) for i in range(len(examples.SOURCE)))
    return (
        f'<table class="rr-plain rr-explorer__keys"><caption>{t("explorer_steps")}</caption>'
        f'<thead><tr><th scope="col">{t("explorer_place")}</th>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def place(i, given, run, t):
    """Return the row of one place of the source."""
    name, weight = examples.SOURCE[i], run.weights[0, CHOSEN, i]
    seen = f'<input type="checkbox" checked disabled aria-label="{t("explorer_see")} {name}">'
    cells = {
        "k": fields("k", i, given["k"][0, i]),
        "scores": f"<output>{printed(run.scores[0, CHOSEN, i])}</output>",
        "weights": bar(weight),
        "v": fields("v", i, given["v"][0, i]),
        "share": f"<output>{vector(weight * given['v'][0, i])}</output>",
    }
    inside = "".join(
        f'<td data-part="{part}" data-label="{t(f"explorer_{part}")}">{cell}</td>'
        for part, cell in cells.items()
    )
    return (
        f'<tr data-place="{i}"><th scope="row"><label>{seen} {word("zh", name)}</label></th>'
        f"{inside}</tr>"
    )


def fields(name, row, values):
    """Return the numbers of one vector as fields; without the script they are only read."""
    boxes = "".join(
        f'<input type="number" step="0.1" min="-{LIMIT}" max="{LIMIT}" value="{value:g}" readonly '
        f'data-put="{name} {row} {column}" aria-label="{name} {row + 1}, {column + 1}" required>'
        for column, value in enumerate(values)
    )
    return f'<span class="rr-vector">{boxes}</span>'


def result(values, t):
    """Return the weighted sum."""
    return (
        f'<p class="rr-explorer__sum"><span class="rr-name">{t("explorer_sum")}</span> '
        f"{math(*catalog.render('attention.attend:index', 'y'))} = "
        f"<output data-sum>{vector(values)}</output></p>"
    )


def vector(values):
    """Write a vector."""
    return f"({', '.join(printed(value) for value in np.asarray(values))})"


def symbol(name):
    """Return the symbol of a value as the equations have it."""
    return symbols(SCOPE)[name].latex.translate(str.maketrans("", "", "<>"))  # its own indices


def math(latex):
    """Return a short formula of the head of a column."""
    return f'<span class="rr-math">{to_mathml(latex, display=False)}</span>'
