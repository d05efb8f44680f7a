"""The small mistakes: for each kind of node, the pieces of text that may stand in its place."""

import ast
import re

SWAPS = {
    ast.Add: ("+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: ("*", "/"),
    ast.Div: ("/", "*"),
    ast.FloorDiv: ("//", "/"),
    ast.Mod: ("%", "//"),
    ast.Pow: ("**", "*"),
    ast.MatMult: ("@", "*"),
    ast.BitAnd: ("&", "|"),
    ast.BitOr: ("|", "&"),
    ast.And: ("and", "or"),
    ast.Or: ("or", "and"),
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.Is: ("is", "is not"),
    ast.IsNot: ("is not", "is"),
    ast.In: ("in", "not in"),
    ast.NotIn: ("not in", "in"),
}
COMPOUND = (
    ast.BinOp,
    ast.BoolOp,
    ast.Compare,
    ast.UnaryOp,
    ast.IfExp,
    ast.Lambda,
    ast.NamedExpr,
)


class Text:
    """The bytes of a module, addressed as the syntax tree does: by line and byte."""

    def __init__(self, source):
        self.bytes = source.encode()
        self.starts = [0]
        for line in self.bytes.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))

    def span(self, node):
        """Return where a node begins and ends."""
        start = self.starts[node.lineno - 1] + node.col_offset
        return start, self.starts[node.end_lineno - 1] + node.end_col_offset

    def of(self, node):
        """Return the text of a node, in parentheses where it would fall apart without."""
        start, end = self.span(node)
        text = self.bytes[start:end].decode()
        return f"({text})" if isinstance(node, COMPOUND) else text


def swap(text, op, left, right):
    """Yield the exchange of the operator between two operands."""
    old, new = SWAPS.get(type(op), (None, None))
    if old is None:
        return
    start, end = text.span(left)[1], text.span(right)[0]
    pattern = rf"\b{old.replace(' ', chr(92) + 's+')}\b" if old[0].isalpha() else re.escape(old)
    found = re.search(pattern.encode(), text.bytes[start:end])
    if found:
        yield start + found.start(), start + found.end(), new


def binary(text, node):
    """Exchange the operator, and leave out either operand."""
    yield from swap(text, node.op, node.left, node.right)
    for operand in (node.left, node.right):
        yield *text.span(node), text.of(operand)


def boolean(text, node):
    """Exchange the operator, and leave out each operand."""
    for left, right in zip(node.values, node.values[1:], strict=False):
        yield from swap(text, node.op, left, right)
    for left_out in node.values:
        rest = [text.of(value) for value in node.values if value is not left_out]
        yield *text.span(node), f" {SWAPS[type(node.op)][0]} ".join(rest)


def unary(text, node):
    """Leave out a sign or a negation."""
    yield *text.span(node), text.of(node.operand)


def compare(text, node):
    """Exchange each comparison."""
    operands = [node.left, *node.comparators]
    for op, left, right in zip(node.ops, operands, operands[1:], strict=False):
        yield from swap(text, op, left, right)


def constant(text, node):
    """Change a number, a truth value or a text."""
    value = node.value
    if isinstance(value, bool):
        yield *text.span(node), str(not value)
    elif isinstance(value, int):
        yield *text.span(node), str(value + 1)
    elif isinstance(value, float):
        yield *text.span(node), repr(value * 2 or 1.0)
    elif isinstance(value, str):
        yield *text.span(node), repr(value + "~")


def joined(text, node):
    """Change a text with values in it."""
    yield *text.span(node), '"~"'


def call(text, node):
    """Leave out the function, and each argument that has a name; exchange the first two."""
    given = [arg for arg in node.args if not isinstance(arg, ast.Starred)]
    if node.args and len(given) == len(node.args):
        yield *text.span(node), text.of(node.args[0])
    if len(given) == len(node.args) > 1:
        (start, middle), (then, end) = map(text.span, node.args[:2])
        between = text.bytes[middle:then].decode()
        yield start, end, text.of(node.args[1]) + between + text.of(node.args[0])
    parts = [*node.args, *node.keywords]
    for keyword in node.keywords:
        start, end = text.span(keyword)
        where = parts.index(keyword)
        if where:
            yield text.span(parts[where - 1])[1], end, ""
        elif keyword.arg:
            yield start, end, ""


def attribute(text, node):
    """Leave out a transposition."""
    if node.attr in ("T", "mT"):
        yield *text.span(node), text.of(node.value)


def choice(text, node):
    """Take one branch of a conditional expression always."""
    yield *text.span(node), text.of(node.body)
    yield *text.span(node), text.of(node.orelse)


def branch(text, node):
    """Turn a condition around."""
    start, end = text.span(node.test)
    yield start, end, f"not ({text.bytes[start:end].decode()})"


def bounds(text, node):
    """Leave out a bound of a slice."""
    for part in (node.lower, node.upper, node.step):
        if part is not None:
            yield *text.span(part), ""


def leave_out(text, node):
    """Leave out a statement."""
    yield *text.span(node), "pass"


def expression(text, node):
    """Leave out a statement that only calls."""
    if isinstance(node.value, ast.Call):
        yield from leave_out(text, node)


def assign(text, node):
    """Leave out an assignment to a part of something."""
    if all(isinstance(target, (ast.Subscript, ast.Attribute)) for target in node.targets):
        yield from leave_out(text, node)


def augmented(text, node):
    """Exchange the operator of `+=` and its like, and leave the statement out."""
    yield from swap(text, node.op, node.target, node.value)
    yield from leave_out(text, node)


def give_back(text, node):
    """Return nothing."""
    if node.value is not None and not isinstance(node.value, ast.Constant):
        yield *text.span(node.value), "None"


def jump(text, node):
    """Exchange the two ways out of a turn of a loop."""
    yield *text.span(node), "break" if isinstance(node, ast.Continue) else "continue"


KINDS = {
    ast.BinOp: binary,
    ast.BoolOp: boolean,
    ast.UnaryOp: unary,
    ast.Compare: compare,
    ast.Constant: constant,
    ast.JoinedStr: joined,
    ast.Call: call,
    ast.Attribute: attribute,
    ast.IfExp: choice,
    ast.If: branch,
    ast.While: branch,
    ast.Slice: bounds,
    ast.Expr: expression,
    ast.Assign: assign,
    ast.AugAssign: augmented,
    ast.Return: give_back,
    ast.Raise: leave_out,
    ast.Continue: jump,
    ast.Break: jump,
}
