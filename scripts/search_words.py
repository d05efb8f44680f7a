"""What the search index gets: words as this site knows them, and pages without their pictures."""

import logging
import re
from pathlib import Path

import jieba

from rnnref.explain import terms

CACHE = Path(__file__).parent.parent / ".cache" / "words"
EXCLUDED = re.compile(r'<(\w+)\b(?:[^<>"]|"[^"]*")*?\sdata-search-exclude\b[^<>]*>')
MATH = re.compile(r"<math\b.*?</math>", re.S)
TAG = re.compile(r"<[^<>]*>")
LONGEST = 3  # 遗忘门 is one word; 梯度消失 stays two, so that 消失 alone is found too


def teach():
    """Keep the short Chinese terms, and their rivals, together as words.

    Without the splitter MkDocs would index whole clauses, and no Chinese word inside a sentence
    would be found; it is imported here so that its absence is an error.
    """
    jieba.setLogLevel(logging.WARNING)
    CACHE.mkdir(parents=True, exist_ok=True)
    jieba.dt.tmp_dir = str(CACHE)  # not the folder that all users of a machine share
    for entry in terms.table()["terms"].values():
        for word in [entry["zh"], *entry.get("also_zh", ()), *entry.get("never_zh", ())]:
            if len(word) <= LONGEST:
                jieba.add_word(word)


def searchable(html):
    """Return a page as search has to read it: only the letters of formulas, no excluded part.

    The theme would walk through all figures to leave them out, a quarter of the time of a build;
    and it takes the first inner element that ends for the end of an excluded one of the same tag.
    """
    parts, at = [], 0
    while start := EXCLUDED.search(html, at):
        parts.append(html[at : start.start()])
        at = end(html, start)
    return MATH.sub(letters, "".join(parts) + html[at:])


def end(html, start):
    """Return where the element ends whose start tag was found."""
    depth = 0
    for tag in re.compile(rf"<(/?){start[1]}\b[^<>]*>").finditer(html, start.start()):
        depth += -1 if tag[1] else 1
        if depth == 0:
            return tag.end()
    raise ValueError(f"{start[0]} is never closed")


def letters(match):
    """Return what a formula shows."""
    return TAG.sub("", match[0])
