import backward_laws as laws
import pytest
from forms import FORMS, LENGTHS, PLAIN

NAMES = [name for name in FORMS if name.startswith("lstm")]
STEPS = [name for name in NAMES if name in PLAIN]
every_step = pytest.mark.parametrize("name", STEPS)
every_form = pytest.mark.parametrize("name", NAMES)


@every_step
def test_every_gradient_of_one_step_equals_the_complex_step(name):
    report = laws.step_report(name)
    assert report.ok, report


@every_step
def test_every_net_input_has_its_gradient_for_each_example(name):
    errors = laws.net_input_errors(name)
    assert errors and max(errors.values()) < 1e-14, errors


@every_step
def test_every_value_inside_a_step_has_its_gradient(name):
    errors = laws.inner_errors(name)
    assert errors and max(errors.values()) < 1e-14, errors


@every_form
@pytest.mark.parametrize("lengths", [None, LENGTHS])
@pytest.mark.parametrize("reverse", [False, True])
def test_every_gradient_of_a_sequence_equals_the_complex_step(name, lengths, reverse):
    report = laws.sequence_report(name, lengths=lengths, reverse=reverse)
    assert report.ok, report
