"""Mistakes to plant in functions of the package: the checks of printed equations must see each."""

import inspect

MISTAKES = [
    ("rnn.step", "np.tanh(x @ p.W.T + h_prev @ p.U.T + p.b)", "x @ p.W.T + h_prev @ p.U.T + p.b"),
    ("rnn.step", "+ p.b)", "- p.b)"),
    ("lstm.step", "f * c_prev + i * c_tilde", "i * c_prev + f * c_tilde"),
    ("lstm.step", "x @ p.W_o.T", "x @ p.W_i.T"),
    ("lstm.step", "h_prev @ p.U_c.T", "h_prev @ p.U_c"),
    ("lstm.step", "p.b_f", "p.b_i"),
    ("lstm.step", "o * np.tanh(c)", "o * c"),
    ("lstm.step", "o * np.tanh(c)", "o * np.tanh(c_prev)"),
    ("gru.step", "(r * h_prev) @ p.U_h.T", "r * (h_prev @ p.U_h.T)"),
    ("gru.step", "z * h_prev + (1 - z) * h_tilde", "(1 - z) * h_prev + z * h_tilde"),
    ("gru.step", "(1 - z) * h_tilde", "1 - z * h_tilde"),
    ("gru.step_reset_after", "p.b_u) + p.b_h", "p.b_h) + p.b_u"),
    ("lstm.step_peephole", "p.p_o * c ", "p.p_o * c_prev "),
    ("lstm.step_coupled", "f = 1 - i", "f = 1 + i"),
    ("lstm.step_projected", "(o * np.tanh(c)) @ p.W_p.T", "(o * c) @ p.W_p.T"),
    ("rnn.step_backward", "da.T @ x", "da.T @ x / 2"),
    ("rnn.step_backward", "dh_prev = da @ p.U", "dh_prev = da @ p.U.T"),
    ("lstm.step_backward", "(1 - np.tanh(s.c) ** 2)", "(1 - s.c**2)"),
    ("lstm.step_backward", "dc_next + ", ""),
    ("lstm.step_backward", "np.sum(da_o, axis=0)", "np.sum(da_c, axis=0)"),
    ("lstm.step_peephole_backward", "np.sum(da_o * s.c,", "np.sum(da_o * c_prev,"),
    ("lstm.step_projected_backward", "dh.T @ (s.o * np.tanh(s.c))", "dh.T @ s.o"),
    ("gru.step_backward", "drh * s.r", "drh"),
    ("gru.step_backward", "da_h.T @ (s.r * h_prev)", "da_h.T @ h_prev"),
    ("gru.step_reset_after_backward", "np.sum(du, axis=0)", "np.sum(da_h, axis=0)"),
    ("joined.lstm_step", "np.concatenate([h_prev, x]", "np.concatenate([x, h_prev]"),
    ("layers.readout", "softmax(logits)", "softmax(-logits)"),
    ("losses.step_losses", "-np.sum", "np.sum"),
    ("numerics.sigmoid:definition", "np.tanh(0.5 * a)", "np.tanh(a)"),
    ("numerics.softmax:definition", "np.sum(e, axis=axis", "np.sum(e, axis=0"),
    ("numerics.softmax:definition", "np.exp(a - ", "np.exp(2 * a - "),
    ("attention.score_scaled", " / q.shape[-1] ** 0.5", ""),
    ("attention.score_scaled", "** 0.5", "** 1"),
    ("attention.score_scaled:index", "q.shape[-1]", "q.shape[-2]"),
    ("attention.score_general", ").mT", ").mT / 2"),
    ("attention.score_additive", "q @ p.W_a.T", "q @ p.W_a.T / 2"),
    ("attention.score_concat", "pairs(q, k)", "pairs(q, k) / 2"),
    ("attention.score_concat", "pairs(q, k)", "pairs(q, -k)"),
    ("attention.attend", "softmax(scores)", "scores"),
]


def planted(function, right, wrong):
    """Return the function with one piece of its source exchanged."""
    plain = inspect.unwrap(function)
    source = inspect.getsource(plain)
    if source.count(right) != 1:
        raise ValueError(f"{plain.__name__} does not hold {right!r} exactly once")
    names = dict(plain.__globals__)
    exec(compile(source.replace(right, wrong), plain.__code__.co_filename, "exec"), names)
    return names[plain.__name__]
