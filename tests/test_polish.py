"""Last strokes on the HTML, the math font and the search words."""

import jieba
import pytest
from fontTools.ttLib import TTFont

from rnnref.explain.mathml import to_mathml
from scripts import fonts, polish, search_words

WORDS = {"search": "搜索", "contents": "目录："}
FORMULA = '<span class="rr-math" data-search-exclude><math><mi>x</mi></math></span>'


def test_a_table_scrolls_in_a_box_that_the_keyboard_reaches():
    html = polish.content("<table><tr><td>1</td></tr></table>")
    assert html.startswith('<div class="rr-table" tabindex="0"><table class="rr-plain">')


def test_the_empty_corner_of_a_table_is_no_heading():
    html = polish.content("<table><tr><th></th><th>a</th></tr></table>")
    assert "<tr><td></td><th>a</th></tr>" in html


@pytest.mark.parametrize(("before", "after"), [("（", "）"), ("", "。"), ("(", "),"), ("“", "")])
def test_a_formula_keeps_the_punctuation_around_it(before, after):
    html = polish.content(f"<p>a {before}{FORMULA}{after}b</p>")
    assert f'<span class="rr-nobreak">{before}{FORMULA}{after}</span>' in html


def test_a_formula_between_words_stays_as_it_is():
    assert polish.content(f"<p>a {FORMULA} b</p>") == f"<p>a {FORMULA} b</p>"


def test_the_mark_of_a_claim_stays_at_its_sentence():
    mark = '\u2060<a class="rr-claim" href="#">✓</a>'
    assert polish.content(f"<p>So. {mark} And</p>") == f"<p>So.{mark} And</p>"


def test_the_search_dialog_gets_a_name():
    html = polish.page(f"<div {polish.DIALOG}>", WORDS)
    assert html == f'<div {polish.DIALOG} aria-label="搜索">'


def test_a_theme_that_changed_is_noticed():
    with pytest.raises(polish.ThemeChangedError, match="see scripts/polish.py"):
        polish.page("<div>", WORDS)


def test_a_part_of_the_contents_is_not_named_as_a_section_of_the_navigation_may_be():
    html = polish.page(f'<div {polish.DIALOG}><nav class="md-nav" aria-label="门">', WORDS)
    assert html.endswith('<nav class="md-nav" aria-label="目录：门">')


def test_the_font_gets_the_letters_that_browsers_show():
    formula = to_mathml(r"c_t \odot h + \alpha \tanh", display=False)
    found = fonts.characters([f"<p>Ω{formula}</p>"])
    assert {"⊙", "𝑐", "\u210e", "𝛼", "t"} <= found
    assert "Ω" not in found


@pytest.mark.parametrize(
    ("letter", "shown"), [("A", "𝐴"), ("z", "𝑧"), ("h", "ℎ"), ("Γ", "𝛤"), ("ω", "𝜔")]
)
def test_letters_become_mathematical_italics(letter, shown):
    assert fonts.italic(letter) == shown


def test_the_font_is_small_and_has_what_was_asked_for(tmp_path, monkeypatch):
    monkeypatch.setattr(fonts, "CACHE", tmp_path / "cache")
    (tmp_path / "en").mkdir()
    (tmp_path / "index.html").write_text(to_mathml(r"\sqrt{x} \odot y"), encoding="utf-8")
    fonts.install(tmp_path, ["", "en/"])
    path = tmp_path / "assets" / "fonts" / "math.woff2"
    with TTFont(path) as font:
        assert {ord("⊙"), ord("𝑥"), ord("√")} <= set(font.getBestCmap())
        assert "MATH" in font
    assert path.stat().st_size < 60_000
    assert path.read_bytes() == (tmp_path / "en/assets/fonts/math.woff2").read_bytes()


@pytest.mark.parametrize("word", ["遗忘门", "隐状态", "忘记门", "输出门"])
def test_short_terms_and_their_rivals_are_words_for_the_search(word):
    search_words.teach()
    assert word in jieba.lcut(f"这里讲的{word}是一个词")


def test_long_terms_are_found_by_their_parts():
    search_words.teach()
    assert {"梯度", "消失"} <= set(jieba.lcut("这会让梯度消失得更快"))
