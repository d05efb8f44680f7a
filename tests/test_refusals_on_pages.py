"""Error messages on pages: the call, and the message in the language of the page."""

import pytest

import rnnref
from rnnref import errors
from scripts import kinds, refusals
from scripts.expand import Place

BLOCK = Place("en", "docs/en/x.md", 1, 7, True)
CALL = "convert.to_torch([examples.gru_params()])"
refused = kinds.table()["refused"]


def test_a_refused_call_stands_above_its_message():
    html = refused(CALL, BLOCK)
    assert html.index("gru_params") < html.index("must be 'after', got 'before'")


def test_the_message_is_in_the_language_of_the_page():
    html = refused(CALL, BLOCK._replace(lang="zh"))
    assert "应为 'after'，实际是 'before'" in html and "报错" in html


@pytest.mark.parametrize("before", ["en", "zh"])
def test_the_language_of_the_package_is_afterwards_what_it_was(before):
    rnnref.set_language(before)
    try:
        for lang in ("zh", "en"):
            refusals.refusal(CALL, lang)
            assert errors._language == before
    finally:
        rnnref.set_language("en")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("examples.gru_params().W.sum()", "is not refused"),
        ("p = 1", "is no Python expression"),
    ],
)
def test_what_is_no_refused_call_stops_the_build(call, message):
    with pytest.raises(ValueError, match=message):
        refused(call, BLOCK)


def test_it_needs_a_line_of_its_own():
    with pytest.raises(ValueError, match="alone on its line"):
        refused(CALL, BLOCK._replace(block=False))


def test_signs_of_html_in_a_message_are_escaped():
    html = refused('convert.from_torch({"a<b": 1}, "lstm")', BLOCK)
    assert "a&lt;b" in html and "a<b" not in html
