"""The page that steps through the cells, in a browser: every picture, and all that can be done."""

import numpy as np
import pytest
from steppers import FRAMES, now, opened, stepper_of

from rnnref.explain import catalog
from rnnref.explain.numerals import printed
from rnnref.explain.program import Registers
from rnnref.explain.stepper.cells import CELLS
from rnnref.explain.stepper.history import played

SHOWN = """(stepper) => ({...stepper.frames[stepper.index], numbers:
    [...stepper.querySelectorAll("svg [data-name]")]
        .filter((text) => getComputedStyle(text).visibility === "visible")
        .map((text) => [text.dataset.name, text.textContent]),
    lines: [...stepper.querySelectorAll('[data-panel][data-state="now"] .rr-line[data-line]')]
        .map((line) => [line.dataset.line, line.querySelectorAll("b")])
        .map(([name, values]) => [name, [...values].map((value) => value.textContent)]),
    })"""


def numbers_of(cell):
    """Return every value of every step by name, expressions included, from recorded NumPy runs."""
    film, found = played(cell), {"ahead": [], "back": []}
    for t, (ahead, back) in enumerate(zip(film.ahead, film.back, strict=True)):
        read = {name: ahead[name] for name in ("x", *(f"{s}_prev" for s in cell.states), "p")}
        arriving = {name: back[name] for name in cell.carry}
        values = {"ahead": read, "back": arriving | read | {"s": cell.module.step(**read)}}
        for way, suffix in (("ahead", "step"), ("back", "step_backward")):
            entry = catalog.entry(f"{cell.name}.{suffix}")
            made = Registers(entry.trace(values[way]))
            named = {name: made.nodes[place].value for name, place in made.program.names.items()}
            found[way].append(named | film.back[t] if way == "back" else named)
    return found


@pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
@pytest.mark.parametrize("folder", ["", "en/"])
def test_every_number_of_every_picture_is_that_of_numpy(visit, cell, folder):
    known, goal, seen = numbers_of(cell), played(cell).goal._asdict(), 0
    with visit(f"{folder}stepper.html") as (page, errors, outside):
        stepper = stepper_of(page, cell.name)
        stepper.locator("input[type=range]").focus()
        for frame in range(FRAMES[cell.name]):
            shown = stepper.evaluate(SHOWN)
            values = known[shown["way"]][shown["t"]]
            assert shown["numbers"], f"frame {frame} shows nothing"
            for name, text in shown["numbers"]:
                name, place = name.removesuffix("]").split("[")
                assert text == printed(np.ravel(values[name])[int(place) - 1]), (frame, name)
                seen += 1
            for name, lines in shown["lines"]:
                if lines:  # at the last step the first panel back is that of the loss
                    found = goal if (shown["way"], shown["k"]) == ("back", 0) else values
                    assert lines == [printed(x, ".4f") for x in np.ravel(found[name])], (
                        frame,
                        name,
                    )
                    seen += len(lines)
            page.keyboard.press("ArrowRight")
        assert now(page, cell.name) == ("back", 0, len(cell.back) - 1)
        assert errors == [] and outside == []
    assert seen > 8 * FRAMES[cell.name]


@pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
def test_paper_has_all_equations_all_tables_and_one_step_complete(visit, cell):
    hidden = """(stepper) => [".rr-panel .rr-math", "td[data-cell]", "[data-pill] text"].map(
        (part) => [...stepper.querySelectorAll(part)].filter((e) =>
            !e.checkVisibility({visibilityProperty: true})).length)"""
    with visit("stepper.html") as (page, *_):
        stepper = stepper_of(page, cell.name)
        page.emulate_media(media="print")
        assert stepper.evaluate(hidden) == [0, 0, 0]
        said = "(stepper) => getComputedStyle(stepper, '::before').content"
        assert stepper.evaluate(said) == '"t = 1"'


@pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
def test_what_is_not_known_yet_is_hidden(visit, cell):
    with visit("stepper.html") as (page, *_):
        stepper = stepper_of(page, cell.name)
        computed = {"x", *(f"{state}_prev" for state in cell.states), "b"}
        for stage in cell.ahead:
            computed |= {box.removesuffix(" out") for box in stage.boxes}
            shown = {name.split("[")[0] for name, _ in stepper.evaluate(SHOWN)["numbers"]}
            assert shown <= computed
            page.evaluate(
                f"document.querySelector('rr-stepper[data-cell={cell.name}]').go("
                f"document.querySelector('rr-stepper[data-cell={cell.name}]').index + 1)"
            )


def test_every_table_shows_what_numpy_computes(visit):
    known = numbers_of(CELLS["lstm"])
    with visit("stepper.html") as (page, *_):
        cells = (
            stepper_of(page, "lstm")
            .locator("[data-cell]")
            .evaluate_all("(all) => all.map((cell) => [cell.dataset.cell, cell.textContent])")
        )
    for place, text in cells:
        way, t, name = place.split(" ")
        value = sum(s[name] for s in known["back"]) if way == "sum" else known[way][int(t)][name]
        wanted = [printed(x, ".4f") for x in np.ravel(value)]
        assert text.replace(";", "").split() == wanted, place


def test_the_keyboard_moves_by_picture_by_step_and_to_the_ends(visit):
    with visit("stepper.html") as (page, *_):
        stepper_of(page, "lstm").locator("[data-do=next]").focus()
        for key, place in (
            ("ArrowRight", ("ahead", 0, 1)),
            ("ArrowLeft", ("ahead", 0, 0)),
            ("PageDown", ("ahead", 1, 0)),
            ("PageDown", ("ahead", 2, 0)),
            ("PageDown", ("back", 2, 0)),
            ("End", ("back", 0, 5)),
            ("PageUp", ("back", 0, 0)),
            ("PageUp", ("back", 1, 0)),
            ("Home", ("ahead", 0, 0)),
        ):
            page.keyboard.press(key)
            assert now(page) == place, key


def test_it_never_starts_by_itself_and_space_plays_and_pauses(visit):
    with visit("stepper.html") as (page, *_):
        page.wait_for_timeout(2500)
        assert now(page) == ("ahead", 0, 0)
        stepper = stepper_of(page, "lstm")
        stepper.locator("input[type=range]").focus()
        page.keyboard.press(" ")
        assert stepper.locator("[data-do=play]").inner_text() == "暂停"
        page.wait_for_timeout(2200)
        page.keyboard.press(" ")
        where = now(page)
        assert where in {("ahead", 0, 2), ("ahead", 0, 3)}
        page.wait_for_timeout(2200)
        assert now(page) == where
        assert stepper.locator("[data-do=play]").inner_text() == "播放"


def test_buttons_slider_and_jumps_lead_to_the_same_pictures(visit):
    with visit("stepper.html") as (page, *_):
        stepper = stepper_of(page, "lstm")
        stepper.locator("[data-do=next]").click()
        assert now(page) == ("ahead", 0, 1)
        stepper.locator('[data-ahead="2"]').click()
        assert now(page) == ("ahead", 2, 0)
        stepper.locator("[data-back] output").click()
        assert now(page) == ("back", 2, 0)
        stepper.locator("input[type=range]").fill("38")
        assert now(page) == ("back", 0, 5)


def test_what_is_spoken_says_where_and_the_numbers(visit):
    with visit("en/stepper.html") as (page, *_):
        stepper = stepper_of(page, "lstm")
        stepper.locator('[data-ahead="1"]').click()
        for _ in range(4):
            stepper.locator("[data-do=next]").click()
        c = played(CELLS["lstm"]).ahead[1]["c"][0]
        spoken = stepper.locator("[aria-live]").inner_text()
        numbers = ", ".join(printed(x, ".4f") for x in c)
        assert spoken == f"t = 2, Forward, New cell state: c = ({numbers})"
        slider = stepper.locator("input[type=range]")
        assert slider.get_attribute("aria-valuetext") == "t = 2, Forward, New cell state"


def test_nothing_moves_for_readers_who_want_no_motion(visit):
    moving = """[...document.querySelectorAll("[data-wire] path")]
        .filter((path) => getComputedStyle(path).animationName !== "none").length"""
    with visit("stepper.html", reduced_motion="no-preference") as (page, *_):
        stepper_of(page, "lstm").locator("[data-do=next]").click()
        assert page.evaluate(moving) > 0
    with visit("stepper.html", reduced_motion="reduce") as (page, *_):
        stepper_of(page, "lstm").locator("[data-do=next]").click()
        assert page.evaluate(moving) == 0


def test_without_scripts_one_step_all_equations_and_all_numbers_are_there(visit):
    with visit("stepper.html", java_script_enabled=False) as (page, *_):
        stepper = stepper_of(page, "lstm")
        assert not stepper.locator("button").first.is_visible()
        assert not stepper.locator("[data-grad]").first.is_visible()
        shown = stepper.locator('svg [data-name="c[1]"]').text_content()
        assert shown == printed(played(CELLS["lstm"]).ahead[1]["c"][0, 0])
        assert stepper.locator(".rr-panel math:visible").count() == 23
        stepper.locator(".rr-stepper__tables summary").click()
        cell = stepper.locator('[data-cell="back 0 dc"]')
        wanted = played(CELLS["lstm"]).back[0]["dc"][0]
        assert cell.inner_text() == " ".join(printed(x, ".4f") for x in wanted)


def test_every_control_is_large_enough_for_a_finger(visit):
    small = """[...document.querySelectorAll("rr-stepper :is(button, select, input)")]
        .filter((e) => e.checkVisibility()).map((e) => e.getBoundingClientRect())
        .filter((box) => box.height < 44 || box.width < 44).length"""
    with visit("stepper.html", width=390) as (page, *_):
        opened(page)
        assert page.evaluate(small) == 0


@pytest.mark.parametrize(
    ("way", "t", "stage", "mark"),
    [("back", 2, 0, '[data-grad="h out"]'), ("ahead", 0, 5, '[data-box="o"]')],
)
def test_a_narrow_picture_follows_what_is_going_on(visit, way, t, stage, mark):
    with visit("stepper.html", width=390, reduced_motion="reduce") as (page, *_):
        stepper = stepper_of(page, "lstm")
        stepper.evaluate("(s, [way, t, k]) => s.go(s.first(way, t) + k)", [way, t, stage])
        inside = """(stepper, mark) => {
            const box = stepper.querySelector(".rr-figure__scroll").getBoundingClientRect();
            const shown = stepper.querySelector(mark).getBoundingClientRect();
            return shown.left >= box.left && shown.right <= box.right;
        }"""
        assert stepper.evaluate(inside, mark)


def test_paper_shows_the_picture_and_the_tables_but_no_controls(visit):
    with visit("stepper.html", color_scheme="dark") as (page, *_):
        page.emulate_media(media="print")
        stepper = stepper_of(page, "lstm")
        assert not stepper.locator("[data-do=play]").is_visible()
        assert stepper.locator("svg").first.is_visible()
        assert stepper.locator('[data-cell="back 0 dc"]').bounding_box()["height"] > 5
