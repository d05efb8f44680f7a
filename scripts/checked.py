"""The pages of tests, which nobody writes: one for each chapter with a ✓, and the list of them.

The name of a claim begins with the page that states it, so the tests alone say which chapters
there are: `lstm.keeps` is stated on lstm.md, and its test is shown on checks-lstm.md. The mark in
the sentence and the test have the same id, and each links the other.
"""

import html
import json
import re
from pathlib import Path

from rnnref.explain.terms import Lookup
from scripts import claims, listings, pages, sentences
from scripts.memory import key

OVERVIEW = "checks.md"
IN_NAV = re.compile(r": (\S+)\.md$", re.M)
PAGE = """---
title: {title}
description: {description}
search: {{exclude: true}}
states: {states}
---

# {heading} {{ #tests }}

{intro}

<!-- rnn:tests {chapter} -->
"""


def name(chapter):
    """Return the page that shows the tests of a chapter."""
    return f"checks-{chapter}.md"


def mark(claim):
    """Return the id that a claim has in its chapter and on the page of its test."""
    return f"claim-{claim}"


def address(claim):
    """Return where the test of a claim is shown."""
    return f"checks-{claims.chapter(claim)}.html#{mark(claim)}"


def chapters(root):
    """Return {chapter: its Proofs}, in the order of the navigation."""
    found = {}
    for proof in claims.proofs(root):
        found.setdefault(proof.chapter, []).append(proof)
    config = Path(root, "mkdocs.yml")
    order = IN_NAV.findall(config.read_text(encoding="utf-8")) if config.is_file() else []
    order += sorted(found.keys() - set(order))  # what nav lacks stops a build anyway
    return {chapter: found[chapter] for chapter in order if chapter in found}


def title(chapter, lang, root):
    """Return the title of a chapter; one that is not written yet goes by its file name."""
    path = Path(root, "docs", lang, f"{chapter}.md")
    meta, _ = pages.front_matter(path.read_text(encoding="utf-8")) if path.is_file() else ({}, "")
    return meta["title"][0] if "title" in meta else chapter


def stated(chapter, lang, root):
    """Return {claim: the Markdown of its sentence} of a chapter, empty if it is not written yet."""
    path = Path(root, "docs", lang, f"{chapter}.md")
    return sentences.before(path.read_text(encoding="utf-8"), lang) if path.is_file() else {}


def texts(root, lang):
    """Return {page: Markdown} of all pages of tests in one language.

    The digest of what a chapter states makes its page another one when a sentence changes, so
    nothing that an earlier build remembers is shown.
    """
    found, t = {}, Lookup(lang)
    for chapter in chapters(root):
        words = title(chapter, lang, root)
        heading = t("tests_of", title=words)
        found[name(chapter)] = PAGE.format(
            title=json.dumps(heading, ensure_ascii=False),
            description=json.dumps(t("tests_description", title=words), ensure_ascii=False),
            heading=heading,
            intro=t("tests_intro", chapter=f"[{words}]({chapter}.md)", overview=OVERVIEW),
            states=key(json.dumps(stated(chapter, lang, root))),
            chapter=chapter,
        )
    return found


def read_all(root):
    """Return {lang: {page: Page}}, as `pages.read_all` does for the pages that are files."""
    return {
        lang: {
            page: pages.parse(text, lang, page, f"docs/{lang}/{page}")
            for page, text in texts(root, lang).items()
        }
        for lang in pages.LANGUAGES
    }


def table(root, t):
    """Print a row for each chapter: a link to its tests, and how many there are."""
    rows, total = [], 0
    for chapter, proofs in chapters(root).items():
        words, total = html.escape(title(chapter, t.lang, root)), total + len(proofs)
        link = f'<a href="checks-{chapter}.html">{words}</a>'
        rows.append(f"<tr data-search-exclude><td>{link}</td><td>{len(proofs)}</td></tr>")
    labels = ("tests_chapter", "tests_claims")
    head = "".join(f'<th scope="col">{t(label)}</th>' for label in labels)
    rows.append(f"<tr><td>{t('mutants_all')}</td><td>{total}</td></tr>")
    return f"<table><tr>{head}</tr>{''.join(rows)}</table>"


def tests(chapter, t, root, show=html.escape):
    """Print every test of a chapter under its sentence, and folded its source and the way back.

    Parameters
    ----------
    chapter : str
    t : Lookup
    root : path
    show : function (Markdown) -> str, optional
        Makes HTML of a sentence.

    Raises
    ------
    LookupError
        If no claim is stated there.
    """
    found = chapters(root).get(chapter)
    if not found:
        raise LookupError(f"no claim begins with {chapter}.; see tests/claims")
    said = {claim: show(words) for claim, words in stated(chapter, t.lang, root).items()}
    return "".join(folded(proof, t, said.get(proof.claim, "")) for proof in found)


def folded(proof, t, stated):
    """Print one test: the sentence that it checks, and below it the name of the test."""
    title = f'<span class="rr-check__sentence">{stated}</span> ' if stated else ""
    back = f"{proof.chapter}.html#{mark(proof.claim)}"
    return (
        f'<details class="rr-check" id="{mark(proof.claim)}" data-search-exclude>'
        f'<summary>{title}<small lang="en">{sentence(proof.test)}</small></summary>'
        f'<p class="rr-check__back"><a href="{back}">{t("tests_back")}</a></p>'
        f"{listings.titled(proof.where, listings.python(proof.source))}</details>"
    )


def sentence(name):
    """Read the name of a test as the sentence it is."""
    words = name.removeprefix("test_").replace("_", " ")
    return html.escape(words[:1].upper() + words[1:])
