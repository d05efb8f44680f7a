"""An encoder and a decoder with nothing between them but one vector, translating three words."""

from collections import namedtuple
from functools import partial

import numpy as np

from ... import example_models, layers, rnn
from ...numerics import softmax
from .. import svg
from ..flow import read_flow
from ..flow_pen import Style, cell, draw_flow, value
from ..numerals import printed
from ..scene import Layout, Place, Route, listed
from ..scene_check import check_wires
from ..terms import symbols
from ..trace import trace
from . import Picture, figure

STEPS = (1, 2, 3)
SCOPE = "translation"
FIRST, PITCH, JUMP = 60, 114, 58  # the first column, the next one, and the bottleneck between
ROW = {"y_hat": 92, "cell": 218, "x": 318}
WIDTH, HEIGHT = 748, 392


def translate(given):
    """Read three words into one state; from there write three, each with the word before it."""
    p, p_y, made, h = given["p"], given["p_y"], {}, given["h_0"]
    for t in STEPS:
        h = made[f"h_{t}"] = rnn.step(given[f"x_{t}"], h, p).h
    for t in STEPS:
        h = made[f"s_{t}"] = rnn.step(given[f"y_{t - 1}"], h, given["p_decoder"]).h
        made[f"y_hat_{t}"] = layers.readout(h, p_y).y_hat
    return made


def given():
    """Return the words as vectors, and the weights."""
    model, (source, target) = example_models.translator(), example_models.SENTENCE
    read = [0, *target[0, :-1]]  # the token that begins, then the words before the last one
    values = {f"x_{t}": model.source[source[:, t - 1]] for t in STEPS}
    values |= {f"y_{t}": model.target[[read[t]]] for t in range(3)}
    p_y = layers.Readout(model.out.W, model.out.b)
    weights = {"p": model.encoder, "p_decoder": model.decoder, "p_y": p_y}
    return values | weights | {"h_0": np.zeros((1, 2))}


def graph():
    """Return the flow of the translation, read from the recorded steps."""

    def record(**nodes):
        made = translate(nodes)
        return namedtuple("Made", made)(**made)

    return read_flow(trace(record, given(), SCOPE), ("h_0",))


def arrays():
    """Return every number from a run of the whole model that records nothing."""
    model, (source, target) = example_models.translator(), example_models.SENTENCE
    run = example_models.translation(model)
    before = np.concatenate([[0], target[0, :-1]])
    values = {}
    for t in STEPS:
        values |= {
            f"x_{t}": model.source[source[0, t - 1]],
            f"h_{t}": run.tape.encoded.memory[0, t - 1],
            f"y_{t - 1}": model.target[before[t - 1]],
            f"s_{t}": run.tape.decoded.cell.y[0, t - 1],
            f"y_hat_{t}": softmax(run.logits)[0, t - 1],
        }
    return values


def layout():
    """Place reader and writer in one row."""
    places, routes = {}, []
    for t in STEPS:
        reader = FIRST + PITCH * (t - 1)
        writer = reader + 3 * PITCH + JUMP
        places |= {
            f"x_{t}": Place(reader, ROW["x"], 88, 41),
            f"h_{t}": Place(reader, ROW["cell"], 98, 78),
            f"y_{t - 1}": Place(writer, ROW["x"], 88, 41),
            f"s_{t}": Place(writer, ROW["cell"], 98, 78),
            f"y_hat_{t}": Place(writer, ROW["y_hat"], 104, 79),
        }
    chain = ["h_1", "h_2", "h_3", "s_1", "s_2", "s_3"]
    for src, dst in zip(chain, chain[1:], strict=False):
        routes.append(Route(src, dst, [places[src].at("e"), places[dst].at("w")]))
    for t in STEPS:
        for src, dst in ((f"x_{t}", f"h_{t}"), (f"y_{t - 1}", f"s_{t}"), (f"s_{t}", f"y_hat_{t}")):
            routes.append(Route(src, dst, [places[src].at("n"), places[dst].at("s")]))
    return Layout(places, routes)


def _chances(box, place):
    """Draw the probability of every word of the target language, the likeliest in bold."""
    (left, _), (_, top) = place.at("w"), place.at("n")
    best = int(np.argmax(box.value))
    marks = [svg.rect(left, top, place.width, place.height, 9, fill="paper", stroke="data")]
    for k, (word, chance) in enumerate(zip(NAMES, box.value, strict=True)):
        y, ink = top + 17 + 18 * k, {"bold": k == best, "fill": "text" if k == best else "muted"}
        marks.append(svg.text(left + 8, y, word, 13, "start", **ink))
        name = f"{box.name}[{k + 1}]"
        right = left + place.width - 8
        marks.append(svg.number(right, y, chance, name, size=13, anchor="end", **ink))
    return marks


NAMES = ("⟨bos⟩", *example_models.ENGLISH)


@figure("seq2seq-fixed")
def seq2seq_fixed(t):
    """Draw the translation; notice that all the decoder knows of the source is two numbers."""
    flow, values = graph(), arrays()
    roles = {name: symbol.role for name, symbol in symbols(SCOPE).items()}
    looks = {}
    for k in STEPS:
        looks |= {f"x_{k}": value("data"), f"y_{k - 1}": value("data"), f"y_hat_{k}": _chances}
        looks |= {f"h_{k}": cell("tanh", "hidden"), f"s_{k}": cell("tanh", "output")}
    wide = {("h_3", "s_1"): 5}
    drawn = draw_flow(flow, layout(), looks, Style(roles, widths=wide))
    return Picture(
        [*_grounds(t), *drawn, *_words(t)],
        WIDTH,
        HEIGHT,
        t("fig_seq2seq_fixed"),
        _said(t, values),
        values,
        partial(check_wires, graph=flow),
    )


def _grounds(t):
    """Draw the grounds of both sides, and name them."""
    half = 3 * PITCH + 2
    for left, key, role in ((4, "encoder", "hidden"), (WIDTH - 4 - half, "decoder", "output")):
        top = 144 if key == "encoder" else 8
        yield svg.rect(left, top, half, 356 - top, 12, fill="panel")
        yield svg.text(left + 10, top + 19, t(key), 14, "start", bold=True, fill=role)


def _words(t):
    """Write the words below what is read, and name the bottleneck."""
    middle = FIRST + 2.5 * PITCH + JUMP / 2
    for k, (word, before) in enumerate(zip(example_models.CHINESE, NAMES, strict=False)):
        x = FIRST + PITCH * k
        yield svg.text(x, ROW["x"] + 62, word, 15, bold=True)
        yield svg.text(x + 3 * PITCH + JUMP, ROW["x"] + 62, before, 15, bold=True)
    yield svg.symbol(middle, ROW["cell"] - 12, "c=h_3", 17, fill="hidden")
    yield svg.text(middle - 52, 92, t("fig_bottleneck"), 14, "end", bold=True)
    yield svg.text(middle - 52, 112, t("fig_bottleneck_note"), 13, "end", fill="muted")
    leader = [(middle - 46, 98), (middle, 98), (middle, 190)]
    yield svg.path(leader, stroke="dim", stroke_dasharray="3 3")


def _said(t, values):
    """Say what is read, the state between, and the words that are written."""
    chances = {f"p{k}": printed(max(values[f"y_hat_{k}"])) for k in STEPS}
    source, target = " ".join(example_models.CHINESE), " ".join(example_models.ENGLISH)
    return t("alt_seq2seq_fixed", c=listed(values["h_3"]), source=source, target=target, **chances)
