"""Read one built HTML file: what it links and loads, and what is wrong inside it."""

import re
import sys
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

from scripts.memory import key

VOID = set("area base br col embed hr img input link meta param source track wbr".split())
LOADS = {
    **{tag: ("src",) for tag in ("script", "iframe", "embed", "audio", "track", "input")},
    **{"img": ("src",), "source": ("src",), "video": ("src", "poster")},
    **{"object": ("data",), "image": ("href", "xlink:href"), "use": ("href", "xlink:href")},
}
RELS = {"stylesheet", "preload", "modulepreload", "prefetch", "preconnect", "dns-prefetch", "icon"}
BLOCKS = set("div figure table ul ol dl pre section article details h1 h2 h3 h4 p".split())
QUIET = {"script", "style", "code", "pre", "annotation", "title", "desc"}
LEFTOVER = [
    (re.compile("[\ue0f0\ue0f1]"), "a placeholder that nothing filled"),
    (re.compile(r"\$\$|\\[(\[]"), "raw TeX; write the formula as a directive or between single $"),
    (re.compile(r"\{:?\s*[#.][\w-]+[^}]*\}"), "an attribute list that Markdown did not take"),
    (re.compile(r"^(!!!|\?\?\?)", re.M), "an admonition that Markdown did not take; indent it"),
]
WORDS = ("class", "id", "href", "role", "lang", "data-tex", "aria-label")
INSIDE = re.compile(r"url\(#([^)]+)\)")
PICTURES = {"svg", "math"}
NO_NUMBER = re.compile(r"(?<![^\W\d_])[-−]?(?:nan|inf|infinity)(?![^\W\d_])", re.I)


class Facts(NamedTuple):
    """What the checks need to know of one HTML file.

    Attributes
    ----------
    lang, description, title : str
    ids : dict of str to int
        How often each id is given.
    links, loads, references : list of (line, address)
    problems : list of (line, sentence)
    """

    lang: str
    description: str
    title: str
    ids: dict
    links: list
    loads: list
    references: list
    problems: list


def read(html, memory):
    """Return the facts of a page, from the memory if the same page was read before."""
    digest = key(Path(__file__).read_text(encoding="utf-8"), sys.version, html)
    return Facts(*memory.recall(digest, lambda: Page(html).facts()))


class Page(HTMLParser):
    """Reads one HTML file."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.lang, self.description, self.title = "", "", ""
        self.ids, self.links, self.loads, self.references = Counter(), [], [], []
        self.problems = []
        self.stack = []
        self.unnamed = []  # line and depth of each picture still without a name
        self.feed(html)
        self.close()

    def facts(self):
        """Return what was found."""
        return Facts(*(getattr(self, name) for name in Facts._fields))

    def problem(self, what):
        self.problems.append((self.getpos()[0], what))

    def handle_starttag(self, tag, attributes):
        given = {name: value or "" for name, value in attributes}
        self.note(tag, given)
        if given:
            self.addresses(tag, given)
        self.nesting(tag)
        self.names(tag, given)
        if tag == "svg" or "svg" in self.stack:
            self.numbers(given)
        if tag not in VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.handle_endtag(tag)

    def note(self, tag, given):
        """Collect language, description and ids."""
        if tag == "html":
            self.lang = given.get("lang", "")
        if tag == "meta" and given.get("name") == "description":
            self.description = given.get("content", "").strip()
        if "id" in given:
            self.ids[given["id"]] += 1

    def addresses(self, tag, given):
        """Collect what the page links, what it loads, and what it refers to in itself."""
        line = self.getpos()[0]
        if tag in ("a", "area") and "href" in given:
            self.links.append((line, given["href"]))
        loads = [given[name] for name in LOADS.get(tag, ()) if name in given]
        loads += [part.split()[0] for part in given.get("srcset", "").split(",") if part.strip()]
        if tag == "link" and RELS & set(given.get("rel", "").split()):
            loads.append(given.get("href", ""))
        self.loads += [(line, address) for address in loads if not address.startswith("#")]
        inside = [address[1:] for address in loads if address.startswith("#")]
        for name in ("aria-labelledby", "aria-describedby", "aria-controls", "for"):
            inside += given.get(name, "").split()
        for value in given.values():
            if "url(" in value:
                inside += INSIDE.findall(value)
        self.references += [(line, name) for name in inside]

    def numbers(self, given):
        """Refuse attributes of a figure in which a number came out as none."""
        for name, value in given.items():
            if name not in WORDS and NO_NUMBER.search(value):
                self.problem(f"{name}={value[:40]!r} in a figure is no number")

    def nesting(self, tag):
        """Refuse blocks inside a paragraph: browsers would tear it apart."""
        if tag in BLOCKS and self.stack and self.stack[-1] == "p":
            self.problem(f"<{tag}> inside a paragraph; give it lines of its own")

    def names(self, tag, given):
        """Ask every picture for its text alternative."""
        named = given.get("aria-label") or given.get("aria-labelledby") or given.get("title")
        hidden = given.get("aria-hidden") == "true"
        if tag == "img" and "alt" not in given:
            self.problem("an image has no alt text")
        if tag == "svg" and given.get("role") == "img" and not (named or hidden):
            self.unnamed.append((self.getpos()[0], len(self.stack)))
        if tag == "title" and self.unnamed and len(self.stack) == self.unnamed[-1][1] + 1:
            self.unnamed.pop()
        if tag == "math" and not self.stack:
            self.problem("a formula stands outside the page")

    def handle_endtag(self, tag):
        if tag not in self.stack:
            return
        while self.stack.pop() != tag:
            pass
        if self.unnamed and len(self.stack) <= self.unnamed[-1][1]:
            line, _ = self.unnamed.pop()
            self.problems.append((line, "a figure has no text alternative"))

    def handle_data(self, data):
        if self.stack[-1:] == ["title"] and "svg" not in self.stack:
            self.title += data
        if data.isspace():
            return
        if not QUIET.intersection(self.stack):
            for pattern, what in LEFTOVER:
                if found := pattern.search(data):
                    self.problem(f"{found[0]!r} is {what}")
        if found := NO_NUMBER.fullmatch(data.strip()):
            if PICTURES.intersection(self.stack) and "annotation" not in self.stack:
                self.problem(f"{found[0]!r} is shown where a number belongs")

    def handle_comment(self, data):
        if data.strip().startswith("rnn"):
            self.problem(f"the directive <!--{data}--> was not built")
