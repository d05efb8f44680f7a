"""The page of all equations: names, origins, links to the reference."""

import pytest

from rnnref.explain import catalog, views
from rnnref.explain.terms import Lookup
from scripts import every

T = Lookup("en")


@pytest.mark.parametrize(
    ("name", "link"),
    [
        ("lstm.step", 'href="api.html#api-lstm.step"'),
        ("attention.attend:notes", 'href="api.html#api-attention.attend"'),
        ("optim.descent.adam_step", None),
    ],
)
def test_a_name_leads_to_its_function_where_the_reference_has_it(name, link):
    assert (link in every.linked(name)) if link else "<a" not in every.linked(name)


def test_every_entry_says_how_its_lines_came_about():
    for name in catalog.ENTRIES:
        origin = "every_typed" if views.is_hand_written(name) else "every_traced"
        assert T(origin) in every.entry(name, T)


def test_a_part_without_equations_is_refused_with_those_that_there_are():
    with pytest.raises(ValueError, match="no equations of 'trees'; there are rnn, lstm"):
        every.equations("trees", T)
