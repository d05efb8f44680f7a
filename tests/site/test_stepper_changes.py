"""What a reader changes in a stepper: recomputed as NumPy says, refused, undone."""

import pytest
from steppers import FRAMES, opened

from rnnref import examples, lstm
from rnnref.explain.numerals import printed
from rnnref.explain.stepper.goal import half_squared


def changed(params):
    p = examples.lstm_params()
    for name, value in params.items():
        getattr(p, name)[:] = value
    return p


def loss_with(x=examples.X, **params):
    h = lstm.forward(x, changed(params)).state.h
    return printed(half_squared(h, examples.TARGET).L[0], ".4f")


def summed_with(name, **params):
    """Return the derivative by a bias, as the table prints it."""
    run = lstm.forward(examples.X, changed(params))
    dh = run.state.h - examples.TARGET
    grads = lstm.backward(run, dstate=lstm.State(dh, 0 * dh))
    return " ".join(printed(x, ".4f") for x in getattr(grads.params, name))


def test_a_changed_number_changes_the_picture_as_numpy_says_and_can_be_undone(visit):
    x = examples.X.copy()
    x[0, 1, 0] = 2.5
    with visit("stepper.html") as (page, errors, _):
        stepper = opened(page)
        loss = stepper.locator("output")
        assert loss.inner_text() == loss_with()
        stepper.locator('[data-put="x 1 0"]').fill("2.5")
        assert loss.inner_text() == loss_with(x)
        stepper.locator('[data-put="params b_f 1"]').fill("-3")
        assert loss.inner_text() == loss_with(x, b_f=[1.0, -3.0])
        stepper.locator("[data-do=reset]").click()
        assert loss.inner_text() == loss_with()
        assert stepper.locator('[data-put="x 1 0"]').input_value() == "-0.5"
        assert not stepper.locator("[data-do=reset]").is_visible()
        assert errors == []


@pytest.mark.parametrize(("value", "bias"), [("0", -50.0), ("0.5", 0.0), ("1", 50.0)])
def test_a_held_gate_changes_the_picture_as_numpy_says(visit, value, bias):
    still = {"W_f": 0.0, "U_f": 0.0, "b_f": bias}
    with visit("stepper.html") as (page, *_):
        stepper = opened(page)
        stepper.locator("[data-hold=f]").select_option(value)
        assert stepper.locator("output").inner_text() == loss_with(**still)
        sums = {name: stepper.locator(f'[data-cell="sum 0 d{name}"]') for name in ("b_i", "b_f")}
        assert sums["b_i"].text_content() == summed_with("b_i", **still)
        assert sums["b_f"].text_content() == "0.0000 0.0000"  # a constant learns nothing
        stepper.locator('[data-ahead="1"]').click()
        stepper.locator("[data-do=next]").click()
        assert stepper.locator('svg [data-name="f[2]"]').text_content() == printed(float(value))
        assert "由你固定" in stepper.locator('.rr-panel[data-state="now"]').inner_text()


@pytest.mark.parametrize("wrong", ["", "1001", "-1e9", "1e999"])
def test_what_is_no_number_in_range_is_refused_beside_its_field(visit, wrong):
    with visit("en/stepper.html") as (page, *_):
        stepper = opened(page)
        field = stepper.locator('[data-put="h 0"]')
        field.fill("0.25")
        loss = stepper.locator("output").inner_text()
        field.fill(wrong)
        assert field.get_attribute("aria-invalid") == "true"
        message = field.locator("xpath=..").get_by_role("alert")
        assert message.inner_text().startswith("Enter a number from −1000 to 1000")
        assert stepper.locator("output").inner_text() == loss
        field.fill("0.5")
        assert field.get_attribute("aria-invalid") == "false" and message.count() == 0


def test_the_largest_numbers_are_safe(visit):
    with visit("stepper.html") as (page, errors, _):
        stepper = opened(page)
        for index, field in enumerate(stepper.locator("[data-put]").all()):
            field.fill("-1000" if index % 3 else "1000")
        for frame in range(FRAMES["lstm"]):
            stepper.evaluate("(stepper, frame) => stepper.show(frame)", frame)
            assert "NaN" not in stepper.inner_text() and "Infinity" not in stepper.inner_text()
        assert errors == []
