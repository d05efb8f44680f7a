"""What each directive prints: one function (argument, Place) -> HTML per kind."""

import functools
import html
import re
from pathlib import Path

from rnnref.explain import catalog, experiments, views
from rnnref.explain.mathml import to_mathml
from rnnref.explain.terms import Lookup
from scripts import api as reference
from scripts import (
    bench_page,
    cache,
    checked,
    claims,
    every,
    formulas,
    glossary,
    listings,
    lock_equations,
    notes_map,
    refusals,
    running,
    sentences,
)
from scripts.expand import needs_line
from scripts.mutation import shown
from scripts.pictures import explore, fig, step

ROOT = Path(__file__).parent.parent
LINES = re.compile(r"\d+(-\d+)?(, ?\d+(-\d+)?)*")
SLIP = re.compile(r"N\d\d")


def table(root=ROOT):
    """Return every kind by name; examples, tests and the note's map are read below `root`."""
    experiments.keep_with(cache.trained)
    return {
        "math": math,
        "eq": eq,
        "check": check,
        "lines": lines,
        "every": every_equation,
        "code": code,
        "run": functools.partial(run, root),
        "refused": refused,
        "fig": fig,
        "stepper": step,
        "explorer": explore,
        "val": val,
        "claim": functools.partial(claim, root),
        "tests": functools.partial(tests, root),
        "mutants": functools.partial(mutants, root),
        "bench": bench,
        "api": api,
        "terms": functools.partial(terms, root),
        "covers": covers,
        "lost": functools.partial(lost, root),
        "slip": functools.partial(slip, root),
    }


def math(latex, place):
    """Print the formula of `$…$`."""
    return formulas.inline(latex)


def eq(argument, place):
    """Print all equations of a catalogue entry, or one field of it."""
    lines = catalog.render(argument)
    lock_equations.require_printed(argument, lines)
    if not place.block and len(lines) > 1:
        raise ValueError("several equations need a line of their own")
    if views.is_hand_written(argument):
        return formula(lines, catalog.scope(argument), place)
    view = views.view(argument)
    return formulas.group(view, Lookup(place.lang)) if place.block else formulas.inline_view(view)


def check(argument, place):
    """Print a line of a derivation, if the reader has proven it."""
    entry, bar, latex = (part.strip() for part in argument.partition("|"))
    if not bar or " = " not in latex:
        raise ValueError("write it as NAME | LEFT = RIGHT")
    scope = catalog.scope(entry)
    lock_equations.require_proven(entry, latex)
    return formula([latex], scope, place)


def formula(lines, scope, place):
    """Print what no code prints, inside a sentence or aligned on lines of its own."""
    if not place.block:
        return formulas.inline(lines[0], scope)
    latex = lines[0] if len(lines) == 1 else formulas.aligned(lines)
    return formulas.display(to_mathml(latex, display=True, scope=scope), Lookup(place.lang))


def lines(argument, place):
    """Print a function line by line, each beside the equation that it computes."""
    needs_line(place)
    lock_equations.require_printed(argument, catalog.render(argument))
    return formulas.beside(argument, Lookup(place.lang))


def every_equation(argument, place):
    """Print all equations of one part of the package: `lstm`."""
    needs_line(place)
    return every.equations(argument, Lookup(place.lang))


def code(argument, place):
    """Print the source of a function or class of `rnnref`."""
    needs_line(place)
    return listings.source(argument)


def run(root, argument, place):
    """Print a script of docs/examples and what it prints when it runs now."""
    needs_line(place)
    path = root / "docs" / "examples" / f"{argument}.py"
    if not path.is_file():
        names = ", ".join(sorted(p.stem for p in path.parent.glob("*.py")))
        raise LookupError(f"docs/examples has no {argument}.py; it has {names}")
    return listings.run(path, Lookup(place.lang))


def refused(argument, place):
    """Print a call that `rnnref` refuses, and what it says: `convert.to_torch([])`."""
    needs_line(place)
    return refusals.shown(argument, Lookup(place.lang))


def val(argument, place):
    """Print a computed number."""
    return f'<span class="rr-val">{html.escape(running.text(argument), quote=False)}</span>'


def claim(root, argument, place):
    """Print the mark of a sentence that a test checks, linked to the test."""
    title = Lookup(place.lang)("claim_checked", test=claims.find(argument, root))
    title = html.escape(title)
    # The joiner keeps the mark on the line of its sentence.
    return (
        f'\u2060<a class="rr-claim" href="{checked.address(argument)}" aria-label="{title}" '
        f'title="{title}" data-search-exclude>✓</a>'
    )


def tests(root, argument, place):
    """Print every test that checks a sentence of one chapter, or a list of all chapters."""
    needs_line(place)
    t = Lookup(place.lang)
    show = functools.partial(sentences.shown, place=place, kinds=table(root))
    return checked.tests(argument, t, root, show) if argument else checked.table(root, t)


def mutants(root, argument, place):
    """Print how many planted mistakes a test notices, by the record."""
    needs_line(place)
    return shown.table(argument, Lookup(place.lang), root)


def bench(argument, place):
    """Print a part of the record of the benchmark."""
    needs_line(place)
    return bench_page.show(argument, Lookup(place.lang))


def api(argument, place):
    """Print the reference of a public module: every signature, and its docstring folded."""
    needs_line(place)
    return reference.page(argument, Lookup(place.lang))


def terms(root, argument, place):
    """Print a section of the glossary."""
    needs_line(place)
    return glossary.section(argument, Lookup(place.lang), root)


def covers(argument, place):
    """Print which lines of the learner's note a passage re-tells."""
    if not LINES.fullmatch(argument):
        raise ValueError("write lines as 31-33, or as a list: 5, 9")
    key = "note_line" if argument.isdigit() else "note_lines"
    lines = argument.replace("-", "–")
    return tag("covers", Lookup(place.lang)(key, lines=lines), place)


def lost(root, argument, place):
    """Print the number and file name of a lost picture."""
    if not argument.isdigit():
        raise ValueError("write the number of the picture alone")
    words = Lookup(place.lang)("lost_picture", number=argument)
    name = notes_map.picture(int(argument), root)["file"]
    return tag("lost", f"{words} <code>{html.escape(name)}</code>", place, f"lost-{argument}")


def slip(root, argument, place):
    """Mark an admonition as the box of one correction, addition or change of words."""
    if not SLIP.fullmatch(argument):
        raise ValueError("write the id of the correction alone, such as N03")
    kind = notes_map.correction(argument, root)["kind"]
    words = Lookup(place.lang)(kind, number=argument)
    return tag(f"slip rr-tag--{kind}", words, place, f"slip-{argument}")


def tag(kind, words, place, name=""):
    """Return a tag for the margin."""
    name = f' id="{name}"' if name else ""
    span = f'<span class="rr-tag rr-tag--{kind}"{name} data-search-exclude>{words}</span>'
    return f'<p class="rr-tags">{span}</p>' if place.block else span
