"""The page expander: what it builds, what it leaves alone, and how it complains."""

import markdown
import pytest

from scripts.expand import PageError, expand, fill


def box(argument, place):
    return f'<div class="box">{argument}</div>' if place.block else f"<b>{argument}</b>"


def fail(argument, place):
    raise KeyError(f"no entry {argument!r}")


def crash(argument, place):
    raise TypeError("a bug")


KINDS = {"box": box, "fail": fail, "crash": crash, "math": lambda latex, place: f"<i>{latex}</i>"}


def page(text, **options):
    """Expand, run Markdown, fill."""
    text, stash = expand(text, "zh", "docs/zh/x.md", KINDS, **options)
    extensions = ["admonition", "tables", "fenced_code", "attr_list", "pymdownx.details"]
    return fill(markdown.markdown(text, extensions=extensions), stash)


def mistake(text, **options):
    with pytest.raises(PageError) as caught:
        page(text, **options)
    return str(caught.value)


def test_a_directive_alone_on_its_line_is_a_block():
    assert (
        page("a\n\n<!-- rnn:box one -->\n\nb") == '<p>a</p>\n<div class="box">one</div>\n<p>b</p>'
    )


def test_a_block_needs_no_blank_lines_around_it():
    assert page("a\n<!-- rnn:box one -->\nb") == '<p>a</p>\n<div class="box">one</div>\n<p>b</p>'


def test_a_directive_inside_a_sentence_is_inline():
    assert page("a <!-- rnn:box one --> b") == "<p>a <b>one</b> b</p>"


@pytest.mark.parametrize("opener", ['!!! note "n"', '??? note "n"'])
def test_a_block_survives_inside_admonitions_and_details(opener):
    html = page(f"{opener}\n    <!-- rnn:box one -->\n    text\n\nafter")
    assert '<div class="box">one</div>\n<p>text</p>' in html
    assert html.endswith("<p>after</p>")


def test_a_block_survives_inside_a_list():
    html = page("1. a\n\n    <!-- rnn:box one -->\n\n2. b")
    assert '<p>a</p>\n<div class="box">one</div>\n</li>' in html


def test_a_block_survives_inside_a_quote():
    html = page("> a\n> <!-- rnn:box one -->\n> b")
    assert '<p>a</p>\n<div class="box">one</div>\n<p>b</p>' in html


def test_a_formula_with_a_bar_survives_inside_a_table():
    assert "<td><i>a|b</i></td>" in page("| x | y |\n| - | - |\n| $a|b$ | c |")


def test_a_directive_may_run_over_several_lines():
    assert page("<!-- rnn:box\n  one\n  two\n-->") == '<div class="box">one two</div>'


def test_spaces_around_the_words_do_not_matter():
    assert page("<!--rnn:box one-->") == '<div class="box">one</div>'


@pytest.mark.parametrize(
    "text",
    [
        "```\n<!-- rnn:nonsense -->\n$x$ $$\n```",
        "~~~~ text\n```\n<!-- rnn:nonsense -->\n~~~~",
        '!!! note "n"\n    ```\n    <!-- rnn:nonsense -->\n    ```',
        "`<!-- rnn:nonsense -->` and `` `$x$ $$` ``",
    ],
)
def test_code_stays_as_it_is(text):
    assert expand(text, "zh", "x.md", {})[0] == text


def test_other_comments_stay():
    assert expand("<!-- a $x$ note -->", "zh", "x.md", {})[0] == "<!-- a $x$ note -->"


def test_inline_formulas_are_built():
    assert page("的 $c_t$ 与 **$h_t$**") == "<p>的 <i>c_t</i> 与 <strong><i>h_t</i></strong></p>"


def test_markdown_does_not_touch_what_a_kind_prints():
    assert page("<!-- rnn:box *a* _b_ `c` -->") == '<div class="box">*a* _b_ `c`</div>'


def test_an_escaped_dollar_is_a_dollar():
    assert page(r"5 \$ and `\$`") == r"<p>5 $ and <code>\$</code></p>"


def test_places_are_numbered_so_that_ids_can_be_unique():
    _, stash = expand("<!-- rnn:box a -->\n\n$x$ <!-- rnn:box b -->", "zh", "x.md", KINDS)
    assert [built.place.number for built in stash] == [0, 1, 2]
    assert [built.place.block for built in stash] == [True, False, False]


def test_an_unknown_kind_names_page_line_and_the_nearest_kind():
    assert mistake("a\n\n<!-- rnn:boxx one -->") == (
        "docs/zh/x.md:3: no directive 'rnn:boxx'; did you mean rnn:box?"
    )


@pytest.mark.parametrize("comment", ["rnn box one", "rnn: box one", "rnn", "rnn:math x"])
def test_a_directive_that_is_nearly_one_is_refused(comment):
    assert "docs/zh/x.md:1: no directive" in mistake(f"<!-- {comment} -->")


def test_a_refused_argument_names_page_and_line():
    assert mistake("\n<!-- rnn:fail x -->") == "docs/zh/x.md:2: rnn:fail x: no entry 'x'"


def test_a_bug_in_a_kind_names_page_and_line_too():
    assert mistake("<!-- rnn:crash x -->") == "docs/zh/x.md:1: rnn:crash x: TypeError: a bug"


def test_lines_are_counted_from_the_first_line_of_the_file():
    assert mistake("\n<!-- rnn:fail x -->", first_line=5).startswith("docs/zh/x.md:6:")


def test_lines_are_right_behind_fences_and_long_directives():
    text = "```\na\nb\n```\n<!-- rnn:box\na\n-->\n<!-- rnn:fail x -->"
    assert mistake(text).startswith("docs/zh/x.md:8:")


def test_every_mistake_of_a_page_is_told_at_once():
    lines = mistake("<!-- rnn:fail x -->\n\n$$\n\na $ b").splitlines()
    assert [line.split(": ")[0] for line in lines] == [f"docs/zh/x.md:{n}" for n in (1, 3, 5)]


def test_bare_display_mathematics_is_refused_with_the_cure():
    assert "use <!-- rnn:eq NAME -->" in mistake("$$\nx\n$$")


def test_a_lone_dollar_is_refused_with_the_cure():
    assert r"write \$ for the sign" in mistake("costs $5")


def test_a_formula_inside_a_link_target_is_refused():
    assert "docs/zh/x.md:1: $x$: it stands inside" in mistake("[a](http://e/$x$)")


def test_something_that_markdown_swallows_is_refused():
    text, stash = expand("$x$ and $y$", "zh", "docs/zh/x.md", KINDS)
    with pytest.raises(PageError, match=r"^docs/zh/x.md:1: \$y\$: Markdown swallowed it; move it"):
        fill(text[:6], stash)
