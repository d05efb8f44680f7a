"""Refuse what a page may not be made of: bare equations, headings without id, diagrams as text."""

import re

from scripts.pages import Finding

NUMBER = r"[-−+]?(?:\\pm)?\s*(?:\d+(?:\{,\}\d{3})*(?:\.\d+)?(?:/\d+)?|\\infty)"
POWER = r"(?:\s*\\times\s*10\^(?:\{-?\d+\}|\d))?"
PLAIN = re.compile(rf"\s*(?:{NUMBER}{POWER}|\(\s*{NUMBER}(?:,\s*{NUMBER})*\s*\))\s*")
SYMBOL = re.compile(
    r"\s*(?:\\[a-z]+\{[A-Za-z]\}|\\[A-Za-z]+|[A-Za-z])(?:[_^](?:\{[^{}]*\}|\w))*\s*"
)
BOUND = re.compile(r"_\{[^{}]*=[^{}]*\}")  # the start of an index, as under a sum sign
RELATION = re.compile(
    r"(?:[=<>≈≡≠≤≥∝]|\\(?:approx|equiv|neq?|leq?|geq?|sim|simeq|cong|propto|coloneqq|eqqcolon|doteq"
    r"|triangleq|mapsto|gets|ll|gg|lt|gt|to|(?:long)?rightarrow)(?![A-Za-z]))"
)
NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def is_assignment(latex):
    """Say whether a formula with a relation only gives symbols a number: z = 0.9, D = H = 2."""
    _, *middle, right = RELATION.split(BOUND.sub("", latex))
    return bool(PLAIN.fullmatch(right)) and all(SYMBOL.fullmatch(part) for part in middle)


def formulas(page):
    """Yield (line, message) for equations that no code stands behind."""
    for item in page.of("display"):
        yield (
            item.line,
            "a display equation must be <!-- rnn:eq NAME --> or <!-- rnn:check NAME | … -->, so "
            "that the code or the tests stand behind it; bare $$ is refused",
        )
    for item in page.of("math"):
        if RELATION.search(BOUND.sub("", item.value)) and not is_assignment(item.value):
            yield (
                item.line,
                f"{item.label} is an equation typed by hand; use <!-- rnn:eq NAME --> or "
                f"<!-- rnn:check NAME | … --> (in $…$ a relation may give plain numbers only)",
            )


def headings(page):
    """Yield (line, message) for headings whose id is missing, ill-formed or taken."""
    seen = {}
    for item in page.of("heading", "id"):
        if item.kind == "heading" and not item.value:
            yield item.line, "a heading needs an explicit id; write it as ## Title { #id }"
        elif item.kind == "heading" and not NAME.fullmatch(item.value):
            yield item.line, f"id #{item.value} must be lower-case words joined by hyphens"
        elif item.value in seen:
            yield item.line, f"id #{item.value} is taken by line {seen[item.value]}; rename one"
        seen.setdefault(item.value, item.line)


def blocks(page):
    """Yield (line, message) for text diagrams and tables whose rows differ in length."""
    for item in page.of("code"):
        if "mermaid" in item.label:
            message = "mermaid is refused; figures are drawn from rnnref: <!-- rnn:fig NAME -->"
            yield item.line, message
    for item in page.of("table"):
        sizes = item.value.split(",")
        for offset, size in enumerate(sizes):
            if size != sizes[0]:
                message = f"this row has {size} cells, the table has {sizes[0]}; mend the row"
                yield item.line + offset, message


def check(trees):
    """Return the findings of all pages."""
    return [
        Finding(page.where, line, message, "markup")
        for tree in trees.values()
        for page in tree.values()
        for rule in (formulas, headings, blocks)
        for line, message in rule(page)
    ]
