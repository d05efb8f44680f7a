"""The attention explorer in the browser: choose a query, change a number, mask a place."""

import numpy as np
import pytest

from rnnref import attention, examples
from rnnref.explain import explorer
from rnnref.explain.numerals import printed
from rnnref.explain.terms import Lookup


@pytest.fixture(params=["attention.html", "en/attention.html"])
def page(visit, request):
    with visit(request.param) as (page, errors, outside):
        page.locator("rr-explorer").scroll_into_view_if_needed()
        yield page
        assert errors == [] and outside == []


def shown(page):
    """Return what stands on the page: scores, weights and the sum of one query, all weights."""
    texts = page.locator("rr-explorer").evaluate(
        """(e) => Object.fromEntries(Object.entries({
            scores: '[data-part=scores] output', weights: '[data-part=weights] b',
            y: '[data-sum]', map: '[data-map] b'
        }).map(([name, at]) => [name, [...e.querySelectorAll(at)].map((x) => x.textContent)]))"""
    )
    return texts


def wanted(query, look=explorer.look_dot, mask=None, **changes):
    """Return the same from NumPy."""
    given = explorer.vectors() | changes
    run = look(**given)
    seen = attention.attend(run.scores, given["v"], mask=mask)
    numbers = {
        "scores": run.scores[0, query],
        "weights": seen.weights[0, query],
        "map": seen.weights[0].ravel(),
    }
    y = ", ".join(map(printed, seen.y[0, query]))
    return {n: [printed(x) for x in values] for n, values in numbers.items()} | {"y": [f"({y})"]}


def field(page, put):
    return page.locator(f"rr-explorer [data-put='{put}']")


def test_every_query_shows_its_own_numbers(page):
    for query in range(len(examples.QUERIES)):
        page.locator(f"rr-explorer tr[data-query='{query}']").hover()
        assert shown(page) == wanted(query)


def test_arrow_keys_choose_a_query(page):
    page.locator("rr-explorer [name$=-query]:checked").focus()
    page.keyboard.press("ArrowDown")
    assert shown(page) == wanted(explorer.CHOSEN + 1)


def test_a_changed_number_is_computed_again_and_reset_brings_it_back(page):
    field(page, f"q {explorer.CHOSEN} 0").fill("-2.5")
    q = explorer.vectors()["q"]
    q[0, explorer.CHOSEN, 0] = -2.5
    assert shown(page) == wanted(explorer.CHOSEN, q=q)
    page.locator("rr-explorer [data-do=reset]").click()
    assert shown(page) == wanted(explorer.CHOSEN)
    assert not page.locator("rr-explorer [data-do=reset]").is_visible()


def test_the_score_can_be_scaled(page):
    page.locator("rr-explorer [value=scaled]").check()
    assert shown(page) == wanted(explorer.CHOSEN, look=explorer.look_scaled)


def test_a_masked_place_has_no_weight(page):
    page.locator("rr-explorer tr[data-place='1'] [type=checkbox]").uncheck()
    found, true = shown(page), wanted(explorer.CHOSEN, mask=np.array([1, 0, 1, 1], bool))
    true["scores"][1] = found["scores"][1]  # a word stands there
    assert found["scores"][1] in ("遮住", "masked")
    assert found == true


def test_with_every_place_masked_all_is_zero_and_said_so(page):
    for box in page.locator("rr-explorer tr[data-place] [type=checkbox]").all():
        box.uncheck()
    found = shown(page)
    assert set(found["map"]) == {"0.00"} and found["y"] == ["(0.00, 0.00)"]
    said = Lookup(page.locator("html").get_attribute("lang"))("explorer_nothing")
    assert page.locator(".rr-explorer__say").inner_text() == said


@pytest.mark.parametrize("text", ["", "1000"])
def test_what_is_no_number_in_range_is_refused_beside_the_field(page, text):
    field(page, "k 0 1").fill(text)
    assert page.locator("rr-explorer [role=alert]").count() == 1
    assert shown(page) == wanted(explorer.CHOSEN)
    field(page, "k 0 1").fill("0.2")
    assert page.locator("rr-explorer [role=alert]").count() == 0


def test_without_a_script_the_numbers_of_one_query_are_there(visit):
    with visit("en/attention.html", java_script_enabled=False) as (page, *_):
        text = page.locator("rr-explorer").inner_text()
        true = wanted(explorer.CHOSEN)
        assert all(number in text for name in true for number in true[name])
