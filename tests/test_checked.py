"""Every chapter with a ✓ has a page of tests, which no list names."""

import re
from pathlib import Path

import planted
import pytest

from rnnref.explain import terms
from rnnref.explain.terms import Lookup
from scripts import check_pages, checked, kinds, polish, sentences
from scripts.expand import Place

ROOT = Path(__file__).parent.parent
INLINE = Place("en", "docs/en/a.md", 1, 0, False)
MORE = '\n\n@pytest.mark.claim("gru.opens")\ndef test_a_gate_is_open():\n    assert 1 < 2\n'


@pytest.fixture
def root(tmp_path):
    """A small site with a claim of a second chapter, which is still to be written."""
    root = planted.copy(tmp_path)
    with (root / "tests" / "claims" / "test_lstm.py").open("a", encoding="utf-8") as file:
        file.write(MORE)
    return root


def test_a_new_claim_makes_the_page_of_its_chapter(root):
    assert set(checked.texts(root, "zh")) == {"checks-gru.md", "checks-lstm.md"}


def test_chapters_stand_in_the_order_of_the_navigation(root):
    config = "nav:\n  - 一: lstm.md\n  - 二:\n      - 三: gru.md\n"
    assert list(checked.chapters(root)) == ["gru", "lstm"]
    (root / "mkdocs.yml").write_text(config, encoding="utf-8")
    assert list(checked.chapters(root)) == ["lstm", "gru"]


def test_a_page_of_tests_is_named_after_its_chapter_in_the_language_of_the_page(root):
    zh, en = (checked.texts(root, lang)["checks-lstm.md"] for lang in ("zh", "en"))
    assert "# 检验“长短期记忆网络”的测试 { #tests }" in zh and "“[长短期记忆网络](lstm.md)”" in zh
    assert "# The tests behind “" in en


def test_pages_of_tests_go_through_the_checks_of_all_pages(root, monkeypatch):
    mistaken = {"zh": "“{chapter}”,{overview}", "en": "“{chapter}”, {overview}"}
    monkeypatch.setitem(terms.table()["labels"], "tests_intro", mistaken)
    found = planted.said(check_pages.check(root), "typography")
    assert any(text.startswith("docs/zh/checks-lstm.md:") for text in found)


def test_nobody_has_to_confirm_a_page_of_tests(root):
    assert planted.said(check_pages.check(root), "stale") == []


def test_a_mark_and_its_test_lead_to_each_other(root):
    marks = polish.content(f"<p>So. {kinds.claim(root, 'lstm.keeps', INLINE)}</p>")
    tests = checked.tests("lstm", Lookup("en"), root)
    assert 'href="checks-lstm.html#claim-lstm.keeps" id="claim-lstm.keeps"' in marks
    assert 'id="claim-lstm.keeps"' in tests and 'href="lstm.html#claim-lstm.keeps"' in tests


def test_a_claim_made_twice_is_led_back_to_the_first_place(root):
    mark = kinds.claim(root, "lstm.keeps", INLINE)
    html = polish.content(f"<p>So. {mark} And so. {mark}</p>")
    assert [m.start() > 0 for m in re.finditer('id="claim-lstm.keeps"', html)] == [True]
    assert html.index("id=") < html.index("And")


def test_a_test_is_shown_with_its_name_as_a_sentence_and_its_source(root):
    html = checked.tests("gru", Lookup("en"), root)
    assert ">A gate is open</small>" in html
    assert "assert 1 < 2" in re.sub("<[^>]+>", "", html).replace("&lt;", "<")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_test_stands_under_the_sentence_of_the_page_in_its_language(root, lang):
    place = INLINE._replace(lang=lang, block=True)
    words = checked.stated("lstm", lang, root)["lstm.keeps"]
    title = f'__sentence">{sentences.shown(words, place, kinds.table(root))}</span> <small lang'
    assert "$" in words and title in kinds.tests(root, "lstm", place)


def test_an_edit_of_the_chapter_makes_its_page_of_tests_another_one(root):
    first = checked.texts(root, "zh")
    path = root / "docs" / "zh" / "lstm.md"
    text = path.read_text(encoding="utf-8").replace("<!-- rnn:claim", "X<!-- rnn:claim")
    path.write_text(text, encoding="utf-8")
    second = checked.texts(root, "zh")
    assert [name for name in first if first[name] != second[name]] == ["checks-lstm.md"]


def test_a_chapter_without_claims_has_no_tests(root):
    with pytest.raises(LookupError, match="no claim begins with rnn."):
        checked.tests("rnn", Lookup("en"), root)


def test_the_overview_has_a_row_for_every_chapter_and_their_sum(root):
    rows = re.findall("<tr.*?>(.*?)</tr>", checked.table(root, Lookup("en")))
    assert [re.findall(r"\d+", re.sub("<[^>]+>", " ", row))[-1:] for row in rows] == [
        [],
        ["1"],
        ["1"],
        ["2"],
    ]
    assert '<a href="checks-gru.html">gru</a>' in rows[1]


def test_every_chapter_of_this_site_with_a_claim_is_a_page():
    for chapter in checked.chapters(ROOT):
        assert (ROOT / "docs" / "zh" / f"{chapter}.md").is_file()
