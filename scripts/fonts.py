"""The math font of the site: STIX Two Math, cut down to the glyphs that the pages show."""

import hashlib
import io
import re
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from scripts import atomic

ROOT = Path(__file__).parent.parent
CACHE = ROOT / ".cache" / "fonts"
MATH = re.compile(r"<math.*?</math>", re.S)
ANNOTATION = re.compile(r"<annotation.*?</annotation>", re.S)
LETTER = re.compile(r"<mi>(\w)</mi>")
TEXT = re.compile(r"<[^>]*>|&(?:#\w+|\w+);")
ALWAYS = "0123456789()[]{}|=+−×·√∑∏⊙∘′̃~"  # an edit should rarely need a new font


def characters(pages):
    """Return every character that the mathematics of these HTML pages shows.

    A variable of one letter is written upright in the source and shown by the browser as a
    letter of the alphabet of mathematical italics.
    """
    found = set(ALWAYS)
    for page in pages:
        for formula in MATH.findall(page):
            shown = ANNOTATION.sub("", formula)
            found.update(TEXT.sub("", shown))
            found.update(italic(letter) for letter in LETTER.findall(shown))
    return found


def italic(letter):
    """Return the mathematical italic of a Latin or Greek letter, anything else unchanged."""
    if letter == "h":
        return "\u210e"  # Unicode keeps this one elsewhere
    for first, last, start in [("A", "Z", 0x1D434), ("a", "z", 0x1D44E), ("Α", "Ω", 0x1D6E2)]:
        if first <= letter <= last:
            return chr(start + ord(letter) - ord(first))
    return chr(0x1D6FC + ord(letter) - ord("α")) if "α" <= letter <= "ω" else letter


def source():
    """Return the font file inside the installed package that carries it."""
    folder = Path(find_spec("ziamath").submodule_search_locations[0])
    return folder / "fonts" / "STIXTwoMath-Regular.ttf"


def woff2(wanted):
    """Return the font with these characters only, from the cache if it was made before."""
    key = hashlib.sha256(f"{version('ziamath')} {sorted(wanted)}".encode()).hexdigest()[:16]
    cached = CACHE / f"math-{key}.woff2"
    if not cached.exists():
        atomic.write(cached, cut(wanted))
    return cached.read_bytes()


def cut(wanted):
    """Make the subset; stretched brackets, roots and small forms for scripts come along."""
    from fontTools import subset  # slow to import, and the font is mostly known

    options = subset.Options(
        flavor="woff2",
        layout_features=["ssty", "kern", "mark", "mkmk", "ccmp", "dtls"],
        notdef_outline=True,
        glyph_names=False,
        hinting=False,
        drop_tables=[*subset.Options().drop_tables, "FFTM", "DSIG"],
    )
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=[ord(c) for c in wanted])
    out = io.BytesIO()
    with subset.load_font(str(source()), options) as font:
        cutter.subset(font)
        subset.save_font(font, out, options)
    return out.getvalue()


def install(site, folders):
    """Put the font that the pages of all languages need where their style sheets expect it."""
    pages = (path.read_text(encoding="utf-8") for path in site.rglob("*.html"))
    data = woff2(characters(pages))
    for folder in folders:
        atomic.write(site / folder / "assets" / "fonts" / "math.woff2", data)
