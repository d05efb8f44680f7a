"""The source of a function cut into rows: an assignment beside the results that it computes.

Every line is in exactly one row, so that the rows one below the other are the function.
"""

import ast
from typing import NamedTuple


class Name(NamedTuple):
    """A place in a row where a recorded value is named: line and columns count from 0."""

    name: str
    line: int
    start: int
    end: int


class Row(NamedTuple):
    """Some lines of a function.

    Attributes
    ----------
    fields : tuple of str
        The results that these lines compute; () for lines that compute none.
    text : str
    names : tuple of Name
    reads : set of str
        The recorded values in these lines, and in what these lines use of the lines before.
    """

    fields: tuple
    text: str
    names: tuple
    reads: set


class RowError(ValueError):
    """A function cannot be shown line by line beside its equations."""


def rows(text, fields, known):
    """Cut the source of a function, which has no docstring.

    Parameters
    ----------
    text : str
    fields : iterable of str
        The results that have an equation.
    known : set of str
        The names of all recorded values.

    Raises
    ------
    RowError
        If a result is computed by no row, or by two.
    """
    tree, fields = ast.parse(text).body[0], list(fields)
    found, local = [], {}
    for kept, nodes, first, last in _cuts(tree, fields):
        piece, names = _piece(text.splitlines(), first, last, nodes, known)
        reads = {name.name for name in names}.union(*(local.get(name, ()) for name in _used(nodes)))
        local |= {name: reads for node in nodes for name in _assigned(node)}
        found.append(Row(tuple(kept), piece, names, reads))
    _check(tree.name, fields, [field for row in found for field in row.fields])
    return found


def _check(name, fields, computed):
    for field in fields:
        if computed.count(field) != 1:
            raise RowError(
                f"{name} computes {field} in {computed.count(field)} places of its own, so no line "
                "can stand beside the equation; show rnn:eq and rnn:code instead"
            )


def _cuts(tree, fields):
    """Yield (fields, nodes, first line, last line) of each row; lines count from 1."""
    before, waiting = tree.body[0].lineno - 1, []
    yield [], [tree.args], 1, before
    for statement, following in zip(tree.body, [*tree.body[1:], None], strict=True):
        waiting.append(statement)
        kept = [name for name in _computed(statement, fields) if name in fields]
        # What only prepares a result stands in the row of that result.
        if kept or following is None or _assigned(following) and not _assigned(statement):
            yield kept, waiting, before + 1, statement.end_lineno
            before, waiting = statement.end_lineno, []


def _assigned(node):
    """Return the names that a statement gives values to."""
    targets = node.targets if isinstance(node, ast.Assign) else []
    nodes = [part for target in targets for part in ast.walk(target)]
    return [part.id for part in nodes if isinstance(part, ast.Name)]


def _computed(statement, fields):
    """Return what a statement computes; a lone result is returned, not named."""
    if isinstance(statement, ast.Return) and len(fields) == 1 and not _is_record(statement.value):
        return fields
    return _assigned(statement)


def _is_record(value):
    """Say whether what is returned is a record such as RNNStep(…), not an expression."""
    called = value.func if isinstance(value, ast.Call) else None
    return ast.unparse(called).rpartition(".")[2][:1].isupper() if called else False


def _used(nodes):
    return {part.id for node in nodes for part in ast.walk(node) if isinstance(part, ast.Name)}


def _piece(lines, first, last, nodes, known):
    """Return the text of a row and the names in it."""
    while not lines[first - 1].strip():
        first += 1
    names = {
        Name(_spelled(part), part.lineno - first, part.col_offset, part.end_col_offset)
        for node in nodes
        for part in ast.walk(node)
        if _spelled(part) in known
    }
    return "\n".join(lines[first - 1 : last]), tuple(sorted(names, key=lambda name: name[1:]))


def _spelled(node):
    """Return the name of the value that a piece of syntax may stand for."""
    match node:
        case ast.Name():
            return node.id
        case ast.arg():
            return node.arg
        case ast.Attribute(value=ast.Name()):
            return node.attr
    return ""
