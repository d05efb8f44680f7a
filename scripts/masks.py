"""Mask everything on a page that is no prose, and record it.

The line breaks stay where they are, so the line of a finding is counted in the prose itself.
"""

import re
from typing import NamedTuple

# What stands in the prose for something that is no prose.
CODE, MATH, VALUE, FOREIGN = "\ue000", "\ue001", "\ue002", "\ue003"
MARK = "\ue004"  # prints a small mark only: claim, covers, lost, slip, footnote
EDGE = "\ue005"  # where a block, a table cell or a title begins or ends

FIRST = re.compile(
    r"^(?P<indent>[ \t>]*)(?P<fence>`{3,}|~{3,})(?P<info>[^\n`]*)\n(?P<body>.*?)"
    r"^[ \t>]*(?P=fence)[ \t]*$"
    r"|<!--(?P<comment>.*?)-->"
    r"|(?<!`)(?P<ticks>`+)(?!`)(?P<code>(?:[^\n]|\n(?!\s*\n))+?)(?<!`)(?P=ticks)(?!`)",
    re.M | re.S,
)
DISPLAY = re.compile(r"\$\$(.*?)\$\$|\\\[(.*?)\\\]|\\begin\{(.*?)\\end\{\w+\*?\}", re.S)
# As scripts/expand.py finds formulas: what is shown as one has to be checked as one.
INLINE = re.compile(r"(?<![\\$])\$(?!\s)((?:[^$\n]|\n(?!\s*\n))+?)(?<!\s)\$")
LINK = re.compile(
    r"(?P<image>!)?\[(?P<text>(?:[^\[\]]|\[[^\[\]]*\])*)\]"
    r"\((?P<target>[^()\s]*(?:\([^()\s]*\)[^()\s]*)*)(?:\s+(?P<title>\"[^\"]*\"))?\)"
)
ADDRESS = re.compile(r"<(?P<target>https?://[^\s>]+)>|(?P<bare>https?://[^\s<>（），。；]+)")
LANG_SPAN = re.compile(r"<(\w+)\b[^>]*\blang=[\"'][^>]*>.*?</\1>", re.S)
TAG = re.compile(r"</?[A-Za-z][^<>]*>")
FOOTNOTE = re.compile(r"\[\^[\w-]+\](:)?")
ATTRIBUTES = re.compile(r"[ \t]*\{:?[ \t]*(?P<words>[#.][^{}\n]*)\}")
HEADING = re.compile(r"^(?P<level>#{1,6})[ \t]+(?P<text>.*?)[ \t]*$", re.M)
ADMONITION = re.compile(
    r"^(?P<indent>[ \t]*)(?P<mark>!!!|\?\?\?\+?|===[!+]?)[ \t]+(?P<type>[\w -]*)"
    r"(?:\"(?P<title>[^\n]*)\")?[ \t]*$",
    re.M,
)
TABLE = re.compile(
    r"^[ \t>]*\|[^\n]*\|[ \t]*\n[ \t>]*\|[ \t:|-]+\|[ \t]*$(?:\n[ \t>]*\|[^\n]*\|[ \t]*$)*", re.M
)
CELL = re.compile(r"[ \t]*(?<!\\)\|[ \t]*")
START = re.compile(r"^[ \t>]*(?:[-*+]|\d+[.)]|:)[ \t]+(?:\[[ xX]\][ \t]+)?", re.M)
RUN_IN = re.compile(r"(?<=[。？！：])\*\*[ \t]+")  # the space that sets off a bold lead-in
EMPHASIS = re.compile(r"(?<=\S)\*+|\*+(?=\S)|~~|__")
MARKS = {"claim", "covers", "lost", "slip"}
CAPTIONED = {"rnn:fig", "rnn:stepper", "rnn:explorer"}  # what stands behind | is prose


class Item(NamedTuple):
    """Something on a page that is no prose.

    Attributes
    ----------
    kind : str
        heading, directive, inline, code, span (code in a sentence), admonition, table, id, link,
        math or display.
    label : str
        What a message calls it, and what twins compare.
    value : str
        Level and id, argument, source, target or formula.
    line : int
    section : str
        Id of the heading above; "" before the first one.
    indent : int
    """

    kind: str
    label: str
    value: str
    line: int
    section: str = ""
    indent: int = 0


class Masker:
    """A page on its way to prose: `take` records what a pattern finds and masks it."""

    def __init__(self, text):
        self.text = text
        self.items = []

    def line(self, position):
        return self.text.count("\n", 0, position) + 1

    def take(self, pattern, visit):
        """Replace every match by what `visit(match, line)` returns, its line breaks kept."""

        def swap(match):
            mask = visit(match, self.line(match.start()))
            return mask + "\n" * (match[0].count("\n") - mask.count("\n"))

        self.text = pattern.sub(swap, self.text)

    def add(self, kind, label, value, line, indent=0):
        self.items.append(Item(kind, label, value, line, "", indent))

    def fence_comment_or_code(self, match, line):
        if match["fence"]:
            label = f"code block ```{match['info'].strip()}"
            self.add("code", label, match["body"], line, len(match["indent"]))
            return EDGE
        if match["code"] is not None:
            self.add("span", f"`{match['code']}`", match["code"], line)
            return CODE
        return self.comment(match, line)

    def comment(self, match, line):
        name, _, argument = match["comment"].strip().partition(" ")
        if not name.startswith("rnn:"):
            return ""
        before = match.string[: match.start()].rpartition("\n")[2]
        after = match.string[match.end() :].partition("\n")[0]
        alone = not (before.strip(" \t>") or after.strip())
        argument = " ".join(argument.split())
        caption = ""
        if name in CAPTIONED:
            argument, _, caption = (part.strip() for part in argument.partition("|"))
        kind = "directive" if alone else "inline"
        self.add(kind, f"{name} {argument}".strip(), argument, line, len(before))
        if alone:
            return EDGE + caption + EDGE
        return MARK if name[4:] in MARKS else VALUE

    def formula(self, kind):
        def visit(match, line):
            value = next((group for group in match.groups() if group is not None), "")
            self.add(kind, f"${value.strip()}$", value.strip(), line)
            return MATH

        return visit

    def link(self, match, line):
        label = f"{'image' if match['image'] else 'link to'} {match['target']}"
        self.add("link", label, match["target"], line)
        return match["text"]

    def address(self, match, line):
        target = match["target"] or match["bare"]
        self.add("link", f"link to {target}", target, line)
        return CODE

    def tag(self, match, line):
        found = re.search(r"\bid=[\"']([^\"']+)", match[0])
        if found:
            self.add("id", f"element #{found[1]}", found[1], line)
        return ""

    def heading(self, match, line):
        attributes = ATTRIBUTES.search(match["text"])
        found = re.search(r"#(\S+)", attributes["words"]) if attributes else None
        name, level = found[1] if found else "", match["level"]
        self.add("heading", f"heading {level} #{name}" if name else f"heading {level}", name, line)
        return EDGE + ATTRIBUTES.sub("", match["text"]) + EDGE

    def attributes(self, match, line):
        found = re.search(r"#(\S+)", match["words"])
        if found:
            self.add("id", f"element #{found[1]}", found[1], line)
        return ""

    def admonition(self, match, line):
        label = f"{match['mark']} {match['type'].strip()}".strip()
        self.add("admonition", label, "", line, len(match["indent"]))
        return EDGE + (match["title"] or "") + EDGE

    def table(self, match, line):
        rows = [row.strip(" \t>") for row in match[0].split("\n")]
        sizes = [len(CELL.findall(row)) - 1 for row in rows]
        label = f"table of {sizes[0]} columns and {len(rows) - 2} rows"
        self.add("table", label, ",".join(map(str, sizes)), line)
        rows[1] = "|"  # the line under the table head holds no words
        return "\n".join(CELL.sub(EDGE, row) for row in rows)


def masked(text):
    """Return a Masker that has found everything, its text being the prose."""
    page = Masker(text)
    page.take(FIRST, page.fence_comment_or_code)
    page.take(DISPLAY, page.formula("display"))
    page.take(INLINE, page.formula("math"))
    page.take(LANG_SPAN, lambda match, line: FOREIGN)
    page.take(LINK, page.link)
    page.take(ADDRESS, page.address)
    page.take(TAG, page.tag)
    page.take(FOOTNOTE, lambda match, line: EDGE if match[1] else MARK)
    page.take(TABLE, page.table)
    page.take(HEADING, page.heading)
    page.take(ATTRIBUTES, page.attributes)
    page.take(ADMONITION, page.admonition)
    page.take(START, lambda match, line: EDGE)
    page.take(RUN_IN, lambda match, line: EDGE)
    page.take(EMPHASIS, lambda match, line: "")
    return page
