"""Formulas on pages: inside sentences, and in groups with numbers, shapes and code beside them."""

import html
import re

from rnnref.explain import views
from rnnref.explain.mathml import named, row, symbol, table, to_mathml
from rnnref.explain.terms import symbols
from scripts import line_by_line, listings

BESIDE = 68  # characters of the longest line of code that still has room beside an equation
MARKDOWN = re.compile(r"\]\(|\*\*|<\w")
COMMA = '<mo separator="true">,</mo>'


def inline(latex, scope=None):
    """Return a formula inside a sentence; search reads its letters, not its LaTeX.

    Raises
    ------
    MathError
        For LaTeX that cannot be converted.
    """
    return _in_sentence(to_mathml(latex, display=False, scope=scope))


def prose(text):
    """Return a caption as HTML: formulas and code spans are built, the rest is text.

    Raises
    ------
    ValueError
        For other Markdown, which would stand on the page as it was typed.
    """
    if found := MARKDOWN.search(text):
        raise ValueError(
            f"a caption cannot hold {found[0]!r}; put links and emphasis into the text"
        )
    parts = re.split(r"(\$[^$]+\$|`[^`]+`)", text)
    return "".join(
        inline(part[1:-1])
        if part.startswith("$")
        else f"<code>{html.escape(part[1:-1])}</code>"
        if part.startswith("`")
        else html.escape(part, quote=False)
        for part in parts
    )


def inline_view(view):
    """Return the one equation of a view inside a sentence, its symbols named."""
    line = view.equations[0].line
    return _in_sentence(named(line, view.scope, view.hooks, _roles(view), False), view.family)


def _in_sentence(mathml, family=""):
    mathml = mathml.replace("<annotation ", "<annotation data-search-exclude ")
    of = f' data-of="{family}"' if family else ""
    return f'<span class="rr-math"{of}>{mathml}</span>'


def display(mathml, t, view=None):
    """Return a group of displayed equations with its tools; a view adds numbers and shapes."""
    of = f' data-of="{view.family}"' if view else ""
    return f'<div class="rr-eq"{of} data-search-exclude>{_box(mathml, t)}{_tools(t, view)}</div>'


def _box(mathml, t, more=""):
    label = f'role="group" aria-label="{t("equation")}"'
    return f'<div class="rr-eq__math" {label} tabindex="0"{more}>{mathml}</div>'


def group(view, t):
    """Return the equations of a view below each other, aligned, with tools."""
    return display(_aligned(view, view.equations), t, view)


def beside(name, t):
    """Return the source of a function with an equation beside every line that computes one."""
    view, function = views.view(name), name.partition(":")[0]
    parts, widest = [], 0
    for equations, source in views.beside(name, listings.bare(function)):
        kind = "rr-row" if equations else "rr-row rr-row--code"
        math = "".join(_aligned(view, [equation]) for equation in equations)
        math = _box(math, t, " data-search-exclude") if equations else ""
        parts.append(f'<div class="{kind}">{math}{line_by_line.code(source, view)}</div>')
        widest = max(widest, *(len(line) for line in source.text.split("\n") if equations), 0)
    wide = " rr-lines--wide" if widest > BESIDE else ""
    return (
        f'<div class="rr-lines{wide}" data-of="{view.family}">'
        f'<p class="rr-code__title">{listings.path(function)}</p>'
        f'<div class="rr-lines__rows">{"".join(parts)}</div>{_tools(t, view, code=True)}</div>'
    )


def _aligned(view, equations):
    """Return one formula of several lines, each followed by its numbers."""
    roles, colours = _roles(view), {name: view.role(name) for name in view.hooks}
    latex = [equation.line.latex for equation in equations]
    if len(equations) == 1 and equations[0].numbers is None:
        return named(equations[0].line, view.scope, view.hooks, roles)
    rows = []
    for equation in equations:
        rows.append(row(equation.line, view.scope, view.hooks, roles))
        if equation.numbers:
            rows.append(row(equation.numbers, view.scope, view.hooks, colours, "rr-numbers"))
    return table(rows, latex[0] if len(latex) == 1 else aligned(latex))


def aligned(lines):
    """Return LaTeX of several lines, their first "=" below each other."""
    rows = " \\\\\n".join(line.replace(" = ", " &= ", 1) for line in lines)
    return f"\\begin{{aligned}}\n{rows}\n\\end{{aligned}}"


def _roles(view):
    return {name: known.role for name, known in symbols(view.scope).items()}


def _tools(t, view=None, code=False):
    """Return the row of tools and what it shows; the switches work without scripts."""
    tools = []
    if view and any(equation.numbers for equation in view.equations):
        when = f" <i>{view.when}</i>" if view.when else ""
        tools.append(_switch("numbers", t("view_numbers") + when))
    if view and view.shapes:
        tools.append(_switch("shapes", t("view_shapes")))
    tools.append(_copy("latex", "LaTeX", t("copy_latex")))
    if code:
        tools.append(_copy("code", t("view_code"), t("copy_code")))
    row = f'<div class="rr-tools"{_unsearched(code)}>{"".join(tools)}</div>'
    return row + (_shapes(view, t, code) if view and view.shapes else "")


def _switch(kind, words):
    box = f'<input type="checkbox" class="rr-show-{kind}">'
    return f'<label class="rr-tool">{box}{words}</label>'


def _copy(kind, words, name):
    """Return a button that a script brings to light."""
    attributes = f'type="button" class="rr-tool" data-copy="{kind}" aria-label="{name}" hidden'
    return f"<button {attributes}>{words}</button>"


def _shapes(view, t, code):
    """Return the table of symbols by size."""
    live = any(shape.sizes for shape in view.shapes)
    heads = [t("shape_symbols"), t("view_shapes"), *[t("shape_example")] * live]
    head = "".join(f'<th scope="col">{words}</th>' for words in heads)
    rows = "".join(
        "<tr>" + "".join(f"<td>{cell}</td>" for cell in _cells(view, shape, live)) + "</tr>"
        for shape in view.shapes
    )
    table = f'<table class="rr-shapes__table"><tr>{head}</tr>{rows}</table>'
    return f'<div class="rr-shapes"{_unsearched(code)}>{table}</div>'


def _unsearched(code):
    """Return the mark of what search leaves out; around equations alone all is left out."""
    return " data-search-exclude" if code else ""


def _cells(view, shape, live):
    letters = shape.letters.replace("E_v", "E<sub>v</sub>")
    return [_symbols(view, shape.names), letters, *[shape.sizes] * live]


def _symbols(view, names):
    roles = _roles(view)
    shown = (
        symbol(view.latex[name], view.scope, view.hooks[name], roles[name], False) for name in names
    )
    return f"<math>{COMMA.join(shown)}</math>"
