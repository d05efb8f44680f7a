"""The claims of the page with every equation."""

import re
from pathlib import Path

import printed
import pytest

from rnnref.explain import catalog
from rnnref.explain.terms import Lookup
from scripts import every

ROOT = Path(__file__).parents[2]


@pytest.mark.claim("equations.all")
def test_the_page_shows_every_equation_once_and_each_is_true():
    for lang in ("zh", "en"):
        page = (ROOT / "docs" / lang / "equations.md").read_text(encoding="utf-8")
        shown = re.findall(r"<!-- rnn:every (\w+) -->", page)
        assert sorted(shown) == sorted(every.parts())
        made = "".join(every.equations(part, Lookup(lang)) for part in shown)
        assert sorted(re.findall(r'id="eq-([^"]+)"', made)) == sorted(catalog.ENTRIES)
    for name, entry in catalog.ENTRIES.items():
        for latex in catalog.render(name):
            assert printed.holds(entry, latex), (name, latex)
