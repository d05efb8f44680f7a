"""Formulas inside sentences, the same on pages, in the glossary and in notebooks."""

from rnnref.explain.mathml import to_mathml


def inline(latex, scope=None):
    """Return a formula inside a sentence; search reads its letters, not its LaTeX.

    Raises
    ------
    MathError
        For LaTeX that cannot be converted.
    """
    mathml = to_mathml(latex, display=False, scope=scope)
    mathml = mathml.replace("<annotation ", "<annotation data-search-exclude ")
    return f'<span class="rr-math">{mathml}</span>'
