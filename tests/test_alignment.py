"""The explorer of alignments shows the weights that the training left."""

import json
import re

import pytest

from rnnref.explain import alignment
from rnnref.explain.experiments import result
from rnnref.explain.terms import Lookup
from scripts import kinds
from scripts.expand import Place

DATA = re.compile(r'<script type="application/json">(.*?)</script>', re.S)
LETTER = re.compile(r'class="rr-letter" style="--w:([\d.]+)"><b>(.)</b><i>([\d.]+)</i>')
MAPS = result("dates")["shown"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_without_a_script_every_date_shows_where_its_first_character_looks(lang):
    html = alignment.render(lang, "p1")
    parts = html.split("<div data-date=")[1:]
    for part, shown in zip(parts, MAPS, strict=True):
        letters = LETTER.findall(part)
        assert "".join(letter for _, letter, _ in letters) == shown["source"].replace(" ", "␣")
        weights = shown["weights"][0]
        assert [float(width) for width, _, _ in letters] == pytest.approx(weights, abs=5e-5)
        assert [float(number) for *_, number in letters] == pytest.approx(weights, abs=5e-3)
        assert part.count('type="radio"') == part.count("disabled") == len(shown["written"])


def test_the_script_reads_every_weight():
    data = json.loads(DATA.search(alignment.render("en", "p1"))[1])
    assert data["maps"] == MAPS


def test_the_sentence_names_the_place_that_is_looked_at_most():
    shown = {"source": "ab c", "written": "xy", "weights": [[0.1, 0.2, 0.6, 0.1], [1, 0, 0, 0]]}
    text = alignment.said(shown, 0, Lookup("en"))
    assert "character 1, x" in text and "character 3, ␣: weight 0.60" in text


def test_an_unknown_explorer_is_refused_with_those_that_there_are():
    place = Place("en", "attention.md", 7, 3, True)
    with pytest.raises(ValueError, match="no explorer 'heads'; there are attention, alignment"):
        kinds.explore("heads | a caption", place)
    with pytest.raises(ValueError, match="rnn:explorer needs a caption"):
        kinds.explore("alignment", place)
