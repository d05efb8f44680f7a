"""The table of terms as the glossary shows it: whole, clean in both languages, no clashes."""

import re

import pytest

from rnnref.explain import terms
from scripts import glossary, pages, terminology, typography
from scripts.pages import LANGUAGES

ROOT = pages.Path(__file__).parent.parent
TERMS, LABELS = terms.table()["terms"], terms.table()["labels"]
SECTIONS = ["basics", "gates", "gru", "training", "seq", "attention"]
NEEDED = {"section", "zh", "en", "def_zh", "def_en"}
OPTIONAL = {"page", "symbol", "abbr", "also_zh", "also_en", "never_zh", "never_en"}
QUOTED = re.compile("“[^“”]*”")


def texts():
    """Yield (name, language, text) of every definition and label of terms.toml."""
    for key, entry in TERMS.items():
        for lang in LANGUAGES:
            yield f"terms.{key}.def_{lang}", lang, entry[f"def_{lang}"]
    for key, entry in LABELS.items():
        for lang in LANGUAGES:
            yield f"labels.{key}.{lang}", lang, re.sub(r"\{[^{}]*\}", "0, 0", entry[lang])


def faults(check):
    """Return what a check of (text, language) finds in all texts, by name."""
    return {name: found for name, lang, text in texts() if (found := check(text, lang))}


def wrong_words(text, lang):
    text = QUOTED.sub("", text)
    languages = {lang, "en"}
    return [s[1] for x in languages for s in terminology.site_vocabulary(x).slips(text)]


def slips(text, lang):
    return [message for _, message in typography.slips(text, lang)]


def test_the_table_has_a_hundred_terms_in_six_sections():
    assert len(TERMS) >= 100
    assert list(dict.fromkeys(entry["section"] for entry in TERMS.values())) == SECTIONS


@pytest.mark.parametrize("key", TERMS)
def test_a_term_is_whole(key):
    assert NEEDED <= TERMS[key].keys() <= NEEDED | OPTIONAL
    assert all(TERMS[key].values())


@pytest.mark.parametrize("key", TERMS)
def test_a_definition_is_one_to_three_sentences_in_its_own_language(key):
    zh, en = TERMS[key]["def_zh"], TERMS[key]["def_en"]
    assert zh.endswith("。") and zh.count("。") <= 3
    assert en.endswith((".", ".”")) and not re.search("[\u4e00-\u9fff]", en)


def test_definitions_and_labels_use_the_words_they_ask_for():
    assert faults(wrong_words) == {}


def test_definitions_and_labels_are_clean_in_typography():
    assert faults(slips) == {}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_word_has_two_meanings(lang):
    seen = {}
    for word in terminology.words_of(lang, TERMS):
        assert seen.setdefault(terminology.plain(word.text), word) == word, word.text


def test_no_key_is_both_a_term_and_a_label():
    assert TERMS.keys() & LABELS.keys() == set()


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_is_built_with_links_that_lead_somewhere(section, lang):
    html = glossary.section(section, terms.Lookup(lang), ROOT)
    assert html.count("<h3") == sum(e["section"] == section for e in TERMS.values())


@pytest.mark.parametrize(("lang", "there"), [("zh", ["忘记门"]), ("en", ["forgetting gate"])])
def test_a_term_shows_the_rivals_of_the_language_of_the_page_alone(lang, there):
    html = glossary.section("gates", terms.Lookup(lang), ROOT)
    assert [name for name in ("忘记门", "forgetting gate") if name in html] == there


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_glossary_page_holds_every_section_once(lang):
    page = pages.read(ROOT, lang, "glossary.md")
    assert [item.value for item in page.directives("terms")] == SECTIONS


def test_a_term_that_names_a_missing_section_of_a_page_is_refused():
    with pytest.raises(LookupError, match="gate names lstm.md#nowhere, but docs/zh has no such"):
        glossary.explained("gate", "lstm.md#nowhere", terms.Lookup("zh"), ROOT)
