"""Tie every `rnn:claim` on a page to the one test that proves it."""

import ast
import functools
from pathlib import Path
from typing import NamedTuple

from scripts.pages import LANGUAGES, Finding

ROOT = Path(__file__).parent.parent
SILENT = ("pytest.mark.skip", "pytest.mark.xfail")


class ClaimError(LookupError):
    """A claim has no test, or several."""


class Proof(NamedTuple):
    """One test marked `@pytest.mark.claim("…")`; `hindered` says why pytest would not run it."""

    claim: str
    where: str
    line: int
    test: str
    hindered: str
    source: str

    @property
    def chapter(self):
        """The page that states the claim, without its ending."""
        return chapter(self.claim)

    @property
    def address(self):
        """What pytest calls the test: path::name."""
        return f"{self.where}::{self.test}"


def chapter(claim):
    """Return the page that a claim begins with, and that states it: lstm for lstm.keeps."""
    return claim.partition(".")[0]


def marks(function):
    """Yield the argument of every claim mark of a function, "" where it is no plain string."""
    for mark in function.decorator_list:
        if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.claim":
            given = mark.args[0] if len(mark.args) == 1 else None
            plain = isinstance(given, ast.Constant) and isinstance(given.value, str)
            yield given.value if plain else ""


def hindrance(function):
    """Say what keeps pytest from running a test, "" if nothing does."""
    if not function.name.startswith("test_"):
        return "its name does not begin with test_"
    marked = [ast.unparse(mark) for mark in function.decorator_list]
    silenced = [mark for mark in marked if mark.startswith(SILENT)]
    return f"it is marked {silenced[0]}" if silenced else ""


def source(function, text):
    """Return the lines of a test, its marks included."""
    first = min(mark.lineno for mark in [*function.decorator_list, function])
    return "\n".join(text.splitlines()[first - 1 : function.end_lineno]) + "\n"


@functools.cache
def proofs(root=ROOT):
    """Return the Proof of every marked test under tests/claims, files and lines in order."""
    found = []
    for path in sorted(Path(root, "tests", "claims").rglob("test_*.py")):
        where, text = path.relative_to(root).as_posix(), path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text, where)):
            if isinstance(node, ast.FunctionDef):
                rest = (where, node.lineno, node.name, hindrance(node), source(node, text))
                found += [Proof(claim, *rest) for claim in marks(node)]
    return sorted(found, key=lambda proof: (proof.where, proof.line))


def find(claim, root=ROOT):
    """Return the test of a claim as pytest writes it: path::name.

    Raises
    ------
    ClaimError
        If no test, or more than one, is marked with the claim.
    """
    tests = [proof.address for proof in proofs(root) if proof.claim == claim]
    if not tests:
        raise ClaimError(
            f"no test is marked @pytest.mark.claim({claim!r}); write one under tests/claims"
        )
    if len(tests) > 1:
        raise ClaimError(f"claim {claim!r} is on {' and '.join(tests)}; leave it on one of them")
    return tests[0]


def faulty_marks(root):
    """Yield a finding for every mark that names no claim, or one that an earlier test has."""
    seen = {}
    for proof in proofs(root):
        if not proof.claim:
            message = f"the claim mark of {proof.test} must hold one plain string, the claim's id"
            yield Finding(proof.where, proof.line, message, "claim")
        elif proof.hindered:
            message = f"{proof.test} checks claim {proof.claim}, but {proof.hindered}; let it run"
            yield Finding(proof.where, proof.line, message, "claim")
        elif proof.claim in seen:
            message = f"claim {proof.claim} is on {seen[proof.claim]} too; leave it on one test"
            yield Finding(proof.where, proof.line, message, "claim")
        seen.setdefault(proof.claim, proof.address)


def check(trees, root=ROOT):
    """Return the findings about claims on pages without a test and tests without their page."""
    found, known = list(faulty_marks(root)), {proof.claim for proof in proofs(root)}
    used = {lang: set() for lang in LANGUAGES}
    for page in (page for tree in trees.values() for page in tree.values()):
        for item in page.directives("claim"):
            if page.name == f"{chapter(item.value)}.md":
                used[page.lang].add(item.value)
            if item.value not in known:
                message = (
                    f"claim {item.value} has no test; mark one under tests/claims with "
                    f'@pytest.mark.claim("{item.value}") or take the claim away'
                )
                found.append(Finding(page.where, item.line, message, "claim"))
    for proof in proofs(root):
        missing = [lang for lang in LANGUAGES if proof.claim and proof.claim not in used[lang]]
        if missing:
            places = " and not on ".join(f"docs/{lang}/{proof.chapter}.md" for lang in missing)
            message = (
                f"claim {proof.claim} is not on {places}; state it there with "
                f"<!-- rnn:claim {proof.claim} -->, or drop the mark"
            )
            found.append(Finding(proof.where, proof.line, message, "claim"))
    return found
