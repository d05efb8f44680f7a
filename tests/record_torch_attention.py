"""Record PyTorch's attention in float64, with the gradient of every argument.

    python tests/record_torch_attention.py

writes tests/golden/torch_attention.npz and .toml, as tests/record_torch.py does for the cells.
Where PyTorch has no such score, the score is written in PyTorch and differentiated by it.
"""

import sys

import numpy as np
import random_attention
from record_torch import named, write

STEM = "torch_attention"
SEED = 20170612
B, T, S, E, F, V, A, M = 2, 5, 7, 6, 8, 9, 10, 3  # S and T differ, E is a multiple of M heads


def compute(seed=SEED):
    """Return random arguments and PyTorch's results for them: name -> array."""
    import torch

    torch.manual_seed(seed)
    return {
        **plain(),
        **hidden(),
        **causal(),
        **scores(),
        **heads(),
        **own_heads(),
        **random_plain(),
        **random_heads(),
    }


def draw(*shape):
    """Return random numbers that ask for their gradient."""
    import torch

    return torch.randn(*shape, dtype=torch.float64).requires_grad_()


def differentiated(group, arguments, outputs):
    """Return arguments, outputs, a gradient that reaches each output, and what it becomes."""
    import torch

    reaching = {f"d{name}": torch.randn_like(output) for name, output in outputs.items()}
    loss = sum((reaching[f"d{name}"] * output).sum() for name, output in outputs.items())
    loss.backward()
    gradients = {f"grad_{name}": tensor.grad for name, tensor in arguments.items()}
    return named(group, {**arguments, **outputs, **reaching, **gradients})


def vectors(keys=E):
    """Return queries, keys and values."""
    return {"q": draw(B, T, E), "k": draw(B, S, keys), "v": draw(B, S, V)}


def plain():
    """Run scaled attention, with its own scale and with a given one."""
    import torch

    found = {}
    for group, options in {"plain": {}, "scale": {"scale": -0.7}}.items():
        given = vectors()
        y = torch.nn.functional.scaled_dot_product_attention(**named_qkv(given), **options)
        found |= differentiated(group, given, {"y": y})
    return found


def hidden():
    """Run scaled attention behind a boolean mask with one empty row, and with a bias."""
    import torch

    mask = torch.rand(B, T, S) < 0.6
    mask[0, 2] = False
    given, biased = vectors(), vectors() | {"bias": draw(B, T, S)}
    attend = torch.nn.functional.scaled_dot_product_attention
    y = attend(**named_qkv(given), attn_mask=mask)
    found = differentiated("mask", given, {"y": y}) | named("mask", {"mask": mask})
    y = attend(**named_qkv(biased), attn_mask=biased["bias"])
    return found | differentiated("bias", biased, {"y": y})


def causal():
    """Run causal attention in both alignments, T smaller and larger than S."""
    import torch
    from torch.nn.attention.bias import causal_lower_right, causal_upper_left

    found = {}
    for T_, S_ in [(T, S), (S, T)]:
        for align, bias in {
            "top_left": causal_upper_left,
            "bottom_right": causal_lower_right,
        }.items():
            if align == "bottom_right" and T_ > S_:
                continue  # PyTorch gives NaN to queries before the first key
            given = {"q": draw(B, T_, E), "k": draw(B, S_, E), "v": draw(B, S_, V)}
            y = torch.nn.functional.scaled_dot_product_attention(
                **named_qkv(given), attn_mask=bias(T_, S_)
            )
            found |= differentiated(f"causal {align} {T_} {S_}", given, {"y": y})
    return found


def scores():
    """Run the scores with weights behind a mask; the weights of attention are an output too."""
    import torch

    def general(q, k, W_a):
        return torch.einsum("bte,ef,bsf->bts", q, W_a, k)

    def additive(q, k, W_a, U_a, v_a, b_a=0):
        a = (
            torch.einsum("bte,ae->bta", q, W_a)[:, :, None]
            + torch.einsum("bsf,af->bsa", k, U_a)[:, None]
        )
        return torch.tanh(a + b_a) @ v_a

    def concat(q, k, W_a, v_a):
        pairs = [q[:, :, None].expand(B, T, S, E), k[:, None].expand(B, T, S, F)]
        return torch.tanh(torch.cat(pairs, dim=-1) @ W_a.T) @ v_a

    cases = {
        "general": (general, {"W_a": draw(E, F)}),
        "additive": (additive, {"W_a": draw(A, E), "U_a": draw(A, F), "v_a": draw(A)}),
        "additive bias": (
            additive,
            {"W_a": draw(A, E), "U_a": draw(A, F), "v_a": draw(A), "b_a": draw(A)},
        ),
        "concat": (concat, {"W_a": draw(A, E + F), "v_a": draw(A)}),
    }
    found = {}
    for group, (score, weights_of_score) in cases.items():
        given = vectors(F)
        mask = torch.rand(B, T, S) < 0.7
        mask[:, :, 1] = True  # no empty row: softmax would give NaN
        table = score(given["q"], given["k"], **weights_of_score)
        weights = torch.softmax(table.masked_fill(~mask, -torch.inf), dim=-1)
        outputs = {"y": weights @ given["v"], "weights": weights}
        found |= differentiated(group, given | weights_of_score, outputs)
        found |= named(group, {"mask": mask})
    return found


def heads():
    """Run multi-head attention over a memory, with padding and a bias for each head."""
    import torch

    layer, given, bias = multihead(kdim=F, vdim=V), vectors(F), draw(B, M, T, S)
    padding = torch.arange(S) >= torch.tensor([S, 4])[:, None]
    y, weights = layer(
        *given.values(),
        attn_mask=bias.reshape(B * M, T, S),
        key_padding_mask=torch.zeros(B, S, dtype=torch.float64).masked_fill(padding, -torch.inf),
        average_attn_weights=False,
    )
    given |= {"bias": bias, **dict(layer.named_parameters())}
    found = differentiated("heads", given, {"y": y, "weights": weights})
    return found | named("heads", {"key_lengths": torch.tensor([S, 4])})


def own_heads():
    """Run multi-head attention of a sequence over itself, without biases, a mask for each head."""
    import torch

    layer, x = multihead(bias=False), draw(B, T, E)
    hide = torch.rand(B * M, T, T) < 0.4
    hide[:, :, 0] = False  # PyTorch gives NaN where nothing is left
    y, weights = layer(x, x, x, attn_mask=hide, average_attn_weights=False)
    given = {"x": x, **dict(layer.named_parameters())}
    found = differentiated("own heads", given, {"y": y, "weights": weights})
    return found | named("own heads", {"mask": ~hide.reshape(B, M, T, T)})


def multihead(**options):
    """Return PyTorch's layer with random weights; it starts with biases of zero."""
    import torch

    layer = torch.nn.MultiheadAttention(E, M, batch_first=True, dtype=torch.float64, **options)
    with torch.no_grad():
        for weight in layer.parameters():
            weight.copy_(torch.randn(weight.shape, dtype=torch.float64))
    return layer


def random_plain():
    """Run many random cases of scaled attention; results and gradients one behind the other."""
    import torch

    found = []
    for number in range(random_attention.PLAIN):
        *arrays, dy, options = random_attention.plain(number)
        q, k, v = (torch.tensor(array, requires_grad=True) for array in arrays)
        shape = len(q), q.shape[1], k.shape[1]
        added = torch.tensor(options.get("bias", np.zeros(1)), requires_grad=True)
        hidden = torch.tensor(~seen(options, shape))
        table = added.expand(shape).masked_fill(hidden, -torch.inf)
        table = table.masked_fill(hidden.all(-1, keepdim=True), 0)  # PyTorch gives NaN
        given = {"attn_mask": table, "scale": options.get("scale")}
        y = torch.nn.functional.scaled_dot_product_attention(q, k, v, **given)
        y = y * ~hidden.all(-1, keepdim=True)
        (y * torch.tensor(dy)).sum().backward()
        gradients = [a.grad for a in (q, k, v)] + [added.grad] * ("bias" in options)
        found += [array.reshape(-1) for array in (y.detach(), *gradients)]
    return named("random plain", {"numbers": torch.cat(found)})


def seen(options, shape):
    """Return which query may see which key."""
    import torch

    B, T_, S_ = shape
    found = np.ones(shape, bool) & options.get("mask", True)
    if "causal" in options:
        diagonal = {"top_left": 0, "bottom_right": S_ - T_}[options["causal"]]
        found = found & torch.ones(T_, S_, dtype=torch.bool).tril(diagonal).numpy()
    lengths = options.get("key_lengths", np.full(B, S_))
    return found & (np.arange(S_) < lengths[:, None, None])


def random_heads():
    """Run many random cases of multi-head attention, a mask for each head."""
    import torch

    found = []
    for number in range(random_attention.HEADS):
        given, matrices, biases, M_, mask, reaching = random_attention.heads(number)
        B_, T_, E_ = given[0].shape
        widths = {"kdim": given[1].shape[2], "vdim": given[2].shape[2], "bias": bool(biases)}
        layer = torch.nn.MultiheadAttention(E_, M_, batch_first=True, dtype=torch.float64, **widths)
        fill(layer, matrices, biases)
        arrays = [torch.tensor(array, requires_grad=True) for array in given]
        hide = torch.tensor(~mask.reshape(B_ * M_, T_, -1))
        outputs = layer(*arrays, attn_mask=hide, average_attn_weights=False)
        pairs = zip(outputs, reaching, strict=True)
        sum((output * torch.tensor(d)).sum() for output, d in pairs).backward()
        gradients = [array.grad for array in (*arrays, *layer.parameters())]
        parts = [output.detach() for output in outputs] + gradients
        found += [part.reshape(-1) for part in parts]
    return named("random heads", {"numbers": torch.cat(found)})


def fill(layer, matrices, biases):
    """Put given weights into PyTorch's layer."""
    import torch

    names = [f"{name}_proj_weight" for name in "qkv"]
    with torch.no_grad():
        if layer.in_proj_weight is not None:  # of equal widths PyTorch keeps one matrix
            layer.in_proj_weight.copy_(torch.tensor(np.concatenate(matrices[:3])))
        else:
            for name, matrix in zip(names, matrices, strict=False):
                getattr(layer, name).copy_(torch.tensor(matrix))
        layer.out_proj.weight.copy_(torch.tensor(matrices[3]))
        if biases:
            layer.in_proj_bias.copy_(torch.tensor(np.concatenate(biases[:3])))
            layer.out_proj.bias.copy_(torch.tensor(biases[3]))


def named_qkv(given):
    """Return queries, keys and values under PyTorch's names."""
    return {"query": given["q"], "key": given["k"], "value": given["v"]}


if __name__ == "__main__":
    write(sys.modules[__name__])
