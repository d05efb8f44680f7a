"""Hold the prose to the words of terms.toml: main terms everywhere, others in the glossary."""

import functools
import re
from typing import NamedTuple

from rnnref.explain import terms
from scripts.pages import Finding, line_at

TITLES = ("sources", "references")  # sections that quote titles of papers word for word
ENDINGS = "(?:s|es)?"


class Word(NamedTuple):
    """A word that is main, "also" or "never", and the main term to write instead."""

    kind: str
    text: str
    main: str


def words_of(lang, table):
    """Yield every Word of a language."""
    for entry in table.values():
        main = entry[lang]
        for text in (main, *filter(None, [entry.get("abbr")])):
            yield Word("main", text, main)
        for kind in ("also", "never"):
            for text in entry.get(f"{kind}_{lang}", ()):
                yield Word(kind, text, main)


def plain(text):
    """Return a word as it is looked up: case, hyphens and spaces do not count."""
    return re.sub(r"[\s–-]+", " ", text).lower()


def pattern(lang, text):
    """Return the regular expression for a word of one language."""
    if lang == "zh":
        return re.escape(text)
    return r"[ \n–-]+".join(re.escape(part) for part in plain(text).split())


class Vocabulary(NamedTuple):
    """One regular expression that finds the longest word at every place, and what words mean."""

    regex: re.Pattern
    words: dict[str, Word]

    def slips(self, text):
        """Yield (position, found text, Word) for every "also" and "never" word of a text."""
        for match in self.regex.finditer(text):
            word = self.words[plain(match[1])]
            if word.kind != "main":
                yield match.start(), " ".join(match[1].split()), word


def vocabulary(lang, table):
    """Return the Vocabulary of a language; longer words win, so 点积注意力 hides 点积."""
    words = {}
    for word in words_of(lang, table):
        words.setdefault(plain(word.text), word)
    longest_first = sorted(words.values(), key=lambda word: -len(word.text))
    choice = "|".join(pattern(lang, word.text) for word in longest_first)
    edges = ("", "") if lang == "zh" else (r"(?<![\w-])", rf"{ENDINGS}(?![\w-])")
    return Vocabulary(re.compile(f"{edges[0]}({choice}){edges[1]}", re.I), words)


@functools.cache
def site_vocabulary(lang):
    """Return the Vocabulary of terms.toml."""
    return vocabulary(lang, terms.table()["terms"])


def advice(found, word):
    """Say what to write instead."""
    if word.kind == "also":
        return f"“{found}” may stand in the glossary only; write {word.main}"
    return (
        f"“{found}” is not used on this site; write {word.main}, or put it in quotation marks "
        f"inside a box with rnn:slip where the word itself is discussed"
    )


def page_findings(page, vocabularies):
    """Yield the findings of one page."""
    free = page.quotations()
    for vocabulary in vocabularies:
        for position, found, word in vocabulary.slips(page.prose):
            line = line_at(page.prose, position)
            quoted = any(start <= position < end for start, end in free)
            listed = word.kind == "also" and page.name == "glossary.md"
            if not (quoted or listed or page.section_at(line) in TITLES):
                yield Finding(page.where, line, advice(found, word), "term")


def check(trees, vocabulary_of=site_vocabulary):
    """Return the findings of all pages; a Chinese page is held to the English words too."""
    return [
        finding
        for lang, tree in trees.items()
        for page in tree.values()
        for finding in page_findings(page, [vocabulary_of(x) for x in {lang, "en"}])
    ]
