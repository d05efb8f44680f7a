"""The reference of a module: every public name, its signature, and what its docstring says."""

import ast
import html
import inspect
import re
import textwrap
from pathlib import Path

from pygments import highlight
from pygments.lexers import PythonConsoleLexer

import rnnref
from scripts import docstrings, listings

PACKAGE = "rnnref"  # the name under which the errors stand, which belong to no module
LABELS = {
    "Fields": "api_fields",
    "Attributes": "api_fields",
    "Parameters": "api_parameters",
    "Returns": "api_returns",
    "Raises": "api_raises",
    "References": "api_references",
    "Examples": "api_examples",
}
WIDTH, INDENT = 76, "    "  # of a signature on several lines


def modules():
    """Return every public module, and the package itself for what stands in none, by name."""
    found = {name: getattr(rnnref, name) for name in rnnref.__all__}
    return {PACKAGE: rnnref} | {n: m for n, m in found.items() if inspect.ismodule(m)}


def public(name):
    """Return the public things of a module by name: what its `__all__` lists.

    Raises
    ------
    LookupError
        If `rnnref` has no such public module.
    """
    known = modules()
    if name not in known:
        raise LookupError(f"rnnref has no public module {name!r}; it has {', '.join(known)}")
    module = known[name]
    things = {key: getattr(module, key) for key in sorted(module.__all__, key=str.lower)}
    return {key: thing for key, thing in things.items() if not inspect.ismodule(thing)}


def page(name, t):
    """Return the reference of a module as HTML: constants, then records, then functions.

    Parameters
    ----------
    name : str
        A public module such as "lstm", or "rnnref" for what stands in none.
    t : terms.Lookup
    """
    things = public(name)
    order = sorted(things, key=lambda key: (rank(things[key]), key.lower()))
    return "".join(shown(f"{name}.{key}", things[key], t) for key in order)


def rank(thing):
    """Return 0 for a constant, 1 for a class, 2 for a function."""
    return 2 if inspect.isfunction(thing) else int(inspect.isclass(thing))


def shown(name, thing, t):
    """Return one public thing as HTML."""
    if rank(thing) == 0:
        value = f" = {thing!r}" if is_names(thing) else ""
        return (
            f'<p class="rr-api__constant" id="api-{name}">{span(f"{name}{value}", "code")} '
            f"{t('api_constant')}</p>"
        )
    doc = docstrings.parse(vars(thing).get("__doc__") or thing.__doc__, name)
    parts = [
        listings.titled(where(thing), listings.python(signature(name, thing))),
        english("".join(map(block, doc.paragraphs))),
        *(section(title, body, t) for title, body in sections(thing, doc).items()),
        *(method(name, key, function, t) for key, function in methods(thing)),
    ]
    return (
        f'<details class="rr-check rr-api" id="api-{name}">'
        f'<summary><code>{name}</code> <span lang="en">{inline(doc.summary)}</span></summary>'
        f"<div data-search-exclude>{linked(''.join(parts), name)}</div></details>"
    )


def is_names(thing):
    """Say whether a constant is a tuple of words, short enough to be shown."""
    return isinstance(thing, tuple) and all(isinstance(part, str) for part in thing)


def where(thing):
    """Return the file of a thing, as the repository calls it."""
    path = Path(inspect.getsourcefile(inspect.unwrap(thing)))
    return path.relative_to(Path(rnnref.__file__).parent.parent).as_posix()


def signature(name, thing):
    """Return the call of a function, or of a record with its fields, without their types."""
    found = inspect.signature(thing)
    plain = [p.replace(annotation=p.empty) for p in found.parameters.values()]
    plain = [p.replace(default=Named(p.default)) if named(p.default) else p for p in plain]
    plain = [p for p in plain if p.name != "self"]
    text = str(found.replace(parameters=plain, return_annotation=found.empty))
    if len(name + text) <= WIDTH:
        return f"{name}{text}\n"
    lines = textwrap.fill(text[1:-1], WIDTH, initial_indent=INDENT, subsequent_indent=INDENT)
    return f"{name}(\n{lines}\n)\n"


def named(default):
    """Say whether a default is something that Python code calls by a name, such as np.float64."""
    return inspect.isclass(default) and default is not inspect.Parameter.empty


class Named:
    """A default that shows itself as Python code writes it."""

    def __init__(self, thing):
        self.thing = thing

    def __repr__(self):
        module = self.thing.__module__.replace("numpy", "np")
        return f"{module}.{self.thing.__name__}"


def sections(thing, doc):
    """Return the sections of a docstring, with the fields of a record that has none."""
    if inspect.isclass(thing) and "Attributes" not in doc.sections and (found := fields(thing)):
        return {"Fields": found, **doc.sections}
    return doc.sections


def fields(record):
    """Return the fields of a record with the comments that stand beside them in its source."""
    source = textwrap.dedent(inspect.getsource(record))
    lines, (tree, *_) = source.splitlines(), ast.parse(source).body
    found = []
    for node in (node for node in tree.body if isinstance(node, ast.AnnAssign)):
        _, _, comment = lines[node.end_lineno - 1].partition("  # ")
        found.append(docstrings.Entry(node.target.id, comment, ""))
    return found


def methods(thing):
    """Return the public methods of a class that it defines itself."""
    if not inspect.isclass(thing):
        return []
    return [
        (key, value)
        for key, value in vars(thing).items()
        if inspect.isfunction(value) and not key.startswith("_")
    ]


def method(name, key, function, t):
    """Return a method of a class: its signature and its docstring."""
    doc = docstrings.parse(function.__doc__, f"{name}.{key}")
    return (
        f'<div class="rr-api__method" id="api-{name}.{key}">'
        f"{listings.python(signature(f'{name}.{key}', function))}"
        f"{english(block(doc.summary) + ''.join(map(block, doc.paragraphs)))}"
        f"{''.join(section(title, body, t) for title, body in doc.sections.items())}</div>"
    )


def section(title, body, t):
    """Return a section: its label in the language of the page, its words in English."""
    label = f'<p class="rr-api__label"><strong>{t(LABELS[title])}</strong></p>'
    if title == "Examples":
        return label + highlight(body, PythonConsoleLexer(), listings.BLOCK)
    if isinstance(body, str):
        return label + english(block(body))
    return label + english(f"<ul>{''.join(item(title, entry) for entry in body)}</ul>")


def item(title, entry):
    """Return an entry of a list."""
    kind = inline(entry.kind)
    if title == "Raises":
        kind = ", ".join(span(name, "code") for name in entry.kind.split(", "))
    # Arguments stand in <var>, so that one called like a function is not linked to it.
    heads = [f"<var>{html.escape(entry.names)}</var>" if entry.names else "", kind]
    words = f"<br>{inline(entry.text)}" if entry.text else ""
    return f"<li>{' : '.join(filter(None, heads))}{words}</li>"


def block(text):
    """Return a paragraph of prose, or indented code."""
    if text.startswith("    "):
        return listings.python(textwrap.dedent(text) + "\n")
    return f"<p>{inline(text)}</p>"


def inline(text):
    """Return prose with its code spans."""
    parts = re.split(r"`([^`]+)`", text)
    return "".join(
        span(part, "code") if n % 2 else html.escape(part, False) for n, part in enumerate(parts)
    )


def span(text, tag):
    """Return text in a tag of its own."""
    return f"<{tag}>{html.escape(text, quote=False)}</{tag}>"


def linked(text, name):
    """Link every code span that names something public, of this module or by dotted name."""

    def link(match):
        known = modules()
        for full in (f"{name.partition('.')[0]}.{match[1]}", match[1], f"{PACKAGE}.{match[1]}"):
            module, _, key = full.partition(".")
            if full != name and module in known and key in public(module):
                return f'<a href="#api-{full}">{match[0]}</a>'
        return match[0]

    return re.sub(r"<code>([\w.]+)</code>", link, text)


def english(inner):
    """Mark what is English on both pages."""
    return f'<div lang="en">{inner}</div>' if inner else ""
