"""Lines of source in which every value carries its name, to stand beside an equation."""

import html
import itertools

from pygments.lexers import PythonLexer
from pygments.token import Token

# Colours belong to roles here: keywords are bold, and what computes nothing steps back.
KINDS = {
    Token.Keyword: "b",
    Token.Operator.Word: "b",
    Token.Literal.String: "i",
    Token.Comment: "i",
    Token.Name.Decorator: "i",
}


def code(row, view):
    """Return a row of source as HTML, one `code` for each line.

    Parameters
    ----------
    row : source_rows.Row
    view : views.View
        Whose names and colours they are.
    """
    kinds, shown, begins = _kinds(row.text), [], 0
    for number, line in enumerate(row.text.split("\n")):
        names = [name for name in row.names if name.line == number]
        shown.append(f"<code>{_line(line, kinds[begins:], names, view)}</code>")
        begins += len(line) + 1
    return f'<div class="rr-row__code">{"".join(shown)}</div>'


def _line(line, kinds, names, view):
    parts, at = [], 0
    for name in names:
        role = view.role(name.name)
        css = f' class="rr-{role}"' if role else ""
        said = html.escape(line[name.start : name.end])
        parts.append(_coloured(line[at : name.start], kinds[at:]))
        parts.append(f'<span{css} data-rr="{view.hooks[name.name]}">{said}</span>')
        at = name.end
    return "".join([*parts, _coloured(line[at:], kinds[at:])])


def _kinds(text):
    """Return for each character the element that it stands in, a space where there is none."""
    tokens = PythonLexer().get_tokens_unprocessed(text)
    return "".join(
        next((sign for kind, sign in KINDS.items() if token in kind), " ") * len(value)
        for _, token, value in tokens
    )


def _coloured(text, kinds):
    pieces = itertools.groupby(zip(text, kinds, strict=False), key=lambda pair: pair[1])
    shown = ((kind, html.escape("".join(char for char, _ in piece))) for kind, piece in pieces)
    return "".join(said if kind == " " else f"<{kind}>{said}</{kind}>" for kind, said in shown)
