"""Record PyTorch's outputs and gradients of random recurrent networks, in float64.

    python tests/record_torch_cells.py

writes tests/golden/torch_cells.npz and .toml, as tests/record_torch.py does. Of every result two
weighted sums are kept; see tests/random_cells.py.
"""

import sys

import random_cells
from record_torch import write

STEM = "torch_cells"
SEED = 0  # every network has its own


def compute(seed=SEED):
    """Return the fingerprints of all networks: name -> float64 array."""
    found = {}
    for kind, count, run in [
        ("module", random_cells.MODULES, module),
        ("loop", random_cells.LOOPS, loop),
    ]:
        for k in range(count):
            setting = getattr(random_cells, kind)(k)
            results = run(setting, *random_cells.arguments(setting, k))
            arrays = {name: tensor.detach().numpy() for name, tensor in results.items()}
            found[f"{kind}/{k}"] = random_cells.fingerprint(arrays)
    return found


def tensors(x, weights, starts):
    """Return leaves of all arguments that are differentiated."""
    import torch

    def leaf(array):
        return torch.tensor(array, requires_grad=True)

    weights = [{name: leaf(array) for name, array in one.items()} for one in weights]
    return leaf(x), weights, [tuple(map(leaf, start)) for start in starts]


def derive(y, finals, dy, dstates):
    """Differentiate the sum of all outputs, each times the derivative that reaches it."""
    import torch

    total = (y * torch.tensor(dy)).sum()
    for final, dstate in zip(finals, dstates, strict=True):
        for part, d in zip(final, dstate, strict=True):
            total = total + (part * torch.tensor(d)).sum()
    total.backward()


def gradients(x, weights, starts):
    """Return the derivatives by name; what nothing depends on has derivative 0."""
    import torch

    def grad(tensor):
        return torch.zeros_like(tensor) if tensor.grad is None else tensor.grad

    found = {"dx": grad(x)}
    for n, (one, start) in enumerate(zip(weights, starts, strict=True)):
        found |= {f"d{name}[{n}]": grad(tensor) for name, tensor in one.items()}
        found |= {f"dstart{k}[{n}]": grad(part) for k, part in enumerate(start)}
    return found


def module(setting, x, weights, starts, dy, dstates):
    """Run a module of torch.nn; its two biases are different, and ours is their sum."""
    import torch

    x, weights, starts = tensors(x, weights, starts)
    sizes = setting.sizes
    kind = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[setting.cell]
    extra = {k: v for k, v in setting.options.items() if k == "nonlinearity"}
    extra |= {"proj_size": sizes["P"]} if "P" in sizes else {}
    options = {"bidirectional": setting.bidirectional, "batch_first": True, "dtype": torch.float64}
    layer = kind(sizes["D"], sizes["H"], setting.layers, **options, **extra)
    given = [torch.stack(parts) for parts in zip(*starts, strict=True)]
    packed = x
    if setting.lengths:
        lengths = torch.tensor(setting.lengths)
        packed = torch.nn.utils.rnn.pack_padded_sequence(
            x, lengths, batch_first=True, enforce_sorted=False
        )
    named = dict(name_weights(setting, weights))
    call = torch.func.functional_call
    y, final = call(layer, named, (packed, tuple(given) if len(given) > 1 else given[0]))
    if setting.lengths:
        y, _ = torch.nn.utils.rnn.pad_packed_sequence(y, batch_first=True, total_length=sizes["T"])
    finals = list(zip(*(final if isinstance(final, tuple) else (final,)), strict=True))
    derive(y, finals, dy, dstates)
    found = {f"state{k}[{n}]": part for n, one in enumerate(finals) for k, part in enumerate(one)}
    return {"y": y, **found, **gradients(x, weights, starts)}


def name_weights(setting, weights):
    """Yield the weights under the names of PyTorch."""
    import torch

    for n, one in enumerate(weights):
        layer, direction = divmod(n, 1 + setting.bidirectional)
        end = f"_l{layer}" + ("_reverse" if direction else "")
        yield f"weight_ih{end}", one["W"]
        yield f"weight_hh{end}", one["U"]
        if "W_p" in one:
            yield f"weight_hr{end}", one["W_p"]
        second = torch.linspace(-1, 1, len(one["b"]), dtype=torch.float64)
        if "b_u" in one:  # the candidate's second bias is inside the reset
            H = len(one["b_u"])
            yield f"bias_ih{end}", one["b"] - torch.cat([second[: 2 * H], torch.zeros(H)])
            yield f"bias_hh{end}", torch.cat([second[: 2 * H], one["b_u"]])
        else:
            yield f"bias_ih{end}", one["b"] - second
            yield f"bias_hh{end}", second


def loop(setting, x, weights, starts, dy, dstates):
    """Run one layer step by step, every sequence on its own."""
    import torch

    x, weights, starts = tensors(x, weights, starts)
    [w], [start] = weights, starts
    B, T = setting.sizes["B"], setting.sizes["T"]
    zeros = torch.zeros(T, setting.outputs, dtype=torch.float64)
    ys, finals, kept = [], [], []
    for b, length in enumerate(setting.lengths or [T] * B):
        order = list(range(length))[:: -1 if setting.options["reverse"] else 1]
        state, y = [part[b] for part in start], list(zeros)
        for place, t in enumerate(order):
            if setting.truncate and place and place % setting.truncate == 0:
                state = [part.detach() for part in state]
            state = STEPS[setting.cell](setting.options, x[b, t], *state, w)
            for part in state:
                part.retain_grad()
            kept.append((b, t, state))
            y[t] = state[0]
        ys.append(torch.stack(y))
        finals.append(state)
    y, final = torch.stack(ys), [torch.stack(parts) for parts in zip(*finals, strict=True)]
    derive(y, [final], dy, dstates)
    widths = (setting.outputs, setting.sizes["H"])[: len(final)]
    flow = [torch.zeros(B, T, width, dtype=torch.float64) for width in widths]
    for b, t, state in kept:
        for whole, part in zip(flow, state, strict=True):
            whole[b, t] = 0 if part.grad is None else part.grad
    found = {f"state{k}[0]": part for k, part in enumerate(final)}
    found |= {f"flow{k}": part for k, part in enumerate(flow)}
    return {"y": y, **found, **gradients(x, weights, starts)}


def rnn(options, x, h, w):
    import torch

    a = w["W"] @ x + w["U"] @ h + w["b"]
    return [torch.relu(a) if options["nonlinearity"] == "relu" else torch.tanh(a)]


def lstm(options, x, h, c, w):
    import torch

    a_i, a_f, a_c, a_o = (w["W"] @ x + w["U"] @ h + w["b"]).chunk(4)
    p_i, p_f, p_o = w["p"].chunk(3) if "p" in w else (0, 0, 0)
    i = torch.sigmoid(a_i + p_i * c)
    f = 1 - i if options["coupled"] else torch.sigmoid(a_f + p_f * c)
    c = f * c + i * torch.tanh(a_c)
    h = torch.sigmoid(a_o + p_o * c) * torch.tanh(c)
    return [w["W_p"] @ h if "W_p" in w else h, c]


def gru(options, x, h, w):
    import torch

    (W_r, W_z, W_h), (U_r, U_z, U_h), (b_r, b_z, b_h) = (
        w[name].chunk(3) for name in ("W", "U", "b")
    )
    r = torch.sigmoid(W_r @ x + U_r @ h + b_r)
    z = torch.sigmoid(W_z @ x + U_z @ h + b_z)
    inner = r * (U_h @ h + w["b_u"]) if options["reset"] == "after" else U_h @ (r * h)
    new = torch.tanh(W_h @ x + inner + b_h)
    return [z * h + (1 - z) * new if options["update"] == "keep" else (1 - z) * h + z * new]


STEPS = {"rnn": rnn, "lstm": lstm, "gru": gru}

if __name__ == "__main__":
    write(sys.modules[__name__])
