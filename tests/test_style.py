"""The colours of the text: readable in both schemes."""

import re
from pathlib import Path

import pytest

SHEET = (Path(__file__).parent.parent / "docs/assets/site.css").read_text(encoding="utf-8")
SCHEMES = ("default", "slate")
CODE = re.findall(r"--md-code-hl-[a-z]+-color", SHEET.partition("slate")[0])
PAIRS = [
    *[(color, "--rr-page") for color in ("--rr-ink", "--rr-link", "--rr-proof")],
    *[(f"--md-default-fg-color--{shade}", "--rr-page") for shade in ("light", "lighter")],
    *[(color, "--md-code-bg-color") for color in (*CODE, "--md-code-fg-color")],
    ("--md-default-fg-color--light", "--md-default-fg-color--lightest"),
    ("--md-accent-fg-color", "--rr-page"),
    ("--rr-errata", "--rr-errata-soft"),
    ("--rr-ink", "--rr-errata-soft"),
    ("--rr-link", "--rr-errata-soft"),
    ("--rr-page", "--rr-errata"),
    ("--rr-page", "--rr-link"),
    ("--md-footer-fg-color--light", "--md-footer-bg-color"),
]


def colours(scheme):
    """Return the variables of one scheme, references resolved."""
    block = re.search(rf'\[data-md-color-scheme="{scheme}"\] {{(.*?)}}', SHEET, re.S)[1]
    found = dict(re.findall(r"(--[\w-]+): (.*?);", block))
    return {
        name: found[value[4:-1]] if value.startswith("var") else value
        for name, value in found.items()
    }


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_stands_out_from_its_ground(scheme, text, ground):
    table = colours(scheme)
    dark, bright = sorted([luminance(table[text]), luminance(table[ground])])
    assert (bright + 0.05) / (dark + 0.05) >= 4.5


def test_both_schemes_set_the_same_colours():
    assert colours("default").keys() == colours("slate").keys()
