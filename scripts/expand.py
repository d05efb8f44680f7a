"""Build the directives and formulas of a page, in two strokes around Markdown.

`expand` takes the raw page and returns Markdown in which everything that was built is a
placeholder; `fill` puts the HTML into what Markdown made of it. So block HTML survives inside
admonitions, lists and tables. Nothing here knows MkDocs, or what a kind prints.
"""

import difflib
import re
from typing import NamedTuple

OPEN, CLOSE = "\ue0f0", "\ue0f1"  # private characters: no page text, no Markdown meaning
PLACEHOLDER = re.compile(f"{OPEN}(\\d+){CLOSE}")
PARAGRAPH = re.compile(f"<p>\\s*{OPEN}(\\d+){CLOSE}\\s*</p>")
IN_TAG = re.compile(f"<[a-zA-Z][^<>]*{OPEN}(\\d+){CLOSE}[^<>]*>")

TOKEN = re.compile(
    r"^(?P<fence>[ \t>]*(?P<marks>`{3,}|~{3,})[^\n`]*\n(?:.*?\n)??[ \t>]*(?P=marks)[ \t]*)$"
    r"|(?P<code>(?<!`)(?P<ticks>`+)(?!`)(?:[^\n]|\n(?!\s*\n))+?(?<!`)(?P=ticks)(?!`))"
    r"|(?P<comment><!--(?P<words>.*?)-->)"
    r"|(?P<escaped>\\\$)"
    r"|(?P<display>\$\$)"
    r"|(?P<math>\$(?!\s)(?P<latex>(?:[^$\n]|\n(?!\s*\n))+?)(?<!\s)\$)"
    r"|(?P<lone>\$)",
    re.M | re.S,
)

REFUSED = {
    "display": "a bare $$ is refused: use <!-- rnn:eq NAME --> for a generated equation, "
    "or <!-- rnn:check NAME | LEFT = RIGHT --> for a line of a derivation",
    "lone": r"a lone $ has no partner: close the formula, or write \$ for the sign",
}


class PageError(ValueError):
    """A page cannot be built; every line of the message is one `page:line: sentence`."""


class Place(NamedTuple):
    """Where something stands.

    Attributes
    ----------
    lang, where : str
        Language and file name of the page.
    line : int
    number : int
        Position among everything built on the page: unique there, so usable as a prefix of ids.
    block : bool
        Alone on its line, so it may print block HTML.
    """

    lang: str
    where: str
    line: int
    number: int
    block: bool

    def __str__(self):
        return f"{self.where}:{self.line}"


def needs_line(place):
    """Refuse block HTML in the middle of a sentence."""
    if not place.block:
        raise ValueError("it must stand alone on its line")


class Built(NamedTuple):
    """HTML for one placeholder, where it stands and what the page says there."""

    html: str
    place: Place
    source: str


def expand(markdown, lang, where, kinds, first_line=1):
    """Return the page with placeholders, and the stash that `fill` needs.

    Parameters
    ----------
    markdown, lang, where : str
        The raw page, its language, and its name in error messages.
    kinds : dict of str to function (argument, Place) -> str
        What `<!-- rnn:kind argument -->` prints, as HTML; "math" is for `$…$`.
    first_line : int, optional
        Number of the first line of `markdown` in the file, where front matter was cut off.

    Returns
    -------
    markdown : str
    stash : list of Built

    Raises
    ------
    PageError
        Naming every mistake of the page.
    """
    page = Expansion(markdown, lang, where, kinds, first_line)
    text = TOKEN.sub(page.swap, markdown)
    if page.problems:
        raise PageError("\n".join(page.problems))
    return text, page.stash


class Expansion:
    """One page on its way: what was built so far, and what went wrong."""

    def __init__(self, markdown, lang, where, kinds, first_line):
        self.markdown, self.lang, self.where = markdown, lang, where
        self.kinds, self.first_line = kinds, first_line
        self.stash, self.problems = [], []

    def swap(self, match):
        """Return what takes the place of one token."""
        if match["escaped"]:
            return "$"
        before, after = around(match)
        alone = match["comment"] is not None and not (before.strip(" \t>") or after.strip())
        line = self.first_line + self.markdown.count("\n", 0, match.start())
        place = Place(self.lang, self.where, line, len(self.stash), alone)
        try:
            html = build(match, place, self.kinds)
        except PageError as error:
            self.problems.append(str(error))
            return ""
        if html is None:
            return match[0]
        self.stash.append(Built(html, place, short(match[0])))
        placeholder = f"{OPEN}{place.number}{CLOSE}"
        return apart(placeholder, match, before) if place.block else placeholder


def build(match, place, kinds):
    """Return the HTML of one token, or None where the text stays."""
    for refused, why in REFUSED.items():
        if match[refused]:
            raise PageError(f"{place}: {why}")
    if match["latex"]:
        return call("math", match["latex"], match["math"], place, kinds)
    words = " ".join((match["words"] or "").split())
    if not words.startswith("rnn"):
        return None
    name, _, argument = words.partition(" ")
    kind = name.removeprefix("rnn:")
    if kind == name or kind not in kinds or kind == "math":
        near = difflib.get_close_matches(kind, kinds, 1) or sorted(set(kinds) - {"math"})
        raise PageError(f"{place}: no directive {name!r}; did you mean rnn:{', rnn:'.join(near)}?")
    return call(kind, argument, words, place, kinds)


def call(kind, argument, source, place, kinds):
    """Run one kind; whatever goes wrong in it is told with page and line."""
    try:
        return kinds[kind](argument, place)
    except Exception as error:
        plain = isinstance(error, LookupError | ValueError) and error.args
        reason = error.args[0] if plain else f"{type(error).__name__}: {error}"
        raise PageError(f"{place}: {short(source)}: {reason}") from error


def short(source):
    """Return what messages call a directive: its words without a caption."""
    return " ".join(source.partition("|")[0].split())


def around(match):
    """Return what stands on the same line before and after."""
    before = match.string[: match.start()].rpartition("\n")[2]
    after = match.string[match.end() :].partition("\n")[0]
    return before, after


def apart(placeholder, match, before):
    """Give a block its own paragraph: blank lines around it, indentation kept."""
    above = match.string[: match.start()].rsplit("\n", 2)
    below = match.string[match.end() :].split("\n", 2)
    lead = "\n" + before if len(above) > 1 and above[-2].strip(" \t>") else ""
    tail = "\n" + before if len(below) > 1 and below[1].strip(" \t>") else ""
    return lead + placeholder + tail


def fill(html, stash):
    """Put what was built into the HTML that Markdown made.

    Raises
    ------
    PageError
        If Markdown swallowed a placeholder, or put it inside a tag.
    """
    problems = [
        problem(stash[int(match[1])], "it stands inside a link target or an attribute")
        for match in IN_TAG.finditer(html)
    ]
    found = {int(number) for number in PLACEHOLDER.findall(html)}
    problems += [
        problem(built, "Markdown swallowed it")
        for number, built in enumerate(stash)
        if number not in found
    ]
    if problems:
        raise PageError("\n".join(problems))
    return replaced(html, stash)


def replaced(html, stash):
    """Replace the placeholders of a part of a page, such as a title in the table of contents."""
    html = PARAGRAPH.sub(lambda m: paragraph(stash[int(m[1])]), html)
    return PLACEHOLDER.sub(lambda m: stash[int(m[1])].html, html)


def paragraph(built):
    """Return a block as it is, and something inline as a paragraph."""
    return built.html if built.place.block else f"<p>{built.html}</p>"


def problem(built, why):
    return f"{built.place}: {built.source}: {why}; move it into the running text"
