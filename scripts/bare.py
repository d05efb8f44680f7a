"""Python source without its type hints, as pages show it: there, prose and equations say more."""

import ast
import re
import textwrap
import tokenize
from tokenize import OP

WIDTH = 100


def without_hints(text):
    """Return Python source with plain signatures, each on one line where it fits."""
    lines = text.splitlines(keepends=True)
    functions = [n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.FunctionDef)]
    for node in sorted(functions, key=lambda node: node.lineno, reverse=True):
        head = slice(node.lineno - 1, node.lineno - 1 + height(lines[node.lineno - 1 :]))
        lines[head] = [signature(node, [line.encode() for line in lines[head]])]
    return "".join(lines)


def height(lines):
    """Return on how many lines a function's name, arguments and result stand."""
    depth, rest = 0, iter(lines)
    for token in tokenize.generate_tokens(lambda: next(rest, "")):
        depth += (token.string in "([{") - (token.string in ")]}") if token.type == OP else 0
        if token.string == ":" and depth == 0:
            return token.end[0]
    raise ValueError("a function without an end of its head")


def signature(node, head):
    """Return the first lines of a function as one; the positions in its tree count bytes."""
    for hint in sorted(hints(node), key=lambda hint: (hint.lineno, hint.col_offset), reverse=True):
        row = hint.lineno - node.lineno
        rest = head[hint.end_lineno - node.lineno][hint.end_col_offset :]
        before = head[row][: hint.col_offset].rstrip(b" :->")
        head[row : hint.end_lineno - node.lineno + 1] = [before + re.sub(rb"^ = ", b"=", rest)]
    text = re.sub(r"\s*\n\s*", " ", b"".join(head).decode().strip())
    text = " " * node.col_offset + text.replace("( ", "(").replace(", )", ")").replace(" )", ")")
    if len(text) > WIDTH:
        text = textwrap.fill(text, WIDTH, subsequent_indent=" " * (node.col_offset + 8))
    return text + "\n"


def hints(node):
    """Return the type hints of a function, as parts of its syntax tree."""
    args = node.args
    named = [*args.posonlyargs, *args.args, *args.kwonlyargs, args.vararg, args.kwarg]
    return [arg.annotation for arg in named if arg and arg.annotation] + [
        hint for hint in [node.returns] if hint
    ]
