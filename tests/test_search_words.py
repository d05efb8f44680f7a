"""Search reads of a page what it indexes: no excluded part, and of formulas the letters."""

import pytest

from scripts.search_words import searchable


@pytest.mark.parametrize(
    ("html", "read"),
    [
        ("<p>a</p>", "<p>a</p>"),
        ("<p>a <b data-search-exclude>b</b> c</p>", "<p>a  c</p>"),
        ('<div class="x" data-search-exclude><div>a</div>b</div>c', "c"),
        ('<i data-search-exclude="">a</i>b<i data-search-exclude>c</i>d', "bd"),
        ("<p data-search-exclude>a<pre>b</pre></p>c", "c"),
        (
            '<p title="no data-search-exclude here">a</p>',
            '<p title="no data-search-exclude here">a</p>',
        ),
        ("a <math><mi>x</mi><mo>=</mo></math> b", "a x= b"),
        ("<math><mi>x</mi><annotation data-search-exclude>\\x</annotation></math>", "x"),
    ],
)
def test_search_reads_what_is_not_excluded(html, read):
    assert searchable(html) == read


def test_an_excluded_element_that_never_ends_is_an_error():
    with pytest.raises(ValueError, match="<b data-search-exclude> is never closed"):
        searchable("<b data-search-exclude>a")
