"""The colours of all figures: one for each role, light values here, both schemes in figures.css.

A page shows the colour of a role with `<span class="rr-swatch rr-<role>"></span>`.
"""

ROLES = {
    "forget": "forget gate of the LSTM, reset gate of the GRU",
    "input": "input gate of the LSTM",
    "candidate": "candidate",
    "output": "output gate of the LSTM, update gate of the GRU",
    "cell": "cell state",
    "hidden": "hidden state",
    "data": "inputs, constants and what is made of them alone",
    "loss": "loss",
    # Attention has roles of its own. They stand in figures without gates and share their colours.
    "query": "query",
    "key": "key",
    "value": "value, and the sum of values that attention returns",
    "weight": "softmax, and the attention weights it makes",
}
# "negative" is no role: it marks numbers below zero where colour stands for size, in any role.
PALETTE = {
    "forget": "#c2410c",
    "input": "#047857",
    "candidate": "#7c3aed",
    "output": "#1d4ed8",
    "cell": "#935f07",
    "hidden": "#0f766e",
    "data": "#475569",
    "forget-soft": "#fbdccb",
    "input-soft": "#c9ecdc",
    "candidate-soft": "#e4d9fc",
    "output-soft": "#d3defb",
    "cell-soft": "#f3e2bd",
    "hidden-soft": "#c8e8e3",
    "data-soft": "#dbe2ea",
    "loss": "#be185d",
    "query": "#047857",
    "key": "#475569",
    "value": "#0f766e",
    "weight": "#1d4ed8",
    "weight-soft": "#d3defb",
    "negative": "#be185d",
    "text": "#1e293b",
    "muted": "#526074",
    "on": "#ffffff",
    "paper": "#ffffff",
    "panel": "#f1f5f9",
    "rule": "#d5dde7",
    "dim": "#7e8ca0",
}


def ink(name):
    """Return the paint of a palette name, as a variable with the light colour behind it."""
    return f"var(--rr-{name},{PALETTE[name]})" if name in PALETTE else name
