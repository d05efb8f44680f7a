"""Recurrent layers and attention as beginners write them: gate by gate, step by step.

What `scripts/bench.py` measures `rnnref` against; the gradients are complete and correct.
"""

import numpy as np


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def split(p, gates):
    """Return W, U and b of every gate."""
    return list(zip(*(np.split(part, gates) for part in (p.W, p.U, p.b)), strict=True))


def net(x, h, gate):
    W, U, b = gate
    return x @ W.T + h @ U.T + b


class Rnn:
    """A plain RNN."""

    gates = 1

    def __init__(self, p):
        self.p, self.blocks = p, split(p, self.gates)

    def start(self, B, dtype):
        """Return the state before the first step, h first."""
        return (np.zeros((B, self.p.U.shape[1]), dtype),)

    def step(self, x, state):
        """Return the next state and what the way back needs."""
        h = np.tanh(net(x, state[0], self.blocks[0]))
        return (h,), h

    def back(self, dstate, state, h):
        """Return the derivatives by the net input of every gate, and those by the old state."""
        da = dstate[0] * (1 - h**2)
        return [da], (da @ self.blocks[0][1],)


class Lstm(Rnn):
    """An LSTM; its gates are stacked as i, f, c, o."""

    gates = 4

    def start(self, B, dtype):
        return super().start(B, dtype) * 2

    def step(self, x, state):
        h, c = state
        a_i, a_f, a_c, a_o = (net(x, h, gate) for gate in self.blocks)
        i, f, g, o = sigmoid(a_i), sigmoid(a_f), np.tanh(a_c), sigmoid(a_o)
        c = f * c + i * g
        return (o * np.tanh(c), c), (i, f, g, o, c)

    def back(self, dstate, state, kept):
        dh, dc = dstate
        i, f, g, o, c = kept
        dc = dc + dh * o * (1 - np.tanh(c) ** 2)
        nets = [
            dc * g * i * (1 - i),
            dc * state[1] * f * (1 - f),
            dc * i * (1 - g**2),
            dh * np.tanh(c) * o * (1 - o),
        ]
        dh = sum(da @ U for da, (_, U, _) in zip(nets, self.blocks, strict=True))
        return nets, (dh, dc * f)


class Gru(Rnn):
    """A GRU with the reset after the product, as in PyTorch; its gates are stacked as r, z, h."""

    gates = 3

    def step(self, x, state):
        (h,), (W, U, b) = state, self.blocks[2]
        r, z = (sigmoid(net(x, h, gate)) for gate in self.blocks[:2])
        inner = h @ U.T + self.p.b_u
        g = np.tanh(x @ W.T + b + r * inner)
        return (z * h + (1 - z) * g,), (r, z, g, inner)

    def back(self, dstate, state, kept):
        (dh,), (h,) = dstate, state
        r, z, g, inner = kept
        da = dh * (1 - z) * (1 - g**2)
        nets = [da * inner * r * (1 - r), dh * (h - g) * z * (1 - z), da]
        through = [nets[0], nets[1], da * r]  # what reaches the products with U
        old = sum(d @ U for d, (_, U, _) in zip(through, self.blocks, strict=True))
        return nets, (old + dh * z,)


LAYERS = {"rnn": Rnn, "lstm": Lstm, "gru": Gru}


def forward(layer, x):
    """Return y (B, T, H), the states before every step and the last, and what each step kept."""
    states, kept = [layer.start(len(x), x.dtype)], []
    for t in range(x.shape[1]):
        state, values = layer.step(x[:, t], states[-1])
        states.append(state)
        kept.append(values)
    return np.stack([state[0] for state in states[1:]], axis=1), states, kept


def backward(layer, x, states, kept, dy):
    """Return the derivatives by x and by every weight, in the order of its Params."""
    dx, dW, dU, db = (np.zeros_like(part) for part in (x, layer.p.W, layer.p.U, layer.p.b))
    db_u = np.zeros_like(getattr(layer.p, "b_u", layer.p.b))
    dstate, H = tuple(np.zeros_like(part) for part in states[0]), layer.p.U.shape[1]
    for t in reversed(range(x.shape[1])):
        dstate = (dstate[0] + dy[:, t], *dstate[1:])
        nets, dstate = layer.back(dstate, states[t], kept[t])
        for n, (da, (W, _, _)) in enumerate(zip(nets, layer.blocks, strict=True)):
            rows = slice(n * H, (n + 1) * H)
            dx[:, t] += da @ W
            dW[rows] += da.T @ x[:, t]
            db[rows] += da.sum(axis=0)
            inside = da * kept[t][0] if isinstance(layer, Gru) and n == 2 else da
            dU[rows] += inside.T @ states[t][0]
        if isinstance(layer, Gru):
            db_u += inside.sum(axis=0)
    return (dx, dW, dU, db, db_u) if isinstance(layer, Gru) else (dx, dW, dU, db)


def attention(q, k, v):
    """Return y and the weights of scaled dot attention, one sequence after the other."""
    y, weights = [], []
    for one in range(len(q)):
        scores = q[one] @ k[one].T / np.sqrt(q.shape[-1]).astype(q.dtype)
        scores = np.exp(scores - scores.max(axis=1, keepdims=True))
        weights.append(scores / scores.sum(axis=1, keepdims=True))
        y.append(weights[-1] @ v[one])
    return np.stack(y), np.stack(weights)


def attention_backward(q, k, v, weights, dy):
    """Return the derivatives by q, k and v."""
    found = []
    for one in range(len(q)):
        w, dw = weights[one], dy[one] @ v[one].T
        ds = w * (dw - (w * dw).sum(axis=1, keepdims=True))
        ds /= np.sqrt(q.shape[-1]).astype(q.dtype)
        found.append((ds @ k[one], ds.T @ q[one], w.T @ dy[one]))
    return tuple(np.stack(parts) for parts in zip(*found, strict=True))
