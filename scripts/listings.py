"""Code on pages: the source of a function of `rnnref`, and scripts with what they print."""

import ast
import contextlib
import functools
import hashlib
import html
import importlib
import inspect
import io
import re
import runpy
import textwrap
import traceback
import warnings
from pathlib import Path

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

import rnnref
from scripts import cache
from scripts.bare import without_hints

PLAIN = re.compile('<span class="(?:n|nn|p|o|w)">([^<]*)</span>')
BLOCK = HtmlFormatter(cssclass="language-python highlight", wrapcode=True)


def source(name):
    """Return the source of a function or class by dotted name, without docstring and type hints.

    A page says in words and equations what the arguments are; the hints are for the checker.

    Raises
    ------
    LookupError
        If `rnnref` has no such function or class.
    """
    return titled(path(name), python(bare(name)))


def bare(name):
    """Return the source of a function or class as plain text."""
    return without_hints(without_docstrings(textwrap.dedent(inspect.getsource(find(name)))))


def path(name):
    """Return the file of a function or class, as people write it."""
    file = Path(inspect.getsourcefile(find(name)))
    return file.relative_to(Path(rnnref.__file__).parent.parent).as_posix()


def find(name):
    """Look up `lstm.step` or `lstm.Params` in the package."""
    module, _, attribute = name.rpartition(".")
    try:
        thing = getattr(importlib.import_module(f"rnnref.{module}"), attribute)
    except (ImportError, AttributeError) as error:
        raise LookupError(f"rnnref has no function or class {name!r}") from error
    if not (inspect.isfunction(thing) or inspect.isclass(thing)):
        raise LookupError(f"{name!r} is no function or class of rnnref")
    return inspect.unwrap(thing)


def without_docstrings(text):
    """Cut the docstring lines, and the blank line after a class's, out of Python source."""
    lines = text.splitlines()
    named = [n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.FunctionDef | ast.ClassDef)]
    for node in reversed(named):
        if ast.get_docstring(node) is None:
            continue
        first, last = node.body[0].lineno - 1, node.body[0].end_lineno
        if last < len(lines) and not lines[last].strip():
            last += 1
        del lines[first:last]
    return "\n".join(lines) + "\n"


@functools.cache  # both languages show the same sources
def python(text):
    """Return Python as highlighted HTML; what has no colour of its own has no mark either."""
    return PLAIN.sub(r"\1", highlight(text, PythonLexer(), BLOCK))


def titled(title, block):
    """Put the name of a file above a block of code."""
    return f'<div class="rr-code"><p class="rr-code__title">{title}</p>{block}</div>'


def run(path, t):
    """Return a script and, below it, what it printed when it ran.

    Raises
    ------
    ValueError
        If the script raises, warns or prints nothing; the message names its line.
    """
    text = path.read_text(encoding="utf-8")
    name = f"{path.stem}-{hashlib.sha256(text.encode()).hexdigest()[:16]}.txt"
    output = cache.kept("examples", name, lambda: captured(path))
    return (
        f'<div class="rr-run">{titled(path.name, python(text))}'
        f'<p class="rr-run__label">{t("run_output")}</p>'
        f'<div class="rr-run__output highlight" data-search-exclude>'
        f"<pre><code>{html.escape(output, quote=False)}</code></pre></div></div>"
    )


def captured(path):
    """Run a script and return its standard output."""
    out = io.StringIO()
    try:
        with contextlib.redirect_stdout(out), warnings.catch_warnings():
            warnings.simplefilter("error")
            runpy.run_path(str(path), run_name="__main__")
    except (Exception, SystemExit) as error:
        own = [f for f in traceback.extract_tb(error.__traceback__) if f.filename == str(path)]
        line = own[-1].lineno if own else getattr(error, "lineno", 1)
        reason = f"{type(error).__name__}: {error}"
        raise ValueError(f"docs/examples/{path.name}:{line}: {reason}") from error
    if not out.getvalue().strip():
        raise ValueError(f"docs/examples/{path.name} prints nothing; let it print its result")
    return out.getvalue()
