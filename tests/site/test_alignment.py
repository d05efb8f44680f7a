"""The explorer of alignments in the browser: choose what was written, see what was read."""

import pytest

from rnnref.explain import alignment
from rnnref.explain.experiments import result
from rnnref.explain.numerals import printed
from rnnref.explain.terms import Lookup

MAPS = result("dates")["shown"]
WHERE = "rr-alignment [data-date='{}'] "


@pytest.fixture(params=["seq2seq.html", "en/seq2seq.html"])
def page(visit, request):
    with visit(request.param) as (page, errors, outside):
        page.locator("rr-alignment").scroll_into_view_if_needed()
        yield page
        assert errors == [] and outside == []


def weights(page, date):
    return page.locator(WHERE.format(date) + ".rr-letter i").all_inner_texts()


def test_every_character_of_every_date_shows_its_weights(page):
    t = Lookup(page.locator("html").get_attribute("lang"))
    for date, shown in enumerate(MAPS):
        page.locator(f"rr-alignment [name$='-date'][value='{date}']").check()
        for step, row in enumerate(shown["weights"]):
            page.locator(WHERE.format(date) + "label").nth(step).hover()
            assert weights(page, date) == [printed(weight) for weight in row]
            said = page.locator(".rr-alignment__say").inner_text()
            assert said == alignment.said(shown, step, t)


def test_one_date_is_seen_at_a_time_and_arrow_keys_walk_through_it(page):
    seen = page.locator("rr-alignment [data-date]")
    assert [part.is_visible() for part in seen.all()] == [True, False, False]
    page.locator(WHERE.format(0) + ":checked").focus()
    page.keyboard.press("ArrowRight")
    assert weights(page, 0) == [printed(weight) for weight in MAPS[0]["weights"][1]]
