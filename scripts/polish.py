"""Last strokes on the HTML of a page: wide tables, line breaks, and defects of the theme."""

import re

ID = re.compile(r"<[a-zA-Z][^<>]*\sid=\"([^\"]+)\"")
TABLE = re.compile(r"<table>(.*?)</table>", re.S)
FORMULA = re.compile(
    r"(?P<before>[（「『“‘(\[]*)(?P<formula><span class=\"rr-math\".*?</math></span>)"
    r"(?P<after>[，。；：、！？）」』”’…,.;:!?)\]]*)",
    re.S,
)
HEADING = re.compile(r"<h([1-6])\b.*?</h\1>", re.S)
TICK = '<span class="rr-tick">✓</span>'  # fonts of headings show it as a root sign
CODE = re.compile(r"(?<!<pre>)(?<!</span>)<code>([^<>\n]{1,20} [^<>\n]{1,10})</code>")
CORNER = re.compile(r"<th[^>]*></th>")
BEFORE_CLAIM = re.compile('\\s+(?=\u2060<a class="rr-claim")')
CLAIM = re.compile('<a class="rr-claim" href="[^"#]*#([^"]+)"')
DIALOG = 'data-md-component="search" role="dialog"'
CONTENTS = '<nav class="md-nav" aria-label="'  # a part of a table of contents


class ThemeChangedError(LookupError):
    """The theme no longer writes what a repair looks for."""


def content(html):
    """Improve what Markdown made of a page.

    Wide tables get a box that scrolls and that the keyboard can reach. A formula stays on one line
    with the punctuation around it: browsers would break there, since to them it is a picture.
    The empty corner of a table heads nothing, so it is no heading. A claim's ✓ stays at its
    sentence, and a space before it would let it start a line; in a heading it has a font of its
    own. A short piece of code stays on one line.
    """
    html = linked_back(html)
    boxed = r'<div class="rr-table" tabindex="0"><table class="rr-plain">\1</table></div>'
    html = BEFORE_CLAIM.sub("", html)
    html = CODE.sub(r'<code class="rr-nobreak">\1</code>', html)
    html = HEADING.sub(lambda match: match[0].replace("✓", TICK), html)
    return FORMULA.sub(together, CORNER.sub("<td></td>", TABLE.sub(boxed, html)))


def ids(html):
    """Return every id; MkDocs knows only those that Markdown wrote."""
    return set(ID.findall(html))


def linked_back(html):
    """Give the first mark of every claim the id by which its test links the sentence."""
    seen = set()

    def named(match):
        first = match[1] not in seen
        seen.add(match[1])
        return f'{match[0]} id="{match[1]}"' if first else match[0]

    return CLAIM.sub(named, html)


def together(match):
    before, formula, after = match["before"], match["formula"], match["after"]
    if not (before or after):
        return formula
    return f'<span class="rr-nobreak">{before}{formula}{after}</span>'


def page(html, words):
    """Repair names that the theme gives badly on a finished page.

    Its search dialog has none; and a part of a table of contents has that of its heading, which
    a section of the navigation beside it may have too.

    Parameters
    ----------
    html : str
    words : dict
        Labels in the language of the page: "search", and "contents", which goes before a title.

    Raises
    ------
    ThemeChangedError
        If the repair finds nothing to do, and so must be looked at again.
    """
    if html.count(DIALOG) != 1:
        raise ThemeChangedError(f"the theme no longer writes {DIALOG}; see scripts/polish.py")
    html = html.replace(CONTENTS, f"{CONTENTS}{words['contents']}")
    return html.replace(DIALOG, f'{DIALOG} aria-label="{words["search"]}"')
