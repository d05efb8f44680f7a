"""What a stepper of each cell shows, and in which order: decided by hand, compared with the code.

A stage is one picture of the film. Forward it lights the wires into the boxes that it computes;
backward the derivatives run the other way along the wires into its boxes. `complete` stops the
build where a value or a wire of the code is in no stage.
"""

from collections.abc import Callable
from types import ModuleType
from typing import NamedTuple

from ... import examples, gru, lstm, rnn
from ..figures import gru as gru_figure
from ..figures import lstm as lstm_figure
from ..figures import rnn_cell as rnn_figure


class Stage(NamedTuple):
    """One picture: its words, what it computes, and what lights up.

    Attributes
    ----------
    key : str
        Of the labels "step_<key>" and "step_<key>_says".
    fields : tuple of str
        The equations that it shows.
    boxes : tuple of str
        The boxes of the graph whose incoming wires are in use.
    numbers : tuple of str
        What is read out where it is not the fields.
    lights : tuple of str
        Boxes that are framed besides.
    lines : tuple of str, optional
        The values whose arithmetic is written out; None means that of the fields.
    shown : int, optional
        How many of the equations are printed, where the rest is alike.
    """

    key: str
    fields: tuple[str, ...] = ()
    boxes: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    lights: tuple[str, ...] = ()
    lines: tuple[str, ...] | None = None
    shown: int | None = None


class Pill(NamedTuple):
    """A derivative on a wire: by the value of a box, whose colour it has.

    It stands where the number of the box stands, or UNDER it, or at a place of its own.
    """

    name: str
    box: str
    at: str | tuple[float, float] = ""


UNDER = "under"


class Cell(NamedTuple):
    """A cell that can be stepped through.

    Attributes
    ----------
    module : module
        With step, step_backward and backward.
    figure : module
        With step_graph, arrays, layout and scenery.
    run, params : function
        The running example.
    states : tuple of str
    gates : tuple of (str, str)
        What can be held at a value, and the derivative by its net input, which is 0 then.
    ahead, back : tuple of Stage
    pills : tuple of Pill
        The derivatives on the wires.
    foot : int
        Room below the figure for how to read a pill.
    """

    module: ModuleType
    figure: ModuleType
    run: Callable
    params: Callable
    states: tuple[str, ...]
    gates: tuple[tuple[str, str], ...]
    ahead: tuple[Stage, ...]
    back: tuple[Stage, ...]
    pills: tuple[Pill, ...]
    foot: int = 0

    @property
    def name(self):
        """Return the name of the module, which is that of the scope of symbols."""
        return self.module.__name__.rpartition(".")[2]

    @property
    def carry(self):
        """Return how a derivative that arrives at a step is called where it leaves the next one."""
        return {"dh": "dh_prev"} | ({"dc_next": "dc_prev"} if "c" in self.states else {})


def weights(*gates):
    """Return the names of the derivatives by all weights, gate by gate."""
    return tuple(f"d{kind}{gate}" for gate in gates for kind in "WUb")


LSTM_LAYERS = ("f", "i", "c_tilde", "o")
LSTM = Cell(
    lstm,
    lstm_figure,
    examples.lstm_run,
    examples.lstm_params,
    ("h", "c"),
    (("f", "da_f"), ("i", "da_i"), ("o", "da_o")),
    (
        Stage("arrive_lstm", numbers=("x", "h_prev", "c_prev")),
        Stage("forget", ("f",), ("f",)),
        Stage("input", ("i",), ("i",)),
        Stage("candidate", ("c_tilde",), ("c_tilde",)),
        Stage("update", ("c",), ("f*c_prev", "i*c_tilde", "c", "c out")),
        Stage("output", ("o",), ("o",)),
        Stage("hidden", ("h",), ("tanh(c)", "h", "h out")),
    ),
    (
        Stage("back_arrive_lstm", (), ("h out", "c out"), ("dh", "dc_next")),
        Stage("back_read", ("do", "dc"), ("h", "tanh(c)"), ("dh*o",)),
        Stage("back_belt", ("df", "di", "dc_tilde", "dc_prev"), ("c", "f*c_prev", "i*c_tilde")),
        Stage("back_nets_lstm", ("da_f", "da_i", "da_c", "da_o"), lights=LSTM_LAYERS),
        Stage("back_layers_lstm", ("dx", "dh_prev"), LSTM_LAYERS),
        Stage(
            "back_weights", weights("_f", "_i", "_c", "_o"), lights=LSTM_LAYERS, lines=(), shown=3
        ),
    ),
    (
        Pill("dh", "h out"),
        Pill("dc_next", "c out"),
        Pill("do", "o"),
        Pill("dh*o", "tanh(c)"),
        Pill("dc", "c", (557, lstm_figure.BELT)),
        Pill("dc", "f*c_prev"),
        Pill("dc", "i*c_tilde"),
        Pill("df", "f"),
        Pill("di", "i"),
        Pill("dc_tilde", "c_tilde"),
        Pill("dc_prev", "c_prev"),
        Pill("da_f", "f", UNDER),
        Pill("da_i", "i", UNDER),
        Pill("da_c", "c_tilde", UNDER),
        Pill("da_o", "o", UNDER),
        Pill("dx", "x"),
        Pill("dh_prev", "h_prev"),
    ),
)

GRU_LAYERS = ("r", "z", "h_tilde")
GRU = Cell(
    gru,
    gru_figure,
    examples.gru_run,
    examples.gru_params,
    ("h",),
    (("r", "da_r"), ("z", "da_z")),
    (
        Stage("arrive", numbers=("x", "h_prev")),
        Stage("reset_gate", ("r",), ("r",)),
        Stage("update_gate", ("z",), ("z",)),
        Stage("proposal", ("h_tilde",), ("r*h_prev", "h_tilde")),
        Stage("blend", ("h",), ("1-z", "z*h_prev", "(1-z)*h_tilde", "h", "h out")),
    ),
    (
        Stage("back_arrive", (), ("h out",), ("dh",)),
        Stage("back_blend", ("dz", "dh_tilde"), ("h", "z*h_prev", "(1-z)*h_tilde", "1-z")),
        Stage("back_proposal", ("da_h", "drh", "dr"), ("h_tilde", "r*h_prev")),
        Stage("back_nets_gru", ("da_r", "da_z"), lights=("r", "z")),
        Stage("back_layers_gru", ("dx", "dh_prev"), ("r", "z")),
        Stage("back_weights", weights("_r", "_z", "_h"), lights=GRU_LAYERS, lines=(), shown=3),
    ),
    (
        Pill("dh", "h out"),
        Pill("dh", "z*h_prev"),
        Pill("dh", "(1-z)*h_tilde"),
        Pill("dz", "z"),
        Pill("dh_tilde", "h_tilde"),
        Pill("da_h", "h_tilde", UNDER),
        Pill("drh", "r*h_prev"),
        Pill("dr", "r"),
        Pill("da_r", "r", UNDER),
        Pill("da_z", "z", UNDER),
        Pill("dx", "x"),
        Pill("dh_prev", "h_prev"),
    ),
)

PRODUCTS = ("x@W", "h_prev@U")
NET = f"{rnn_figure.PLUS}+b"
RNN = Cell(
    rnn,
    rnn_figure,
    examples.rnn_run,
    examples.rnn_params,
    ("h",),
    (),
    (
        Stage("arrive", numbers=("x", "h_prev", "b")),
        Stage("products", ("h",), ("x@W", "h_prev@U"), PRODUCTS, lines=PRODUCTS),
        Stage("net", ("h",), (rnn_figure.PLUS, NET), (NET,), lines=(NET,)),
        Stage("squash", ("h",), ("h", "h out")),
    ),
    (
        Stage("back_arrive", (), ("h out",), ("dh",)),
        Stage("back_squash", ("da",), ("h",)),
        Stage("back_layers_rnn", ("dx", "dh_prev"), (NET, rnn_figure.PLUS, "x@W", "h_prev@U")),
        Stage("back_weights", weights(""), lights=("h",), lines=()),
    ),
    (
        Pill("dh", "h out"),
        Pill("da", NET, (540, rnn_figure.MIDDLE)),
        Pill("db", "b"),
        Pill("dx", "x"),
        Pill("dh_prev", "h_prev"),
    ),
    foot=24,
)
CELLS = {"lstm": LSTM, "gru": GRU, "rnn": RNN}
