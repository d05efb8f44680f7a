"""The built site in a browser: every page, both languages, wide and narrow, light and dark."""

from pathlib import Path
from typing import NamedTuple

import pytest

from scripts import checked

ROOT = Path(__file__).parent.parent.parent
WRITTEN = sorted(p.stem for p in (ROOT / "docs" / "zh").iterdir() if p.suffix in (".md", ".py"))
TESTS = [checked.name(chapter).removesuffix(".md") for chapter in checked.chapters(ROOT)]
NAMES = [*WRITTEN, *TESTS]
PAGES = [f"{folder}{name}.html" for folder in ("", "en/") for name in NAMES]
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
FONTS = """document.fonts.ready.then((fonts) => [...fonts]
    .filter((font) => font.status == "loaded").map((font) => font.family.replaceAll('"', "")))"""
LIGHTNESS = """getComputedStyle(document.body).backgroundColor.match(/\\d+/g)
    .map(Number).slice(0, 3).reduce((a, b) => a + b) / 3"""


FLAT = """[...document.querySelectorAll(".rr-eq__math math, .rr-figure svg")]
    .filter((e) => !e.closest("details:not([open])"))
    .filter((e) => e.getBoundingClientRect().height < 10).length"""
UNREACHABLE = """[...document.querySelectorAll(".md-content *")].filter((e) =>
    e.scrollWidth > e.clientWidth + 1 && e.tabIndex < 0 &&
    ["auto", "scroll"].includes(getComputedStyle(e).overflowX)).map((e) => e.className)"""
# One worker looks at a page; it opens the page once for several tests.
every_page = pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in PAGES]
)


class Seen(NamedTuple):
    """What a page was like in one browser window."""

    errors: list
    outside: list
    facts: dict  # by the script that found them


@pytest.fixture(scope="session")
def seen():
    """What was seen so far, by page and window."""
    return {}


def desktop(visit, name, seen):
    """Look at a page on a wide screen, in a light scheme."""
    if (name, "desktop") not in seen:
        with visit(name, color_scheme="light") as (page, errors, outside):
            facts = {FLAT: page.evaluate(FLAT), LIGHTNESS: page.evaluate(LIGHTNESS)}
            page.evaluate("scrollTo(0, document.body.scrollHeight)")
            page.wait_for_load_state("networkidle")
            seen[name, "desktop"] = Seen([*errors], [*outside], facts)
    return seen[name, "desktop"]


def phone(visit, name, seen):
    """Look at a page on narrow screens, in a dark scheme."""
    if (name, "phone") not in seen:
        with visit(name, width=390, color_scheme="dark") as (page, errors, outside):
            facts = {390: page.evaluate(WIDER), LIGHTNESS: page.evaluate(LIGHTNESS)}
            page.set_viewport_size({"width": 320, "height": 700})
            facts[320] = page.evaluate(WIDER)
            seen[name, "phone"] = Seen([*errors], [*outside], facts)
    return seen[name, "phone"]


@every_page
def test_a_page_makes_no_errors_and_asks_nobody_else(visit, name, seen):
    for look in (desktop, phone):
        found = look(visit, name, seen)
        assert found.errors == [] and found.outside == []


@pytest.mark.parametrize("name", ["404.html", "en/404.html"])
def test_the_page_of_dead_links_makes_no_errors_either(visit, name, seen):
    found = desktop(visit, name, seen)
    assert found.errors == [] and found.outside == []


@every_page
def test_no_page_scrolls_sideways_on_a_phone(visit, name, seen):
    found = phone(visit, name, seen)
    assert found.facts[390] == 0 and found.facts[320] == 0


@every_page
def test_a_figure_is_drawn_and_each_formula_has_a_size(visit, name, seen):
    assert desktop(visit, name, seen).facts[FLAT] == 0


BROKEN = """[...document.querySelectorAll(".md-content table *")].flatMap((e) =>
    [...e.childNodes].filter((node) => node.nodeType == 3).flatMap((node) =>
        [...node.data.matchAll(/[A-Za-z]+/g)].filter((word) => {
            const range = document.createRange();
            range.setStart(node, word.index);
            range.setEnd(node, word.index + word[0].length);
            return range.getClientRects().length > 1;
        }).map((word) => word[0])))"""


@pytest.mark.parametrize("name", ["index.html", "en/index.html", "checks.html", "en/checks.html"])
def test_no_word_of_a_table_is_broken_on_a_phone(visit, name):
    with visit(name, width=390) as (page, *_):
        assert page.evaluate(BROKEN) == []


@pytest.mark.parametrize(
    ("name", "width"), [("notes.html", 390), ("en/lstm-backprop.html", 360), ("en/gru.html", 320)]
)
def test_a_wide_formula_says_so_and_nothing_moves(visit, name, width):
    hint = """[...document.querySelectorAll(".rr-eq")].filter((e) => e.offsetHeight).map((e) => [
        e.querySelector(".rr-eq__math").classList.contains("rr-wide"),
        getComputedStyle(e.querySelector(".rr-tools"), "::before").content != "none"])"""
    height = """[...document.querySelectorAll(".rr-eq:has(> .rr-wide)")].map((e) => {
        const before = e.offsetHeight;
        e.querySelector(".rr-eq__math").classList.toggle("rr-wide");
        return e.offsetHeight - before;
    }).filter(Boolean)"""
    with visit(name, width=width) as (page, *_):
        found = page.evaluate(hint)
        assert [True, True] in found and all(wide == said for wide, said in found)
        assert page.evaluate(height) == []


def test_the_math_font_is_used(visit):
    with visit("lstm.html") as (page, *_):
        assert page.evaluate(FONTS) == ["Site Math"]


@pytest.mark.parametrize("name", ["lstm.html", "index.html"])
def test_the_switch_leads_to_the_same_page_and_back(visit, address, name):
    with visit(name) as (page, errors, _):
        page.click(".rr-switch__link")
        page.wait_for_url(f"{address}en/{name}")
        assert page.evaluate("document.documentElement.lang") == "en"
        page.click(".rr-switch__link")
        page.wait_for_url(f"{address}{name}")
        assert page.evaluate("document.documentElement.lang") == "zh"
        assert errors == []


def found(page, words):
    """Type into the search box; return the text of the results."""
    page.fill(".md-search__input", words)
    page.dispatch_event(".md-search__input", "keyup")
    page.wait_for_selector(".md-search-result__item")
    return page.inner_text(".md-search-result__list").replace("\u200b", "")


@pytest.mark.parametrize(
    ("name", "words", "title"),
    [
        ("rnn.html", "细胞状态", "细胞状态"),
        ("rnn.html", "消失", "梯度"),
        ("rnn.html", "忘记门", "遗忘门"),
        ("rnn.html", "哈达玛积", "按元素乘"),
        ("en/rnn.html", "forget gate", "forget gate"),
        ("en/rnn.html", "Hadamard", "elementwise product"),
    ],
)
def test_search_finds_words_inside_sentences_and_synonyms(visit, name, words, title):
    with visit(name) as (page, errors, outside):
        assert title in found(page, words)
        assert errors == [] and outside == []


@every_page
def test_dark_pages_are_really_dark(visit, name, seen):
    assert phone(visit, name, seen).facts[LIGHTNESS] < 60
    assert desktop(visit, name, seen).facts[LIGHTNESS] > 200


def test_a_chosen_scheme_is_kept_across_languages(visit):
    with visit("lstm.html", color_scheme="light") as (page, *_):
        for _ in range(2):  # as the system, then light, then dark
            page.click("form[data-md-component=palette] label:visible")
        assert page.evaluate(LIGHTNESS) < 60
        page.click(".rr-switch__link")
        page.wait_for_load_state("networkidle")
        assert page.evaluate(LIGHTNESS) < 60


@every_page
def test_without_scripts_equations_and_figures_are_there(visit, name):
    heights = """(all) => all.filter((e) => e.checkVisibility())
        .map((e) => e.getBoundingClientRect().height)"""
    with visit(name, java_script_enabled=False) as (page, errors, _):
        shown = page.locator(".rr-eq math, .rr-figure svg").evaluate_all(heights)
        assert all(height > 10 for height in shown)
        assert errors == []


@pytest.mark.parametrize(
    ("name", "words", "title"),
    [("lstm.html", "遗忘门", "遗忘门"), ("en/lstm.html", "forget gate", "forget gate")],
)
def test_pages_and_search_work_from_a_folder(visit, site, name, words, title):
    with visit(name, base=site.as_uri() + "/") as (page, errors, outside):
        assert title in found(page, words)
        assert page.evaluate(FONTS) == ["Site Math"]
        assert errors == [] and outside == []


@every_page
def test_what_scrolls_sideways_can_be_reached_by_keyboard(visit, name):
    with visit(name, width=390, has_touch=True, is_mobile=True) as (page, *_):
        assert page.evaluate(UNREACHABLE) == []


def test_code_and_equations_can_be_copied(visit):
    with visit("lstm.html", permissions=["clipboard-read", "clipboard-write"]) as (page, *_):
        page.locator(".rr-eq [data-copy=latex]").first.click()
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied == page.locator(".rr-eq annotation").first.text_content().strip()


def test_the_switch_keeps_the_section(visit, address):
    with visit("lstm.html#belt") as (page, errors, _):
        page.click(".rr-switch__link")
        page.wait_for_url(f"{address}en/lstm.html#belt")
        assert errors == []


def test_a_tick_leads_to_its_test_unfolded(visit):
    with visit("gru.html") as (page, *_):
        page.click("a.rr-claim >> nth=0")
        page.wait_for_selector("details.rr-check[open] >> text=pytest.mark.claim")


@pytest.mark.parametrize("folder", ["", "en/"])
def test_a_test_leads_back_to_its_sentence_from_a_folder_too(visit, site, folder):
    base = site.as_uri() + "/"
    with visit(f"{folder}gru.html", base=base) as (page, errors, _):
        page.click("a.rr-claim >> nth=3")
        page.wait_for_selector("details.rr-check[open]")
        assert page.url.startswith(f"{base}{folder}checks-gru.html#claim-")
        page.click("details[open] .rr-check__back a")
        page.wait_for_url(f"{base}{folder}gru.html#claim-*")
        assert page.evaluate("document.querySelector('a.rr-claim:target').checkVisibility()")
        assert errors == []


def test_a_wide_figure_shows_first_what_it_is_about(visit):
    with visit("lstm.html", width=390) as (page, *_):
        hidden = """[...document.querySelectorAll("svg[data-focus]")].filter((svg) => {
            const box = svg.parentElement.getBoundingClientRect();
            const middle = svg.getBoundingClientRect();
            const about = middle.left + svg.dataset.focus * middle.width;
            return about < box.left || about > box.right;
        }).length"""
        assert page.evaluate("document.querySelectorAll('svg[data-focus]').length") == 4
        assert page.evaluate(hidden) == 0


def test_only_what_scrolls_is_a_stop_for_the_keyboard(visit):
    with visit("lstm.html") as (page, *_):
        idle = """[...document.querySelectorAll(".rr-figure__scroll, .rr-eq__math, .rr-table")]
            .filter((box) => box.tabIndex == 0 && box.scrollWidth <= box.clientWidth + 1).length"""
        assert page.evaluate(idle) == 0


def test_paper_is_white_from_the_dark_scheme_too(visit):
    with visit("lstm.html", color_scheme="dark") as (page, *_):
        page.emulate_media(media="print", color_scheme="dark")
        assert page.evaluate(LIGHTNESS) > 200
