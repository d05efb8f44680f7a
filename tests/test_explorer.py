"""The attention explorer computes in the page what NumPy computes."""

import json
import re

import numpy as np
import pytest
import shipped

from rnnref import attention, examples
from rnnref.explain import explorer

RUN = "data.map((c) => { const r = RR.run(c.program, c.given, c.forced); return %s; })"
PARTS = "['scores', 'weights', 'y'].map((name) => [...r[name].data])"
DATA = re.compile(r'<script type="application/json">(.*?)</script>', re.S)


def drawn(seed):
    rng = np.random.default_rng(seed)
    return {name: rng.normal(0, 2, value.shape) for name, value in explorer.vectors().items()}


def read(lang="en"):
    """Return what the script reads from the page."""
    return json.loads(DATA.search(explorer.render(lang, "p1"))[1])


@pytest.fixture(scope="module")
def programs():
    return read()["programs"]


@pytest.mark.parametrize("name", explorer.LOOKS)
def test_every_number_of_the_explorer_is_what_numpy_computes(name, programs):
    cases = [drawn(seed) for seed in range(20)]
    made = [{n: v.tolist() for n, v in case.items()} for case in cases]
    given = [{"program": programs[name], "given": one, "forced": {}} for one in made]
    for case, found in zip(cases, shipped.evaluate(RUN % PARTS, given), strict=True):
        for wanted, numbers in zip(explorer.LOOKS[name](**case), found, strict=True):
            np.testing.assert_allclose(numbers, np.ravel(wanted), rtol=0, atol=1e-12)


def test_a_masked_place_is_what_attend_makes_of_a_mask(programs):
    case, seen = drawn(3), np.array([True, False, True, False])
    scores = attention.score_dot(case["q"], case["k"])
    forced = np.where(seen, scores, read()["hidden"])
    one = {
        "program": programs["dot"],
        "given": {n: v.tolist() for n, v in case.items()},
        "forced": {"scores": forced.tolist()},
    }
    _, weights, y = shipped.evaluate(RUN % PARTS, [one])[0]
    wanted = attention.attend(scores, case["v"], mask=seen)
    np.testing.assert_allclose(weights, wanted.weights.ravel(), rtol=0, atol=1e-12)
    np.testing.assert_allclose(y, wanted.y.ravel(), rtol=0, atol=1e-12)
    assert not np.reshape(weights, (-1, 4))[:, ~seen].any()


def test_the_page_starts_with_the_query_that_was_computed_by_hand():
    q, k, v = examples.attention_vectors()
    found = explorer.vectors()
    np.testing.assert_array_equal(found["q"][:, [explorer.CHOSEN]], q)
    assert examples.QUERIES[explorer.CHOSEN] == examples.QUERY
    np.testing.assert_array_equal(found["k"], k)
    np.testing.assert_array_equal(found["v"], v)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_without_a_script_every_field_is_a_number_to_read(lang):
    html = explorer.render(lang, "p1")
    assert len(re.findall("<input type=.number", html)) == 3 + 4 * (3 + 2)
    assert all("readonly" in field for field in re.findall("<input type=.number[^>]*>", html))
    choices = re.findall("<input type=.(?:radio|checkbox)[^>]*>", html)
    assert all("disabled" in choice for choice in choices)


def test_every_field_and_choice_has_a_name():
    html = explorer.render("en", "p1")
    for field in re.findall(r"<input [^>]*>", html):
        at = html.index(field)
        assert "aria-label" in field or html.rfind("<label>", 0, at) > html.rfind("</label>", 0, at)
