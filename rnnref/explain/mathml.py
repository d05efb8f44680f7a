"""LaTeX to MathML, the one place that knows the converter's interface."""

import functools
import re

from math_core import LatexError, LatexToMathML

from . import terms

CONVERTER = LatexToMathML(annotation=True, fancy_error=False)
BARE = LatexToMathML()
OPERATOR = re.compile("<mo([^>]*)>⊙</mo>")  # math-core leaves ⊙ free to grow like a sum sign
# \left( leaves a space after the name of a function; no textbook does. math-core writes names in
# three ways: before an invisible "apply", as an operator (in tables), and σ as a letter.
GAPS = (
    (re.compile(r'<mo lspace="0.1667em">(&ApplyFunction;</mo><mrow><mo)'), r"<mo>\1"),
    (
        re.compile(r'rspace="0.1667em">(\w+</mo>(<mi>\w</mi></msub>)?<mrow><mo>\()'),
        r'rspace="0">\1',
    ),
    (re.compile(r'(<mi>σ</mi><mrow><mo) lspace="0.1667em"'), r"\1"),
)
SUBSCRIPT = re.compile("<msub>(.*)</msub>", re.DOTALL)
RAISING = "(?:<mn>\\d+</mn>|<mi>⊤</mi>)"  # a power, or the sign of a transpose
RAISED = re.compile(f"<msubsup>(.*){RAISING}</msubsup>", re.DOTALL)
WRAPPED = re.compile(r"<math[^>]*>(.*)</math>", re.DOTALL)


class MathError(ValueError):
    """The converter does not know this LaTeX."""


def to_mathml(latex, display=True, scope=None):
    """Convert LaTeX to MathML that keeps the LaTeX in an annotation.

    Parameters
    ----------
    latex : str
        An equation, or a block such as `aligned` with several.
    display : bool
        On a line of its own, or inside a sentence.
    scope : str, optional
        A table of symbols in terms.toml: every symbol that has a role there is wrapped in
        `<mrow class="rr-forget">` and so on, for the style sheet to colour.

    Raises
    ------
    MathError
        Naming the LaTeX and what the converter says of it.
    """
    if not latex.strip():
        raise MathError("there is no LaTeX to convert; write a formula")
    try:
        text = CONVERTER.convert_with_local_state(latex, displaystyle=display)
    except LatexError as error:
        said = " ".join(str(error).split()).rstrip(".")
        raise MathError(f"cannot convert {latex!r} to MathML, at position {said}") from None
    text = OPERATOR.sub(r'<mo\1 largeop="false">⊙</mo>', text)
    for gap, closed in GAPS:
        text = gap.sub(closed, text)
    return _colour(text, scope) if scope else text


def _colour(text, scope):
    """Wrap each symbol with a role; its MathML is one whole element, so matching text suffices."""
    roles = _roles(scope)
    if not roles:
        return text
    longest_first = sorted(roles, key=len, reverse=True)
    anyone = re.compile("|".join(pattern for whole in longest_first for pattern in _forms(whole)))

    def coloured(match):
        role = roles[RAISED.sub(r"<msub>\1</msub>", match[0])]
        return f'<mrow class="rr-{role}">{match[0]}</mrow>'

    return anyone.sub(coloured, text)


def _forms(whole):
    """Return patterns of a symbol: as it stands, and with something above its subscript."""
    yield re.escape(whole)
    if subscript := SUBSCRIPT.fullmatch(whole):
        yield rf"<msubsup>{re.escape(subscript[1])}{RAISING}</msubsup>"


@functools.cache
def _roles(scope):
    """Return the MathML of every symbol with a role -> that role."""
    found = {}
    for symbol in terms.symbols(scope).values():
        if symbol.role:
            whole = BARE.convert_with_local_state(symbol.shown, displaystyle=False)
            found[WRAPPED.fullmatch(whole)[1]] = symbol.role
    return found
