"""The built site as files: what readers, search engines and the search box get."""

import functools
import json
import re
import tomllib
from pathlib import Path
from xml.etree import ElementTree

import pytest

from scripts import check_site, checked
from scripts.built_page import Page

ROOT = Path(__file__).parent.parent.parent
WRITTEN = sorted(p.stem for p in (ROOT / "docs" / "zh").iterdir() if p.suffix in (".md", ".py"))
TESTS = [checked.name(chapter).removesuffix(".md") for chapter in checked.chapters(ROOT)]
NAMES = [*WRITTEN, *TESTS]
FOLDERS = {"zh": "", "en": "en/"}
TERMS = tomllib.loads((ROOT / "rnnref/explain/terms.toml").read_text(encoding="utf-8"))["terms"]


def read(site, lang, name):
    return (site / FOLDERS[lang] / name).read_text(encoding="utf-8")


def test_the_checks_of_the_built_pages_find_nothing(site):
    assert check_site.check(site) == []


@pytest.mark.parametrize("lang", FOLDERS)
def test_every_page_is_there_in_both_languages(site, lang):
    built = {path.stem for path in (site / FOLDERS[lang]).glob("*.html")}
    assert built == {*NAMES, "404"}


@pytest.mark.parametrize("name", NAMES)
def test_the_language_switch_leads_to_the_same_page_and_back(site, name):
    zh, en = read(site, "zh", f"{name}.html"), read(site, "en", f"{name}.html")
    assert f'href="en/{name}.html" class="rr-switch__link" hreflang="en"' in zh
    assert f'href="../{name}.html" class="rr-switch__link" hreflang="zh-Hans"' in en


@pytest.mark.parametrize("lang", FOLDERS)
@pytest.mark.parametrize("name", NAMES)
def test_no_page_links_other_languages_in_its_head(site, lang, name):
    assert 'rel="alternate"' not in read(site, lang, f"{name}.html")


@pytest.mark.parametrize("lang", FOLDERS)
def test_the_sitemap_links_each_page_with_its_twins(site, lang):
    tree = ElementTree.fromstring(read(site, lang, "sitemap.xml"))
    twins = {
        url[0].text: {link.get("hreflang"): link.get("href") for link in url[1:]} for url in tree
    }
    assert len(twins) == len(NAMES)
    for address, others in twins.items():
        assert set(others) == {"zh-Hans", "en", "x-default"}
        assert address == others["zh-Hans" if lang == "zh" else "en"]
        assert others["x-default"] == others["zh-Hans"]
        assert others["en"].replace("/en/", "/") == others["zh-Hans"]


@pytest.mark.parametrize("lang", FOLDERS)
def test_the_navigation_speaks_the_language_of_the_page(site, lang):
    text = read(site, lang, "index.html")
    tabs = re.findall(r'class="md-tabs__link">\s*(.*?)\s*</a>', text)
    drawer = re.findall(r'class="md-ellipsis">\s*(.*?)\s*</span>', text)
    home, section, glossary = {
        "zh": ("首页", "参考", "术语表"),
        "en": ("Home", "Reference", "Glossary"),
    }[lang]
    assert {home, section} <= set(tabs) and glossary not in tabs
    assert {home, section, glossary} <= set(drawer)


@pytest.mark.parametrize("lang", FOLDERS)
def test_a_page_shows_the_pages_of_its_section(site, lang):
    row = re.search(r'<nav class="rr-siblings".*?</nav>', read(site, lang, "glossary.html"), re.S)[
        0
    ]
    links = re.findall(r'<a href="(.*?)"( aria-current="page")?>', row)
    assert "checks.html" in dict(links)
    assert [address for address, current in links if current] == ["glossary.html"]
    assert "rr-siblings" not in read(site, lang, "index.html")


@pytest.mark.parametrize("lang", FOLDERS)
@pytest.mark.parametrize("name", TESTS)
def test_a_page_of_tests_is_shown_as_a_part_of_the_checks(site, lang, name):
    text = read(site, lang, f"{name}.html")
    row = re.search(r'<nav class="rr-siblings".*?</nav>', text, re.S)[0]
    assert re.findall(r'<a href="(.*?)" aria-current', row) == ["checks.html"]


@pytest.mark.parametrize("lang", FOLDERS)
def test_every_mark_leads_to_its_test_and_back(site, lang):
    there = re.compile(r'<a class="rr-claim" href="(checks-(.*?)\.html)#(claim-.*?)"')
    back = re.compile(r'<p class="rr-check__back"><a href="(.*?)#(.*?)">')
    tests = {name: read(site, lang, f"{name}.html") for name in TESTS}
    for name in WRITTEN:
        for page, chapter, mark in there.findall(read(site, lang, f"{name}.html")):
            text = tests[page.removesuffix(".html")]
            assert f'id="{mark}"' in text and (f"{chapter}.html", mark) in back.findall(text)
            assert f'id="{mark}"' in read(site, lang, f"{chapter}.html")


@pytest.mark.parametrize("lang", FOLDERS)
def test_search_leads_to_chapters_and_not_to_tests(site, lang):
    assert [place for place, _ in search_text(site, lang) if place.startswith("checks-")] == []


@pytest.mark.parametrize("lang", FOLDERS)
def test_the_404_page_speaks_both_languages(site, lang):
    text = read(site, lang, "404.html")
    assert "这里没有页面" in text and "There is no page here" in text


def test_formulas_are_mathml_and_keep_their_latex(site):
    whole = read(site, "zh", "lstm.html")
    # A table of shapes only repeats the symbols of the equations above it.
    text = re.sub(r'<table class="rr-shapes__table">.*?</table>', "", whole, flags=re.S)
    assert text.count("<math") > 50
    assert text.count("<math") == text.count('encoding="application/x-tex"')


def test_the_math_font_is_small_and_its_licence_is_there(site):
    for folder in FOLDERS.values():
        assert (site / folder / "assets/fonts/math.woff2").stat().st_size <= 60_000
        assert "SIL OPEN FONT LICENSE" in (site / folder / "assets/fonts/OFL.txt").read_text()


def test_correction_boxes_can_be_linked(site):
    for lang in FOLDERS:
        assert "slip-N08" in Page(read(site, lang, "lstm.html")).ids


@functools.cache
def search_text(site, lang):
    docs = json.loads(read(site, lang, "search/search_index.json"))["docs"]
    return [(doc["location"], f"{doc['title']} {doc['text']}") for doc in docs]


@pytest.mark.parametrize("lang", FOLDERS)
def test_each_language_has_a_search_index_of_its_own(site, lang):
    assert all("en/" not in location for location, _ in search_text(site, lang))
    script = read(site, lang, "search/search_index.js")
    assert script == "var __index = " + read(site, lang, "search/search_index.json")


def test_chinese_text_is_cut_into_words(site):
    words = set("".join(text for _, text in search_text(site, "zh")).split("\u200b"))
    assert {"遗忘门", "隐状态", "梯度", "消失"} <= words


@pytest.mark.parametrize("key", TERMS)
def test_a_term_and_its_rivals_are_found_at_its_entry(site, key):
    entry = TERMS[key]
    for lang in FOLDERS:
        rivals = [name for kind in ("also", "never") for name in entry.get(f"{kind}_{lang}", ())]
        place = f"glossary.html#term-{key.replace('_', '-')}"
        text = dict(search_text(site, lang))[place].replace("\u200b", "")
        assert [name for name in (entry["zh"], entry["en"], *rivals) if name not in text] == []


def test_formulas_and_figures_are_no_search_results(site):
    for lang in FOLDERS:
        for location, text in search_text(site, lang):
            assert "\\tilde" not in text and "<svg" not in text, location
