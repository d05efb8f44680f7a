"""Compare the two languages page by page: same skeleton, same facts, twin confirmed.

`python -m scripts.parity --confirm [lstm.md …]` notes in each page that its twin, as it stands
now, has been read against it.
"""

import argparse
import hashlib
import re
import sys
from collections import Counter
from difflib import SequenceMatcher
from itertools import zip_longest
from pathlib import Path

from scripts import pages
from scripts.pages import Finding, line_at

TWIN = {"zh": "en", "en": "zh"}
BLOCKS = ("heading", "directive", "code", "admonition", "table", "id")
DIGEST_LINE = re.compile(r"^translation_of:.*\n", re.M)
COMMENT_OR_STRING = re.compile(
    r"(\"\"\"|''').*?\1|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|(?P<comment>\s*#[^\n]*)", re.S
)
NUMBER = re.compile(r"(?<![A-Za-z0-9_.])(?:\d+\.\d+|\d{2,})(?![A-Za-z0-9]|\.\d)")
CHINESE = re.compile("[\u4e00-\u9fff]")
SPELLED = 12  # a language may write whole numbers up to this one as words
CONFIRM = "python -m scripts.parity --confirm"


def digest(text):
    """Return 12 hex digits for a page's text; its own translation_of line does not count."""
    return hashlib.sha256(DIGEST_LINE.sub("", text, count=1).encode()).hexdigest()[:12]


def code_without_words(source):
    """Return a code block with its comments and the contents of its strings left out."""
    bare = COMMENT_OR_STRING.sub(lambda m: "" if m["comment"] else '""', source)
    return "\n".join(line.strip() for line in bare.splitlines() if line.strip())


def key(item):
    """Return what has to be equal in both languages."""
    return item.label, code_without_words(item.value) if item.kind == "code" else ""


def blocks(page):
    """Return the blocks of a page in order."""
    return page.of(*BLOCKS)


def difference(mine, other, here, there):
    """Yield a finding for every block that differs; `here` and `there` are the pages."""
    matcher = SequenceMatcher(None, [key(b) for b in mine], [key(b) for b in other], False)
    for tag, i, i_end, j, j_end in matcher.get_opcodes():
        if tag == "equal":
            continue
        for ours, theirs in zip_longest(mine[i:i_end], other[j:j_end]):
            if ours is None:
                yield Finding(there.where, theirs.line, only_here(theirs, here), "parity")
            elif theirs is None:
                yield Finding(here.where, ours.line, only_here(ours, there), "parity")
            elif key(ours) != key(theirs):
                yield Finding(here.where, ours.line, unlike(ours, theirs, there), "parity")


def only_here(block, there):
    """Say that a block has no counterpart."""
    return (
        f"{block.label} has no counterpart in {there.where}; add it there in the same place, "
        f"or delete it here"
    )


def unlike(ours, theirs, there):
    """Say how a block differs from the one in its place."""
    place = f"{there.where}:{theirs.line}"
    if ours.label != theirs.label:
        return f"{ours.label} stands where {place} has {theirs.label}; make the two the same"
    lines = (code_without_words(block.value).splitlines() for block in (ours, theirs))
    a, b = next(((a, b) for a, b in zip(*lines, strict=False) if a != b), ("", ""))
    how = f"`{a}` against `{b}`" if a or b else "one of them is longer"
    return (
        f"{ours.label} differs from {place} ({how}); only comments and string contents may differ"
    )


def facts(page):
    """Return what every section states: {(section, label): lines}.

    A formula, a code span or a number counts once, however often a language repeats it.
    """
    found = {}
    for item in page.of("inline", "link"):
        found.setdefault((item.section, item.label), []).append(item.line)
    for item in page.of("math", "span"):
        if not CHINESE.search(item.value):  # a list of Chinese tokens has no twin
            found.setdefault((item.section, item.label), [item.line])
    for match in NUMBER.finditer(page.prose):
        if "." in match[0] or int(match[0]) > SPELLED:
            line = line_at(page.prose, match.start())
            found.setdefault((page.section_at(line), f"the number {match[0]}"), [line])
    return found


def section_differences(here, there):
    """Yield a finding for everything a section states more often than its twin."""
    ours, theirs = facts(here), facts(there)
    common = {section for section, _ in ours} & {"", *(h.value for h in there.of("heading"))}
    spare = Counter({k: len(v) for k, v in ours.items()})
    spare.subtract({k: len(v) for k, v in theirs.items()})
    for (section, label), count in spare.items():
        if count > 0 and section in common:  # a section of one page only is reported as a heading
            line = ours[section, label][-1]
            message = (
                f"{label} occurs {len(ours[section, label])} × in section #{section} and "
                f"{len(theirs.get((section, label), []))} × in that of {there.where}; state it "
                f"equally often in both"
            )
            yield Finding(here.where, line, message, "parity")


def front_matter(here, there):
    """Yield a finding for every missing, empty or one-sided key of the front matter."""
    for name in ("title", "description"):
        if not here.meta.get(name, ("", 0))[0]:
            message = f"the front matter has no {name}; write one in this page's language"
            yield Finding(here.where, 1, message, "front-matter")
    for name in sorted(there.meta.keys() - here.meta.keys() - {"title", "description"}):
        if name != "translation_of":
            message = f"the front matter lacks `{name}`, which {there.where} has; add it"
            yield Finding(here.where, 1, message, "front-matter")


def staleness(here, there):
    """Yield a finding if the twin changed since this page was last confirmed against it."""
    noted, line = here.meta.get("translation_of", ("", 1))
    cure = f"read the two side by side, then run `{CONFIRM} {here.name}`"
    if not noted:
        message = f"the front matter has no translation_of, the digest of {there.where}; {cure}"
        yield Finding(here.where, line, message, "stale")
    elif noted != digest(there.text):
        message = f"{there.where} has changed since this page was confirmed against it; {cure}"
        yield Finding(here.where, line, message, "stale")


def skeleton_findings(zh, en):
    """Return the findings of a pair of pages, except for stale digests."""
    return [
        *difference(blocks(zh), blocks(en), zh, en),
        *section_differences(zh, en),
        *section_differences(en, zh),
        *front_matter(zh, en),
        *front_matter(en, zh),
    ]


def unique_descriptions(trees):
    """Yield a finding for every description or title that an earlier page has already."""
    for name, scope in (("title", "lang"), ("description", "all")):
        seen = {}
        for page in (page for tree in trees.values() for page in tree.values()):
            words, line = page.meta.get(name, ("", 1))
            mark = (words, page.lang if scope == "lang" else "")
            if words and mark in seen:
                message = f"the {name} is that of {seen[mark]} too; say what this page alone holds"
                yield Finding(page.where, line, message, "front-matter")
            seen.setdefault(mark, page.where)


def missing_twins(trees):
    """Yield a finding for every page that exists in one language only."""
    for lang, twin in TWIN.items():
        for name in sorted(trees[lang].keys() - trees[twin].keys()):
            message = f"docs/{twin}/{name} does not exist; write it or delete this page"
            yield Finding(trees[lang][name].where, 1, message, "parity")


def check(trees, made=()):
    """Return the findings of all pages.

    Parameters
    ----------
    trees : dict
        As pages.read_all returns it.
    made : collection of str, optional
        Pages that a program writes in both languages, so that nobody reads them side by side.
    """
    found = [*missing_twins(trees), *unique_descriptions(trees)]
    for name in sorted(trees["zh"].keys() & trees["en"].keys()):
        zh, en = trees["zh"][name], trees["en"][name]
        found += skeleton_findings(zh, en)
        if name not in made:
            found += [*staleness(zh, en), *staleness(en, zh)]
    return found


def confirmed(page, twin):
    """Return the text of a page with the digest of its twin in the front matter."""
    line = f"translation_of: {digest(twin.text)}\n"
    if DIGEST_LINE.search(page.text):
        return DIGEST_LINE.sub(line, page.text, count=1)
    end = page.text.index("\n---", 3) + 1
    return page.text[:end] + line + page.text[end:]


def confirm(root, chosen=()):
    """Write the digests of the chosen pages (all if none) in both languages.

    Returns
    -------
    list of Finding
        Empty if the digests were written; a pair whose skeletons differ is not confirmed.
    """
    trees, found = pages.read_all(root), []
    for name in chosen or sorted(trees["zh"].keys() & trees["en"].keys()):
        zh, en = (trees[lang][name] for lang in pages.LANGUAGES)
        findings = skeleton_findings(zh, en)
        found += findings
        if not findings:
            for page, twin in ((zh, en), (en, zh)):
                Path(root, page.where).write_text(confirmed(page, twin), encoding="utf-8")
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--confirm", action="store_true", help="note that the twins agree")
    parser.add_argument("page", nargs="*", help="page names, for example lstm.md; default all")
    options, root = parser.parse_args(), Path(__file__).parent.parent
    found = confirm(root, options.page) if options.confirm else check(pages.read_all(root))
    print(*found, sep="\n")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
