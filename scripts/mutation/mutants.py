"""All mutants of a module, each known by its function and by what its line says before and after.

No line number is part of a mutant's identity, so that a record of mutants outlives changes
elsewhere in the file.
"""

import ast
import contextlib
import copy
import hashlib
import os
from typing import NamedTuple

from scripts.mutation.families import relatives
from scripts.mutation.operators import KINDS, Text

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class Mutant(NamedTuple):
    """One mistake.

    `function` is the qualified name of the outermost function or method, "" outside of all;
    `late` says that the mistake acts when the function runs, not already when it is imported;
    bytes `start` to `end` of the module become `new`; `context` is a digest of the whole statement
    or function.
    """

    module: str
    function: str
    before: str
    after: str
    line: int
    late: bool
    start: int
    end: int
    new: str
    context: str

    @property
    def key(self):
        """What the mutant is known by."""
        return (self.module, self.function, self.before, self.after)

    def plant(self, source):
        """Return the source of the module with the mistake in it."""
        text = source.encode()
        return (text[: self.start] + self.new.encode() + text[self.end :]).decode()

    def __str__(self):
        return f"{self.module}:{self.line}: {self.before} -> {self.after}"


def mutants(source, module):
    """Return all mutants of a module that can be parsed, in order, none twice.

    Parameters
    ----------
    source, module : str
        Its text, and its path: `rnnref/lstm/cell.py`.
    """
    text, found = Text(source), {}
    for owner, statement in statements(ast.parse(source)):
        name = owner + statement.name if isinstance(statement, FUNCTIONS) else owner
        first, last = beginning(text, statement), text.span(statement)[1]
        plain, context = None, short(essence(statement))
        for late, (start, end, new) in edits(text, statement):
            plain = plain or meaning(text.bytes[first:last])
            mutated = text.bytes[first:start] + new.encode() + text.bytes[end:last]
            if meaning(mutated) in (plain, None):
                continue
            line, before, after = lines(text.bytes, start, end, new)
            mutant = Mutant(module, name, before, after, line, late, start, end, new, context)
            found.setdefault(mutant.key, mutant)
    return list(found.values())


def digest(source):
    """Return a digest of all statements of a module that can be mutated."""
    found = [owner + essence(statement) for owner, statement in statements(ast.parse(source))]
    return short("\n".join(found))


def short(text):
    """Return twelve digits that tell a text from any other."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def essence(statement):
    """Return what a statement does, without type hints and docstrings."""
    bare = copy.deepcopy(statement)
    for node in ast.walk(bare):
        if isinstance(node, ast.arg):
            node.annotation = None
        if isinstance(node, FUNCTIONS):
            node.returns = None
            node.body = [part for part in node.body if not skipped(part)]
    return ast.dump(bare)


@contextlib.contextmanager
def planted(path, mutant):
    """Let the file of a module hold a mistake for a while, for whoever reads the source."""
    source, stamp = path.read_text(encoding="utf-8"), path.stat()
    mutated = mutant.plant(source)
    try:
        path.write_text(mutated, encoding="utf-8")
        yield mutated
    finally:
        path.write_text(source, encoding="utf-8")
        os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))


def beginning(text, statement):
    """Return where a statement begins, its decorators included."""
    marks = getattr(statement, "decorator_list", [])
    start = text.span(marks[0])[0] if marks else text.span(statement)[0]
    return text.bytes.rfind(b"\n", 0, start) + 1


def meaning(piece):
    """Return what a statement says to Python when it runs, None if nothing."""
    indented = piece[:1] in b" \t"
    try:
        tree = ast.parse(b"class _:\n" + piece if indented else piece)
    except SyntaxError:
        return None
    return ast.dump(Bare().visit(tree))


class Bare(ast.NodeTransformer):
    """Leaves out `cast`, and `strict`, which guards against mistakes that no argument can cause."""

    def visit_Call(self, node):
        """Take the value that is cast, and forget whether lengths have to be equal."""
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id == "cast" and len(node.args) == 2:
            return node.args[1]
        node.keywords = [keyword for keyword in node.keywords if keyword.arg != "strict"]
        return node


def lines(source, start, end, new):
    """Return the number of the first line of an edit, and its lines before and after it."""
    first = source.rfind(b"\n", 0, start) + 1
    last = source.find(b"\n", end)
    last = len(source) if last < 0 else last
    before = source[first:last]
    after = source[first:start] + new.encode() + source[end:last]
    words = (" ".join(text.decode().split()) for text in (before, after))
    return source.count(b"\n", 0, start) + 1, *words


def statements(tree, owner=""):
    """Yield the statements of a module and of its classes, with the name of the class."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            yield from statements(node, f"{owner}{node.name}.")
        elif not skipped(node):
            yield owner, node


def skipped(node):
    """Say whether nothing that runs would change: imports, docstrings, types, public names."""
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return True
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True
    if isinstance(node, ast.If):
        return ast.unparse(node.test).endswith("TYPE_CHECKING")
    if isinstance(node, ast.AnnAssign):
        return ast.unparse(node.annotation) == "TypeAlias"
    if isinstance(node, ast.Assign):
        types = isinstance(node.value, ast.Call) and ast.unparse(node.value.func) == "TypeVar"
        return types or ast.unparse(node.targets[0]) == "__all__"
    return False


def edits(text, statement):
    """Yield (late, edit) for every edit of a statement."""
    if not isinstance(statement, FUNCTIONS):
        yield from ((False, edit) for edit in below(text, statement))
        return
    for mark in statement.decorator_list:
        start, end = text.span(mark)
        yield False, (text.bytes.rindex(b"@", 0, start), end, "")
    for default in [*statement.args.defaults, *statement.args.kw_defaults]:
        if default is not None:
            yield from ((False, edit) for edit in below(text, default))
    for part in statement.body:
        if not skipped(part):
            yield from ((True, edit) for edit in below(text, part))
    yield from ((True, edit) for edit in relatives(text, statement))


def below(text, node):
    """Yield the edits of a node and of all below it that runs."""
    if kind := KINDS.get(type(node)):
        yield from kind(text, node)
    for field, child in children(node):
        if field not in ("annotation", "returns") and not skipped(child):
            yield from below(text, child)


def children(node):
    """Yield the nodes right below a node; parts of a formatted text have no place."""
    if isinstance(node, ast.JoinedStr):
        return
    for field, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield field, child
