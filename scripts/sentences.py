"""Find the sentence that stands before a ✓, as the page states it, and print it once more.

A sentence begins behind the one before it, or behind an earlier ✓ that ends a clause; a cell of a
table is read together with the first cell of its row.
"""

import re

from markdown import Markdown

from scripts.expand import expand, fill
from scripts.masks import LINK

WHOLE = re.compile(r"<!--.*?-->|(?<![\\$])\$[^$\n]+\$|`[^`\n]+`")  # holds no end of a sentence
KEPT = re.compile("\ue100(\\d+)\ue101")
CLAIM = re.compile(r"<!--\s*rnn:claim\s+(\S+)\s*-->")
MARK = re.compile(r"<!--\s*rnn:(?:claim|covers|lost|slip)\b.*?-->|\[\^[\w-]+\]")
BLOCK = re.compile(
    r"\n[ \t>]*\n|\n(?=[ \t>]*(?:[-*+]|\d+\.|\|)[ \t])|^[ \t]*(?:!!!|\?\?\?)[^\n]*\n", re.M
)
LEAD = re.compile(r"^[ \t>]*(?:(?:[-*+]|\d+\.)[ \t]+)?")
CELL = re.compile(r"(?<!\\)\|")
STOP = re.compile(r"[。！？][”」』）]*(?:\*\*)?|[.!?][”’)]*(?:\*\*)?(?=\s)")
CLAUSE = tuple("。！？；：.!?;:)）”*")  # before a ✓ that ends what its test checks
PAIRS = ("（）", "()", "“”", "「」")
BETWEEN = {"zh": "：", "en": ": "}  # the name of a row and its cell


def before(text, lang):
    """Return {claim: the Markdown of its sentence} of a page; the first place counts."""
    kept = []

    def keep(match):
        kept.append(match[0])
        return f"\ue100{len(kept) - 1}\ue101"

    found, masked = {}, WHOLE.sub(keep, text)
    for match in KEPT.finditer(masked):
        claim = CLAIM.fullmatch(kept[int(match[1])])
        if claim and claim[1] not in found:
            block = BLOCK.split(masked[: match.start()])[-1].lstrip("\n")
            words = row(block, lang) if block.lstrip(" >").startswith("|") else last(block, kept)
            found[claim[1]] = plain(words, kept)
    return found


def row(block, lang):
    """Return the last cell of a row that has begun, behind the first one."""
    cells = [cell.strip() for cell in CELL.split(block)[1:]]
    return BETWEEN[lang].join(dict.fromkeys([cells[0], cells[-1]]))


def last(block, kept):
    """Return the last sentence of a block, with as much before it as its brackets need."""
    block = LEAD.sub("", block).rstrip()
    starts = [0, *(match.end() for match in STOP.finditer(block))]
    for match in KEPT.finditer(block):
        if CLAIM.fullmatch(kept[int(match[1])]) and block[: match.start()].endswith(CLAUSE):
            starts.append(match.end())
    choices = (block[start:].strip() for start in sorted(starts, reverse=True))
    return next((words for words in choices if said(words, kept) and balanced(words)), block)


def said(words, kept):
    """Say whether anything is left of these words without marks."""
    return bool(plain(words, kept).strip("*"))


def balanced(words):
    """Say whether brackets, quotation marks and bold print are closed where they are opened."""
    pairs = all(words.count(left) == words.count(right) for left, right in PAIRS)
    return pairs and words.count("**") % 2 == 0


def plain(words, kept):
    """Return words with what was kept whole, without marks, and of links the words alone."""
    whole = KEPT.sub(lambda match: kept[int(match[1])], words)
    return LINK.sub(r"\g<text>", MARK.sub("", whole)).strip().rstrip("，；：、,;:")


def shown(words, place, kinds):
    """Return one sentence as HTML, with what its directives print."""
    text, stash = expand(words, place.lang, place.where, kinds, place.line)
    return fill(Markdown().convert(text), stash).removeprefix("<p>").removesuffix("</p>")
