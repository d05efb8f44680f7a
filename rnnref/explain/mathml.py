"""LaTeX to MathML, the one place that knows the converter's interface."""

import functools
import html
import re

from math_core import LatexError, LatexToMathML

from . import terms
from .marked import MARK
from .numerals import MINUS

CONVERTER = LatexToMathML(annotation=True, fancy_error=False)
BARE = LatexToMathML()
OPERATOR = re.compile("<mo([^>]*)>⊙</mo>")  # math-core leaves ⊙ free to grow like a sum sign
# \left( leaves a space after the name of a function; no textbook does. math-core writes names in
# three ways: before an invisible "apply", as an operator (in tables), and σ, φ, Φ, L as letters.
GAPS = (
    (re.compile(r'<mo lspace="0.1667em">(&ApplyFunction;</mo>(<msub>)?<mrow><mo)'), r"<mo>\1"),
    (
        re.compile(r'rspace="0.1667em">(\w+</mo>(<mi>\w</mi></msub>)?<mrow><mo>\()'),
        r'rspace="0">\1',
    ),
    (re.compile(r'((?:<mi>[σφL]|Φ|<mo>′)</m\w+>(?:</m\w+>)?<mrow><mo) lspace="0.1667em"'), r"\1"),
)
SUBSCRIPT = re.compile("<msub>(.*)</msub>", re.DOTALL)
RAISING = "(?:<mn>\\d+</mn>|<mi>⊤</mi>)"  # a power, or the sign of a transpose
RAISED = re.compile(f"<msubsup>(.*){RAISING}</msubsup>", re.DOTALL)
SMALL = '<mtable displaystyle="false" scriptlevel="0">'  # what a table is anyway
NEGATIVE = re.compile(f"(?:(?<=<mtd>)|^)<mo[^>]*>{MINUS}</mo><mn>")
ROW = re.compile("<mtr>(.*)</mtr>", re.DOTALL)
ALIGNED = re.compile("<mtd style=[^>]*>")
SUBSCRIBED = re.compile("(<mrow[^>]*>|^)<msub>(.*)</msub>(</mrow>|$)", re.DOTALL)
PLACE = re.compile(
    f"<msup><mi>(?P<raised>{MARK.pattern})</mi>"
    f"(?P<above>{RAISING}|<mi>{MARK.pattern}</mi>)</msup>"
    f"|<mi>(?P<mark>{MARK.pattern})</mi>"
)
TALL = "</?m(?:frac|sup|subsup|sqrt|over|under|underover|table)\\b"  # none within flat brackets
FLAT = re.compile(
    r"<mo(?![^>]*stretchy)([^>]*)>([(\[])</mo>"
    rf"((?:(?!{TALL}|<mo(?![^>]*stretchy)[^>]*>[(\[\])|]<).)*)"
    r"<mo(?![^>]*stretchy)([^>]*)>([)\]])</mo>"
)
FRAME = re.compile("(<math[^>]*>)(.*)(</math>)", re.DOTALL)
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
    text = _flattened(_convert(CONVERTER, latex, display))
    return _colour(text, scope) if scope else text


def named(line, scope, hooks, roles, display=True):
    """Convert one equation whose symbols carry the names of their values.

    Parameters
    ----------
    line : marked.Line
    scope : str
        The table of symbols, for the colours inside a symbol such as a derivative.
    hooks, roles : dict of str to str
        Name of a value -> what stands in `data-rr`, and its colour; either may miss a name.
    display : bool

    Returns
    -------
    str
        As `to_mathml` returns it, but for `<mrow data-rr="f">` around every symbol.
    """
    text = _filled(_convert(BARE, line.pattern, display), line, scope, hooks, roles, display)
    return _annotated(_flattened(text), line.latex)


def row(line, scope, hooks, roles, css=""):
    """Convert one equation to a row of a `table`, which aligns rows at their first "="."""
    pattern = line.pattern.replace(" = ", " &= ", 1)
    text = _convert(BARE, rf"\begin{{aligned}} {pattern} \end{{aligned}}", True)
    cells = ALIGNED.sub("<mtd>", ROW.search(text)[1])  # the style sheet aligns them
    cells = _flattened(_filled(cells, line, scope, hooks, roles))
    return f'<mtr class="{css}">{cells}</mtr>' if css else f"<mtr>{cells}</mtr>"


def table(rows, latex=""):
    """Put rows below each other; the LaTeX, if there is any, is what readers may copy."""
    inside = f'<mtable displaystyle="true" scriptlevel="0">{"".join(rows)}</mtable>'
    text = f'<math display="block">{inside}</math>'
    return _annotated(text, latex) if latex else text


def symbol(latex, scope, hook="", role="", display=True):
    """Convert a symbol or a value to MathML without its frame, with a name and a colour."""
    inside = WRAPPED.fullmatch(_convert(BARE, latex, display))[1]
    inside = NEGATIVE.sub(f"<mn>{MINUS}", inside).replace(SMALL, "<mtable>")
    inside = inside if role else _colour(inside, scope)
    css = f' class="rr-{role}"' if role else ""
    name = f' data-rr="{hook}"' if hook else ""
    return f"<mrow{css}{name}>{inside}</mrow>" if css or name else inside


def _convert(converter, latex, display):
    try:
        text = converter.convert_with_local_state(latex, displaystyle=display)
    except LatexError as error:
        said = " ".join(str(error).split()).rstrip(".")
        raise MathError(f"cannot convert {latex!r} to MathML, at position {said}") from None
    text = OPERATOR.sub(r'<mo\1 largeop="false">⊙</mo>', text)
    for gap, closed in GAPS:
        text = gap.sub(closed, text)
    return text


def _flattened(text):
    """Let brackets around one flat row not stretch: browsers reserve for them the widest size."""
    found = True
    while found:  # from the inner pairs to the outer ones
        text, found = FLAT.subn(
            r'<mo\1 stretchy="false">\2</mo>\3<mo\4 stretchy="false">\5</mo>', text
        )
    return text


def _annotated(text, latex):
    """Keep the LaTeX of a formula in an annotation."""
    start, inside, end = FRAME.fullmatch(text).groups()
    inside = inside if inside.startswith("<mtable") else f"<mrow>{inside}</mrow>"
    source = html.escape(latex, quote=False)
    note = f'<annotation encoding="application/x-tex">{source}</annotation>'
    return f"{start}<semantics>{inside}{note}</semantics>{end}"


def _filled(text, line, scope, hooks, roles, display=True):
    """Put the symbols where their marks are; a transpose or power joins a subscript."""

    def put(match):
        said = line.said[match["raised"] or match["mark"]]
        name, role = hooks.get(said.name, ""), roles.get(said.name, "")
        shown = symbol(said.latex, scope, name, role, display)
        if not match["raised"]:
            return shown
        above = PLACE.sub(put, match["above"])
        joined, found = SUBSCRIBED.subn(rf"\1<msubsup>\2{above}</msubsup>\3", shown)
        return joined if found else f"<msup>{shown}{above}</msup>"

    return PLACE.sub(put, text)


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
