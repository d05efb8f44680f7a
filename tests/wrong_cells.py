"""Mistakes to plant in the cells, there and back: the usual ones of learners and of libraries."""

import importlib
import inspect
import textwrap

# (form, mistaken function, right piece, wrong piece); each makes some gradient of a sequence wrong.
BACKWARD = {
    "gradient of h not carried back": (
        *("lstm", "lstm_tape.LSTMRewind.retreat"),
        *("np.dot(self.U_T, self.d[k], out=self.carried[0])", "self.carried[0][:] = 0"),
    ),
    "gradient of c not carried back": (
        *("lstm", "lstm_tape.LSTMRewind.retreat", "dc *= tape.gates[n, 2]", "dc *= 0"),
    ),
    "gradient of h of a plain RNN not carried back": (
        *("rnn", "rnn_tape.RNNRewind.retreat"),
        *("np.dot(self.U_T, self.d[k], out=self.carried[0])", "self.carried[0][:] = 0"),
    ),
    "gradient of the final state ignored": (
        *(
            "gru",
            "tape.Rewind.__init__",
            "np.array(d.T, self.dtype",
            "np.array(0 * d.T, self.dtype",
        ),
    ),
    "weights from the last block of steps alone": (
        *("lstm", "lstm_tape.LSTMRewind.collect", "self.dM += nets", "self.dM[:] = nets"),
    ),
    "slope of tanh 1 - c instead of 1 - tanh(c) squared": (
        *("lstm", "lstm_tape.LSTMRewind.prepare", "1 - tanh_c**2", "1 - tape.c[1:][block] ** 2"),
    ),
    "slope of tanh 1 - y": ("rnn", "rnn_tape.RNNRewind.prepare", "1 - h**2", "1 - h"),
    "slope of the candidate without its square": (
        *("lstm", "lstm_tape.LSTMRewind.prepare", "(1 - c_tilde**2) * i", "(1 - c_tilde) * i"),
    ),
    "slope of a gate without 1 - f": (
        *("lstm", "lstm_tape.LSTMRewind.prepare", "f * (1 - f) * c_prev", "f * c_prev"),
    ),
    "new cell state in the gradient of f": (
        *("lstm", "lstm_tape.LSTMRewind.prepare", "tape.c[block]", "tape.c[1:][block]"),
    ),
    "input gate and forget gate exchanged on the way back": (
        *(
            "lstm",
            "lstm_tape.LSTMRewind.retreat",
            "dc *= tape.gates[n, 2]",
            "dc *= tape.gates[n, 1]",
        ),
    ),
    "state after the step in dU": (
        *("rnn", "rnn_tape.RNNRewind.collect", "self.tape.V[block]", "self.tape.V[1:][block]"),
    ),
    "bias gradient as a mean": (
        *("lstm", "lstm_tape.LSTMRewind.params", "dM[:, D].copy()", "dM[:, D] / self.tape.B"),
    ),
    "bias gradient of other gates": (
        *("lstm", "lstm_tape.LSTMRewind.params", "dM[:, D].copy()", "self.dM[:, D].copy()"),
    ),
    "rows of the gradient in the order of the tape": (
        *("lstm", "lstm_tape.LSTMRewind.params", "restacked(self.dM, ROWS, GATES)", "self.dM"),
    ),
    "U not transposed": (
        "gru",
        "gru_tape.GRURewind.retreat",
        "self.U_h_T @ d_h",
        "self.U_h_T.T @ d_h",
    ),
    "direct path of the state lost": (
        *("gru", "gru_tape.GRURewind.retreat"),
        *("dh * (tape.other[n] if tape.replace else z)", "0"),
    ),
    "z and 1 - z exchanged on the way back": (
        *("gru", "gru_tape.GRURewind.retreat"),
        *("tape.other[n] if tape.replace else z", "z if tape.replace else tape.other[n]"),
    ),
    "sign of the update gate's gradient": (
        *("gru replace", "gru_tape.GRURewind.prepare"),
        *("h_tilde - h_prev if tape.replace", "h_prev - h_tilde if tape.replace"),
    ),
    "gradient of r without the product": (
        *(
            "gru after",
            "gru_tape.GRURewind.prepare",
            "tape.u[block] if tape.after",
            "h_prev if tape.after",
        ),
    ),
    "reset gate left out of the way back": (
        *("gru", "gru_tape.GRURewind.retreat", "back = through * r", "back = through"),
    ),
    "dU_h from the state before its reset": (
        *("gru", "gru_tape.GRURewind.collect"),
        *("side_by_side(tape.u[block])", "side_by_side(tape.h[block])"),
    ),
    "b_u without the reset gate": (
        *("gru after", "gru_tape.GRURewind.params"),
        *("self.dU_h[:, 0].copy() if after", "b[-len(self.dU_h) :] if after"),
    ),
    "b_u outside the reset gate": (
        *("gru after", "gru_tape.GRURewind.retreat"),
        *("np.multiply(d_h, r, out=self.du[n])", "self.du[n] = d_h"),
    ),
    "peephole of the output gate not in dc": (
        *(
            "lstm peephole",
            "lstm_tape.LSTMRewind.retreat",
            "dc += tape.p.p_o[:, None] * do",
            "pass",
        ),
    ),
    "peepholes not in dc_prev": (
        *("lstm peephole", "lstm_tape.LSTMRewind.retreat"),
        *("tape.p.p_i[:, None] * others[0] + tape.p.p_f[:, None] * others[1]", "0"),
    ),
    "peepholes i and f exchanged": (
        *("lstm peephole", "lstm_tape.LSTMRewind.collect"),
        *("(i * c_prev, f * c_prev, o * c)", "(f * c_prev, i * c_prev, o * c)"),
    ),
    "peephole of o from the old cell state": (
        *("lstm peephole", "lstm_tape.LSTMRewind.collect", "o * c)", "o * c_prev)"),
    ),
    "coupled gates without the way through f": (
        *("lstm coupled", "lstm_tape.LSTMRewind.prepare"),
        *("c_tilde - c_prev if tape.coupled else c_tilde", "c_tilde"),
    ),
    "unread rows get a gradient": (
        *("lstm coupled", "lstm_tape.LSTMRewind.prepare"),
        *("0 if tape.coupled else f * (1 - f) * c_prev", "f * (1 - f) * c_prev"),
    ),
    "projection not transposed away": (
        *("lstm projected", "lstm_tape.LSTMRewind.collect"),
        *("side_by_side(tape.m[block])", "side_by_side(tape.c[1:][block])"),
    ),
    "padding feeds the weights": (
        *(
            "lstm",
            "tape.Rewind.play",
            "np.copyto(self.d, 0, where=tape.dead[block.start : stop])",
            "pass",
        ),
    ),
    "gradient changed by a padded step": (
        *("gru", "tape.Rewind._pass_on"),
        *("np.copyto(carried, total[n], where=self.tape.dead[n])", "pass"),
    ),
    "cell gradient changed by a padded step": (
        *(
            "lstm",
            "lstm_tape.LSTMRewind.prepare",
            "np.copyto(self.m_by_c, 0, where=tape.dead[block])",
            "pass",
        ),
    ),
    "derivative by outputs in the padding": (
        *("rnn", "tape.Rewind.__init__", "tape.cleared(tape.inward(dy))", "tape.inward(dy)"),
    ),
    "input gradient not in the order of time": (
        *("rnn", "tape.Rewind.inputs", "self.dx[:, ::-1] if", "self.dx if"),
    ),
    "slope of relu where it cuts off": (
        *("rnn relu", "rnn_tape.RNNRewind.prepare", "relu_slope(h)", "np.ones_like(h)"),
    ),
}

# The same for the way there: each makes an output differ from the steps in a loop.
FORWARD = {
    "state not carried": (
        "rnn",
        "tape.Tape.play",
        "self.advance(n)",
        "self.h[n] = 0; self.advance(n)",
    ),
    "cell state not carried": (
        *(
            "lstm",
            "lstm_tape.LSTMTape.advance",
            "self.c[n], self.c[n + 1]",
            "self.c[0], self.c[n + 1]",
        ),
    ),
    "start state ignored": ("gru", "tape.Tape.__init__", "start.h.T", "0 * start.h.T"),
    "gates exchanged": (
        "lstm",
        "lstm_tape.LSTMTape.advance",
        "o, i, f, c_tilde =",
        "o, f, i, c_tilde =",
    ),
    "candidate with the sigmoid": ("lstm", "lstm_tape.LSTMTape.advance", "3 * H)", "4 * H)"),
    "no tanh on the output": (
        *(
            "lstm",
            "lstm_tape.LSTMTape.advance",
            "np.tanh(c, out=self.tanh_c[n])",
            "self.tanh_c[n] = c",
        ),
    ),
    "forget gate left out": (
        *("lstm", "lstm_tape.LSTMTape.advance", "np.multiply(f, c_prev, out=c)", "c[:] = c_prev"),
    ),
    "bias left out": (
        "rnn",
        "tape.Tape.__init__",
        "self.V[:, self.D] = 1",
        "self.V[:, self.D] = 0",
    ),
    "padding updates the state": (
        *(
            "gru",
            "tape.Tape.play",
            "np.copyto(states[n + 1], states[n], where=self.dead[n])",
            "pass",
        ),
    ),
    "only h stops at the end, not c": (
        *("lstm", "tape.Tape.play", "for states in self.states:", "for states in self.states[:1]:"),
    ),
    "outputs in the padding": (
        *("rnn", "tape.Tape.field", "self.outward(self.cleared(array))", "self.outward(array)"),
    ),
    "length off by one": (*("rnn", "rnn.live_steps", "np.arange(T) <", "np.arange(T) <="),),
    "outputs not put back in the order of time": (
        *("rnn", "tape.Tape.outward", "array[:: -1 if self.reverse else 1]", "array"),
    ),
    "z and 1 - z exchanged": (
        *("gru", "gru_tape.GRUTape.advance"),
        *("(self.other[n], z) if self.replace else (z, self.other[n])", "(self.other[n], z)"),
    ),
    "reset after the product": (
        *(
            "gru",
            "gru_tape.GRUTape.advance",
            "np.dot(self.U_h, self.u[n], out=spare)",
            "np.dot(self.U_h, h_prev, out=spare); spare *= r",
        ),
    ),
    "reset left out": (
        *(
            "gru",
            "gru_tape.GRUTape.advance",
            "np.multiply(r, h_prev, out=self.u[n])",
            "self.u[n] = h_prev",
        ),
    ),
    "peephole of o on the old cell state": (
        *(
            "lstm peephole",
            "lstm_tape.LSTMTape.advance",
            'self.peep["o"] * c',
            'self.peep["o"] * c_prev',
        ),
    ),
    "peepholes in full, not half": (
        *("lstm peephole", "lstm_tape.LSTMTape.__init__", "0.5 * p.p[:, None]", "p.p[:, None]"),
    ),
    "coupled gates the other way round": (
        *(
            "lstm coupled",
            "lstm_tape.LSTMTape.advance",
            "np.subtract(1, i, out=f)",
            "np.copyto(f, i)",
        ),
    ),
    "projection left out of the state": (
        *("lstm projected", "lstm_tape.LSTMTape.advance"),
        *("np.dot(self.p.W_p, self.m[n], out=self.h[n + 1])", "self.h[n + 1] = self.m[n, :1]"),
    ),
    "tanh in place of relu": (
        *(
            "rnn relu",
            "rnn_tape.RNNTape.advance",
            "np.copyto(h, 0, where=h.real <= 0)",
            "np.tanh(h, out=h)",
        ),
    ),
}

# And for single backward steps, against the complex step.
STEPS = {
    "no gradient through c": ("lstm", "dc_next + dh * s.o", "dh * s.o"),
    "no gradient through h into c": (
        *("lstm", "dc_next + dh * s.o * (1 - np.tanh(s.c) ** 2)", "dc_next"),
    ),
    "1 - c squared": ("lstm", "(1 - np.tanh(s.c) ** 2)", "(1 - s.c**2)"),
    "do from c": ("lstm", "do = dh * np.tanh(s.c)", "do = dh * s.c"),
    "df from the new cell state": ("lstm", "df = dc * c_prev", "df = dc * s.c"),
    "di and dc_tilde exchanged": ("lstm", "di = dc * s.c_tilde", "di = dc * s.i"),
    "dc_prev through i": ("lstm", "dc_prev = dc * s.f", "dc_prev = dc * s.i"),
    "weights crossed": ("lstm", "da_i @ p.U_i", "da_i @ p.U_f"),
    "bias crossed": ("lstm", "np.sum(da_o, axis=0)", "np.sum(da_c, axis=0)"),
    "mean for a sum": ("lstm", "np.sum(da_f, axis=0)", "np.mean(da_f, axis=0)"),
    "dU from x's place": ("rnn", "dU = da.T @ h_prev", "dU = da.T @ s.h"),
    "slope 1 - h": ("rnn", "(1 - s.h**2)", "(1 - s.h)"),
    "U transposed": ("rnn", "dh_prev = da @ p.U", "dh_prev = da @ p.U.T"),
    "direct path lost": ("gru", "dh * s.z + drh * s.r", "drh * s.r"),
    "r forgotten": ("gru", "drh * s.r", "drh"),
    "sign of dz": ("gru", "(h_prev - s.h_tilde)", "(s.h_tilde - h_prev)"),
    "z for 1 - z": ("gru", "dh_tilde = dh * (1 - s.z)", "dh_tilde = dh * s.z"),
    "dU_h without the reset": ("gru", "da_h.T @ (s.r * h_prev)", "da_h.T @ h_prev"),
    "b_u like b_h": ("gru after", "db_u = np.sum(du, axis=0)", "db_u = np.sum(da_h, axis=0)"),
    "dr without b_u": ("gru after", "(h_prev @ p.U_h.T + p.b_u)", "(h_prev @ p.U_h.T)"),
    "no peephole in dc": ("lstm peephole", " + da_o * p.p_o", ""),
    "no peepholes in dc_prev": ("lstm peephole", " + da_f * p.p_f + da_i * p.p_i", ""),
    "peephole of o from c_prev": ("lstm peephole", "np.sum(da_o * s.c,", "np.sum(da_o * c_prev,"),
    "coupling forgotten": ("lstm coupled", "dc * s.c_tilde - df", "dc * s.c_tilde"),
    "projection forgotten": ("lstm projected", "dh.T @ (s.o * np.tanh(s.c))", "dh.T @ s.o"),
    "dead units get a gradient": ("rnn relu", "dh * relu_slope(s.h)", "dh"),
}


def plant(monkeypatch, target, right, wrong):
    """Exchange one piece of a function or method of the package: `tape.Tape.play`."""
    module, *path = target.split(".")
    module = importlib.import_module(f"rnnref.{module}")
    owner = getattr(module, path[0]) if len(path) > 1 else module
    original = vars(owner)[path[-1]]
    monkeypatch.setattr(owner, path[-1], mistaken(original, right, wrong, owner))


def mistaken(function, right, wrong, owner=None):
    """Return a function with one piece of its source exchanged."""
    plain = inspect.unwrap(function)
    source = textwrap.dedent(inspect.getsource(plain))
    if source.count(right) != 1:
        raise ValueError(f"{plain.__qualname__} does not hold {right!r} exactly once")
    source = source.replace(right, wrong).replace("super()", "super(__class__, self)")
    names = dict(plain.__globals__) | {"__class__": owner}
    exec(compile(source, plain.__code__.co_filename, "exec"), names)
    return names[plain.__name__]
