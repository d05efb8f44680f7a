"""Equations in the browser: numbers, shapes, the light on a symbol, and the keyboard."""

import pytest

LINES = ".rr-lines"
SYMBOL = LINES + " .rr-eq__math [data-rr='{}']"
FOCUSED = "document.activeElement.dataset.rr ?? ''"
LIT = "[...document.querySelectorAll('.rr-lit')]"
STOPS = LINES + " [data-rr][tabindex='0']"


@pytest.fixture
def lstm(visit):
    with visit("lstm.html") as (page, errors, outside):
        page.locator(LINES).first.scroll_into_view_if_needed()
        yield page
        assert errors == [] and outside == []


def lit(page, where=""):
    """Return the names of what is lit, inside a selector."""
    return page.evaluate(
        f"{LIT}.filter((e) => e.closest('{where or 'body'}')).map((e) => e.dataset.rr ?? "
        "e.dataset.box ?? e.dataset.pill ?? e.dataset.wire)"
    )


def test_the_pointer_lights_a_symbol_in_equations_code_and_figure(lstm):
    lstm.locator(SYMBOL.format("c_prev")).first.hover()
    assert set(lit(lstm, ".rr-eq__math")) == {"c_prev"}
    assert set(lit(lstm, ".rr-row__code")) == {"c_prev"}
    assert "c_prev>f*c_prev" in lit(lstm, ".rr-figure")
    assert "c_prev" in lit(lstm, ".rr-figure")
    lstm.locator("h1").first.hover()
    assert lit(lstm) == []


def test_the_same_name_in_another_family_stays_dark(visit):
    with visit("rnn.html") as (page, *_):
        page.locator(SYMBOL.format("W")).first.hover()
        joined = "[data-rr='RNNParams.W']"
        assert page.locator(joined).count() > 0
        assert page.locator(joined + ".rr-lit").count() == 0


def test_the_name_in_the_code_lights_the_symbol(lstm):
    lstm.locator(LINES + " .rr-row__code [data-rr='W_f']").first.hover()
    assert "W_f" in lit(lstm, ".rr-eq__math")


def test_a_group_is_one_stop_and_arrows_walk_through_its_symbols(lstm):
    assert lstm.locator(STOPS).count() == 1
    lstm.locator(STOPS).focus()
    walked = [lstm.evaluate(FOCUSED)]
    for _ in range(3):
        lstm.keyboard.press("ArrowRight")
        walked.append(lstm.evaluate(FOCUSED))
    assert walked == ["f", "W_f", "x", "U_f"]
    assert set(lit(lstm, ".rr-lines")) == {"U_f"}
    assert set(lit(lstm, ".rr-figure")) == {"f"}  # the layer that multiplies by it
    lstm.keyboard.press("ArrowLeft")
    assert lstm.evaluate(FOCUSED) == "x"
    assert lstm.locator(STOPS).count() == 1
    lstm.keyboard.press("End")
    assert lstm.evaluate(FOCUSED) == "c"
    lstm.keyboard.press("Home")
    assert lstm.evaluate(FOCUSED) == "f"


def test_the_first_stop_goes_on_to_the_last_and_round(lstm):
    lstm.locator(STOPS).focus()
    lstm.keyboard.press("ArrowLeft")
    assert lstm.evaluate(FOCUSED) == "c"
    lstm.keyboard.press("ArrowRight")
    assert lstm.evaluate(FOCUSED) == "f"


def test_escape_puts_the_light_out(lstm):
    lstm.locator(STOPS).focus()
    assert "f" in lit(lstm)
    lstm.keyboard.press("Escape")
    assert lit(lstm) == []


def test_leaving_a_group_puts_the_light_out(lstm):
    lstm.locator(STOPS).focus()
    lstm.keyboard.press("Tab")
    assert lit(lstm) == []


def test_a_click_keeps_the_light_until_the_next(lstm):
    lstm.locator(SYMBOL.format("o")).first.click()
    lstm.locator("h1").first.hover()
    assert "o" in lit(lstm)
    lstm.locator("h1").first.click()
    assert lit(lstm) == []


NUMBERS = LINES + " .rr-numbers"


@pytest.mark.parametrize("scripts", [True, False])
def test_numbers_and_shapes_come_and_go_without_scripts_too(visit, scripts):
    with visit("lstm.html", java_script_enabled=scripts) as (page, *_):
        numbers, shapes = page.locator(NUMBERS).first, page.locator(LINES + " .rr-shapes")
        assert not numbers.is_visible() and not shapes.is_visible()
        page.locator(LINES + " .rr-show-numbers").check()
        page.locator(LINES + " .rr-show-shapes").check()
        assert numbers.is_visible() and shapes.is_visible()
        page.locator(LINES + " .rr-show-numbers").uncheck()
        assert not numbers.is_visible()


def test_the_switch_for_numbers_works_by_keyboard(lstm):
    lstm.locator(LINES + " .rr-show-numbers").focus()
    lstm.keyboard.press("Space")
    assert lstm.locator(NUMBERS).first.is_visible()


def test_equation_and_code_stand_side_by_side_where_there_is_room(visit):
    where = """[...document.querySelectorAll(".rr-lines .rr-row:not(.rr-row--code)")].map((row) =>
        [...row.children].map((cell) => cell.getBoundingClientRect().top))"""
    with visit("lstm.html") as (page, *_):
        assert all(abs(a - b) < 20 for a, b in page.evaluate(where))
    with visit("lstm.html", width=390) as (page, *_):
        assert all(b > a for a, b in page.evaluate(where))


def test_code_beside_equations_can_be_copied_as_it_is_in_the_file(visit):
    rights = ["clipboard-read", "clipboard-write"]
    with visit("lstm.html", permissions=rights) as (page, *_):
        page.locator(LINES + " [data-copy=code]").click()
        copied = page.evaluate("navigator.clipboard.readText()")
        assert "    c = f * c_prev + i * c_tilde\n    o = sigmoid(x @ p.W_o.T" in copied
        page.locator(LINES + " [data-copy=latex]").click()
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied.count("\n") == 5 and copied.startswith(r"f_t = \sigma")


def test_a_copy_button_stays_away_where_nothing_can_be_copied(visit):
    with visit("lstm.html", java_script_enabled=False) as (page, *_):
        assert not page.locator("[data-copy]").first.is_visible()


def test_nothing_moves_when_a_light_goes_on(lstm):
    places = """[...document.querySelectorAll(".rr-lines *")].map((e) =>
        [e.getBoundingClientRect().x, e.getBoundingClientRect().y].join())"""
    lstm.locator(LINES + " .rr-code__title").hover()
    before = lstm.evaluate(places)
    lstm.locator(SYMBOL.format("h_prev")).first.hover()
    assert lstm.evaluate(places) == before
