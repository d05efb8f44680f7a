"""Expand every page of every language before anything of the site is written."""

import re
from pathlib import Path

from scripts.expand import Built, PageError, Place, expand
from scripts.memory import Memory, key

FRONT_MATTER = re.compile(r"\A---[ \t]*\n.*?\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.S)
READS_TITLES = ("rnn:terms ", "rnn:tests -->")  # directives that show titles of other pages
OPEN_MISTAKES = "这一页还有错 · This page has mistakes"


def pages(docs, lang):
    """Return the page files of one language by their path below docs/<lang>."""
    tree = Path(docs, lang)
    return {path.relative_to(tree).as_posix(): path for path in sorted(tree.rglob("*.md"))}


def first_line(text):
    """Return the number of the first line behind the front matter."""
    match = FRONT_MATTER.match(text)
    return 1 + (match[0].count("\n") if match else 0)


def expand_all(docs, languages, kinds, world="", memory=None, made=None):
    """Expand all pages and compare the lists of files.

    Parameters
    ----------
    docs : path
        The folder that holds one folder per language.
    languages : list of str
    kinds : dict
        As for `expand`.
    world : str, optional
        A digest of all that pages are built from besides their own text.
    memory : memory.Memory, optional
        What earlier builds expanded: while the world stays, only edited pages are expanded.
    made : dict, optional
        language -> {page: text} of pages that are no files.

    Returns
    -------
    expanded : dict
        (lang, page) -> (markdown, stash), as `expand` returns them.
    problems : dict
        (lang, page) -> every mistake of that page, one sentence a line.
    """
    expanded, problems, memory = {}, missing(docs, languages), memory or Memory()
    for lang in languages:
        files = {name: path.read_text(encoding="utf-8") for name, path in pages(docs, lang).items()}
        for page, text in (files | (made or {}).get(lang, {})).items():
            try:
                expanded[lang, page] = known(text, lang, page, kinds, world, memory)
            except PageError as error:
                problems[lang, page] = str(error)
    return expanded, problems


def apology(problem):
    """Return what stands in for a page under `serve` until its mistakes are mended."""
    lines = "".join(f"    - `{line}`\n" for line in problem.replace("`", "'").splitlines())
    return f'!!! failure "{OPEN_MISTAKES}"\n\n{lines}', []


def known(text, lang, page, kinds, world, memory):
    """Expand a page, unless it was expanded before and nothing has changed since."""
    if any(directive in text for directive in READS_TITLES):
        return one(text, lang, page, kinds)
    digest = key(world, lang, page, text)
    markdown, stash = memory.recall(digest, lambda: one(text, lang, page, kinds))
    return markdown, [Built(html, Place(*place), source) for html, place, source in stash]


def one(text, lang, page, kinds):
    """Expand the text behind the front matter of one file."""
    body = FRONT_MATTER.sub("", text)
    return expand(body, lang, f"docs/{lang}/{page}", kinds, first_line(text))


def missing(docs, languages):
    """Return a sentence for every page that one language has and another lacks."""
    trees = {lang: pages(docs, lang) for lang in languages}
    return {
        (lang, page): f"docs/{lang}/{page}:1: the page is missing, but docs/{other}/{page} exists: "
        "write it too"
        for lang in languages
        for other in languages
        for page in sorted(trees[other].keys() - trees[lang].keys())
    }
