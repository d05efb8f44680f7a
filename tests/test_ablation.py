"""Breaking the backward step on purpose: what the page on it relies on."""

import numpy as np
import pytest

from rnnref import lstm
from rnnref.explain import ablation


@pytest.mark.parametrize("piece", ["dc_next - dh", "da_f"])
def test_a_piece_that_does_not_stand_there_once_is_refused(piece):
    with pytest.raises(ValueError, match=f"holds '{piece}' [0-9]+ times, not once"):
        ablation.broken(piece, "0")


def test_the_package_itself_stays_whole():
    before = lstm.step_backward
    assert ablation.broken("dc_next + dh", "dh") is not before
    assert lstm.step_backward is before


def test_an_error_is_a_share_of_the_largest_true_derivative_and_plain_where_all_are_zero():
    true = {"some": np.array([2.0, -4.0]), "none": np.zeros(2)}
    found = {"some": np.array([2.0, -3.0]), "none": np.array([0.0, 0.5])}
    assert ablation.errors(found, true) == {"some": 0.25, "none": 0.5}
