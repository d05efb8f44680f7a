"""Record PyTorch's losses, layers and optimisers in float64, with their gradients.

    python tests/record_torch_training.py

writes tests/golden/torch_training.npz and .toml, as tests/record_torch.py does for the cells.
"""

import sys

import random_training
from record_torch import B, D, E, H, T, V, named, write

STEM = "torch_training"
SEED = 20260727
STEPS = 7
IGNORE = -100

# name: (class in torch.optim, its settings); the settings of ours stand in the test.
OPTIMISERS = {
    "sgd": ("SGD", {"lr": 0.1}),
    "sgd decay": ("SGD", {"lr": 0.1, "weight_decay": 0.3}),
    "momentum": ("SGD", {"lr": 0.1, "momentum": 0.8}),
    "momentum decay": ("SGD", {"lr": 0.1, "momentum": 0.8, "weight_decay": 0.3}),
    "nesterov": ("SGD", {"lr": 0.1, "momentum": 0.8, "nesterov": True}),
    "nesterov decay": (
        "SGD",
        {"lr": 0.1, "momentum": 0.8, "nesterov": True, "weight_decay": 0.3},
    ),
    "rmsprop": ("RMSprop", {"lr": 0.02, "alpha": 0.9, "eps": 1e-3}),
    "rmsprop decay": ("RMSprop", {"lr": 0.02, "alpha": 0.9, "weight_decay": 0.3}),
    "adagrad": ("Adagrad", {"lr": 0.2, "eps": 1e-3}),
    "adagrad decay": ("Adagrad", {"lr": 0.2, "weight_decay": 0.3}),
    "adam": ("Adam", {"lr": 0.05, "betas": (0.8, 0.95), "eps": 1e-3}),
    "adam decay": ("Adam", {"lr": 0.05, "weight_decay": 0.3}),
    "adamw": ("AdamW", {"lr": 0.05, "betas": (0.8, 0.95), "eps": 1e-3}),
    "adamw decay": ("AdamW", {"lr": 0.05, "weight_decay": 0.3}),
}
DEFAULTS = ("SGD", "RMSprop", "Adagrad", "Adam", "AdamW")
REDUCTIONS = ("mean", "sum", "none")
CROSS_ENTROPIES = {
    f"{reduction}{' ignore' * ignore}{' weight' * weight}{' smoothing' * smoothing}": {
        "reduction": reduction,
        "ignore": ignore,
        "weight": weight,
        "smoothing": 0.15 * smoothing,
    }
    for reduction in REDUCTIONS
    for ignore in (False, True)
    for weight in (False, True)
    for smoothing in (False, True)
}


def compute(seed=SEED):
    """Return random arguments and PyTorch's results for them: name -> array."""
    import torch

    torch.manual_seed(seed)
    return {
        **descent(),
        **clipped(),
        **cross_entropies(),
        **elementwise("mse", torch.nn.functional.mse_loss),
        **elementwise("bce", torch.nn.functional.binary_cross_entropy_with_logits),
        **linear(),
        **embedding(),
        **random_losses(),
        **random_descents(),
    }


def normal(*shape):
    import torch

    return torch.randn(*shape, dtype=torch.float64)


def descent():
    """Run every optimiser on two parameters with the same gradients of very different sizes."""
    import torch

    start = {"W": normal(H, D), "b": normal(H)}
    grads = {
        name: normal(STEPS, *p.shape) * 10 ** (2 * normal(STEPS, *p.shape))
        for name, p in start.items()
    }
    grads["b"][0] = 0  # a first step without a gradient
    found = {f"start {name}": p for name, p in start.items()}
    found |= {f"grad {name}": g for name, g in grads.items()}
    defaults = {f"{kind.lower()} default": (kind, {}) for kind in DEFAULTS}
    for case, (kind, settings) in (OPTIMISERS | defaults).items():
        params = {name: p.clone().requires_grad_() for name, p in start.items()}
        optimiser = getattr(torch.optim, kind)(params.values(), **settings)
        path = {name: [] for name in params}
        for t in range(STEPS):
            for name, p in params.items():
                p.grad = grads[name][t].clone()
            optimiser.step()
            for name, p in params.items():
                path[name].append(p.detach().clone())
        found |= {f"{case}: {name}": torch.stack(path[name]) for name in path}
    return named("descent", found)


def clipped():
    """Clip two gradients by their common norm, which PyTorch enlarges by 1e-6, and by value."""
    import torch

    grads = [normal(H, D), normal(H)]
    params = [torch.nn.Parameter(torch.zeros_like(g)) for g in grads]

    def fresh():
        for p, g in zip(params, grads, strict=True):
            p.grad = g.clone()

    fresh()
    norm = torch.nn.utils.clip_grad_norm_(params, 1.5)
    by_norm = [p.grad.clone() for p in params]
    fresh()
    torch.nn.utils.clip_grad_value_(params, 0.4)
    found = {"g W": grads[0], "g b": grads[1], "norm": norm}
    found |= {"norm W": by_norm[0], "norm b": by_norm[1]}
    found |= {"value W": params[0].grad, "value b": params[1].grad}
    return named("clipped", found)


def cross_entropies():
    """Take the cross-entropy with every combination of options, and its gradient."""
    import torch

    logits, weight = normal(B, T, V), torch.rand(V, dtype=torch.float64) + 0.5
    target = torch.randint(V, (B, T))
    gaps = target.clone()
    gaps[0, 1] = gaps[1, 3] = gaps[1, 4] = IGNORE
    found = {"logits": logits, "weight": weight, "target": target, "gaps": gaps}
    dloss = normal(B, T)
    found["dloss"] = dloss
    for name, case in CROSS_ENTROPIES.items():
        x = logits.clone().requires_grad_()
        loss = torch.nn.functional.cross_entropy(
            x.mT,
            gaps if case["ignore"] else target,
            weight=weight if case["weight"] else None,
            reduction=case["reduction"],
            label_smoothing=case["smoothing"],
        )
        upstream = dloss if case["reduction"] == "none" else dloss[0, 0]
        (loss * upstream).sum().backward()
        found |= {f"{name}: loss": loss, f"{name}: dlogits": x.grad}
    return named("cross entropy", found)


def elementwise(name, function):
    """Take a loss of single numbers with every reduction, and its gradient."""
    import torch

    x, dloss = normal(B, T, D) * 3, normal(B, T, D)
    target = torch.rand(B, T, D, dtype=torch.float64)
    found = {"x": x, "target": target, "dloss": dloss}
    for reduction in REDUCTIONS:
        y = x.clone().requires_grad_()
        loss = function(y, target, reduction=reduction)
        upstream = dloss if reduction == "none" else dloss[0, 0, 0]
        (loss * upstream).sum().backward()
        found |= {f"{reduction}: loss": loss, f"{reduction}: dx": y.grad}
    return named(name, found)


def linear():
    """Run a linear layer over a sequence, and back."""
    import torch

    x, W, b = (normal(*shape).requires_grad_() for shape in [(B, T, D), (H, D), (H,)])
    dy = normal(B, T, H)
    y = torch.nn.functional.linear(x, W, b)
    (y * dy).sum().backward()
    found = {"x": x, "W": W, "b": b, "dy": dy, "y": y, "dx": x.grad, "dW": W.grad, "db": b.grad}
    return named("linear", found)


def embedding():
    """Look tokens up in a table, some of them more than once, and go back."""
    import torch

    W, dy = normal(V, E).requires_grad_(), normal(B, T, E)
    tokens = torch.randint(V - 2, (B, T))
    y = torch.nn.functional.embedding(tokens, W)
    (y * dy).sum().backward()
    return named("embedding", {"W": W, "tokens": tokens, "dy": dy, "y": y, "dW": W.grad})


def random_losses():
    """Take many cross-entropies with random options, and their gradients, one behind the other."""
    import torch

    losses, grads = [], []
    for k in range(random_training.LOSSES):
        logits, target, dloss, options = random_training.cross_entropy(k)
        x = torch.tensor(logits, requires_grad=True)
        weight = options["weight"]
        loss = torch.nn.functional.cross_entropy(
            x,
            torch.tensor(target),
            weight=None if weight is None else torch.tensor(weight),
            ignore_index=options["ignore"],
            reduction=options["reduction"],
            label_smoothing=options["smoothing"],
        )
        (loss * torch.tensor(dloss, dtype=torch.float64)).sum().backward()
        losses.append(loss.detach().reshape(-1))
        grads.append(x.grad.reshape(-1))
    return named("random losses", {"loss": torch.cat(losses), "grad": torch.cat(grads)})


TORCH_NAMES = {"mu": "momentum", "beta1": None, "beta2": None}
KINDS = {"rmsprop": "RMSprop", "adagrad": "Adagrad", "adam": "Adam", "adamw": "AdamW"}


def random_descents():
    """Descend with many random settings; keep where each descent ends."""
    import torch

    ends = []
    for k in range(random_training.DESCENTS):
        start, grads, rule, settings = random_training.descent(k)
        p = torch.nn.Parameter(torch.tensor(start))
        given = {TORCH_NAMES.get(name, name): value for name, value in settings.items()}
        given.pop(None, None)
        if rule.startswith("adam"):
            given["betas"] = settings["beta1"], settings["beta2"]
        if rule == "nesterov":
            given["nesterov"] = True
        optimiser = getattr(torch.optim, KINDS.get(rule, "SGD"))([p], **given)
        for g in grads:
            p.grad = torch.tensor(g)
            optimiser.step()
        ends.append(p.detach())
    return named("random descents", {"end": torch.cat(ends)})


if __name__ == "__main__":
    write(sys.modules[__name__])
