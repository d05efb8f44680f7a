"""One step of a decoder that attends to all states of the encoder: step 2 of the translation."""

from typing import Any, NamedTuple

import numpy as np

from ... import attention, example_models, rnn
from .. import svg
from ..attention_flow import written_out
from ..flow_pen import roomy
from ..scene import Layout, Place, Route, listed
from ..trace import trace
from . import Picture, figure
from .attention import CELL, CIRCLE, draw
from .attention import DRAWN as ATTENTION

FIRST, PITCH, ASIDE = 214, 138, 48  # the first column, the next one, the way past a column
STATE, LANE = 64, 128  # where the decoder's state stands, and where it runs to the scores
STAGES = (
    (112, 116, "fig_seq2seq_compare"),
    (236, 122, "fig_seq2seq_weigh"),
    (368, 138, "fig_seq2seq_mix"),
    (516, 104, "fig_seq2seq_step"),
)
SIZE = (552, 628)
LETTER = {"s_prev": "s_1", "memory": "h", "scores": "e", "weights": "a", "y": "c"}
LETTER |= {"y_prev": "y_1", "s": "s_2"}
ROLE = {"s": "output", "h": "hidden", "e": "text", "softmax": "weight", "a": "weight"}
ROLE |= {"m": "hidden", "c": "hidden", "y": "data"}
STEP = 1  # the second word


class Step(NamedTuple):
    """What one step computes."""

    scores: Any
    weights: Any
    y: Any
    s: Any


def step(s_prev, memory, y_prev, score, decoder):
    """Attend to the memory from the last state, then take a step with what was found."""
    scores = attention.score_additive(s_prev, memory, score)
    attended = attention.attend(scores, memory)
    x = np.concatenate([y_prev, attended.y], axis=-1)
    s = rnn.step(x, s_prev, decoder).h
    return Step(scores, attended.weights, attended.y, s)


def given():
    """Return what step 2 reads in the whole run of the model."""
    model = example_models.translator_attention()
    run = example_models.translation(model)
    return {
        "s_prev": run.tape.decoded.cell[STEP - 1].y,
        "memory": run.tape.encoded.memory,
        "y_prev": run.tape.decoded.words.x[:, STEP : STEP + 1],
        "score": model.score,
        "decoder": model.decoder,
    }


def graph():
    """Return the flow of the step with a box for each word of the source."""
    return written_out(trace(step, given(), "aligned"), LETTER, ROLE)


def arrays():
    """Return every number from the run of the whole model, which records nothing."""
    run = example_models.translation(example_models.translator_attention())
    seen, read = run.tape.decoded.attended[STEP], given()
    values = {"s_1": read["s_prev"][0, 0], "y_1": read["y_prev"][0, 0], "c": seen.y[0, 0]}
    values["s_2"] = run.tape.decoded.cell[STEP].y[0, 0]
    p, memory = read["score"], read["memory"][0]
    for i, h in enumerate(memory):
        net = p.W_a @ values["s_1"] + p.U_a @ h
        values |= {f"h_{i + 1}": h, f"e_{i + 1}": [p.v_a @ np.tanh(net)]}
        values[f"a_{i + 1}"] = run.weights[0, STEP, i : i + 1]
    return values


def layout():
    """Place three columns, the state that asks on their left, the decoder's step below."""
    middle = FIRST + PITCH
    places = {
        "s_1": Place(STATE, 176, CELL[0], 2 * CELL[1]),
        "softmax": Place(middle, 262, 2 * PITCH + 68, 26),
        "c": Place(middle, 452, CIRCLE, CIRCLE),
        "s_2": Place(middle, 568, 136, 78),
        "y_1": Place(middle + 148, 562, 92, 41),
    }
    for n in (1, 2, 3):
        x = FIRST + PITCH * (n - 1)
        places |= {
            f"h_{n}": Place(x, 70, CELL[0], 2 * CELL[1]),
            f"e_{n}": Place(x, 164, 56, CIRCLE),
            f"a_{n}": Place(x, 318, 48, 60),
            f"m_{n}": Place(x, 400, CIRCLE, CIRCLE),
        }
    return Layout(places, _routes(places))


def _routes(places):
    at = {name: place.at for name, place in places.items()}
    s, cell = places["s_1"], places["s_2"]
    routes = [
        Route("s_1", "s_2", [at["s_1"]("s"), (s.x, cell.y), at["s_2"]("w")]),
        Route("y_1", "s_2", [at["y_1"]("w"), at["s_2"]("e", -6)]),
        Route("c", "s_2", [at["c"]("s"), at["s_2"]("n")]),
    ]
    return routes + [route for n in (1, 2, 3) for route in _column(places, n)]


def _column(places, n):
    """Lead the wires of one word of the source."""
    h, e, a, m = (places[f"{letter}_{n}"] for letter in "heam")
    s, softmax, total = places["s_1"], places["softmax"], places["c"]
    shift, rim, past = h.x - softmax.x, h.x - ASIDE, h.x + ASIDE
    hook = [s.at("n"), (s.x, LANE), (rim, LANE), (rim, e.y), e.at("w")]
    value = [h.at("e"), (past, h.y), (past, m.y), m.at("e")]
    sums = {1: [m.at("s"), (m.x, total.y), total.at("w")], 2: [m.at("s"), total.at("n")]}
    sums[3] = [m.at("s"), (m.x, total.y), total.at("e")]
    return [
        Route("s_1", f"e_{n}", hook),
        Route(f"h_{n}", f"e_{n}", [h.at("s"), e.at("n")], over=True),
        Route(f"h_{n}", f"m_{n}", value, over=True),
        Route(f"e_{n}", "softmax", [e.at("s"), softmax.at("n", shift)]),
        Route("softmax", f"a_{n}", [softmax.at("s", shift), a.at("n")]),
        Route(f"a_{n}", f"m_{n}", [a.at("s"), m.at("n")]),
        Route(f"m_{n}", "c", sums[n]),
    ]


def _state(box, place):
    """Draw an encoder state, or the old state of the decoder, with its symbol."""
    left, top = place.at("w")[0], place.at("n")[1]
    return [
        svg.symbol(left - 10, place.y + 5, box.latex, 17, "end", box.role),
        svg.strip(left, top, box.value, box.name, box.role, CELL[1], numbers=True),
    ]


def _score(box, place):
    """Draw the additive score: a layer of its own, and the number that comes out."""
    (left, _), (_, top) = place.at("w"), place.at("n")
    frame = {"fill": "paper", "stroke": "text", "stroke_width": 2}
    return [
        svg.rect(left, top, place.width, place.height, 14, **frame),
        svg.symbol(place.x, place.y + 5, r"\tanh", 16),
        roomy(place.x, place.y + 42, "text", box.value, box.name, f"e_{{2{box.name[-1]}}}"),
    ]


def _context(box, place):
    """Draw the sum and, beside it, the context vector."""
    frame = {"fill": "paper", "stroke": box.role, "stroke_width": 2}
    ring = svg.circle(place.x, place.y, CIRCLE / 2, **frame)
    pill = roomy(place.x + 62, place.y + 34, box.role, box.value, "c", "c_2")
    return [ring, svg.symbol(place.x, place.y + 5, r"\Sigma", 17), pill]


def _written(box, place):
    """Draw the states of the decoder: the old one as a vector, the new one in its cell."""
    if box.name == "s_1":
        return _state(box, place)
    (left, _), (_, top) = place.at("w"), place.at("n")
    return [
        svg.rect(left, top, place.width, place.height, 10, fill=box.role),
        svg.text(place.x, top + 19, "tanh", 14, bold=True, fill="on"),
        roomy(place.x, place.y + 12, box.role, box.value, box.name, box.latex),
    ]


def _word(box, place):
    return [svg.pill(place.x, place.y, box.role, box.value, box.name, box.latex, width=place.width)]


DRAWN = ATTENTION | {"h": _state, "e": _score, "c": _context, "s": _written, "y": _word}


@figure("seq2seq-attn")
def seq2seq_attn(t):
    """Draw one step; notice that every step makes a context vector of its own."""
    values = arrays()
    marks = []
    for top, height, key in STAGES:
        marks.append(svg.rect(0, top, SIZE[0], height, 12, fill="panel"))
        marks.append(svg.text(STATE + 14, top + height - 12, t(key), 14, "start", bold=True))
    marks += draw(graph(), layout(), DRAWN, LANE)
    for n, word in enumerate(example_models.CHINESE):
        marks.append(svg.text(FIRST + PITCH * n, 38, word, 15, bold=True))
    marks += [
        svg.text(0, 75, t("fig_seq2seq_both"), 14, "start", fill="hidden"),
        svg.text(SIZE[0] - 12, 606, _before(t), 13, "end", fill="muted"),
    ]
    return Picture(marks, *SIZE, t("fig_seq2seq_attn"), _said(t, values), values)


def _before(t):
    return t("fig_seq2seq_word", word=example_models.ENGLISH[STEP - 1])


def _said(t, values):
    """Say scores, weights, context and the new state."""
    rows = {letter: [values[f"{letter}_{n}"][0] for n in (1, 2, 3)] for letter in "ea"}
    rows |= {"s": values["s_1"], "c": values["c"], "now": values["s_2"]}
    words = {"source": " ".join(example_models.CHINESE), "word": example_models.ENGLISH[STEP - 1]}
    words["best"] = example_models.CHINESE[int(np.argmax(rows["a"]))]
    return t("alt_seq2seq_attn", **{name: listed(row) for name, row in rows.items()}, **words)
