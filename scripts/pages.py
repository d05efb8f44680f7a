"""Read page files: front matter, blocks, inline items, links, formulas and prose, with lines."""

import re
from pathlib import Path
from typing import NamedTuple

from scripts.masks import EDGE, Item, masked

LANGUAGES = ("zh", "en")
QUOTED = re.compile("「[^「」]*」|“[^“”]*”")


class Finding(NamedTuple):
    """One mistake; `str(finding)` is the whole message."""

    where: str
    line: int
    message: str
    rule: str

    def __str__(self):
        return f"{self.where}:{self.line}: {self.message} [{self.rule}]"


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

    def quotations(self):
        """Return the spans of the prose that may say anything: quotations in correction boxes."""
        lines = self.slip_lines()
        spans = (match.span() for match in QUOTED.finditer(self.prose))
        return [(start, end) for start, end in spans if line_at(self.prose, start) in lines]


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
