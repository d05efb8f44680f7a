"""Check the built HTML of all languages: `python scripts/check_site.py [folder]`.

MkDocs checks the links it sees in Markdown; this reads what readers get, so it also covers what
directives, figures, notebooks and the theme put into a page.
"""

import functools
import gzip
import re
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scripts.built_page import read
from scripts.memory import Memory

LANGUAGES = {"": "zh", "en": "en"}  # folder below the site -> language of its pages
PAGE_BUDGET, VISIT_BUDGET = 80, 200  # KiB, compressed: one more page; a first visit, all in
STYLE_URL = re.compile(r"url\(\s*['\"]?([^'\")]+)|@import\s+['\"]([^'\"]+)")


def check(folder, base="/", memory=None):
    """Return all problems of a built site, one sentence each.

    Parameters
    ----------
    folder : path
    base : str
        Path of the site's address: the 404 pages use absolute links that start with it.
    memory : memory.Memory, optional
        What earlier checks read: a page of the same bytes has the same facts.
    """
    folder, memory = Path(folder).resolve(), memory or Memory()
    pages = {
        path.relative_to(folder).as_posix(): read(path.read_text(encoding="utf-8"), memory)
        for path in sorted(folder.rglob("*.html"))
    }
    if not pages:
        return [f"{folder.name}: there is no page in it; build the site first"]
    found, sizes = [], functools.cache(size)  # every page loads the same few files
    for name, page in pages.items():
        found += [f"{name}:{line}: {what}" for line, what in page.problems]
        found += head(name, page)
        found += [f"{name}: id {i!r} is given {n} times" for i, n in page.ids.items() if n > 1]
        found += [
            f"{name}:{line}: #{target} is referred to but does not exist"
            for line, target in page.references
            if target not in page.ids
        ]
        found += links(folder, name, pages, base)
        found += weight(folder, name, page, base, sizes)
    return [*found, *descriptions(pages), *styles(folder)]


def head(name, page):
    """Check what browsers and search engines read first."""
    folder = name.partition("/")[0] if "/" in name else ""
    wanted = LANGUAGES.get(folder, LANGUAGES[""])
    if page.lang != wanted:
        yield f"{name}: lang={page.lang!r}, but the folder is {wanted!r}"
    if not page.title.strip():
        yield f"{name}: the page has no title"
    if not page.description:
        yield f"{name}: the page has no description; add one to its front matter"


def descriptions(pages):
    """Ask for a description of its own on every page but the 404 pages."""
    seen = {}
    for name, page in pages.items():
        if not name.endswith("404.html"):
            seen.setdefault(page.description, []).append(name)
    return [
        f"{', '.join(names)}: they share one description; write one for each"
        for description, names in seen.items()
        if description and len(names) > 1
    ]


def links(folder, name, pages, base):
    """Check that links and loaded files exist, and that nothing loads from elsewhere."""
    for line, address in pages[name].loads:
        if outside(address):
            yield f"{name}:{line}: {address} would be loaded from elsewhere; keep it in the site"
        elif why := dead(folder, name, address, pages, base):
            yield f"{name}:{line}: {address} {why}"
    for line, address in pages[name].links:
        if not outside(address) and (why := dead(folder, name, address, pages, base)):
            yield f"{name}:{line}: the link to {address} is dead: it {why}"


def outside(address):
    parts = urlsplit(address)
    return bool(parts.netloc) or parts.scheme not in ("", "data")


def target(folder, name, address, base):
    """Return the file that an address of a page means."""
    return located(folder, name, unquote(urlsplit(address).path), base)


@functools.cache  # hundreds of links of a page lead to the same few pages
def located(folder, name, path, base):
    """Return the file at a path that a page names."""
    if name.endswith("404.html") and path.startswith(base):
        found = folder / path.removeprefix(base)
    else:
        found = (folder / name).parent / path if path else folder / name
    found = found.resolve()
    return found / "index.html" if found.is_dir() else found


def dead(folder, name, address, pages, base):
    """Say why an address leads nowhere, or return ""."""
    if address.startswith("data:"):
        return ""
    if address.startswith("/") and not name.endswith("404.html"):
        return "starts at the root of the host; make it relative"
    found = target(folder, name, address, base)
    if not found.is_file():
        return "does not exist"
    fragment = unquote(urlsplit(address).fragment)
    page = pages.get(found.relative_to(folder).as_posix()) if folder in found.parents else None
    if page and fragment and fragment not in page.ids:
        return f"has no anchor #{fragment}"
    return ""


def weight(folder, name, page, base, sizes):
    """Compare what a reader has to load with the budgets."""
    own = sizes(folder / name)
    files = {target(folder, name, address, base) for _, address in page.loads}
    sheets = [path for path in files if path.suffix == ".css" and path.is_file()]
    fonts = {path.parent / url for path in sheets for url in urls(path) if "woff" in url}
    visit = own + sum(sizes(path) for path in files | fonts if path.is_file())
    if own > PAGE_BUDGET * 1024:
        yield f"{name}: the page is {own / 1024:.0f} KiB compressed; the budget is {PAGE_BUDGET}"
    if visit > VISIT_BUDGET * 1024:
        yield f"{name}: a first visit is {visit / 1024:.0f} KiB; the budget is {VISIT_BUDGET}"


def size(path):
    """Return the size of a file as a server sends it."""
    data = path.read_bytes()
    return len(data) if path.suffix == ".woff2" else len(gzip.compress(data, mtime=0))


def urls(path):
    """Return what a style sheet loads."""
    found = STYLE_URL.findall(path.read_text(encoding="utf-8"))
    return [one or other for one, other in found if not (one or other).startswith("data:")]


def styles(folder):
    """Check the files that style sheets load."""
    for path in sorted(folder.rglob("*.css")):
        name = path.relative_to(folder).as_posix()
        for address in urls(path):
            if outside(address):
                yield f"{name}: {address} would be loaded from elsewhere; keep it in the site"
            elif not (path.parent / urlsplit(address).path).is_file():
                yield f"{name}: {address} does not exist"


def main():
    problems = check(*sys.argv[1:2] or ["site"])
    print(*problems, f"{len(problems)} problem(s)", sep="\n")
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
