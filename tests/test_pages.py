"""The page parser: what it finds, where, and what is left as prose."""

import planted
import pytest

from scripts import check_pages
from scripts.masks import CODE, EDGE, FOREIGN, MATH, VALUE


def labels(text, *kinds):
    return [(item.label, item.line) for item in planted.page(text).of(*kinds)]


def test_the_clean_site_has_no_finding(tmp_path):
    assert planted.said(check_pages.check(planted.copy(tmp_path))) == []


def test_the_pages_of_this_site_have_no_finding():
    assert planted.said(check_pages.check()) == []


def test_front_matter_gives_keys_with_lines_and_keeps_the_lines_of_the_body():
    page = planted.page('---\ntitle: "A: b"\ndescription: c\n---\n\n# T { #t }\n')
    assert page.meta == {"title": ("A: b", 2), "description": ("c", 3)}
    assert page.of("heading")[0].line == 6


def test_a_page_without_front_matter_has_no_keys():
    assert planted.page("# T { #t }\n").meta == {}


@pytest.mark.parametrize("text", ["## T { #t }", "## T {#t}", "## T { #t .wide }", "## T {: #t }"])
def test_a_heading_gives_level_and_id(text):
    assert labels(text, "heading") == [("heading ## #t", 1)]


def test_a_directive_alone_on_its_line_is_a_block_and_one_in_a_sentence_is_inline():
    text = "    <!-- rnn:eq a.b -->\n\nx <!-- rnn:val c\n t=1 --> y\n\n> <!-- rnn:run d -->"
    assert labels(text, "directive") == [("rnn:eq a.b", 1), ("rnn:run d", 6)]
    assert labels(text, "inline") == [("rnn:val c t=1", 3)]


def test_the_caption_of_a_figure_is_prose_and_no_part_of_the_argument():
    page = planted.page("<!-- rnn:fig lstm-cell | 说明 $c_t$ 在此 -->")
    assert labels(page.text, "directive") == [("rnn:fig lstm-cell", 1)]
    assert f"说明 {MATH} 在此" in page.prose


def test_directives_and_formulas_inside_code_are_text():
    text = "`<!-- rnn:eq a -->` and `$x$`\n\n```text\n<!-- rnn:eq b -->\n# no heading $y$\n```\n"
    assert labels(text, "directive", "inline", "math", "heading") == []
    assert labels(text, "code") == [("code block ```text", 3)]


def test_a_fence_inside_an_admonition_ends_where_it_ends():
    text = '!!! note "t"\n\n    ```python\n    x = 1\n    ```\n\n## T { #t }\n'
    page = planted.page(text)
    assert page.of("code")[0].value == "    x = 1\n"
    assert labels(text, "admonition", "heading") == [("!!! note", 1), ("heading ## #t", 7)]


def test_tables_give_the_number_of_cells_of_every_row_and_formulas_may_hold_bars():
    page = planted.page("| a | b |\n|--|--|\n| $|x|$ | `|` |\n| c | d | e |\n")
    assert [(t.label, t.value) for t in page.of("table")] == [
        ("table of 2 columns and 2 rows", "2,2,2,3")
    ]


def test_links_images_and_bare_addresses_are_found_with_their_targets():
    text = "[a](b.md#c) ![d](e.svg) <https://f.org> https://g.org/h。"
    assert [item.value for item in planted.page(text).of("link")] == [
        "b.md#c",
        "e.svg",
        "https://f.org",
        "https://g.org/h",
    ]


def test_every_item_knows_its_section():
    page = planted.page("$a$\n\n# T { #t }\n\n$b$\n\n## U { #u }\n\n$c$\n")
    assert [(m.value, m.section) for m in page.of("math")] == [("a", ""), ("b", "t"), ("c", "u")]


def test_prose_keeps_words_and_lines_and_masks_the_rest():
    text = '# T { #t }\n\n- **a** `b` $c$ <!-- rnn:val d --> <span lang="en">e</span>[f](g.md)'
    assert planted.page(text).prose == f"{EDGE}T{EDGE}\n\n{EDGE}a {CODE} {MATH} {VALUE} {FOREIGN}f"


def test_dollar_signs_with_a_backslash_or_before_a_digit_are_no_formula():
    assert labels(r"\$x\$ costs $5 or $6", "math") == []


def test_a_comment_of_the_author_leaves_no_trace():
    assert planted.page("a<!-- to do: 忘记门 -->b").prose == "ab"


def test_the_lines_of_a_correction_box_start_at_its_title_and_end_with_its_indent():
    text = 'a\n\n!!! warning "t"\n\n    <!-- rnn:slip N01 -->\n    b\n\n    c\n\nd\n'
    assert planted.page(text).slip_lines() == {3, 4, 5, 6, 7, 8, 9}
