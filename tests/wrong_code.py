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
    ("rnn.step_relu", "relu(x @ p.W.T", "relu(-x @ p.W.T"),
    ("rnn.step_relu_backward", "relu_slope(s.h)", "s.h"),
    ("numerics.relu:definition", "0, a)", "0, 2 * a)"),
    ("numerics.gelu", "a * _normal_share", "2 * a * _normal_share"),
    ("numerics.gelu_slope", "+ a *", "- a *"),
    ("numerics.log_softmax:definition", "a - np.log", "a + np.log"),
    ("numerics.logsumexp:definition", "np.sum(np.exp(a - shift(largest))", "np.sum(np.exp(a)"),
    ("layers.linear", "x @ p.W.T + p.b", "x @ p.W.T - p.b"),
    ("layers.linear_backward", "dy @ p.W", "2 * dy @ p.W"),
    ("losses.step_losses_backward", "(target / y_hat)", "(target * y_hat)"),
    ("attention.score_scaled_backward", "dscores.mT @ q / q.shape[-1] ** 0.5", "dscores.mT @ q"),
    ("attention.score_scaled_backward:index", "dscores @ k /", "dscores @ (2 * k) /"),
    ("attention.score_general_backward", "dturned @ p.W_a", "-dturned @ p.W_a"),
    ("attention.score_additive_backward", "(1 - hidden**2)", "(1 - hidden)"),
    ("attention.score_additive_backward", "np.sum(da, axis=2)", "np.sum(da * da, axis=2)"),
    (
        "attention.score_concat_backward",
        "rows(da).T @ rows(joined)",
        "rows(dhidden).T @ rows(joined)",
    ),
    ("attention.attend_backward", "(dweights - along)", "(dweights + along)"),
    ("attention.attend_backward", "dweights_out + ", ""),
    ("transformer.layer_norm", "(x - mean) ** 2", "(x + mean) ** 2"),
    ("transformer.layer_norm", " + eps) ** 0.5", ") ** 0.5 + eps"),
    ("transformer.layer_norm_backward", "- along_mean ", ""),
    ("transformer.rms_norm", "np.mean(x**2", "np.sum(x**2"),
    ("transformer.rms_norm_backward", "/ run.rms", "* run.rms"),
    ("transformer.feed_forward", "hidden @ p.W_2.T", "a @ p.W_2.T"),
    (
        "transformer.feed_forward_backward",
        "[run.activation][1](run.a)",
        "[run.activation][0](run.a)",
    ),
    ("optim.descent.momentum_step", "mu * m_prev + g", "mu * (m_prev + g)"),
    ("optim.descent.nesterov_step", "(g + mu * m)", "(mu * m)"),
    ("optim.descent.rmsprop_step", "(v**0.5 + eps)", "(v + eps) ** 0.5"),
    ("optim.descent.adagrad_step", "v_prev + g**2", "v_prev + 2 * g**2"),
    ("optim.descent.adam_step", "grad + weight_decay", "grad - weight_decay"),
    ("optim.descent.adamw_step", "(1 - lr * weight_decay)", "(1 - weight_decay)"),
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
