"""Formulas without their LaTeX: the pages that print these equations keep it."""

import re

from ..mathml import to_mathml

ANNOTATED = re.compile("<semantics>(.*)<annotation.*</semantics>", re.DOTALL)


def formula(latex, scope=None, display=True):
    """Return MathML, coloured where a scope is named."""
    return ANNOTATED.sub(r"\1", to_mathml(latex, display=display, scope=scope))


def symbol(latex):
    """Return a symbol inside a line of words."""
    return f'<span class="rr-math">{formula(latex, display=False)}</span>'
