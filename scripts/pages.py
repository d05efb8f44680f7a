"""Read page files: front matter, blocks, inline items, links, formulas and prose, with lines.

The prose is the page with everything else masked. Its line breaks are those of the file, so the
line of a finding is counted in the prose itself.
"""

import re
from pathlib import Path
from typing import NamedTuple

LANGUAGES = ("zh", "en")

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
INLINE = re.compile(r"(?<![\\$])\$(?!\s)((?:[^$\n]|\n(?!\s*\n))+?)(?<!\s)\$(?![\d$])")
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
EMPHASIS = re.compile(r"\*+|~~|__")
MARKS = {"claim", "covers", "lost", "slip"}


class Finding(NamedTuple):
    """One mistake; `str(finding)` is the whole message."""

    where: str
    line: int
    message: str
    rule: str

    def __str__(self):
        return f"{self.where}:{self.line}: {self.message} [{self.rule}]"


class Item(NamedTuple):
    """Something on a page that is no prose.

    Attributes
    ----------
    kind : str
        heading, directive, inline, code, admonition, table, id, link, math or display.
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


class Page(NamedTuple):
    lang: str
    name: str
    where: str
    text: str
    meta: dict[str, tuple[str, int]]
    items: list[Item]
    prose: str

    def of(self, *kinds):
        """Return the items of these kinds, in the order of the page."""
        return [item for item in self.items if item.kind in kinds]

    def directives(self, name):
        """Return every directive of one name, block or inline."""
        return [i for i in self.of("directive", "inline") if i.label.split()[0] == f"rnn:{name}"]

    def section_at(self, line):
        """Return the id of the section that a line belongs to."""
        above = [item.value for item in self.of("heading") if item.line <= line]
        return above[-1] if above else ""

    def slip_lines(self):
        """Return the numbers of all lines inside correction boxes, their titles included."""
        lines, found = self.text.split("\n"), set()
        for item in self.directives("slip"):
            start = next((n for n in range(item.line - 1, 0, -1) if lines[n - 1].strip()), 1)
            found.update(range(start, item.line + 1))
            for number, line in enumerate(lines[item.line :], start=item.line + 1):
                if line.strip() and len(line) - len(line.lstrip()) < item.indent:
                    break
                found.add(number)
        return found


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
        if name == "rnn:fig":
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


def front_matter(text):
    """Return {key: (value, line)} and the text with the front matter blanked, words kept."""
    match = re.match(r"---\n(.*?\n)?---[ \t]*(?:\n|$)", text, re.S)
    if not match:
        return {}, text
    meta, lines = {}, [""]
    for number, line in enumerate((match[1] or "").splitlines(), start=2):
        key, colon, value = line.partition(":")
        words = ""
        if colon and re.fullmatch(r"[a-z_]+", key):
            meta[key] = (value.strip().strip("\"'"), number)
            words = EDGE + meta[key][0] if key in ("title", "description") else ""
        lines.append(words)
    return meta, "\n".join([*lines, "", text[match.end() :]])


def parse(text, lang, name, where):
    """Return the Page of a text."""
    meta, body = front_matter(text)
    page = masked(body)
    items, section = [], ""
    for item in sorted(page.items, key=lambda item: item.line):
        section = item.value if item.kind == "heading" else section
        items.append(item._replace(section=section))
    return Page(lang, name, where, text, meta, items, page.text)


def read(root, lang, name):
    """Read docs/<lang>/<name> under root."""
    path = Path(root, "docs", lang, name)
    return parse(path.read_text(encoding="utf-8"), lang, name, f"docs/{lang}/{name}")


def names(root, lang):
    """Return the page names of one language, sorted, as paths below docs/<lang>."""
    tree = Path(root, "docs", lang)
    return sorted(path.relative_to(tree).as_posix() for path in tree.rglob("*.md"))


def read_all(root):
    """Return {lang: {name: Page}}."""
    return {
        lang: {name: read(root, lang, name) for name in names(root, lang)} for lang in LANGUAGES
    }


def line_at(prose, position):
    """Return the line of a position in the prose."""
    return prose.count("\n", 0, position) + 1
