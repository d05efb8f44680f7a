"""Show an executed notebook in the site's own dress.

The notebook plugin runs the cells and returns a page of JupyterLab's HTML with 600 kB of style
sheets. Only what the reader came for is taken out of it: text, code and output.
"""

import base64
import html
import re

import jupytext
import yaml
from bs4 import BeautifulSoup, NavigableString

from rnnref.explain.mathml import MathError, to_mathml
from scripts import atomic, cache, formulas, listings
from scripts.expand import PageError

HEADER = re.compile(r"\A# ---\n(.*?)^# ---\n", re.S | re.M)
HEADING = re.compile(r"h[1-6]")
ATTRIBUTES = re.compile(r"[ \t]*\{ *#([\w-]+) *\}[ \t]*$", re.M)
FORMULA = re.compile(r"\$(?!\s)([^$]+?)(?<!\s)\$")
PACKED = "data:image/svg+xml;base64,"
VERBATIM = {"code", "pre"}


def meta(source):
    """Return the front matter of a script that is a notebook."""
    match = HEADER.match(source)
    return yaml.safe_load(re.sub(r"^# ?", "", match[1], flags=re.M)) if match else {}


def page(executed, where, t):
    """Return a notebook as HTML of this site, and its headings.

    Parameters
    ----------
    executed : str
        What the plugin made of it.
    where : str
        The name of its file, in error messages.
    t : Lookup
        Words in the language of the page.

    Returns
    -------
    html : str
    headings : list of (level, id, text)

    Raises
    ------
    PageError
        For a formula that cannot be set, or a heading without an id.
    """
    soup = BeautifulSoup(executed, "html.parser")
    parts = []
    for cell in soup.select(".jp-MarkdownCell, .jp-CodeCell .jp-CodeCell"):
        is_text = "jp-MarkdownCell" in cell["class"]
        parts.append(text(cell, where) if is_text else code(cell, where, t))
    whole = BeautifulSoup("".join(parts), "html.parser")
    headings = [heading(tag, where) for tag in whole.find_all(HEADING)]
    first = whole.find("h1")
    if first:
        first.insert_after(BeautifulSoup(downloads(where, t), "html.parser"))
    return str(whole), headings


def nested(headings):
    """Return headings as the tree from which MkDocs makes a table of contents."""
    root = {"level": 0, "children": []}
    branch = [root]
    for level, identifier, words in headings:
        token = {"level": level, "id": identifier, "name": words, "children": []}
        while branch[-1]["level"] >= level:
            branch.pop()
        branch[-1]["children"].append(token)
        branch.append(token)
    return root["children"]


def outputs(lang):
    """Return where the plugin keeps what it ran: a new place whenever `rnnref` changed.

    Its own cache looks at the notebook alone, so a broken package would go unnoticed.
    """
    config = cache.FOLDER / "ipython" / "profile_default" / "ipython_kernel_config.py"
    atomic.write(config, "c.IPKernelApp.log_level = 40  # errors only\n")
    return str(cache.FOLDER / "notebooks" / f"{lang}-{cache.package_hash()}")


def text(cell, where):
    """Return a cell of text, its formulas built."""
    body = cell.select_one(".jp-RenderedMarkdown")
    for answer in body.find_all("details"):
        answer["class"] = "question"  # a box like those of other pages
    for node in list(body.find_all(string=True)):
        inside = {parent.name for parent in node.parents}
        if type(node) is NavigableString and not VERBATIM & inside and "$" in node:
            node.replace_with(BeautifulSoup(built(str(node), where), "html.parser"))
    return body.decode_contents()


def built(words, where):
    """Return plain text as HTML, what stands between $ signs as mathematics."""
    parts = FORMULA.split(words)
    parts[::2] = [html.escape(part, quote=False) for part in parts[::2]]
    parts[1::2] = [told(formulas.inline, where, latex) for latex in parts[1::2]]
    return "".join(parts)


def told(make, where, latex, **options):
    """Make a formula; if it cannot be set, say in which file it stands."""
    try:
        return make(latex, **options)
    except MathError as error:
        raise PageError(f"{where}: {error}") from error


def heading(tag, where):
    """Give a heading the id written behind it; return level, id and text."""
    for link in tag.find_all("a", class_="anchor-link"):
        link.decompose()
    words = tag.get_text()
    match = ATTRIBUTES.search(words)
    if not match:
        raise PageError(f"{where}: heading {words!r} has no id; write {{ #id }} behind it")
    last = tag.find_all(string=True)[-1]
    last.replace_with(ATTRIBUTES.sub("", last))
    tag["id"] = match[1]
    words = ATTRIBUTES.sub("", words)
    link = f'<a class="headerlink" href="#{match[1]}" title="">#</a>'
    tag.append(BeautifulSoup(link, "html.parser"))
    return int(tag.name[1]), match[1], words


def downloads(where, t):
    """Return the line that offers the notebook as a file."""
    stem = where.rpartition("/")[2].removesuffix(".py")
    links = [f'<a href="{stem}.{kind}" download>{stem}.{kind}</a>' for kind in ("ipynb", "py")]
    return f'<p class="rr-download">{t("download")} {" · ".join(links)}</p>'


def code(cell, where, t):
    """Return a cell of code and what it printed."""
    source = cell.select_one(".clipboard-copy-txt").get_text()
    shown = [output(found, where, t) for found in joined(cell.select(".jp-OutputArea-output"))]
    if not shown:
        return listings.python(source)
    label = f'<p class="rr-run__label">{t("run_output")}</p>'
    printed = f'<div class="rr-run__output highlight">{"".join(shown)}</div>'
    return f'<div class="rr-run">{listings.python(source)}{label}{printed}</div>'


def joined(found):
    """Return the outputs of a cell; a busy kernel delivers in pieces what was printed in a row."""
    whole = []
    for piece in found:
        if whole and is_printed(piece) and is_printed(whole[-1]):
            whole[-1].pre.append(piece.pre.get_text())  # as it was, ends of lines included
        else:
            whole.append(piece)
    return whole


def is_printed(found):
    """Say whether an output was printed, and not the value of the cell."""
    plain = found.get("data-mime-type") == "text/plain" and found.pre
    result = "jp-OutputArea-executeResult"
    return plain and result not in found["class"] and not found.find_parent(class_=result)


def output(found, where, t):
    """Return one piece of output: text or formulas."""
    kind = found.get("data-mime-type", "")
    if kind == "text/latex":
        latex = found.get_text().strip().strip("$").replace(r"\displaystyle", "", 1)
        shown = told(to_mathml, where, latex.strip(), display=True)
        return formulas.display(shown, t)
    if kind == "text/html" and (table := found.select_one("table.rr-trace")):
        return boxed(str(table), t("nb_table"))
    if kind == "image/svg+xml":
        return boxed(drawn(found), t("figure"))
    if kind != "text/plain":
        raise PageError(
            f"{where}: a cell puts out {kind}; only text, formulas, and what rnnref.explain "
            "returns are shown"
        )
    words = html.escape(found.get_text().strip("\n"), quote=False)
    return f"<pre data-search-exclude><code>{words}</code></pre>"


def boxed(shown, label):
    """Return a table or figure in a box of its own, which scrolls where it is too wide."""
    scroll = f'<div class="rr-figure__scroll" role="group" aria-label="{label}" tabindex="0">'
    return f'<figure class="rr-figure" data-search-exclude>{scroll}{shown}</div></figure>'


def drawn(found):
    """Return the SVG that a cell puts out, unpacked from an image if need be."""
    image = found.select_one(f'img[src^="{PACKED}"]')
    packed = image and base64.b64decode(image["src"].removeprefix(PACKED)).decode("utf-8")
    return packed or found.decode_contents().strip()


def download(source):
    """Return the notebook as a file for Jupyter, the same bytes at every build."""
    notebook = jupytext.reads(HEADER.sub("", source), fmt="py:percent")
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"
        if cell.cell_type == "markdown":
            cell.source = ATTRIBUTES.sub("", cell.source)
    return jupytext.writes(notebook, fmt="ipynb")
