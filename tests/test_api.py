"""The reference: every public name of the package, with all that its docstring says."""

import gzip
import html
import inspect
import re
from pathlib import Path

import pytest

import rnnref
from rnnref.explain.terms import Lookup
from scripts import api, docstrings

ROOT = Path(__file__).parent.parent
MODULES = list(api.modules())
PAGES = {lang: {n: api.page(n, Lookup(lang)) for n in MODULES} for lang in ("zh", "en")}
ENGLISH = "".join(PAGES["en"].values())
IDS = re.findall(r' id="api-([^"]+)"', ENGLISH)


def bare(text):
    """Return the text of HTML without tags."""
    return html.unescape(re.sub(r"<[^>]*>", "", text))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_shows_every_public_module_once(lang):
    text = (ROOT / "docs" / lang / "api.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"<!-- rnn:api (\S+) -->", text)) == sorted(MODULES)


def test_every_public_name_of_the_package_has_an_entry():
    for name in rnnref.__all__:
        thing = getattr(rnnref, name)
        if not inspect.ismodule(thing):
            assert f"rnnref.{name}" in IDS
            continue
        for key in thing.__all__:  # which every public module has
            assert f"{name}.{key}" in IDS, f"{name}.{key}"


def test_no_entry_is_there_twice():
    assert len(set(IDS)) == len(IDS)


@pytest.mark.parametrize("name", MODULES)
def test_every_argument_of_a_function_stands_in_its_call(name):
    for key, thing in api.public(name).items():
        if inspect.isfunction(thing):
            entry = re.search(rf'id="api-{name}\.{key}".*?</pre>', PAGES["en"][name], re.S)[0]
            for argument in inspect.signature(thing).parameters:
                assert re.search(rf"\b{argument}\b", bare(entry)), (key, argument)


def test_every_word_of_a_docstring_is_shown():
    shown = " ".join(bare(PAGES["en"]["lstm"]).split())
    doc = docstrings.parse(rnnref.lstm.forward.__doc__, "lstm.forward")
    for words in [doc.summary, *(e.text for s in doc.sections.values() for e in s)]:
        assert words.replace("`", "") in shown


def test_labels_are_translated_and_docstrings_are_marked_as_english():
    text = PAGES["zh"]["rnn"]
    assert "<strong>参数</strong>" in text
    assert "Parameters" not in text
    assert '<div lang="en"><ul><li><var>x</var> : (B, D)' in text


def test_an_entry_names_the_file_of_its_source():
    assert 'rr-code__title">rnnref/attention/heads.py<' in PAGES["en"]["attention"]


def test_the_fields_of_a_record_carry_the_comments_of_its_source():
    assert "<li><var>o</var> : (B, H) output gate</li>" in PAGES["en"]["lstm"]


def test_every_link_between_entries_has_a_goal():
    goals = re.findall(r'href="#api-([^"]+)"', ENGLISH)
    assert "momentum" in "".join(goals)
    assert set(goals) <= set(IDS)


def test_a_class_as_default_is_written_as_code_writes_it():
    assert "dtype=np.float64" in api.signature("lstm.init", rnnref.lstm.init)


def test_an_unknown_module_is_refused_with_the_known_ones():
    with pytest.raises(LookupError, match=r"no public module 'lstmm'; it has rnnref, attention"):
        api.page("lstmm", Lookup("en"))


def test_a_section_that_the_reader_does_not_know_stops_the_page(monkeypatch):
    def planted(x):
        """Do nothing.

        Warns
        -----
        UserWarning
        """

    monkeypatch.setattr(rnnref.lstm, "step", planted)
    with pytest.raises(ValueError, match=r"lstm\.step: no docstring section 'Warns' is known"):
        api.page("lstm", Lookup("en"))


def test_the_reference_is_small_when_compressed():
    assert len(gzip.compress(ENGLISH.encode())) < 100 * 1024
