"""Pictures on pages: figures, and what moves or answers in their place, each with its caption."""

import re

from rnnref.explain import figure_names, figures
from rnnref.explain.explorer import render as render_explorer
from rnnref.explain.stepper.page import render as render_stepper
from rnnref.explain.terms import Lookup
from scripts import cache, formulas
from scripts.expand import needs_line

# What only the checks of a figure read, and colours that the style sheet of a page has anyway.
SPARE = re.compile(r' (?:data-value|data-fmt|data-tex|xmlns)="[^"]*"|,#[0-9a-f]{6}(?=\))')


def fig(argument, place):
    """Print a figure with its caption."""
    needs_line(place)
    name, bar, caption = (part.strip() for part in argument.partition("|"))
    if bar and not caption:
        raise ValueError("the caption after | is empty")
    use = f"p{place.number}"
    file = f"{name}-{place.lang}-{use}.svg"
    svg = cache.kept("figures", file, lambda: figures.render(name, place.lang, use=use))
    below = f"<figcaption>{formulas.prose(caption)}</figcaption>" if caption else ""
    label, (family, svg) = Lookup(place.lang)("figure"), figure_names.linked(name, svg)
    svg = SPARE.sub("", svg)
    of = f' data-of="{family}"' if family else ""
    return (
        f'<figure class="rr-figure" id="fig-{name}-{place.number}"{of} data-search-exclude>'
        f'<div class="rr-figure__scroll" role="group" aria-label="{label}" tabindex="0">{svg}</div>'
        f"{below}</figure>"
    )


def stepper(argument, place):
    """Print a stepper of a cell with its caption: `lstm | caption`."""
    needs_line(place)
    name, _, caption = (part.strip() for part in argument.partition("|"))
    if not caption:
        raise ValueError("a stepper needs a caption that states the loss: write it after |")
    made = render_stepper(name, place.lang, use=f"p{place.number}")
    return (
        f'<figure class="rr-figure" id="stepper-{name}-{place.number}" data-search-exclude>{made}'
        f"<figcaption>{formulas.prose(caption)}</figcaption></figure>"
    )


def explorer(argument, place):
    """Print the attention explorer with its caption: `attention | caption`."""
    needs_line(place)
    name, _, caption = (part.strip() for part in argument.partition("|"))
    if name != "attention" or not caption:
        raise ValueError(
            "write `attention | caption`: there is one explorer, and it needs a caption"
        )
    made = render_explorer(place.lang, use=f"p{place.number}")
    return (
        f'<figure class="rr-figure" id="explorer-{place.number}" data-search-exclude>{made}'
        f"<figcaption>{formulas.prose(caption)}</figcaption></figure>"
    )
