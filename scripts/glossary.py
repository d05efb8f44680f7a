"""Sections of the glossary, from the one table of terms."""

import html
import re
from pathlib import Path

from rnnref.explain import terms
from scripts import formulas, pages

OTHER = {"zh": "en", "en": "zh"}


def section(name, t, root):
    """Return one part of the glossary; every term is a heading, so that search finds it.

    Parameters
    ----------
    name : str
        The `section` of the terms, such as "gates".
    t : terms.Lookup
    root : path
        Where docs/ is: a term links to the page that explains it, by that page's title.

    Raises
    ------
    LookupError
        If no term stands in that section, or a term names a page that does not exist.
    """
    table = terms.table()["terms"]
    chosen = {key: entry for key, entry in table.items() if entry.get("section") == name}
    if not chosen:
        known = sorted({entry["section"] for entry in table.values() if "section" in entry})
        raise LookupError(f"no term has section = {name!r}; terms.toml has {', '.join(known)}")
    return "".join(term(key, entry, t, root) for key, entry in chosen.items())


def term(key, entry, t, root):
    """Return one term: its names, its definition, its rivals and where it is explained."""
    name = f"{html.escape(entry[t.lang])} {beside(entry, t)}"
    parts = [
        f'<h3 id="term-{key.replace("_", "-")}">{name}</h3>',
        f"<p>{html.escape(entry[f'def_{t.lang}'], quote=False)}</p>",
        *rivals(entry, t),
    ]
    if "page" in entry:
        parts.append(f'<p class="rr-term__page">{explained(key, entry["page"], t, root)}</p>')
    return f'<section class="rr-term">{"".join(parts)}</section>'


def beside(entry, t):
    """Return what stands beside the name: the other language's, an abbreviation, a symbol."""
    other = OTHER[t.lang]
    twin = f'<span class="rr-term__twin" lang="{other}">{html.escape(entry[other])}</span>'
    abbr = f' <span class="rr-term__twin">{entry["abbr"]}</span>' if "abbr" in entry else ""
    if "symbol" not in entry:
        return twin + abbr
    return f"{twin}{abbr} {formulas.inline(entry['symbol'])}"


def explained(key, place, t, root):
    """Link the page, or the section of a page (rnn.md#cell), that explains a term."""
    page, _, anchor = place.partition("#")
    path = Path(root, "docs", t.lang, page)
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    heading = re.search(rf"^#+ (.*?) *\{{ ?#{anchor}\b", text, re.M) if anchor else None
    if not text or (anchor and not heading):
        raise LookupError(f"terms.toml: {key} names {place}, but docs/{t.lang} has no such place")
    meta, _ = pages.front_matter(text)
    title = meta["title"][0] if "title" in meta else page.removesuffix(".md")
    words = f"{title} › {heading[1]}" if heading else title
    address = page.removesuffix(".md") + ".html" + (f"#{anchor}" if anchor else "")
    return f'{t("explained_on")} <a href="{address}">{html.escape(words)}</a>'


def rivals(entry, t):
    """Yield the other words of the page's language for a term, and those it does not use here."""
    separator = "、" if t.lang == "zh" else ", "
    for kind, label in [("also", "also_called"), ("never", "not_used")]:
        if names := entry.get(f"{kind}_{t.lang}"):
            words = f"<span>{t(label)}</span> {html.escape(separator.join(names))}"
            yield f'<p class="rr-term__rivals">{words}</p>'
