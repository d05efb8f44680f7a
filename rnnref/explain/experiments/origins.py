"""Which files of its package a module rests on, and what they do."""

import ast
import functools
from importlib.util import find_spec, resolve_name
from pathlib import Path

DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


@functools.cache
def sources(module):
    """Return the files of a module and of all that it imports from its own top package.

    `from package import module` counts as an import of that module alone: what else the package
    imports has no part in it.

    Parameters
    ----------
    module : str
        Its dotted name.

    Returns
    -------
    list of Path
        Sorted.
    """
    top, found, waiting = module.partition(".")[0], {}, [module]
    while waiting:
        name = waiting.pop()
        if name in found or name.partition(".")[0] != top:
            continue
        spec = find_spec(name)
        found[name] = Path(spec.origin)
        waiting += imported(found[name], name if spec.submodule_search_locations else spec.parent)
    return sorted(found.values())


def imported(path, package):
    """Return the dotted names of the modules that a file imports."""
    for node in ast.walk(parsed(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = resolve_name("." * node.level + (node.module or ""), package)
            for alias in node.names:
                yield f"{base}.{alias.name}" if is_module(base, alias.name) else base


def meaning(path):
    """Return what a file does, as text: without comments, docstrings and layout."""
    return dumped(path.read_text(encoding="utf-8"))


@functools.cache
def dumped(text):
    return ast.dump(parsed(text))


@functools.cache
def parsed(text):
    """Parse a source once in a process, and leave out its docstrings."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            del node.body[0]
    return tree


def is_module(package, name):
    """Say whether a name that is imported from a package is a module of it."""
    spec = find_spec(package)
    return bool(spec.submodule_search_locations) and find_spec(f"{package}.{name}") is not None
