"""The stepper as it is built: complete, small, and the same numbers as NumPy."""

import gzip
import json
import re

import numpy as np
import pytest

from rnnref import examples
from rnnref.explain.axes import TraceError
from rnnref.explain.node import Node
from rnnref.explain.program import Registers
from rnnref.explain.stepper import arithmetic, complete, page
from rnnref.explain.stepper.cells import CELLS, LSTM, Stage
from rnnref.explain.stepper.data import recorded
from rnnref.explain.stepper.history import played
from rnnref.explain.svg import FigureError
from rnnref.explain.terms import Lookup
from scripts import kinds
from scripts.expand import Place

PLACE = Place("en", "stepper.md", 7, 3, True)


@pytest.fixture(params=CELLS)
def cell(request):
    return CELLS[request.param]


def markup(name, lang="en"):
    return page.render(name, lang, "p3")


def without(stages, key, **changes):
    return tuple(s._replace(**changes) if s.key == key else s for s in stages)


def test_the_film_is_the_fused_pass_over_the_running_example(cell):
    film, run = played(cell), cell.run()
    dh = film.goal.dh
    dstate = cell.module.State(dh, 0 * dh) if "c" in cell.states else dh
    grads = cell.module.backward(run, dstate=dstate)
    for t, (ahead, back) in enumerate(zip(film.ahead, film.back, strict=True)):
        np.testing.assert_array_equal(ahead["x"], examples.X[:, t])
        np.testing.assert_allclose(ahead["h"], run.y[:, t], rtol=1e-13)
        np.testing.assert_allclose(back["dx"], grads.x[:, t], rtol=1e-12)
    total = sum(step[next(key for key in step if key.startswith("db"))] for step in film.back)
    name = next(key for key in film.back[0] if key.startswith("db"))[1:]
    np.testing.assert_allclose(total, getattr(grads.params, name), rtol=1e-12)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (LSTM._replace(ahead=without(LSTM.ahead, "forget", boxes=())), "boxes are in no stage.*f"),
        (LSTM._replace(back=without(LSTM.back, "back_read", boxes=("h",))), r"tanh\(c\)"),
        (LSTM._replace(back=without(LSTM.back, "back_read", fields=("do",))), "no stage.*dc"),
        (LSTM._replace(ahead=(*LSTM.ahead, Stage("x", ("u",)))), "not in the code: u"),
        (LSTM._replace(ahead=(*LSTM.ahead, Stage("x", (), ("f",)))), "are in two stages: f"),
    ],
)
def test_a_stage_that_differs_from_the_code_stops_the_build(changed, told):
    made = recorded(LSTM, played(LSTM))
    with pytest.raises(FigureError, match=told):
        complete.require_all(changed, LSTM.figure.step_graph(), made)


def test_the_arithmetic_of_every_line_gives_the_value_it_stands_for(cell):
    for registers in recorded(cell, played(cell)).values():
        named = [
            n for n in registers.nodes if n.name and n.op != "in" and np.shape(n.value)[:1] == (1,)
        ]
        for node in named:
            for unit, value in enumerate(np.ravel(node.value)):
                np.testing.assert_allclose(calculated(node, registers, unit), value, rtol=1e-9)


def spelled(parts, values, unit):
    """Write a line with all digits."""
    text = ""
    for part in parts:
        if isinstance(part, str):
            text += part
        elif isinstance(part, dict):
            text += " + ".join(spelled(part["each"], values, k) for k in (0, 1))
        elif isinstance(part, list):
            row, grid = (values[place] for place in part)
            text += f"({float(np.ravel(row) @ grid[:, unit])!r})"
        else:
            text += f"({float(np.ravel(values[part])[unit])!r})"
    return text


def calculated(node, registers, unit):
    """Compute a line as a reader would, with plain numbers and the rules of school."""
    values = [np.asarray(n.value) for n in registers.nodes]
    text = spelled(arithmetic.line(node, registers), values, unit)
    text = text.replace("×", "*").replace("−", "-").replace("²", "**2")
    sigma = {"tanh": np.tanh, "σ": lambda a: 1 / (1 + np.exp(-a))}
    return eval(text, {"__builtins__": {}}, sigma)


def test_a_line_keeps_the_parentheses_that_it_needs():
    a, b, c = (
        Node("in", (), np.array([[x]]), ("B", "."), name=n)
        for n, x in zip("abc", (7.0, 2.0, 4.0), strict=True)
    )
    for node, value in (
        (a - (b + c), 1),
        (a - (b - c), 9),
        ((a - b) * c, 20),
        ((a - b * c) ** 2, 1),
    ):
        node.name = "y"
        assert calculated(node, Registers({"y": node}), 0) == value


def test_what_arithmetic_of_one_unit_cannot_say_is_refused():
    a = Node("in", (), np.array([[7.0]]), ("B", "."), name="a")
    with pytest.raises(TraceError, match="divide has no arithmetic of one unit"):
        arithmetic.line(a / 2, Registers({"y": a / 2}))


def test_what_the_page_carries_is_json_that_cannot_end_its_script():
    [text] = re.findall(r'<script type="application/json">(.*?)</script>', markup("lstm"))
    data = json.loads(text)
    assert data["given"]["x"] == examples.X[0].tolist()
    assert "<" not in text


@pytest.mark.parametrize(("name", "most"), [("lstm", 14_000), ("gru", 12_500), ("rnn", 8_000)])
def test_a_stepper_stays_small(name, most):
    text = markup(name, "zh")
    [svg] = re.findall("<svg.*?</svg>", text)
    assert len(svg.encode()) < 30_500
    assert len(gzip.compress(text.encode())) < most


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_field_is_named_and_every_id_carries_its_use(cell, lang):
    text = markup(cell.name, lang)
    for field in re.findall(r"<input [^>]*>", text):
        assert re.search(r'aria-label="[^"]+"', field)
    for name in re.findall(r' id="([^"]*)"', text):
        assert name.startswith("p3-")


def test_the_directive_needs_a_known_cell_and_a_caption_on_a_line_of_its_own():
    with pytest.raises(ValueError, match="rnn:stepper needs a caption"):
        kinds.step("lstm", PLACE)
    with pytest.raises(ValueError, match="there is no stepper 'lstn'; there are lstm, gru, rnn"):
        kinds.step("lstn | caption", PLACE)
    with pytest.raises(ValueError, match="alone on its line"):
        kinds.step("lstm | caption", PLACE._replace(block=False))
    made = kinds.step("rnn | The loss is $L$.", PLACE)
    assert made.startswith('<figure class="rr-figure" id="stepper-rnn-3"')
    assert f"{Lookup('en')('step_play')}</button>" in made and "<figcaption>The loss" in made
