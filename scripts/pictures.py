"""Pictures on pages: figures, and what moves or answers in their place, each with its caption."""

import re

from rnnref.explain import alignment, explorer, figure_names, figures
from rnnref.explain.stepper import page as stepper
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


EXPLORERS = {"attention": explorer.render, "alignment": alignment.render}


def step(argument, place):
    """Print a stepper of a cell with its caption: `lstm | caption`."""
    return widget("stepper", argument, place, stepper.render)


def explore(argument, place):
    """Print an explorer with its caption: `attention | caption`, `alignment | caption`."""
    return widget("explorer", argument, place, explored)


def explored(name, lang, use):
    """Return the explorer of a name."""
    if name not in EXPLORERS:
        raise ValueError(f"there is no explorer {name!r}; there are {', '.join(EXPLORERS)}")
    return EXPLORERS[name](lang, use)


def widget(kind, argument, place, render):
    """Put what answers to the reader into a figure with a caption."""
    needs_line(place)
    name, _, caption = (part.strip() for part in argument.partition("|"))
    if not caption:
        raise ValueError(f"rnn:{kind} needs a caption: write it after |")
    made = render(name, place.lang, use=f"p{place.number}")
    return (
        f'<figure class="rr-figure" id="{kind}-{name}-{place.number}" data-search-exclude>{made}'
        f"<figcaption>{formulas.prose(caption)}</figcaption></figure>"
    )
