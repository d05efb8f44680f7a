"""Record PyTorch's modules of several layers and directions, with weights from here and there.

    python tests/record_torch_convert.py

writes tests/golden/torch_convert.npz and .toml, as tests/record_torch.py does for single layers.
Groups "from ..." have PyTorch's own random weights, groups "to ..." those of `convert.to_torch`.
"""

import sys

import layered
import numpy as np
from layered import Case
from record_torch import named, write

from rnnref import convert

STEM = "torch_convert"
SEED = 20190915
BOTH = {"bidirectional": True}
AFTER = {"reset": "after", "update": "keep"}
CASES = {
    "rnn": Case("rnn", BOTH, (4, 4)),
    "rnn relu": Case("rnn", {"nonlinearity": "relu"}),
    "lstm": Case("lstm", BOTH, (4, 4)),
    "lstm single": Case("lstm", {}),
    "lstm projected": Case("lstm", BOTH, (6, 6), outputs=5),
    "gru": Case("gru", AFTER | BOTH, (4, 4, 4)),
    "gru single": Case("gru", AFTER),
}


def compute(seed=SEED):
    """Return weights and PyTorch's results for them: name -> float64 array."""
    import torch

    torch.manual_seed(seed)
    found = {}
    for name, case in CASES.items():
        for bias in case.biased:
            layer = module(case, bias)
            for weight in layer.parameters():
                torch.nn.init.normal_(weight)
            found |= results(f"from {name}" + " unbiased" * (not bias), case, layer)
        layer = module(case)
        weights = convert.to_torch(layered.records(case), case.options)
        layer.load_state_dict({key: torch.from_numpy(array) for key, array in weights.items()})
        found |= results(f"to {name}", case, layer)
    return found


def module(case, bias=True):
    """Build PyTorch's module of a case."""
    import torch

    arguments = convert.torch_arguments(layered.records(case), case.options)
    kind = getattr(torch.nn, case.cell.upper())
    return kind(bias=bias, batch_first=True, dtype=torch.float64, **arguments)


def results(group, case, layer):
    """Run a module from random states and return its weights, y and final states."""
    import torch

    starts = zip(*layered.starts(case), strict=True)
    starts = tuple(torch.from_numpy(np.stack(parts)) for parts in starts)
    y, finals = layer(torch.tensor(layered.inputs()), starts if len(starts) == 2 else starts[0])
    finals = finals if len(starts) == 2 else (finals,)
    states = [state for states in zip(*finals, strict=True) for state in states]
    found = {"y": y, **{f"final{n}": state for n, state in enumerate(states)}}
    return named(group, found) | named(f"{group}/weights", layer.state_dict())


if __name__ == "__main__":
    write(sys.modules[__name__])
