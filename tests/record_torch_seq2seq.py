"""Record losses and gradients of encoder-decoder models, written out in PyTorch.

    python tests/record_torch_seq2seq.py

writes tests/golden/torch_seq2seq.npz and .toml, as tests/record_torch.py does for the cells. Each
sequence is read alone, token by token and without its padding, so that nothing is masked here.
"""

import sys

import random_seq2seq
from random_seq2seq import BOS, SOURCE_LENGTHS, TARGET_LENGTHS
from record_torch import named, write

STEM = "torch_seq2seq"
SEED = 20261126


def compute(seed=SEED):
    """Return loss and gradients of every model; the arguments are drawn without PyTorch."""
    return {name: array for model in random_seq2seq.NAMES for name, array in one(model).items()}


def one(name):
    """Return loss and gradients of one model: name -> array."""
    import torch

    drawn = random_seq2seq.weights(name)
    w = {field: torch.tensor(array, requires_grad=True) for field, array in drawn.items()}
    model, cell = name.split(", ")
    step = {"rnn": rnn, "lstm": lstm, "gru": gru}[cell]
    logs = []
    for b, (source, target) in enumerate(zip(*random_seq2seq.batch(), strict=True)):
        read, right = source[: SOURCE_LENGTHS[b]], target[: TARGET_LENGTHS[b]]
        logs += sequence(model, step, w, [w["source"][n] for n in read], right)
    loss = -sum(logs) / len(logs)
    loss.backward()
    return named(name, {"loss": loss, **{field: tensor.grad for field, tensor in w.items()}})


def sequence(model, step, w, words, right):
    """Return the logarithm of the probability of each right token."""
    import torch

    keys, state = run(step, w, "encoder", words)
    if model == "bahdanau":
        back, last = run(step, w, "reverse", words[::-1])
        keys = [torch.cat(pair) for pair in zip(keys, back[::-1], strict=True)]
        start = torch.tanh(w["start.W"] @ last[0] + w["start.b"])
        state = (start, torch.zeros_like(start))
    logs, token = [], BOS
    for n in right:
        x = w["target"][token]
        if model == "bahdanau":
            context = average(keys, [additive(w, state[0], key) for key in keys])
            state = step(torch.cat([x, context]), state, w, "decoder")
            features = torch.cat([state[0], context, x])
        else:
            state = step(x, state, w, "decoder")
            features = state[0]
        if model.startswith("luong"):
            context = average(keys, [luong(model, w, state[0], key) for key in keys])
            joined = torch.cat([context, state[0]])
            features = torch.tanh(w["combine.W"] @ joined + w["combine.b"])
        logs.append(torch.log_softmax(w["out.W"] @ features + w["out.b"], dim=0)[n])
        token = n
    return logs


def run(step, w, layer, words):
    """Return all outputs of a layer and its last state."""
    import torch

    zero = torch.zeros(w[f"{layer}.U"].shape[1], dtype=torch.float64)
    state, outputs = (zero, zero), []
    for x in words:
        state = step(x, state, w, layer)
        outputs.append(state[0])
    return outputs, state


def average(keys, scores):
    import torch

    weights = torch.softmax(torch.stack(scores), dim=0)
    return sum(weight * key for weight, key in zip(weights, keys, strict=True))


def additive(w, s, key):
    import torch

    return w["score.v_a"] @ torch.tanh(w["score.W_a"] @ s + w["score.U_a"] @ key + w["score.b_a"])


def luong(model, w, h, key):
    """Return the score of a state and a key."""
    import torch

    if model == "luong dot":
        return h @ key
    if model == "luong general":
        return h @ (w["score.W_a"] @ key)
    return w["score.v_a"] @ torch.tanh(w["score.W_a"] @ torch.cat([h, key]))


def gates(x, w, layer, number):
    """Return of each gate what the input adds to its net inputs, and the matrix of the state."""
    first = w[f"{layer}.W"] @ x + w[f"{layer}.b"]
    return first.chunk(number), w[f"{layer}.U"].chunk(number)


def rnn(x, state, w, layer):
    """Take one step of a plain cell; the second part of the state is not used."""
    import torch

    [a], [U] = gates(x, w, layer, 1)
    return torch.tanh(a + U @ state[0]), state[1]


def lstm(x, state, w, layer):
    """Take one step of an LSTM, rows in the order i f c o."""
    import torch

    h, c = state
    nets = [a + U @ h for a, U in zip(*gates(x, w, layer, 4), strict=True)]
    i, f, o = (torch.sigmoid(nets[k]) for k in (0, 1, 3))
    c = f * c + i * torch.tanh(nets[2])
    return o * torch.tanh(c), c


def gru(x, state, w, layer):
    """Take one step of a GRU, rows in the order r z h, the reset before the product."""
    import torch

    h = state[0]
    (a_r, a_z, a_h), (U_r, U_z, U_h) = gates(x, w, layer, 3)
    r, z = torch.sigmoid(a_r + U_r @ h), torch.sigmoid(a_z + U_z @ h)
    return z * h + (1 - z) * torch.tanh(a_h + U_h @ (r * h)), state[1]


if __name__ == "__main__":
    write(sys.modules[__name__])
