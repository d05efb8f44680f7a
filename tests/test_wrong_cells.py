"""The checks of the cells bite: each planted mistake is seen by the test that is meant for it."""

import backward_laws as laws
import forms
import pytest
import test_fused
import wrong_cells
from forms import FORMS, LENGTHS
from wrong_cells import MISTAKES


@pytest.mark.parametrize("mistake", MISTAKES["backward"])
def test_a_mistake_on_the_way_back_makes_a_gradient_wrong(mistake, monkeypatch):
    name, *where = MISTAKES["backward"][mistake]
    wrong_cells.plant(monkeypatch, *where)
    monkeypatch.setattr("rnnref.sequence.tape.COLUMNS", 2 * forms.B)  # several blocks of steps
    assert not laws.sequence_report(name, lengths=LENGTHS, reverse=True).ok


@pytest.mark.parametrize("mistake", MISTAKES["forward"])
@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
def test_a_mistake_on_the_way_there_differs_from_the_loop(mistake, monkeypatch):
    name, *where = MISTAKES["forward"][mistake]
    wrong_cells.plant(monkeypatch, *where)
    with pytest.raises(AssertionError):
        test_fused.test_forward_equals_the_steps_in_a_loop(name, LENGTHS, True)
        test_fused.test_the_padding_holds_zeros(name, True)


@pytest.mark.parametrize("mistake", MISTAKES["steps"])
def test_a_mistake_in_a_backward_step_makes_a_gradient_wrong(mistake, monkeypatch):
    name, right, wrong = MISTAKES["steps"][mistake]
    step = wrong_cells.mistaken(FORMS[name].step_backward, right, wrong)
    monkeypatch.setitem(forms.FORMS, name, FORMS[name]._replace(step_backward=step))
    assert not laws.step_report(name).ok


@pytest.mark.slow  # the tests of the cells say so one by one
def test_without_mistakes_all_is_right():
    for name in FORMS:
        assert laws.sequence_report(name, lengths=LENGTHS, reverse=True).ok


def test_a_truncation_off_by_one_is_seen(monkeypatch):
    wrong_cells.plant(
        monkeypatch, "sequence.tape:Rewind._cut", "place % truncate == 0", "place % truncate == 1"
    )
    with pytest.raises(AssertionError):
        test_fused.test_backward_equals_the_backward_steps_in_a_loop("gru", None, False, 3)


def test_a_truncation_counted_in_time_is_seen(monkeypatch):
    wrong_cells.plant(
        monkeypatch,
        "sequence.tape:Rewind._cut",
        "np.cumsum(live, axis=0) - 1",
        "np.arange(len(live))[:, None, None]",
    )
    with pytest.raises(AssertionError):
        test_fused.test_backward_equals_the_backward_steps_in_a_loop("gru", LENGTHS, True, 2)


@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
def test_padding_that_is_read_spreads_its_nan(monkeypatch):
    wrong_cells.plant(
        monkeypatch,
        "sequence.tape:Rewind.living",
        "array[steps] if dead is None else np.where(dead[steps], 0, array[steps])",
        "array[steps]",
    )
    with pytest.raises(AssertionError):
        test_fused.test_backward_equals_the_backward_steps_in_a_loop("rnn", LENGTHS, False, None)
