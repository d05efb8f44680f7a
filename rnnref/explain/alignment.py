"""Where a trained model looks: choose a character that it wrote, and see what it read for it.

Without a script the first character of every date is shown; docs/assets/js/alignment.js lets the
reader choose. All weights stand in the page as the training left them.
"""

import re

from .embed import embedded
from .experiments import result
from .numerals import printed
from .terms import Lookup

CHINESE = re.compile(r"[\u4e00-\u9fff]")


def render(lang, use):
    """Return the explorer of alignments, without the figure element and caption around it.

    Parameters
    ----------
    lang : "zh" or "en"
    use : str
        Prefix of the names of its fields; different for each on a page.
    """
    t, maps = Lookup(lang), result("dates")["shown"]
    dates = "".join(date(k, shown, use, t) for k, shown in enumerate(maps))
    inside = [
        choice(maps, use, t),
        dates,
        f'<p class="rr-alignment__say" aria-live="polite">{said(maps[0], 0, t)}</p>',
        embedded(read(maps, t)),
    ]
    return f'<rr-alignment class="rr-alignment rr-widget">{"".join(inside)}</rr-alignment>'


def read(maps, t):
    """Return what the script needs."""
    return {"maps": maps, "says": t("alignment_says")}


def choice(maps, use, t):
    """Return the choice of a date."""
    choices = "".join(
        f'<label><input type="radio" name="{use}-date" value="{k}"{" checked" * (not k)} disabled>'
        f" {spoken(shown['source'])}</label>"
        for k, shown in enumerate(maps)
    )
    return f"<fieldset><legend>{t('alignment_dates')}</legend>{choices}</fieldset>"


def spoken(text):
    """Mark the language of a date."""
    return f'<span lang="{"zh" if CHINESE.search(text) else "en"}">{text}</span>'


def date(k, shown, use, t):
    """Return one date: what was read for the first character, and all that was written."""
    letters = "".join(
        f'<span class="rr-letter" style="--w:{weight:.4f}"><b>{seen(letter)}</b>'
        f"<i>{printed(weight)}</i></span>"
        for letter, weight in zip(shown["source"], shown["weights"][0], strict=True)
    )
    written = "".join(
        f'<label><input type="radio" name="{use}-{k}" value="{step}"{" checked" * (not step)} '
        f'disabled aria-label="{t("alignment_step", n=step + 1, letter=letter)}">'
        f"<b>{letter}</b></label>"
        for step, letter in enumerate(shown["written"])
    )
    return (
        f'<div data-date="{k}"><p class="rr-alignment__source"><span>{t("alignment_read")}</span>'
        f"{letters}</p><fieldset><legend>{t('alignment_written')}</legend>{written}</fieldset></div>"
    )


def seen(letter):
    """Make a space visible."""
    return letter.replace(" ", "␣")


def said(shown, step, t):
    """Say where the model looks most at one step."""
    row = shown["weights"][step]
    most = max(range(len(row)), key=row.__getitem__)
    return t(
        "alignment_says",
        n=step + 1,
        letter=shown["written"][step],
        place=most + 1,
        read=seen(shown["source"][most]),
        weight=printed(row[most]),
    )
