"""The same mathematics in scalar loops: plain Python numbers, one sequence, one unit at a time.

Nothing here comes from `rnnref` or from NumPy's arithmetic. Gates are cut out of the stacked rows
by number, the sigmoid is its definition and the softmax divides exponentials without a shift.
"""

import math


def sigmoid(a):
    return 1 / (1 + math.exp(-a))


def dot(u, v):
    return sum(a * b for a, b in zip(u, v, strict=True))


def rows(stacked, gate, H):
    """Return the rows of one gate, counted from 0, as lists of numbers."""
    return stacked.tolist()[gate * H : (gate + 1) * H]


def net(x, h, p, gate, unit, H):
    """Return the net input of one unit of one gate."""
    W, U, b = (rows(stacked, gate, H)[unit] for stacked in (p.W, p.U, p.b))
    return dot(W, x) + dot(U, h) + b


def rnn(x, h, p):
    """Return a dictionary of named values for each step of one sequence."""
    H, h, steps = len(h), h.tolist(), []
    for now in x.tolist():
        h = [math.tanh(net(now, h, p, 0, j, H)) for j in range(H)]
        steps.append({"h": h})
    return steps


def lstm(x, h, c, p):
    """Return a dictionary of named values for each step of one sequence; rows i f c o."""
    H, h, c, steps = len(h), h.tolist(), c.tolist(), []
    for now in x.tolist():
        i = [sigmoid(net(now, h, p, 0, j, H)) for j in range(H)]
        f = [sigmoid(net(now, h, p, 1, j, H)) for j in range(H)]
        c_tilde = [math.tanh(net(now, h, p, 2, j, H)) for j in range(H)]
        o = [sigmoid(net(now, h, p, 3, j, H)) for j in range(H)]
        c = [f[j] * c[j] + i[j] * c_tilde[j] for j in range(H)]
        h = [o[j] * math.tanh(c[j]) for j in range(H)]
        steps.append({"f": f, "i": i, "c_tilde": c_tilde, "c": c, "o": o, "h": h})
    return steps


def gru(x, h, p, reset, update):
    """Return a dictionary of named values for each step of one sequence; rows r z h."""
    H, h, steps = len(h), h.tolist(), []
    for now in x.tolist():
        r = [sigmoid(net(now, h, p, 0, j, H)) for j in range(H)]
        z = [sigmoid(net(now, h, p, 1, j, H)) for j in range(H)]
        h_tilde = [math.tanh(gru_candidate(now, h, r, p, reset, j)) for j in range(H)]
        keep = z if update == "keep" else [1 - gate for gate in z]
        h = [keep[j] * h[j] + (1 - keep[j]) * h_tilde[j] for j in range(H)]
        steps.append({"r": r, "z": z, "h_tilde": h_tilde, "h": h})
    return steps


def gru_candidate(x, h, r, p, reset, unit):
    """Return the net input of one unit of the candidate."""
    H = len(h)
    W, U, b = (rows(stacked, 2, H)[unit] for stacked in (p.W, p.U, p.b))
    if reset == "before":
        return dot(W, x) + dot(U, [r[k] * h[k] for k in range(H)]) + b
    return dot(W, x) + r[unit] * (dot(U, h) + p.b_u.tolist()[unit]) + b


def softmax(a):
    e = [math.exp(number) for number in a]
    return [number / math.fsum(e) for number in e]


def score_dot(q, k):
    return [[dot(query, key) for key in k.tolist()] for query in q.tolist()]


def score_scaled(q, k):
    return [[score / math.sqrt(q.shape[1]) for score in row] for row in score_dot(q, k)]


def score_additive(q, k, p):
    W, U, v = p.W_a.tolist(), p.U_a.tolist(), p.v_a.tolist()
    depth = range(len(v))
    return [
        [
            sum(v[a] * math.tanh(dot(W[a], query) + dot(U[a], key)) for a in depth)
            for key in k.tolist()
        ]
        for query in q.tolist()
    ]


def weighted_sum(weights, v):
    columns = list(zip(*v.tolist(), strict=True))
    return [[dot(row, column) for column in columns] for row in weights]


def readout(h, p):
    """Return logits and probabilities for one hidden state."""
    rows_and_biases = zip(p.W_y.tolist(), p.b_y.tolist(), strict=True)
    logits = [dot(row, h.tolist()) + bias for row, bias in rows_and_biases]
    return logits, softmax(logits)


def cross_entropy(y_hat, target):
    return -sum(t * math.log(y) for y, t in zip(y_hat.tolist(), target.tolist(), strict=True))
