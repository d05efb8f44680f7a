"""How cells are drawn that are compared in one chart: by name, in one colour and dash everywhere.

A curve wears the colour of what keeps the memory of its cell: the hidden state of the RNN, the cell
state of the LSTM, the update gate of the GRU. The dash says how its gates start.
"""

from typing import NamedTuple

from . import svg
from .charts import spread

GAIN = 3  # of the recurrent weights of the RNN that explodes
ROW = 18  # between two names


class Style(NamedTuple):
    """The label with its number, the colour and the dash of a curve."""

    key: str
    number: dict
    role: str
    dash: str = ""


STYLES = {
    "rnn": Style("fig_rnn", {}, "hidden"),
    "rnn_large": Style("fig_rnn_large", {"gain": GAIN}, "hidden", "dashed"),
    "lstm_0": Style("fig_lstm_bias", {"bias": 0}, "cell", "dotted"),
    "lstm_1": Style("fig_lstm_bias", {"bias": 1}, "cell", "dashed"),
    "lstm_1_again": Style("fig_lstm_again", {"bias": 1, "seed": 2}, "cell", "dashed"),
    "lstm_chrono": Style("fig_lstm_chrono", {}, "cell"),
    "gru_0": Style("fig_gru_bias", {"bias": 0}, "output", "dotted"),
    "gru_chrono": Style("fig_gru_chrono", {}, "output"),
}


def curves(t, chart, x, drawn):
    """Draw a curve for each cell into a chart, and return its names to the right of it.

    Parameters
    ----------
    t : Lookup
    chart : Chart
    x : array
    drawn : dict of name to array
    """
    for name, y in drawn.items():
        chart.line(x, y, STYLES[name].role, dash=STYLES[name].dash, width=2.2)
    ends = [chart.at(x[-1], y[-1]) for y in drawn.values()]
    lines = spread([level for _, level in ends], ROW)
    marks = []
    for name, (right, level), line in zip(drawn, ends, lines, strict=True):
        style = STYLES[name]
        words = t(style.key, **style.number) if style.number else t(style.key)
        lead = [(right + 2, level), (right + 18, line)]
        marks += [
            svg.path(lead, stroke=style.role, stroke_width=1),
            svg.text(right + 22, line + 5, words, 14, "start", fill=style.role),
        ]
    return marks
